"""Tells the classes of events apart in less time.

Rasa walks every subclass of Event for every stored event of every message. And each ``isinstance`` of an event, some
thousands a message, goes the long way of abstract base classes, as if any class could declare itself to be one.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.shared.core.events", "Event.resolve_by_type", (375, 387), "9090173466917e7a"),
    Original("rasa.shared.core.events", "Event", (269, 405), "f2c467c8f4ed411a"),
)


class _Plain(type):
    """Makes classes as ``type`` does; a class of another metaclass cannot be given ``type`` itself."""


def replace(events: ModuleType) -> None:
    """Put a cache in front of ``Event.resolve_by_type``; what is not found is looked for again the next time."""
    event_class: Any = events.Event
    _make_plain(event_class)
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


def _make_plain(event_class: Any) -> None:
    """Have ``isinstance`` ask for nothing but the class. What is abstract stays so; of later classes nobody asks."""
    for each in event_class.__subclasses__():
        _make_plain(each)
    event_class.__class__ = _Plain
