"""What is read from earlier events is the same when they have been folded away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.events import BotUttered, Event, UserUttered

from hip.dialogue.history import IDS_KEPT, History, count_said, length_of_fold

TEXTS = [
    "I take apixaban",
    "i take warfarin and apixaban",
    "they call it severe arthritis",
    "not severe arthritis",
    "hello",
]
NAMES = ["utter_intro", "utter_thank", None]


def said(name: str | None) -> Event:
    return BotUttered("x", metadata={"utter_action": name} if name else {})


def heard(text: str, told: bool, message_id: str | None) -> Event:
    entities = [{"entity": "anticoagulant", "value": True}] if told else []
    return UserUttered(text, entities=entities, metadata={"message_id": message_id} if message_id else {})


EVENTS = st.lists(
    st.builds(said, st.sampled_from(NAMES))
    | st.builds(heard, st.sampled_from(TEXTS), st.booleans(), st.sampled_from(["a", "b", "c", None]))
)


@given(events=EVENTS, cut=st.integers(0, 40), again=st.integers(0, 40))
def test_folding_changes_nothing(events: list[Event], cut: int, again: int) -> None:
    whole = History.of(events)
    once = [History.of(events[:cut]).as_event(1.0, 1), *events[cut:]]
    twice = [History.of(once[: again + 1]).as_event(2.0, 1), *once[again + 1 :]]
    for folded in (once, twice):
        history = History.of(folded)
        assert history.said == whole.said
        assert history.message_ids[-IDS_KEPT:] == whole.message_ids[-IDS_KEPT:]
        assert (history.own_words.medicines, history.own_words.severity) == (
            whole.own_words.medicines,
            whole.own_words.severity,
        )
        for name in NAMES[:2]:
            assert count_said(folded, str(name)) == whole.said.get(str(name), 0)


def test_it_goes_through_the_database() -> None:
    events = [heard("I take apixaban", True, "a"), said("utter_intro")]
    event = History.of(events).as_event(1.0, 3)
    read = Event.from_parameters(event.as_dict())
    assert read is not None
    assert History.of([read]).said == {"utter_intro": 1}
    assert History.of([read]).own_words.medicines == {"anticoagulant": "apixaban"}
    assert length_of_fold([read]) == 3
    assert length_of_fold(events) == length_of_fold([]) == 0


@pytest.mark.parametrize("turns", [100, 1000])
def test_it_does_not_grow(turns: int) -> None:
    events = [event for n in range(turns) for event in (heard("I take apixaban", True, f"id-{n}"), said("utter_intro"))]
    assert len(str(History.of(events).as_event(1.0, 1).as_dict())) < 1000
