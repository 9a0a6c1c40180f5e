"""``rasa shell`` and ``rasa run`` typed by hand listen on this machine only.

Rasa's default is every interface, without a sign-in; conversations are health data.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from hip.engine.source import Original
from hip.settings import LOOPBACK

REPLACES: Final = (Original("rasa.core.constants", "DEFAULT_SERVER_INTERFACE", (3, 3), "c11fb3b517f22f3a"),)


def replace(constants: ModuleType) -> None:
    """Change the default of ``--interface``."""
    constants.DEFAULT_SERVER_INTERFACE = LOOPBACK  # type: ignore[attr-defined]
