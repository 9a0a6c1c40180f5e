"""What each kind of message does at each question, as a table of question and move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hip.assessment import EMERGENCY_SCREENS, FACTS, NOT_SURE, FactKind, facts_of
from hip.dialogue.planner import TurnPlanner
from hip.dialogue.questions import load_questions
from hip.dialogue.state import Progress
from hip.dialogue.turns import ANSWERS, End, Message, Result, Turn
from hip.language.reading import Answer
from hip.triage.levels import CareLevel
from hip.triage.questions import next_question
from hip.triage.rulebook import load_rulebook

QUESTIONS = load_questions()
RULES = load_rulebook()
PLANNER = TurnPlanner(RULES, QUESTIONS)
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
    "site": "groin",
    "duration_weeks": 60.0,
    "worse_with_activity": True,
    "worsening_fast": False,
    "morning_stiffness_minutes": 10,
    "other_joints": False,
    "lifestyle_tried": ("physiotherapy",),
    "medicines_tried": ("paracetamol",),
    **{fact.id: False for fact in facts_of("injection_checks")},
}
DETAILS = {
    "side": "left",
    "pain_score": 6,
    "activity_limits": ("walking",),
    "previous_injection": "steroid",
    "previous_injection_weeks": 90.0,
    "previous_injection_helped": True,
    "injections_past_year": 0,
    "diagnosis": "osteoarthritis",
}
#: Which questions are put before the result, and which only after it.
STEPS = {step.id: step for step in RULES.questions}
BEFORE = [q for q, step in STEPS.items() if step.asked_at or q in ("consent",)]
AFTER = [q for q, step in STEPS.items() if CareLevel.CONSULTATION in step.details_at and q not in BEFORE]
ASKING = [(q, None) for q in BEFORE] + [(q, CareLevel.CONSULTATION) for q in AFTER]
EARLY = [q for q in BEFORE if q not in ("consent", "respondent")]


def before(question: str) -> dict:
    """Everything known but what this question asks."""
    own = {fact.id for fact in facts_of(question)}
    facts = dict(ROUTINE)
    if question == "diabetes_poor_control":
        facts["diabetes"] = True
    if question in AFTER:
        facts |= DETAILS
    return {fact: value for fact, value in facts.items() if fact not in own}


def plan(
    question: str | None,
    message: Message,
    facts: dict | None = None,
    progress: Progress | None = None,
    told: CareLevel | None = None,
) -> Turn:
    known = before(question) if facts is None and question else facts or {}
    return PLANNER.plan(known, progress or Progress(known=known), question, message, told)


def test_every_question_is_put_before_or_after_the_result() -> None:
    assert {*BEFORE, *AFTER} == {fact.question for fact in FACTS.values()} - {None}


@pytest.mark.parametrize("intent", sorted(ANSWERS))
@pytest.mark.parametrize(("question", "told"), ASKING)
def test_after_a_question_in_the_middle_the_open_question_is_asked_again(
    question: str, told: CareLevel | None, intent: str
) -> None:
    topic = f"{intent}/steroid" if intent.startswith("ask_") else None
    turn = plan(question, Message(intent, topic), told=told)
    assert turn.ask == question
    assert not turn.clear
    assert not turn.facts
    if told is not None and intent == "book":
        assert turn.result is Result.BOOKING
    else:
        assert [saying.name for saying in turn.say] == [topic or ANSWERS[intent]]


@pytest.mark.parametrize("question", [q for q in BEFORE if QUESTIONS.questions[q].not_sure])
def test_not_sure_is_recorded_and_never_taken_as_no(question: str) -> None:
    turn = plan(question, Message("unsure", answer=Answer.NOT_SURE))
    assert turn.ask != question
    assert turn.facts
    assert set(turn.facts.values()) == {NOT_SURE}
    assert set(turn.facts) == {fact.id for fact in facts_of(question)}


@pytest.mark.parametrize("question", BEFORE)
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


@pytest.mark.parametrize("question", [q for q in BEFORE if QUESTIONS.questions[q].kind.value == "checklist"])
def test_a_bare_yes_to_a_checklist_is_no_answer(question: str) -> None:
    turn = plan(question, Message("affirm", answer=Answer.YES))
    assert turn.ask == question
    assert [saying.name for saying in turn.say] == ["which_ones"]
    assert turn.facts == {}


@pytest.mark.parametrize("question", BEFORE)
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
        assert turn.ask == question, "a safety question is not left on gibberish so soon"


@pytest.mark.parametrize("question", [q for q in BEFORE if q != "consent"])
def test_gibberish_does_not_hold_anybody_for_ever_and_is_never_a_no(question: str) -> None:
    facts, progress = before(question), Progress(known=before(question))
    for _ in range(12):
        turn = PLANNER.plan(facts, progress, question, Message("nonsense"))
        progress = turn.progress
        if turn.ask != question:
            break
    assert turn.ask != question
    assert set(turn.facts.values()) <= {NOT_SURE}
    if question in EMERGENCY_SCREENS:
        assert turn.result is Result.OUTCOME, "left open, which is care the same day"


@pytest.mark.parametrize(("question", "told"), ASKING)
def test_stop_ends_without_losing_answers(question: str, told: CareLevel | None) -> None:
    turn = plan(question, Message("stop"), told=told)
    assert turn.end is End.STOPPED
    assert not turn.clear
    assert turn.progress.known == before(question)


@pytest.mark.parametrize("question", BEFORE)
def test_starting_again_is_confirmed_first(question: str) -> None:
    facts = before(question)
    first = plan(question, Message("restart"), facts, Progress(known=facts).putting(question))
    assert (first.ask, first.clear) == ("restart_confirm", False)
    no = PLANNER.plan(facts, first.progress, "restart_confirm", Message("deny", answer=Answer.NO))
    assert (no.ask, no.clear) == (question, False)
    yes = PLANNER.plan(facts, first.progress, "restart_confirm", Message("affirm", answer=Answer.YES))
    assert (yes.ask, yes.clear, yes.facts) == ("respondent", True, {"consent": True})


@pytest.mark.parametrize(("question", "told"), ASKING)
def test_deleting_is_confirmed_first_and_clears_everything(question: str, told: CareLevel | None) -> None:
    facts = before(question)
    first = plan(question, Message("delete_data"), facts, told=told)
    assert (first.ask, first.clear) == ("delete_confirm", False)
    yes = PLANNER.plan(facts, first.progress, "delete_confirm", Message("affirm", answer=Answer.YES), told)
    assert (yes.end, yes.clear, yes.progress) == (End.DELETED, True, Progress())


@pytest.mark.parametrize("question", EARLY)
def test_going_back_asks_the_question_before_and_keeps_the_rest(question: str) -> None:
    facts = before(question)
    progress = Progress(known=facts).putting("consent").putting("respondent").putting(question)
    turn = PLANNER.plan(facts, progress, question, Message("go_back"))
    assert turn.ask == "respondent"
    assert turn.facts == {"respondent": None}
    assert turn.progress.known == {fact: value for fact, value in facts.items() if fact != "respondent"}


def test_at_the_first_question_there_is_nothing_to_go_back_to() -> None:
    turn = plan("respondent", Message("go_back"), progress=Progress().putting("consent").putting("respondent"))
    assert (turn.ask, turn.say[0].name) == ("respondent", "nothing_to_go_back_to")


@pytest.mark.parametrize("question", [q for q in EARLY if q != "age"])
def test_an_earlier_answer_can_be_corrected_at_any_question_and_is_said_back(question: str) -> None:
    facts = {**before(question), "age": 61}
    progress = Progress(known=before(question)).putting(question)
    turn = PLANNER.plan(facts, progress, question, Message("correct", corrects=True, said=frozenset({"age"})))
    assert turn.say[0].name == "corrected"
    assert turn.say[0].places == {"what": "age"}
    assert turn.ask == question


@pytest.mark.parametrize("question", [q for q in EARLY if q != "age"])
def test_a_tapped_answer_is_asked_again_at_any_question(question: str) -> None:
    facts = before(question)
    turn = plan(question, Message("correct", change="age"), facts)
    assert (turn.ask, turn.facts) == ("age", {"age": None})
    assert [saying.name for saying in turn.say] == ["change"]


@pytest.mark.parametrize("question", [q for q in EARLY if q not in EMERGENCY_SCREENS])
def test_an_emergency_sign_taken_back_is_read_back_once_before_it_is_cleared(question: str) -> None:
    facts = {**before(question), "leg_swelling": False}
    progress = Progress(known={**facts, "leg_swelling": True}).putting(question)
    withdrawal = Message("correct", corrects=True, said=frozenset({"leg_swelling"}))
    asked = PLANNER.plan(facts, progress, question, withdrawal)
    assert (asked.ask, asked.facts) == ("leg_swelling", {"leg_swelling": True})
    kept = {**facts, "leg_swelling": True}
    # Anything but a plain no leaves it as it was first told.
    for message in (Message("affirm", answer=Answer.YES), Message("nonsense"), Message("unsure")):
        turn = PLANNER.plan(kept, asked.progress, "leg_swelling", message)
        assert "leg_swelling" not in turn.facts
        assert turn.result is Result.OUTCOME, "a swollen leg is seen the same day"
    cleared = PLANNER.plan(
        {**facts, "leg_swelling": False}, asked.progress, "leg_swelling", replace(withdrawal, answer=Answer.NO)
    )
    assert cleared.ask == question
    assert cleared.progress.doubted == ()
    assert cleared.say[0].name == "corrected"


def test_not_sure_about_a_sign_taken_back_leaves_it_true() -> None:
    facts = {**CLEAR, "leg_swelling": NOT_SURE}
    progress = Progress(known={**CLEAR, "leg_swelling": True}, doubted=("leg_swelling",)).putting("leg_swelling")
    turn = PLANNER.plan(facts, progress, "leg_swelling", Message("unsure", answer=Answer.NOT_SURE))
    assert turn.facts["leg_swelling"] is True


@pytest.mark.parametrize(("question", "told"), ASKING)
def test_an_answer_to_the_safety_policy_is_not_taken_for_one_to_the_open_question(
    question: str, told: CareLevel | None
) -> None:
    facts = {**before(question), "cold_pale_leg": False}
    message = Message("deny", answer=Answer.NO, said=frozenset({"cold_pale_leg"}), asked="cold_pale_leg")
    turn = plan(question, message, facts, Progress(known=facts), told)
    assert turn.ask == question
    assert turn.end is None
    assert not turn.facts


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


def test_the_answers_are_read_back_with_the_last_question() -> None:
    known = before("medicines_tried")
    for fact in facts_of("injection_checks"):
        del known[fact.id]
    facts = {**known, "medicines_tried": ("gel",)}
    turn = plan("medicines_tried", Message("inform", said=frozenset({"medicines_tried"})), facts)
    assert (turn.ask, turn.read_back) == ("injection_checks", True)
    done = PLANNER.plan(ROUTINE, turn.progress, "injection_checks", Message(said=frozenset({"diabetes"})))
    assert done.result is Result.OUTCOME, "once is enough"


def test_where_no_question_is_left_they_are_read_back_by_themselves_and_can_be_corrected() -> None:
    turn = plan("injection_checks", Message("deny", answer=Answer.NO, said=frozenset({"diabetes"})), ROUTINE)
    assert (turn.ask, turn.read_back) == ("read_back", True)
    again = PLANNER.plan(ROUTINE, turn.progress, "read_back", Message("deny", answer=Answer.NO))
    assert again.ask == "read_back"
    assert [saying.name for saying in again.say] == ["what_to_change"]
    done = PLANNER.plan(ROUTINE, again.progress, "read_back", Message("affirm", answer=Answer.YES))
    assert (done.end, done.result) == (End.FINISHED, Result.OUTCOME)


def test_coming_back_with_answers_asks_whether_to_carry_on() -> None:
    turn = PLANNER.plan({**CLEAR}, Progress(known=CLEAR), None, Message("greet"))
    assert turn.ask == "carry_on"
    on = PLANNER.plan({**CLEAR}, turn.progress, "carry_on", Message("affirm", answer=Answer.YES))
    assert on.ask == next_question(RULES, CLEAR)
    again = PLANNER.plan({**CLEAR}, turn.progress, "carry_on", Message("deny", answer=Answer.NO))
    assert again.clear


def test_an_urgent_answer_is_told_without_reading_back() -> None:
    facts = {**CLEAR, "leg_swelling": True}
    turn = plan("circulation_screen", Message("inform", said=frozenset({"leg_swelling"})), facts)
    assert (turn.end, turn.result) == (End.FINISHED, Result.OUTCOME)
    assert turn.ask is None, "after an urgent result nothing more is asked"


@pytest.mark.parametrize("question", BEFORE)
def test_a_question_is_never_put_three_times_in_the_same_words(question: str) -> None:
    facts, progress, texts = before(question), Progress(known=before(question)).putting(question), []
    for times in range(12):
        texts.append(QUESTIONS.put(question, facts, times).text)
    turn = PLANNER.plan(facts, progress, question, Message("ask_logistics", "ask_logistics/price"))
    assert turn.progress.asked[question] == 2, "each time it is put is counted"
    assert max(texts.count(text) for text in texts) <= 2


def test_every_fact_of_a_set_keeps_its_kind() -> None:
    facts = {**ROUTINE, **DETAILS}
    assert all(FACTS[fact].kind is not FactKind.SET or isinstance(value, tuple) for fact, value in facts.items())
