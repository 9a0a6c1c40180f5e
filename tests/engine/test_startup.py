"""The .pth file: Python starts as fast as before, and plain ``rasa`` runs without TensorFlow."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from hip.engine.stand_ins import STAND_INS, NeedsTensorFlowError
from hip.settings import ROOT

SITE = Path(sysconfig.get_path("purelib"))
STARTUP = ROOT / "hip" / "engine" / "startup"


def run_python(code: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "ignore"} | environment,
    )


def test_the_installed_files_are_those_of_the_repository() -> None:
    for name in ("hip_engine.pth", "hip_engine_start.py"):
        assert (SITE / name).read_bytes() == (STARTUP / name).read_bytes(), "run `make develop`"


def test_the_pth_file_is_one_line() -> None:
    assert (STARTUP / "hip_engine.pth").read_text().splitlines() == ["import hip_engine_start"]


def test_starting_python_imports_nothing_heavy() -> None:
    done = run_python(
        "import sys; print(*sorted(name for name in sys.modules if name.split('.')[0] in {WATCHED}))".format(
            WATCHED=("rasa", "hip", "sqlalchemy", "numpy", "dotenv")
        )
    )
    assert (done.stdout.split(), done.stderr) == ([], "")


def test_a_moved_project_breaks_nothing_but_rasa(tmp_path: Path) -> None:
    shutil.copy(STARTUP / "hip_engine_start.py", tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import hip_engine_start, json; print(json.dumps(1))"
    assert run_python(code, "-S").stdout == "1\n"
    asked_for_rasa = run_python(code + "; import rasa", "-S")
    assert "The project's folder has moved: run `make setup` in it." in asked_for_rasa.stderr


def test_rasa_imports_without_tensorflow_from_any_folder() -> None:
    code = (
        "import sys, rasa.engine.recipes.default_components, rasa.core.run, rasa.core.constants as constants;"
        "print('tensorflow' in sys.modules, constants.DEFAULT_SERVER_INTERFACE)"
    )
    assert run_python(code).stdout.split() == ["False", "127.0.0.1"]


def test_telemetry_is_off_unless_asked_for() -> None:
    code = "from rasa.telemetry import is_telemetry_enabled; print(is_telemetry_enabled())"
    environment = {name: value for name, value in os.environ.items() if name != "RASA_TELEMETRY_ENABLED"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False"]


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [(module, name, instead) for module, names in STAND_INS.items() for name, instead in names.items()],
)
def test_a_stand_in_says_what_to_use_instead(module: str, name: str, instead: str) -> None:
    with pytest.raises(NeedsTensorFlowError, match=f"{name} needs TensorFlow.*use {re.escape(instead)}"):
        getattr(importlib.import_module(module), name)()


def test_stand_ins_step_aside_when_tensorflow_is_installed(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("real = True\n")
    code = "import rasa.utils.tensorflow.callback"
    done = run_python(code, PYTHONPATH=str(tmp_path))
    assert "tensorflow" in done.stderr, "Rasa's own module was imported, which needs more of TensorFlow than this"
    assert "hip/engine" not in done.stderr.splitlines()[-3]


def test_a_config_that_names_a_stand_in_fails_with_its_words() -> None:
    code = (
        "from rasa.engine.recipes.default_recipe import DefaultV1Recipe\n"
        "for name in ('DIETClassifier', 'rasa.core.policies.ted_policy.TEDPolicy'):\n"
        "    try: DefaultV1Recipe._from_registry(name)\n"
        "    except ImportError as error: print(error)\n"
        "print(DefaultV1Recipe._from_registry('RulePolicy').clazz.__name__)"
    )
    said = run_python(code).stdout.splitlines()
    assert [line.split(" needs TensorFlow")[0] for line in said] == ["DIETClassifier", "TEDPolicy", "RulePolicy"]


def test_a_wrong_setting_stops_rasa_with_its_name() -> None:
    done = run_python("import rasa", RASA_PORT="many")
    assert "RASA_PORT in the environment is 'many'" in done.stderr


def test_rasa_starts_without_a_warning() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"},
    )
    assert "3.6.21" in done.stdout
    assert done.stderr == ""
