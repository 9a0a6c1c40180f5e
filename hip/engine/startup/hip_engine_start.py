"""Runs at every start of Python in this environment, from the one line of hip_engine.pth beside it.

The installation copies both files to site-packages. All this does at start is to leave one small object behind: the
first import of ``rasa``, and nothing else, makes it import ``hip.engine``. So ``rasa shell`` typed by hand gets the
same Rasa as ``make run``.
"""

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")  # Rasa needs SQLAlchemy 1.4: nothing staff could do


class _Gate:
    """Waits for the first import of Rasa."""

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != "rasa":
            return None
        sys.meta_path.remove(self)
        try:
            from hip.engine.finder import install
        except ModuleNotFoundError as error:
            if error.name not in ("hip", "hip.engine", "hip.engine.finder"):
                raise
            sys.stderr.write("The project's folder has moved: run `make setup` in it.\n")
        else:
            install()
        return None


sys.meta_path.insert(0, _Gate())
