"""Finds an event's class by its type name in a table.

Rasa walks every subclass of Event for every stored event of every message.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from hip.engine.source import Original

REPLACES: Final = (Original("rasa.shared.core.events", "Event.resolve_by_type", (375, 387), "9090173466917e7a"),)


def replace(events: ModuleType) -> None:
    """Put a cache in front of ``Event.resolve_by_type``; what is not found is looked for again the next time."""
    event_class: Any = events.Event
    search = event_class.resolve_by_type
    found: dict[str, Any] = {}

    def resolve_by_type(type_name: str, default: Any = None) -> Any:
        known = found.get(type_name)
        if known is None:
            known = search(type_name) if default is None else search(type_name, default)
            if known is not None and known is not default:
                found[type_name] = known
        return known

    event_class.resolve_by_type = staticmethod(resolve_by_type)
