"""One thread for linear algebra in the Rasa server.

NumPy's and SciPy's BLAS start a thread for each core, and each waits for the next product at full speed, which was a
third to a half of the processor time of a message. Vectors as short as ours are faster with one thread anyway. Training
keeps them all.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from threadpoolctl import threadpool_limits

from hip.engine.source import Original

REPLACES: Final = (Original("rasa.core.run", "load_agent_on_start", (278, 297), "315d39a25c4a44b0"),)


def limit_threads() -> None:
    """Hold BLAS to one thread from now on; call this when the libraries that bring it along are loaded."""
    threadpool_limits(limits=1, user_api="blas")


def replace(run: ModuleType) -> None:
    """Begin when the server has loaded its model, and with it every library that brings threads along."""
    load = run.load_agent_on_start

    async def load_agent_on_start(*args: Any, **kwargs: Any) -> Any:
        agent = await load(*args, **kwargs)
        limit_threads()
        return agent

    run.load_agent_on_start = load_agent_on_start  # type: ignore[attr-defined]
