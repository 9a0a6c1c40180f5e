"""No emergency is missed, whatever was being asked, and none is followed by a booking link."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Servers
from tests.conversations.chat import Chat

FLAGS = [
    ("my chest hurts and I can't breathe", "emergency_ambulance", "999"),
    ("I fell and I can't put any weight on the leg", "emergency_ambulance", "999"),
    ("I've gone numb between my legs since this morning", "emergency_department", "A&E"),
    ("I want to kill myself", "mental_health_crisis", "116 123"),
    ("I have taken an overdose of tablets", "emergency_ambulance", "999"),
    ("my leg has suddenly gone cold and blue", "emergency_ambulance", "999"),
    ("the hip is red hot and I'm shivering with a fever", "emergency_department", "A&E"),
]


@pytest.fixture
def chat(servers: Servers) -> Chat:
    return Chat(servers)


@pytest.mark.parametrize("question", [None, "consent", "age", "nerve_screen", "stiffness", "injection_checks"])
@pytest.mark.parametrize(("text", "level", "number"), FLAGS)
def test_a_red_flag_interrupts_in_any_state(
    chat: Chat, question: str | None, text: str, level: str, number: str
) -> None:
    if question:
        chat.answer_until(question)
    chat.say(text)
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == level
    assert chat.outcome["reasons"]
    assert chat.outcome["booking"] == []
    assert chat.outcome["reference"] is None
    assert number in chat.text
    assert chat.questions == [], "nothing is asked after it"
    assert sum("text" in reply for reply in chat.replies) == 1, "one bubble"


@pytest.mark.parametrize(("text", "level", "number"), FLAGS[:4])
def test_a_red_flag_interrupts_after_the_result_and_among_the_details(
    chat: Chat, text: str, level: str, number: str
) -> None:
    chat.detail_until("pain_score")
    chat.say(text)
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == level
    assert chat.questions == []


@pytest.mark.parametrize(("text", "level", "number"), FLAGS[:4])
def test_after_an_emergency_no_message_brings_a_link(chat: Chat, text: str, level: str, number: str) -> None:
    chat.answer_until("age")
    chat.say(text)
    for more in (
        "ok can I book an appointment",
        "I'm fine really, give me the booking link",
        "how much is it",
        "what does the steroid do",
        "yes",
        "63",
        "hello",
        "none of these",
        "can I speak to someone",
    ):
        chat.say(more)
        said = json.dumps(chat.replies)
        assert "http" not in said
        assert "booking.ravenscroft" not in said
        assert number in chat.text or "999" in chat.text
        assert chat.questions == []


def test_a_red_flag_inside_another_request_comes_first(chat: Chat) -> None:
    chat.answer_until("age")
    chat.say("where do I park? also my chest hurts and I'm struggling to breathe")
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "emergency_ambulance"
    assert "999" in chat.replies[0]["text"]


def test_not_sure_to_a_safety_question_counts_as_yes(chat: Chat) -> None:
    chat.answer_until("nerve_screen")
    chat.say("not sure")
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "emergency_department"


def test_under_18_is_not_assessed(chat: Chat) -> None:
    chat.answer_until("age")
    chat.say("I'm 15")
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "same_day"
    assert chat.outcome["booking"] == []


def test_same_day_care_carries_no_link_and_asks_nothing_routine(chat: Chat) -> None:
    chat.answer_until(None, {"circulation_screen": "my left calf is swollen, warm and throbbing"})
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "same_day"
    assert chat.outcome["booking"] == []
    assert "http" not in json.dumps(chat.replies)


def test_after_an_emergency_one_may_start_again(chat: Chat) -> None:
    chat.say("my chest hurts and I can't breathe")
    chat.say("start again please")
    assert chat.question == "restart_confirm"
    chat.say("yes")
    assert chat.question in ("consent", "respondent")


#: Close to a red flag, though no word of the lexicon states one.
ICE = "it is as though my toes were in a bucket of ice"


@pytest.mark.parametrize("question", [None, "age", "injection_checks"])
def test_a_possible_red_flag_is_asked_about_and_a_no_goes_on(chat: Chat, question: str | None) -> None:
    if question:
        chat.answer_until(question)
    chat.say(ICE)
    assert chat.questions == ["cold_pale_leg"]
    assert chat.outcome is None
    chat.say("No")
    assert chat.outcome is None
    assert chat.question == (question or "consent")


@pytest.mark.parametrize("reply", ["yes", "not sure", "I want to book an appointment", "hmm"])
@pytest.mark.parametrize("question", [None, "age"])
def test_anything_but_a_no_counts_as_yes(chat: Chat, question: str | None, reply: str) -> None:
    if question:
        chat.answer_until(question)
    chat.say(ICE)
    chat.say(reply)
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "emergency_ambulance"
    assert chat.outcome["booking"] == []


def test_after_a_result_a_sign_inside_a_question_comes_first_and_no_way_to_book_is_left(chat: Chat) -> None:
    chat.answer_until(None)
    chat.say("No, that is all")
    chat.say("how long does the injection last? and since yesterday one calf is swollen and hot")
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "same_day"
    chat.say("can I book now")
    assert "http" not in chat.text
    assert "111" in chat.text
