"""Odd input gets a calm reply, changes nothing, and breaks nothing (public reports of Rasa bots)."""

from __future__ import annotations

import pytest

from tests.conftest import Servers
from tests.conversations.chat import Chat


@pytest.fixture
def chat(servers: Servers) -> Chat:
    return Chat(servers)


@pytest.mark.parametrize(
    "text",
    [
        "asdf qwer zxcv",
        "😀😀",
        "???",
        "<img src=x onerror=alert(1)>",
        '{"a": 1}',
        "banana",
        "hip\x00pain",
        "a" * 2000,
        "ла ла ла",
        "' OR 1=1; --",
        '/inform{"pain_score": {"a": 1}}',
        '/inform{"cannot_bear_weight": "maybe"}',
    ],
)
@pytest.mark.parametrize("question", ["age", "injury_screen", "stiffness"])
def test_it_is_answered_and_the_open_question_stays(chat: Chat, question: str, text: str) -> None:
    chat.answer_until(question)
    chat.say(text)
    assert chat.question == question
    assert chat.outcome is None


def test_three_times_nonsense_gets_three_different_replies_and_a_person(chat: Chat) -> None:
    chat.answer_until("stiffness")
    said = []
    for _ in range(3):
        chat.say("wibble wobble flurb")
        said.append(chat.text)
    assert len(set(said)) == 3
    assert "020 7946" in said[2]
    assert chat.question != "stiffness", "after three tries it goes on"


def test_a_pain_score_out_of_range_is_asked_again(chat: Chat) -> None:
    chat.detail_until("pain_score")
    chat.say("11")
    assert chat.question == "pain_score"


def test_two_people_do_not_share_a_conversation(servers: Servers) -> None:
    one, two = Chat(servers), Chat(servers)
    one.answer_until("site")
    two.say("hello")
    assert two.question == "consent"
    one.say("groin")
    assert one.question == "injection_checks"


def test_no_message_text_is_in_any_log(servers: Servers) -> None:
    chat = Chat(servers)
    chat.answer_until("stiffness")
    chat.say("Zebedee Quillfeather 07700900123 says three minutes")
    chat.say("flumptious gibberwock")
    for name in ("rasa", "actions"):
        log = servers.log(name)
        for secret in ("Zebedee", "Quillfeather", "07700900123", "flumptious", "gibberwock"):
            assert secret not in log
