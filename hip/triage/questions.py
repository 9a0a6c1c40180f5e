"""Decides what to ask next: only what can still change the care level, and after the result what the summary wants."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from hip.assessment import Facts
from hip.triage.conditions import evaluate
from hip.triage.engine import (
    GATES,
    assess,
    find_raising_facts,
    is_child,
    is_open,
    judge_routine,
    list_facts,
    settle_facts,
)
from hip.triage.levels import CareLevel
from hip.triage.rulebook import QuestionStep, Rulebook

CONSENT: Final = "consent"


def next_question(rulebook: Rulebook, facts: Facts, answered: Collection[str] = frozenset()) -> str | None:
    """The question to ask next.

    Args:
        rulebook: the rules.
        facts: what is known, as ``parse_facts`` returns it.
        answered: ids of questions the person has answered as far as they will; they are not asked again.

    Returns:
        A question id, or None when nothing more is to be asked: the assessment is complete, an emergency ended it,
        the person is under 18, or consent was refused.
    """
    return next(iter(list_questions(rulebook, facts, answered)), None)


def list_questions(rulebook: Rulebook, facts: Facts, answered: Collection[str] = frozenset()) -> tuple[str, ...]:
    """Every question that would be asked, in order, if no answer changed what is needed; arguments as above."""
    assessment = assess(rulebook, facts, answered)
    if assessment.interrupts or is_child(facts):
        return ()
    if facts.get(CONSENT) is not True:
        asked = CONSENT in answered or CONSENT in facts
        return () if asked else (CONSENT,)
    known = settle_facts(facts, answered)
    steps = [step for step in rulebook.questions if step.id not in answered and is_open(step.id, known)]
    steps = [step for step in steps if step.asked_alone]
    level = assessment.level or _foresee_level(rulebook, known, [rule.level for rule in assessment.fired])
    raising = find_raising_facts(rulebook, known, level, [step.id for step in steps])
    return tuple(step.id for step in steps if _is_needed(step, known, level, raising))


def list_details(rulebook: Rulebook, facts: Facts, answered: Collection[str], level: CareLevel) -> tuple[str, ...]:
    """What the clinician's summary would still like to know once a result of this level is given, in order.

    Args:
        rulebook: the rules.
        facts: what is known.
        answered: ids of questions the person has answered as far as they will.
        level: the level that was told; an urgent one wants no details.
    """
    known = settle_facts(facts, answered)
    return tuple(
        step.id
        for step in rulebook.questions
        if level in step.details_at
        and step.id not in answered
        and is_open(step.id, known)
        and (step.only_if is None or evaluate(step.only_if, known) is True)
    )


def _foresee_level(rulebook: Rulebook, facts: Facts, fired: Collection[CareLevel]) -> CareLevel:
    """The level that would come out if everything still open turned out harmless."""
    if fired:
        return min(fired, key=lambda level: level.rank)
    routine = judge_routine(rulebook, facts)
    return routine.level if routine else CareLevel.CONSULTATION


def _is_needed(step: QuestionStep, facts: Facts, level: CareLevel, raising: set[str]) -> bool:
    if step.only_if is not None and evaluate(step.only_if, facts) is not True:
        return False
    if step.id in GATES and not level.urgent:
        return True
    if level in step.asked_at and not (step.unless is not None and evaluate(step.unless, facts) is True):
        return True
    return level is not CareLevel.OUT_OF_SCOPE and bool(list_facts(step.id) & raising)
