"""A message that is sent twice is read once."""

from __future__ import annotations

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from hip.engine.channel import find_answer


def said(text: str, message_id: str) -> Event:
    return UserUttered(text, metadata={"message_id": message_id, "model_id": "x"})


def answered(text: str | None, **data: object) -> Event:
    return BotUttered(text, data={"buttons": None, "custom": None, "image": None, **data})


BUTTONS = [{"title": "Left", "payload": "Left"}]
EVENTS: list[Event] = [
    ActionExecuted("action_listen"),
    said("hello", "one"),
    answered("Welcome."),
    answered("Which side?", buttons=BUTTONS),
    answered(None, custom={"question": {"id": "side"}}),
    ActionExecuted("action_listen"),
    said("left", "two"),
    SlotSet("side", "left"),
    answered("How bad?"),
    ActionExecuted("action_listen"),
]


def test_the_answer_is_found_with_its_parts() -> None:
    assert find_answer(EVENTS, "one") == [
        {"text": "Welcome."},
        {"text": "Which side?", "buttons": BUTTONS},
        {"custom": {"question": {"id": "side"}}},
    ]
    assert find_answer(EVENTS, "two") == [{"text": "How bad?"}]


def test_a_message_that_was_not_read_or_not_answered_has_none() -> None:
    assert find_answer(EVENTS, "three") == []
    assert find_answer(EVENTS[:-3], "two") == []
    assert find_answer([], "one") == []
    assert find_answer([UserUttered("left")], "one") == []
