"""After a result: details for the clinician, corrections that change it, and booking once more."""

from __future__ import annotations

import pytest

from hip.dialogue.planner import TurnPlanner
from hip.dialogue.questions import load_questions
from hip.dialogue.state import Progress
from hip.dialogue.turns import End, Message, Result
from hip.language.reading import Answer
from hip.triage.levels import CareLevel
from hip.triage.questions import list_details
from hip.triage.rulebook import load_rulebook
from tests.dialogue.test_turns import ROUTINE

RULES = load_rulebook()
PLANNER = TurnPlanner(RULES, load_questions())
CONSULTATION = CareLevel.CONSULTATION
YES, NO = Message("affirm", answer=Answer.YES), Message("deny", answer=Answer.NO)
OFFERED = Progress(known=ROUTINE, confirmed=True).putting("more_details")


def test_a_result_that_leads_to_the_clinic_offers_to_take_details() -> None:
    turn = PLANNER.plan(ROUTINE, Progress(known=ROUTINE, confirmed=True), "injection_checks", Message("nonsense"))
    turn = PLANNER.plan(ROUTINE, Progress(known=ROUTINE), "read_back", YES)
    assert (turn.result, turn.ask) == (Result.OUTCOME, "more_details")


def test_no_thanks_ends_it() -> None:
    turn = PLANNER.plan(ROUTINE, OFFERED, "more_details", NO, CONSULTATION)
    assert (turn.ask, turn.end) == (None, End.DETAILED)


def test_details_are_asked_one_after_another_and_can_all_be_skipped() -> None:
    turn, asked = PLANNER.plan(ROUTINE, OFFERED, "more_details", YES, CONSULTATION), []
    while turn.ask:
        asked.append(turn.ask)
        assert turn.result is None
        turn = PLANNER.plan(ROUTINE, turn.progress, turn.ask, Message("skip", answer=Answer.SKIP), CONSULTATION)
    assert asked == list(list_details(RULES, ROUTINE, (), CONSULTATION))
    assert len(asked) <= 6
    assert turn.end is End.DETAILED
    assert not turn.facts, "what was skipped stays unknown"


@pytest.mark.parametrize("message", [Message("nonsense"), Message("greet"), Message("unsure")])
def test_an_offer_that_is_not_taken_up_is_let_go_after_a_second_try(message: Message) -> None:
    once = PLANNER.plan(ROUTINE, OFFERED, "more_details", message, CONSULTATION)
    assert once.ask == "more_details"
    assert PLANNER.plan(ROUTINE, once.progress, "more_details", message, CONSULTATION).end is End.DETAILED


def test_a_detail_that_is_not_understood_is_asked_once_more_and_then_left() -> None:
    turn = PLANNER.plan(ROUTINE, OFFERED, "more_details", YES, CONSULTATION)
    first = turn.ask
    turn = PLANNER.plan(ROUTINE, turn.progress, first, Message("nonsense"), CONSULTATION)
    assert turn.ask == first
    assert PLANNER.plan(ROUTINE, turn.progress, first, Message("nonsense"), CONSULTATION).ask != first


@pytest.mark.parametrize("question", ["more_details", "side", None])
@pytest.mark.parametrize(
    ("change", "told_again"),
    [
        ({"anticoagulant": True}, True),
        ({"morning_stiffness_minutes": 90}, True),
        ({"leg_swelling": True}, True),
        ({"age": 61}, False),
    ],
)
def test_what_is_said_after_the_result_can_change_it(question: str | None, change: dict, told_again: bool) -> None:
    facts = {**ROUTINE, **change}
    turn = PLANNER.plan(facts, OFFERED, question, Message("inform", said=frozenset(change)), CONSULTATION)
    assert (turn.result is Result.OUTCOME) is told_again
    names = [saying.name for saying in turn.say]
    assert ("result_changed" in names) is told_again
    assert turn.progress.known == facts


def test_an_urgent_change_ends_every_question() -> None:
    facts = {**ROUTINE, "worsening_fast": True}
    turn = PLANNER.plan(facts, OFFERED, "side", Message(said=frozenset({"worsening_fast"})), CONSULTATION)
    assert (turn.result, turn.ask, turn.end) == (Result.OUTCOME, None, End.DETAILED)


@pytest.mark.parametrize("question", ["more_details", "side"])
def test_booking_can_be_asked_for_again_and_the_question_stays_open(question: str) -> None:
    turn = PLANNER.plan(ROUTINE, OFFERED, question, Message("book"), CONSULTATION)
    assert (turn.result, turn.ask) == (Result.BOOKING, question)


def test_with_no_question_open_a_yes_gives_the_booking_again_and_small_talk_asks_what_else() -> None:
    assert PLANNER.plan(ROUTINE, OFFERED, None, YES, CONSULTATION).result is Result.BOOKING
    turn = PLANNER.plan(ROUTINE, OFFERED, None, Message("nonsense"), CONSULTATION)
    assert [saying.name for saying in turn.say] == ["after_result"]


def test_a_tapped_answer_is_asked_again() -> None:
    turn = PLANNER.plan(ROUTINE, OFFERED, "more_details", Message("correct", change="age"), CONSULTATION)
    assert turn.ask == "age"
    turn = PLANNER.plan(ROUTINE, OFFERED, None, Message("correct", change="age"), CONSULTATION)
    assert [saying.name for saying in turn.say] == ["what_to_change"]


@pytest.mark.parametrize("message", [Message("book"), YES, Message("nonsense")])
def test_what_another_answer_passed_over_still_counts(message: Message) -> None:
    facts = {**ROUTINE, "anticoagulant": True}
    turn = PLANNER.plan(facts, OFFERED, None, message, CONSULTATION)
    assert (turn.result, turn.say[0].name) == (Result.OUTCOME, "result_changed")
