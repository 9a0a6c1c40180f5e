"""When the action server fails, the person hears of it once, with 999 and 111, and the chat goes on where it was."""

from __future__ import annotations

import logging

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.constants import REQUESTED_SLOT

from hip.engine.problem import BUILT_IN_TEXT
from tests.engine.conftest import Chat, FakeActions

PROBLEM = ["Technical problem. Call 999 or 111."]
FAULTS = ["hang", "error", "not json", "wrong shape", "unknown event", "odd refusal", "no action"]


async def test_it_runs_when_nothing_fails(chat: Chat) -> None:
    assert await chat.say("hello") == ["Which side?"]
    assert await chat.say("why") == ["Because it helps.", "Which side?"]
    assert await chat.say("left") == ["How bad?"]
    assert await chat.say("7") == ["Thank you."]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_form_stays_as_it_was(chat: Chat, actions: FakeActions, fault: str) -> None:
    await chat.say("hello")
    await chat.say("left")
    actions.fault = fault
    actions.calls.clear()
    assert await chat.say("7") == PROBLEM
    assert len(actions.calls) == 1, "after one failure the turn makes no further call"
    tracker = await chat.tracker()
    assert tracker.active_loop_name == "little_form"
    assert tracker.get_slot(REQUESTED_SLOT) == "score"
    assert (tracker.get_slot("side"), tracker.get_slot("score")) == ("left", "7")
    assert tracker.latest_action_name == "action_listen"
    assert await chat.say("7") == PROBLEM, "it is said again for the next message"
    actions.fault = ""
    assert await chat.say("7") == ["Thank you."]


@pytest.mark.parametrize("failing", ["validate_little_form", "action_read_mood"])
async def test_a_form_that_cannot_start_starts_with_the_next_message(
    chat: Chat, actions: FakeActions, failing: str
) -> None:
    actions.fault, actions.failing = "error", frozenset({failing})
    assert await chat.say("hello") == PROBLEM
    actions.fault = ""
    assert await chat.say("are you there") == ["Which side?"]
    assert await chat.say("left") == ["How bad?"]


async def test_a_question_that_cannot_be_put_leaves_the_one_before_open(chat: Chat, actions: FakeActions) -> None:
    await chat.say("hello")
    actions.fault, actions.failing = "error", frozenset({"action_ask_score"})
    assert await chat.say("left") == PROBLEM
    assert (await chat.tracker()).get_slot(REQUESTED_SLOT) == "side"
    actions.fault = ""
    assert await chat.say("left") == ["How bad?"]
    assert await chat.say("7") == ["Thank you."]


async def test_a_question_in_the_middle_that_fails_does_not_lock_the_form(chat: Chat, actions: FakeActions) -> None:
    await chat.say("hello")
    actions.fault, actions.failing = "error", frozenset({"action_explain"})
    assert await chat.say("why") == PROBLEM
    actions.fault = ""
    assert await chat.say("left") == ["How bad?"]


async def test_failed_slot_extraction_and_form_together_say_it_once(chat: Chat, actions: FakeActions) -> None:
    await chat.say("hello")
    actions.fault, actions.failing = "error", frozenset({"action_read_mood"})
    assert await chat.say("left") == PROBLEM
    tracker = await chat.tracker()
    assert (tracker.active_loop_name, tracker.get_slot(REQUESTED_SLOT)) == ("little_form", "side")


async def test_nobody_listening_at_all(chat: Chat, actions: FakeActions) -> None:
    chat.agent.processor.action_endpoint.url = "http://127.0.0.1:1/webhook"
    assert await chat.say("hello") == PROBLEM


async def test_a_domain_response_without_the_numbers_is_not_trusted(chat: Chat, actions: FakeActions) -> None:
    actions.fault = "error"
    chat.agent.processor.nlg.responses["utter_technical_problem"] = [{"text": "Oops."}]
    assert await chat.say("hello") == [BUILT_IN_TEXT]
    del chat.agent.processor.nlg.responses["utter_technical_problem"]
    assert await chat.say("hello") == [BUILT_IN_TEXT]


def test_the_built_in_text_names_both_numbers() -> None:
    assert "999" in BUILT_IN_TEXT
    assert "111" in BUILT_IN_TEXT


async def test_the_log_says_what_failed_and_quotes_nobody(
    chat: Chat, actions: FakeActions, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await chat.say("hello")
    actions.fault = "error"
    await chat.say("my secret left side")
    assert "Action 'action_read_mood' failed (HTTP 500)" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "answer", [None, [], {"events": {}}, {"events": [{"name": "side"}]}, {"responses": "none"}, {"responses": [1]}]
)
def test_an_answer_of_the_wrong_shape_is_refused(answer: object) -> None:
    action = RemoteAction("some_action", None)
    with pytest.raises(Exception, match=r"is not|is a required property"):
        action._validate_action_result(answer)


def test_a_proper_answer_is_accepted() -> None:
    answer = {"events": [{"event": "slot", "name": "side", "value": "left"}], "responses": [{"text": "Yes"}]}
    assert RemoteAction("some_action", None)._validate_action_result(answer)
