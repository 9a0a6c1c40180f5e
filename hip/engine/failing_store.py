"""A database that fails stops a message; it does not begin the conversation anew.

Rasa goes on with an empty conversation when one cannot be read, and keeps what cannot be written in memory, where it
is never looked for. Here the error ends the turn, the gateway says so with the urgent-care numbers, and the message can
be sent again.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.domain import Domain

REPLACES: Final = (
    Original("rasa.core.agent", "Agent._create_tracker_store", (519, 528), "2608e8a5a4cb6406"),
    Original("rasa.core.tracker_store", "FailSafeTrackerStore", (1377, 1491), "0813a7d1b95e3763"),
)


def replace(agent: ModuleType) -> None:
    """Take away the store that Rasa puts around every other."""
    original: Any = agent.Agent
    in_memory: Any = agent.InMemoryTrackerStore

    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            return in_memory(domain)
        store.domain = domain
        return store

    original._create_tracker_store = staticmethod(_create_tracker_store)
