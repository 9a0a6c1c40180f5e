"""What must hold for every patient there can be."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hip.assessment import FACTS, NOT_SURE, Fact, FactKind, facts_of, parse_facts
from hip.triage.conditions import SCREEN_FACTS, evaluate, find_deciding
from hip.triage.engine import assess, judge_routine
from hip.triage.levels import CareLevel
from hip.triage.questions import next_question
from hip.triage.rulebook import load_rulebook
from tests.triage.rule_rows import WELL

RULEBOOK = load_rulebook()
SYMPTOMS = sorted(fact.id for fact in FACTS.values() if fact.kind is FactKind.BOOL and fact.id != "consent")
#: The bounds of the rules' own comparisons, so that both sides of each are tried.
BOUNDS = (0, 0.05, 0.2, 1, 2, 3, 6, 6.5, 10, 12, 13, 14, 16, 17, 18, 30, 31, 52, 59, 60, 64, 65, 100)


def values(fact: Fact) -> st.SearchStrategy[Any]:
    """Proper values of a fact, and "not sure"."""
    if fact.kind is FactKind.BOOL:
        known: st.SearchStrategy[Any] = st.booleans()
    elif fact.kind is FactKind.CHOICE:
        known = st.sampled_from(fact.values)
    elif fact.kind is FactKind.SET:
        known = st.lists(st.sampled_from(fact.values), unique=True)
    else:
        whole = fact.kind is FactKind.INT
        known = st.sampled_from([n for n in BOUNDS if fact.low <= n <= fact.high and (n == int(n) or not whole)])
    return known | st.just(NOT_SURE)


def patients(quiet: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Any mixture of known, unsure and unknown facts; ``quiet`` ones change the well patient in a few facts only."""
    anything = st.fixed_dictionaries({}, optional={fact.id: values(fact) for fact in FACTS.values()})
    if not quiet:
        return anything.map(parse_facts)
    few = st.lists(st.sampled_from(sorted(FACTS)), max_size=4, unique=True).flatmap(
        lambda ids: st.fixed_dictionaries({fact: values(FACTS[fact]) | st.none() for fact in ids})
    )
    return few.map(lambda changes: parse_facts({**WELL, **changes}))


PATIENTS = patients(quiet=True) | patients(quiet=False)


def rank(level: CareLevel | None) -> int:
    return len(CareLevel) if level is None else level.rank


@settings(max_examples=250, deadline=None)
@given(PATIENTS, st.sampled_from(SYMPTOMS))
def test_a_symptom_more_never_lowers_the_urgency(facts: dict[str, Any], symptom: str) -> None:
    with_it = assess(RULEBOOK, {**facts, symptom: True})
    without = assess(RULEBOOK, {**facts, symptom: False})
    unknown = assess(RULEBOOK, {fact: value for fact, value in facts.items() if fact != symptom})
    assert rank(with_it.level) <= rank(without.level)
    assert rank(with_it.level) <= rank(unknown.level)


@settings(max_examples=250, deadline=None)
@given(PATIENTS, st.sampled_from(SYMPTOMS))
def test_unknown_and_not_sure_are_never_safer_than_no(facts: dict[str, Any], symptom: str) -> None:
    without = assess(RULEBOOK, {**facts, symptom: False}).level
    unknown = assess(RULEBOOK, {fact: value for fact, value in facts.items() if fact != symptom}).level
    unsure = assess(RULEBOOK, {**facts, symptom: NOT_SURE}).level
    assert unknown is None or rank(unknown) <= rank(without)
    assert rank(unsure) <= rank(without)


@settings(max_examples=120, deadline=None)
@given(PATIENTS)
def test_not_sure_in_an_emergency_screen_is_yes(facts: dict[str, Any]) -> None:
    as_yes = {fact: True if fact in SCREEN_FACTS and value == NOT_SURE else value for fact, value in facts.items()}
    assert assess(RULEBOOK, facts) == assess(RULEBOOK, as_yes)


@settings(max_examples=120, deadline=None)
@given(PATIENTS, st.sets(st.sampled_from([step.id for step in RULEBOOK.questions])))
def test_the_assessment_agrees_with_itself(facts: dict[str, Any], answered: set[str]) -> None:
    assessment = assess(RULEBOOK, facts, answered)
    ranks = [rule.level.rank for rule in assessment.fired]
    assert ranks == sorted(ranks)
    if assessment.level is None:
        assert all(not rule.level.urgent for rule in assessment.fired)
        return
    assert assessment.level is assessment.fired[0].level
    if assessment.level.urgent:
        assert RULEBOOK.levels[assessment.level].services == ()
    else:
        assert all(facts.get(fact) is False for fact in SCREEN_FACTS - {"injury", "cannot_move_joint"})
        assert facts.get("age", 18) == NOT_SURE or facts.get("age", 18) >= 18


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(["few", "many", "all"]))
def test_asking_ends_with_a_level(data: st.DataObject, harmless: str) -> None:
    """People answer fully, in part, say they are not sure, or skip; asking ends and a level stands at the end."""
    facts: dict[str, Any] = {"consent": True}
    answered: set[str] = set()
    well = {"few": 1, "many": 5, "all": 20}[harmless]
    for _ in RULEBOOK.questions:
        question = next_question(RULEBOOK, facts, answered)
        if question is None:
            break
        assert question not in answered
        answered.add(question)
        for fact in facts_of(question):
            kind = data.draw(st.integers(0, well + 1))
            if kind == 0:
                continue
            answer = data.draw(values(fact)) if kind == 1 else WELL.get(fact.id, NOT_SURE)
            facts |= parse_facts({fact.id: answer})
    assert next_question(RULEBOOK, facts, answered) is None
    assert assess(RULEBOOK, facts, answered).level is not None


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from([*FACTS["site"].values, NOT_SURE]),
    values(FACTS["lifestyle_tried"]),
    values(FACTS["medicines_tried"]),
)
def test_exactly_one_routine_rule_holds(site: str, lifestyle: Any, medicines: Any) -> None:
    facts = parse_facts({"site": site, "lifestyle_tried": lifestyle, "medicines_tried": medicines})
    assert [rule.id for rule in RULEBOOK.routine if rule.when and evaluate(rule.when, facts)] == [
        rule.id for rule in [judge_routine(RULEBOOK, facts)] if rule
    ]
    assert judge_routine(RULEBOOK, facts) is not None


@settings(max_examples=120, deadline=None)
@given(PATIENTS, st.sampled_from(RULEBOOK.rules), st.data())
def test_what_could_still_fire_names_the_facts_for_it(facts: dict[str, Any], rule: Any, data: st.DataObject) -> None:
    """A rule that answers to open questions can make fire is never said to be out of reach."""
    answers = parse_facts({fact: data.draw(values(FACTS[fact])) for fact in FACTS if fact not in facts})
    fires_now = evaluate(rule.when, facts) is True
    fires_later = evaluate(rule.when, {**facts, **answers}) is True
    deciding = find_deciding(rule.when, facts, FACTS)
    assert (deciding == frozenset()) is fires_now
    if fires_later:
        assert deciding is not None
        assert fires_now or deciding & answers.keys()
