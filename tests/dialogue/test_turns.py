"""What each kind of message does at each question, as a table of question and move."""

from __future__ import annotations

import pytest

from hip.assessment import EMERGENCY_SCREENS, FACTS, NOT_SURE, FactKind, facts_of
from hip.dialogue.questions import load_questions
from hip.dialogue.state import Progress
from hip.dialogue.turns import ANSWERS, End, Message, TurnPlanner
from hip.language.reading import Answer
from hip.triage.rulebook import load_rulebook

QUESTIONS = load_questions()
PLANNER = TurnPlanner(load_rulebook(), QUESTIONS)
ASKING = [question for question in QUESTIONS.questions if facts_of(question)]
#: A healthy adult who has answered everything up to the routine questions.
CLEAR = {
    "consent": True,
    "respondent": "self",
    "age": 60,
    **{fact.id: False for screen in (*EMERGENCY_SCREENS, "health_screen") for fact in facts_of(screen)},
    "hip_replacement": False,
    "recent_hip_procedure": "none",
    "procedure_getting_worse": False,
    "surgery_planned": False,
}
ROUTINE = {
    **CLEAR,
    "side": "left",
    "site": "groin",
    "duration_weeks": 60.0,
    "pain_score": 6,
    "worse_with_activity": True,
    "worsening_fast": False,
    "morning_stiffness_minutes": 10,
    "other_joints": False,
    "activity_limits": ("walking",),
    "lifestyle_tried": ("physiotherapy",),
    "medicines_tried": ("paracetamol",),
    "previous_injection": "none",
    "diagnosis": "osteoarthritis",
    **{fact.id: False for fact in facts_of("injection_checks")},
}


def before(question: str) -> dict:
    """Everything known but what this question and its follow-ups ask."""
    own = {fact.id for fact in facts_of(question)}
    facts = {"consent": True, "respondent": "self", **ROUTINE}
    if question == "diabetes_poor_control":
        facts["diabetes"] = True
    if question.startswith(("previous_injection_", "injections_past")):
        facts |= {"previous_injection": "steroid", "previous_injection_weeks": 30.0, "previous_injection_helped": True}
    return {fact: value for fact, value in facts.items() if fact not in own}


def plan(question: str | None, message: Message, facts: dict | None = None, progress: Progress | None = None):
    known = before(question) if facts is None and question else facts or {}
    return PLANNER.plan(known, progress or Progress(known=known), question, message)


@pytest.mark.parametrize("intent", sorted(ANSWERS))
@pytest.mark.parametrize("question", ASKING)
def test_after_a_question_in_the_middle_the_open_question_is_asked_again(question: str, intent: str) -> None:
    topic = f"{intent}/steroid" if intent.startswith("ask_") else None
    turn = plan(question, Message(intent, topic))
    assert turn.ask == question
    assert [saying.name for saying in turn.say] == [topic or ANSWERS[intent]]
    assert not turn.clear


@pytest.mark.parametrize("question", [q for q in ASKING if QUESTIONS.questions[q].not_sure])
def test_not_sure_is_recorded_and_never_taken_as_no(question: str) -> None:
    turn = plan(question, Message("unsure", answer=Answer.NOT_SURE))
    assert turn.ask != question
    assert turn.facts
    assert set(turn.facts.values()) == {NOT_SURE}
    assert set(turn.facts) == {fact.id for fact in facts_of(question)}


@pytest.mark.parametrize("question", ASKING)
def test_skipping_works_where_it_is_allowed_and_is_explained_where_not(question: str) -> None:
    turn = plan(question, Message("skip", answer=Answer.SKIP))
    names = [saying.name for saying in turn.say]
    if QUESTIONS.questions[question].skip:
        assert turn.ask != question
        assert "skipped" in names
    else:
        assert turn.ask == question
        assert "skip_not_allowed" in names


@pytest.mark.parametrize("screen", EMERGENCY_SCREENS)
def test_refusing_a_safety_question_twice_counts_as_not_sure(screen: str) -> None:
    facts = before(screen)
    turn = plan(screen, Message("skip", answer=Answer.SKIP), facts, Progress(attempts={screen: 1}, known=facts))
    assert set(turn.facts.values()) == {NOT_SURE}


@pytest.mark.parametrize("question", [q for q in ASKING if QUESTIONS.questions[q].kind.value == "checklist"])
def test_a_bare_yes_to_a_checklist_is_no_answer(question: str) -> None:
    turn = plan(question, Message("affirm", answer=Answer.YES))
    assert turn.ask == question
    assert [saying.name for saying in turn.say] == ["which_ones"]
    assert turn.facts == {}


@pytest.mark.parametrize("question", ASKING)
def test_three_misunderstandings_get_three_different_replies(question: str) -> None:
    facts, progress, said = before(question), Progress(known=before(question)), []
    for _ in range(3):
        turn = PLANNER.plan(facts, progress, question, Message("nonsense"))
        said.append([saying.name for saying in turn.say if saying.name.startswith("misunderstood")])
        progress = turn.progress
        if turn.end:
            break
    if question == "consent":
        assert turn.end is End.DECLINED
    else:
        assert said == [["misunderstood_1"], ["misunderstood_2"], ["misunderstood_3"]]
    if question in EMERGENCY_SCREENS:
        assert turn.ask == question, "a safety question is never left on gibberish"


@pytest.mark.parametrize("question", ASKING)
def test_stop_ends_without_losing_answers(question: str) -> None:
    turn = plan(question, Message("stop"))
    assert turn.end is End.STOPPED
    assert not turn.clear
    assert turn.progress.known == before(question)


@pytest.mark.parametrize("question", ASKING)
def test_starting_again_is_confirmed_first(question: str) -> None:
    facts = before(question)
    first = plan(question, Message("restart"), facts)
    assert (first.ask, first.clear) == ("restart_confirm", False)
    no = PLANNER.plan(facts, first.progress, "restart_confirm", Message("deny", answer=Answer.NO))
    assert (no.ask, no.clear) == (question, False)
    yes = PLANNER.plan(facts, first.progress, "restart_confirm", Message("affirm", answer=Answer.YES))
    assert (yes.ask, yes.clear, yes.facts) == ("respondent", True, {"consent": True})


@pytest.mark.parametrize("question", ASKING)
def test_deleting_is_confirmed_first_and_clears_everything(question: str) -> None:
    facts = before(question)
    first = plan(question, Message("delete_data"), facts)
    assert (first.ask, first.clear) == ("delete_confirm", False)
    yes = PLANNER.plan(facts, first.progress, "delete_confirm", Message("affirm", answer=Answer.YES))
    assert (yes.end, yes.clear, yes.progress) == (End.DELETED, True, Progress())


def test_going_back_asks_the_question_before_and_keeps_the_rest() -> None:
    facts = {**CLEAR, "site": "groin"}
    progress = Progress(known=facts, order=("consent", "age", "hip_history", "site", "side"))
    turn = PLANNER.plan(facts, progress, "side", Message("go_back"))
    assert turn.ask == "site"
    assert turn.facts == {"site": None}


def test_a_correction_is_said_back() -> None:
    facts = {**CLEAR, "site": "groin", "side": "right"}
    progress = Progress(known={**facts, "side": "left"})
    turn = PLANNER.plan(facts, progress, "duration", Message("correct", corrects=True, said=frozenset({"side"})))
    assert turn.say[0].name == "corrected"
    assert turn.say[0].places == {"what": "side"}
    assert turn.ask == "duration"


@pytest.mark.parametrize("screen", EMERGENCY_SCREENS)
def test_a_screen_that_was_only_partly_denied_is_asked_for_the_rest(screen: str) -> None:
    first = facts_of(screen)[0].id
    facts = {**before(screen), first: False}
    turn = plan(screen, Message("deny", said=frozenset({first})), facts)
    assert turn.ask == screen


def test_consent_refused_ends_with_dignity_and_keeps_nothing() -> None:
    turn = plan("consent", Message("deny", answer=Answer.NO, said=frozenset({"consent"})), {"consent": False})
    assert (turn.end, turn.clear) == (End.DECLINED, True)
    assert [saying.name for saying in turn.say] == ["consent_declined"]


def test_before_the_result_the_answers_are_read_back_and_can_be_corrected() -> None:
    turn = plan("injection_checks", Message("deny", answer=Answer.NO, said=frozenset({"diabetes"})), ROUTINE)
    assert turn.ask == "read_back"
    again = PLANNER.plan(ROUTINE, turn.progress, "read_back", Message("deny", answer=Answer.NO))
    assert again.ask == "read_back"
    assert [saying.name for saying in again.say] == ["what_to_change"]
    done = PLANNER.plan(ROUTINE, again.progress, "read_back", Message("affirm", answer=Answer.YES))
    assert done.end is End.FINISHED


def test_coming_back_with_answers_asks_whether_to_carry_on() -> None:
    turn = PLANNER.plan({**CLEAR}, Progress(known=CLEAR), None, Message("greet"))
    assert turn.ask == "carry_on"
    on = PLANNER.plan({**CLEAR}, turn.progress, "carry_on", Message("affirm", answer=Answer.YES))
    assert on.ask == "site"
    again = PLANNER.plan({**CLEAR}, turn.progress, "carry_on", Message("deny", answer=Answer.NO))
    assert again.clear


def test_an_urgent_answer_is_told_without_reading_back() -> None:
    facts = {**CLEAR, "leg_swelling": True}
    turn = plan("circulation_screen", Message("inform", said=frozenset({"leg_swelling"})), facts)
    assert turn.end is End.FINISHED


def test_every_fact_of_a_set_keeps_its_kind() -> None:
    assert all(FACTS[fact].kind is not FactKind.SET or isinstance(value, tuple) for fact, value in ROUTINE.items())
