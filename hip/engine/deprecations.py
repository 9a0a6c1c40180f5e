"""Deprecation warnings of old libraries, which staff could do nothing about, are shown only when asked for.

Sanic turns them on for the whole process when it is imported; Python's own setting is to show none.
"""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Final

from hip.engine.source import Original

REPLACES: Final = (Original("sanic.app", "filterwarnings", (120, 120), "fec1673020305526"),)


def replace(_app: ModuleType) -> None:
    """Take Sanic's filter away again; ``-W`` and PYTHONWARNINGS work as usual."""
    warnings.filters[:] = [entry for entry in warnings.filters if entry[:3] != ("once", None, DeprecationWarning)]  # type: ignore[index]
