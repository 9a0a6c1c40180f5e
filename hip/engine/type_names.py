"""Finds the module of a NumPy or SciPy function quickly when skops is imported, which the language components need.

skops asks each loaded module for each of 800 such functions, and formats an error message for each miss: beside Rasa's
modules that was 600,000 messages, and a good part of the time until the first answer.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Final

from hip.engine.source import Original

REPLACES: Final = (Original("skops.io._utils", "whichmodule", (34, 53), "fed4d62bb3bf70dd"),)


def replace(utils: ModuleType) -> None:
    """Put our ``whichmodule`` into skops; what ours does not find, theirs looks for."""
    search = utils.whichmodule

    def whichmodule(obj: Any, name: str) -> str:
        """The first loaded module that has an object under its name."""
        if getattr(obj, "__module__", None) is None:
            for module_name, module in tuple(sys.modules.items()):
                if module is not None and module_name not in ("__main__", "__mp_main__"):
                    try:
                        if vars(module).get(name) is obj:
                            return module_name
                    except TypeError:  # something in sys.modules that is no module
                        continue
        return str(search(obj, name))

    utils.whichmodule = whichmodule  # type: ignore[attr-defined]
