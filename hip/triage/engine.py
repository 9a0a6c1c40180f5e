"""Applies the rules to what is known about a person. Nothing outside this package decides a care level."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from hip.assessment import EMERGENCY_SCREENS, NOT_SURE, Facts, facts_of
from hip.triage.conditions import evaluate, find_deciding
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule, Rulebook

#: Below this age, in years, nobody is assessed further (clinical rules, R13).
ADULT_AGE: Final = 18

#: Questions without which no level below same day is given: unknown is never no, and a child is never assessed.
GATES: Final = (*EMERGENCY_SCREENS, "age")


@dataclass(frozen=True)
class Assessment:
    """What the rules say about a person so far.

    Attributes:
        level: the most urgent level that fired; None while too little is known to give any.
        fired: every rule that fired, most urgent first.
        interrupts: whether the assessment ends here and now, whatever was being asked.
    """

    level: CareLevel | None
    fired: tuple[Rule, ...]
    interrupts: bool

    @property
    def urgent_levels(self) -> tuple[CareLevel, ...]:
        """Each urgent level that fired, once, most urgent first: the numbers of all of them must be shown."""
        return tuple(dict.fromkeys(rule.level for rule in self.fired if rule.level.urgent))

    @property
    def said(self) -> tuple[Rule, ...]:
        """The rules whose reason the person is told, most urgent first; the clinician is shown all that fired.

        Beside urgent care nothing is said that is less than urgent, and of the rules on one matter only the most
        urgent speak: a person is not sent to A&E now and to a GP within days for the same thing.
        """
        urgent = self.level is not None and self.level.urgent
        heard = [rule for rule in self.fired if rule.level.urgent or not urgent]
        return tuple(rule for rule in heard if not any(overrules(other, rule) for other in heard))


def assess(rulebook: Rulebook, facts: Facts, answered: Collection[str] = ()) -> Assessment:
    """Assess a person.

    Args:
        rulebook: the rules.
        facts: what is known, as ``parse_facts`` returns it.
        answered: ids of questions the person has answered as far as they will. What such a question left open is
            then taken as not known to the person; a screen left open so calls for care the same day.

    Returns:
        The assessment. It is final when ``next_question`` has nothing more to ask; until then it says what is
        certain, and a level below same day is withheld until every screen and the age are answered.
    """
    facts = settle_facts(facts, answered)
    fired = [rule for rule in rulebook.rules if rule.when and evaluate(rule.when, facts)]
    if any(is_open(screen, facts) for screen in EMERGENCY_SCREENS if screen in answered):
        fired.append(rulebook.unanswered_screen)
    fired.sort(key=lambda rule: rule.level.rank)  # stable: the order of the file within a level
    if not fired:
        routine = judge_routine(rulebook, facts)
        fired = [routine] if routine and not _list_withholding(rulebook, facts, routine.level) else []
    level = fired[0].level if fired else None
    if level and not level.urgent and any(is_open(question, facts) for question in GATES):
        return Assessment(None, tuple(rule for rule in fired if not rule.level.routine), interrupts=False)
    interrupts = level is not None and (level.interrupts or (level.urgent and is_child(facts)))
    return Assessment(level, tuple(fired), interrupts)


def judge_routine(rulebook: Rulebook, facts: Facts) -> Rule | None:
    """The first routine rule that holds, whatever is still to be asked; None when none does yet."""
    return next((rule for rule in rulebook.routine if rule.when and evaluate(rule.when, facts)), None)


def find_raising_facts(rulebook: Rulebook, facts: Facts, level: CareLevel, open_questions: Collection[str]) -> set[str]:
    """The facts, among those that open questions ask for, that could still make a more urgent level come out."""
    askable = frozenset().union(*map(list_facts, open_questions))
    found: set[str] = set()
    for rule in rulebook.rules:
        if rule.when and rule.level.outranks(level) and not rule.tests.isdisjoint(askable):
            found |= find_deciding(rule.when, facts, askable) or set()
    return found


def settle_facts(facts: Facts, answered: Collection[str]) -> Facts:
    """Mark what answered questions left open as not known to the person; emergency screens are left as they are."""
    questions = [question for question in answered if question not in EMERGENCY_SCREENS]
    left = {fact: NOT_SURE for question in questions for fact in list_facts(question) if fact not in facts}
    return {**facts, **left}


def is_open(question: str, facts: Facts) -> bool:
    """Whether a question asks for a fact that is still unknown; "not sure" is an answer."""
    return any(fact not in facts for fact in list_facts(question))


@cache
def list_facts(question: str) -> frozenset[str]:
    """The ids of the facts that a question asks for."""
    return frozenset(fact.id for fact in facts_of(question))


def is_child(facts: Facts) -> bool:
    """Whether the person is known to be under 18."""
    age = facts.get("age")
    return isinstance(age, int) and age < ADULT_AGE


def overrules(rule: Rule, other: Rule) -> bool:
    """Whether both speak of one matter and the first is the more urgent."""
    return rule.level.outranks(other.level) and not rule.about.isdisjoint(other.about)


def _list_withholding(rulebook: Rulebook, facts: Facts, level: CareLevel) -> list[str]:
    """The open questions that a routine level has to wait for: those that could still raise it.

    Neither a follow-up nor what another question asks along is waited for. Where the pain is out of scope, only the
    questions that are asked of such a person count.
    """
    steps = [step for step in rulebook.questions if step.asked_alone and is_open(step.id, facts)]
    steps = [step for step in steps if step.only_if is None]
    if level is CareLevel.OUT_OF_SCOPE:
        steps = [step for step in steps if level in step.asked_at]
    raising = find_raising_facts(rulebook, facts, level, [step.id for step in steps])
    return [step.id for step in steps if list_facts(step.id) & raising]
