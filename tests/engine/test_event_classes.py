"""Events find their classes as before, from a table."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import Event, SlotSet


def test_known_types_are_found_again_and_again() -> None:
    assert [Event.resolve_by_type("slot") for _ in range(3)] == [SlotSet] * 3


def test_a_type_defined_later_is_found() -> None:
    with pytest.raises(ValueError, match="Unknown event name 'later_kind'"):
        Event.resolve_by_type("later_kind")
    later = type("LaterKind", (SlotSet,), {"type_name": "later_kind"})
    assert Event.resolve_by_type("later_kind") is later


def test_defaults_and_the_old_topic_event_stay() -> None:
    assert Event.resolve_by_type("no_such_kind", SlotSet) is SlotSet
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="Unknown event name 'no_such_kind'"):
        Event.resolve_by_type("no_such_kind")


def test_an_event_is_of_its_own_classes_only() -> None:
    kinds = [*_all_below(Event), Event]
    assert len(kinds) > 20
    slot = SlotSet("side", "left")
    assert {kind for kind in kinds if isinstance(slot, kind)} == set(SlotSet.__mro__) & set(kinds)


def test_what_is_abstract_stays_so() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Event()


def _all_below(kind: type) -> list[type]:
    return [each for below in kind.__subclasses__() for each in (below, *_all_below(below))]
