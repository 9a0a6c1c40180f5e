"""skops trusts the same functions, whoever looks for their modules."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "import sys, warnings; warnings.simplefilter('ignore')\n"
    "{first}\n"
    "from skops.io import _trusted_types as types\n"
    "print(*types.NUMPY_UFUNC_TYPE_NAMES, *types.SCIPY_UFUNC_TYPE_NAMES)\n"
    "print('hip.engine.type_names' in sys.modules)"
)


def list_names(first: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", NAMES.format(first=first)], check=True, capture_output=True, text=True)
    return run.stdout.splitlines()


def test_the_same_names_as_skops_finds_itself() -> None:
    theirs, ours = (
        list_names("import scipy.special, sklearn"),
        list_names("import scipy.special, sklearn, rasa.core.agent"),
    )
    assert (theirs[1], ours[1]) == ("False", "True")
    assert ours[0] == theirs[0]
    assert len(ours[0].split()) > 200
