"""Any text, in any state of the conversation, gets a reply, and no fact of a wrong type."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hip.assessment import NOT_SURE, parse_fact
from hip.dialogue.planner import TurnPlanner
from hip.dialogue.questions import load_questions
from hip.dialogue.state import Progress
from hip.dialogue.turns import ANSWERS, Message, Turn
from hip.language.facts import shared_reader
from hip.language.memory import recall
from hip.triage.levels import CareLevel
from hip.triage.rulebook import load_rulebook
from tests.dialogue.test_turns import ASKING, before

QUESTIONS = load_questions()
PLANNER = TurnPlanner(load_rulebook(), QUESTIONS)
TODAY = datetime.date(2026, 11, 25)
#: Every question there is, and the level told before it is put.
STATES = [
    *ASKING,
    ("read_back", None),
    ("carry_on", None),
    ("restart_confirm", None),
    ("delete_confirm", None),
    ("more_details", CareLevel.CONSULTATION),
    (None, None),
    (None, CareLevel.CLINICIAN_REVIEW),
]
INTENTS = st.sampled_from(
    [
        *sorted(ANSWERS),
        *("inform", "affirm", "deny", "unsure", "correct", "skip", "go_back", "stop", "goodbye", "greet"),
        *("restart", "delete_data", "nonsense", "crisis"),
    ]
)
WORDS = (
    *("no", "yes", "not", "sure", "left", "the", "other", "one", "groin", "numb", "down", "below", "except", "a"),
    *("bit", "of", "temperature", "7", "maybe", "8", "since", "christmas", "apixaban", "fell", "none", "these"),
    *(
        "my",
        "mum",
        "can't",
        "walk",
        "hundred",
        "thousand",
        "twenty",
        "nine",
        "dozen",
        "half",
        "zero",
        "years",
        "minutes",
    ),
)
#: What people type, and anything else that Unicode allows.
TEXTS = st.one_of(
    st.text(max_size=80),
    # A key held down.
    st.builds(
        "{} {}".format, st.builds(str.__mul__, st.sampled_from("0129-½१"), st.integers(1, 2000)), st.sampled_from(WORDS)
    ),
    st.lists(
        st.sampled_from(
            (*WORDS, *(",", ".", "!", "?", "999", "\U0001f600", "\u00e9")),
        ),
        max_size=14,
    ).map(" ".join),
)


@pytest.mark.parametrize(("question", "told"), STATES)
@given(text=TEXTS, intent=INTENTS)
@settings(max_examples=25, deadline=None)
def test_there_is_always_a_reply(question: str | None, told: CareLevel | None, text: str, intent: str) -> None:
    known = before(question) if question else before("age")
    reading = shared_reader().read(text, question, TODAY)
    said, unsure = recall(reading, known)
    for fact_id, value in said.items():
        assert parse_fact(fact_id, list(value) if isinstance(value, tuple) else value) == value
    facts = {**known, **said, **dict.fromkeys(unsure, NOT_SURE)}
    progress = Progress(known=known).putting(question) if question else Progress(known=known)
    message = Message(
        intent, None, reading.answer, reading.corrects, frozenset(said) | unsure, asked=question if question else None
    )
    turn = PLANNER.plan(facts, progress, question, message, told)
    assert replies(turn), (question, text, intent)
    assert Progress.from_slot(turn.progress.as_slot()) == turn.progress
    if turn.ask is not None and turn.ask in QUESTIONS.questions:
        assert QUESTIONS.put(turn.ask, facts, turn.progress.asked.get(turn.ask, 1) - 1).text


def replies(turn: Turn) -> bool:
    """Whether a person hears anything."""
    return bool(turn.say or turn.ask or turn.result)
