"""Whole conversations with the really started assistant, as a person would have them."""

from __future__ import annotations

import re

import pytest

from evaluation.cases import read_vignettes
from evaluation.player import play, rest_sender
from evaluation.scores import score_levels
from hip.handover.reference import is_valid_reference
from tests.conftest import Servers
from tests.conversations.chat import OTHERWISE, ROUTINE, Chat

RICH = (
    "I'm 67, my right hip has hurt deep in the groin for two years, about a 6 out of 10, worse when I walk. "
    "I've done physio and take paracetamol, the doctor says osteoarthritis."
)


@pytest.fixture
def chat(servers: Servers) -> Chat:
    return Chat(servers)


def test_it_says_what_it_is_and_asks_for_consent_before_any_health_question(chat: Chat) -> None:
    chat.say("hello")
    for part in ("999", "111", "not a clinician", "Ravenscroft"):
        assert part in chat.text
    assert chat.questions == ["consent"]


def test_without_consent_nothing_is_asked_and_help_is_named(chat: Chat) -> None:
    chat.say("hi")
    chat.say("no thanks")
    assert chat.questions == []
    assert "999" in chat.text
    assert "111" in chat.text
    chat.say("actually, hello again")
    assert chat.questions == ["consent"]


def test_a_routine_patient_gets_reasons_options_and_a_booking_link(chat: Chat) -> None:
    chat.answer_until(None)
    outcome = chat.outcome
    assert outcome is not None
    assert outcome["care_level"] == "consultation"
    assert outcome["reasons"]
    assert is_valid_reference(outcome["reference"])
    (booking,) = outcome["booking"]
    assert booking["service"] == "consultation"
    assert booking["url"].startswith("https://")
    assert outcome["reference"] in booking["url"]
    assert booking["phone"]
    for word in ("Steroid", "Hyaluronic acid", "PRP", outcome["reference"], "999"):
        assert word in chat.text


def test_each_question_of_the_routine_way_is_put_once_and_in_order(chat: Chat) -> None:
    asked = []
    chat.say("hello")
    while chat.outcome is None:
        asked += chat.questions
        chat.say(ROUTINE[chat.question or ""])
    assert asked == list(ROUTINE)
    assert len(asked) + 1 <= 18


def test_a_rich_message_fills_all_it_says(chat: Chat) -> None:
    chat.answer_until("respondent")
    chat.say(RICH)
    asked = []
    while chat.outcome is None:
        asked.append(chat.question)
        chat.say(ROUTINE[chat.question or ""])
    told = {"age", "side", "site", "duration", "pain_score", "lifestyle_tried", "medicines_tried", "diagnosis"}
    assert told & set(asked) == set()
    assert len(asked) <= 12
    assert chat.outcome["care_level"] == "consultation"
    chat.say("Yes, ask me")
    assert chat.question not in told, "nor is it asked afterwards"


def test_what_was_said_before_consent_is_used_after_it(chat: Chat) -> None:
    chat.say(RICH)
    assert chat.questions == ["consent"]
    chat.say("yes")
    chat.answer_until("injury_screen")
    assert chat.question == "injury_screen"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("how long does the injection last?", "From"),
        ("where can I park?", "020 7946"),
        ("why do you want to know?", "Age"),
        ("are you a real person?", "program"),
        ("thanks", "welcome"),
        ("can I talk to a human", "phone"),
        ("I want to book an appointment", "end"),
    ],
)
def test_a_question_in_the_middle_is_answered_and_the_open_one_asked_again_once(
    chat: Chat, asked: str, part: str
) -> None:
    chat.answer_until("age")
    chat.say(asked)
    assert chat.questions == ["age"]
    assert part in chat.text
    chat.say("63")
    assert chat.question == "injury_screen"


def test_nobody_needs_more_than_18_turns(chat: Chat) -> None:
    turns = 1
    chat.say("hello")
    while chat.outcome is None:
        chat.say({**ROUTINE, **OTHERWISE, "injection_checks": "diabetes"}[chat.question or ""])
        turns += 1
    assert turns <= 18


def test_numbers_go_to_the_question_that_asked(chat: Chat) -> None:
    chat.detail_until("pain_score")
    chat.say("0")
    assert chat.question != "pain_score", "zero is an answer"


def test_the_answers_are_read_back_before_the_result_and_can_be_changed_by_name(chat: Chat) -> None:
    chat.answer_until("injection_checks")
    lines = {line["label"]: line for line in chat.read_back}
    assert lines["Age"]["text"] == "Age 63."
    assert "None of the emergency signs I asked about." in chat.text
    chat.say("Change: Age")
    assert chat.question == "age"
    chat.say("64")
    assert chat.question == "injection_checks"
    chat.say("none of these")
    assert chat.outcome is not None


def test_a_correction_is_said_back_and_kept(chat: Chat) -> None:
    chat.answer_until("lifestyle_tried")
    chat.say("sorry, I meant three years, not two")
    assert "3 years" in chat.text
    assert chat.question == "lifestyle_tried"
    chat.answer_until("injection_checks")
    assert any("3 years" in line["text"] for line in chat.read_back)


def test_an_emergency_sign_that_is_taken_back_is_asked_about_once_more(chat: Chat) -> None:
    chat.answer_until("health_screen", {"injury_screen": "A fall, knock or accident", "age": "40"})
    chat.say("actually no, there was no fall")
    assert chat.question == "injury"
    chat.say("no, I did not fall")
    assert chat.question == "health_screen"
    chat.answer_until(None)
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "consultation"


def test_details_for_the_clinician_come_after_the_result_and_may_be_left_out(chat: Chat) -> None:
    chat.answer_until(None)
    assert chat.question == "more_details"
    chat.say("No, that is all")
    assert chat.question is None
    chat.say("how long does the injection last?")
    assert "From" in chat.text


def test_all_details_are_taken_and_thanked_for(chat: Chat) -> None:
    chat.detail_until("activity_limits")
    chat.say("walking and stairs")
    assert chat.question is None
    assert chat.outcome is None


def test_starting_again_is_confirmed_and_clears_the_answers(chat: Chat) -> None:
    chat.answer_until("stiffness")
    chat.say("can we start over")
    assert chat.question == "restart_confirm"
    chat.say("no")
    assert chat.question == "stiffness"
    chat.say("can we start over")
    chat.say("yes")
    assert chat.question == "respondent"
    chat.answer_until("age")
    assert chat.question == "age"


def test_stopping_keeps_the_answers_and_coming_back_may_carry_on(chat: Chat) -> None:
    chat.answer_until("stiffness")
    chat.say("I want to stop")
    assert chat.questions == []
    chat.say("hello")
    assert chat.question == "carry_on"
    chat.say("carry on")
    assert chat.question == "stiffness"


def test_an_injection_caution_leads_to_a_clinician_and_never_to_a_slot(chat: Chat) -> None:
    chat.answer_until(None, {"injection_checks": "I take apixaban and nothing else on that list"})
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "clinician_review"
    assert {booking["service"] for booking in chat.outcome["booking"]} <= {"clinic_phone", "consultation"}


def test_after_the_result_a_changed_fact_changes_it_and_a_red_flag_interrupts(chat: Chat) -> None:
    chat.answer_until(None)
    chat.say("No, that is all")
    chat.say("how long does the pain relief last?")
    assert "From" in chat.text
    chat.say("I forgot to say that I'm on warfarin")
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "clinician_review"
    chat.say("and now my leg has gone cold and white")
    assert chat.outcome is not None
    assert chat.outcome["care_level"] == "emergency_ambulance"
    assert chat.outcome["booking"] == []


def test_no_answer_name_or_level_is_in_a_link(chat: Chat) -> None:
    chat.answer_until(None, {"age": "71", "stiffness": "ten minutes. The doctor said bursitis"})
    assert chat.outcome is not None
    for booking in chat.outcome["booking"]:
        rest = booking["url"].replace(chat.outcome["reference"], "").replace(booking["service"], "")
        assert not re.search(r"71|bursitis|groin|consult|review|care|left", rest.split("?")[1])


#: One patient for each care level and each trap of the set.
PLAYED = [
    case
    for number, case in enumerate(read_vignettes())
    if "trap" in case["why"] or case["care_level"] in ("mental_health_crisis", "out_of_scope") or number % 4 == 0
]


def test_patients_of_the_evaluation_set_get_the_right_level(servers: Servers) -> None:
    url = f"{servers.settings.rasa_url}/webhooks/rest/webhook"
    talks = [play(case, rest_sender(url)) for case in PLAYED]
    scores = score_levels(PLAYED, [talk.outcome for talk in talks])
    assert scores["broken"] == 0
    assert scores["leaks"] == 0
    assert scores["caught"] == scores["emergencies"]
    assert scores["exact"] >= 0.8 * scores["cases"], "40 of 50"
