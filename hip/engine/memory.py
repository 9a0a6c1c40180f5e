"""Spares a start the search for garbage that is not there, and gives back the memory that a start needed only once.

A start makes half a million objects that all stay. Python's collector looked through them again and again, which was
1.3 of Rasa's 6 seconds, and would again while messages are answered.
"""

from __future__ import annotations

import ctypes
import gc
from types import ModuleType
from typing import Any, Final

from hip.engine.source import Original

REPLACES: Final = (Original("rasa.core.run", "load_agent_on_start", (278, 297), "315d39a25c4a44b0"),)

#: Objects made before the youngest are looked through, and how often that happens before older ones are.
_WHILE_STARTING: Final = (100_000, 10, 10)
#: A message makes some thousands of objects, nearly all of which end with it; Python's own (700, 10, 10) looks for
#: garbage ten times a message.
_SERVING: Final = (10_000, 10, 10)


def begin_start() -> None:
    """Look for garbage seldom from now on."""
    gc.set_threshold(*_WHILE_STARTING)


def end_start() -> None:
    """Look for garbage more often again, but never among what is there now, and give free memory back to the system."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SERVING)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, and musl and macOS have not
    if trim is not None:
        trim(0)


def replace(run: ModuleType) -> None:
    """End the start when the server has loaded its model; it began with the first import of Rasa."""
    load = run.load_agent_on_start

    async def load_agent_on_start(*args: Any, **kwargs: Any) -> Any:
        agent = await load(*args, **kwargs)
        end_start()
        return agent

    run.load_agent_on_start = load_agent_on_start  # type: ignore[attr-defined]
