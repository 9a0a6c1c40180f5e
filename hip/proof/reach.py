"""Property 3: every level and every rule can be reached, no part of a rule is dead, and no two rules contradict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from hip.assessment import Facts
from hip.proof.conditions import judge
from hip.proof.finding import Case, Claim, settle
from hip.proof.logic import differ, every, opposite, some
from hip.proof.prover import Prover
from hip.triage.conditions import All, AnyOf, Condition, Not, Test, evaluate
from hip.triage.engine import assess, settle_facts
from hip.triage.levels import CareLevel
from hip.triage.questions import CONSENT, next_question
from hip.triage.rulebook import Rule


def prove_reach(prover: Prover) -> list[Claim]:
    """Prove property 3, but for the wordings, which ``hip.proof.wording`` checks."""
    rules = prover.rulebook.all_rules
    return [
        settle(prover, "every care level is the end of some conversation", (_level(prover, lv) for lv in CareLevel)),
        settle(
            prover,
            "every rule gives its level to somebody: none is dead or always overruled",
            (_rule(prover, rule) for rule in rules),
        ),
        settle(prover, "every part of every condition matters to somebody", _parts(prover)),
        settle(prover, "every rule's reason is told to somebody", (_told(prover, rule) for rule in rules)),
        settle(
            prover,
            "no two routine rules hold for one person",
            (_both_hold(prover, one, other) for one, other in combinations(prover.rulebook.routine, 2)),
        ),
        settle(
            prover,
            "two rules on one matter are never told with different levels, nor anything less beside urgent care",
            (_contradicted(prover, rule) for rule in rules),
        ),
        settle(
            prover,
            "the reason for the level is always among the reasons told",
            (_without_reason(prover, level) for level in CareLevel),
        ),
    ]


def _level(prover: Prover, level: CareLevel) -> Case:
    verdict = prover.verdict

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        ended = next_question(prover.rulebook, facts, answered) is None and facts.get(CONSENT) is True
        return ended and assess(prover.rulebook, facts, answered).level is level

    formula = every((verdict.gives[level], verdict.finished, verdict.consents))
    return Case(f"nobody ends with {level.value}", formula, check, forbidden=False)


def _rule(prover: Prover, rule: Rule) -> Case:
    def check(facts: Facts, answered: frozenset[str]) -> bool:
        assessment = assess(prover.rulebook, facts, answered)
        return rule in assessment.fired and assessment.level is rule.level

    formula = every((prover.verdict.fires[rule.id], prover.verdict.gives[rule.level]))
    return Case(f"{rule.id} never gives {rule.level.value}", formula, check, forbidden=False)


def _parts(prover: Prover) -> Iterator[Case]:
    for rule in prover.rulebook.all_rules:
        if rule.when is not None:
            for fewer, left_out in _without_one_part(rule.when):
                yield _part(prover, rule.id, rule.when, fewer, left_out)


def _part(prover: Prover, rule_id: str, whole: Condition, fewer: Condition, left_out: Condition) -> Case:
    formula = differ(judge(whole, prover.patient).holds, judge(fewer, prover.patient).holds)

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        return (evaluate(whole, facts) is True) is not (evaluate(fewer, facts) is True)

    return Case(f"{rule_id} would be the same without {left_out}", formula, check, forbidden=False)


def _without_one_part(condition: Condition) -> Iterator[tuple[Condition, Condition]]:
    """The condition with each of its parts left out in turn, and the part left out."""
    match condition:
        case Test():
            return
        case Not(part):
            yield from ((Not(fewer), left_out) for fewer, left_out in _without_one_part(part))
        case All(parts) | AnyOf(parts):
            for at, part in enumerate(parts):
                if len(parts) > 1:
                    yield replace(condition, parts=parts[:at] + parts[at + 1 :]), part
                for fewer, left_out in _without_one_part(part):
                    yield replace(condition, parts=(*parts[:at], fewer, *parts[at + 1 :])), left_out


def _told(prover: Prover, rule: Rule) -> Case:
    return Case(
        f"{rule.id} is never told",
        prover.verdict.says[rule.id],
        lambda facts, answered: rule in assess(prover.rulebook, facts, answered).said,
        forbidden=False,
    )


def _both_hold(prover: Prover, one: Rule, other: Rule) -> Case:
    conditions = [rule.when for rule in (one, other) if rule.when]

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        known = settle_facts(facts, answered)
        return all(evaluate(when, known) is True for when in conditions)

    both = every(judge(when, prover.verdict.settled).holds for when in conditions)
    return Case(f"{one.id} and {other.id} both hold", both, check)


def _clash(one: Rule, other: Rule) -> bool:
    """Whether two reasons would contradict each other beside one another."""
    on_one_matter = one.level is not other.level and not one.about.isdisjoint(other.about)
    return on_one_matter or one.level.urgent is not other.level.urgent


def _contradicted(prover: Prover, rule: Rule) -> Case:
    """That a reason is told to nobody beside one that contradicts it."""
    clashing = [other for other in prover.rulebook.all_rules if _clash(rule, other)]

    def beside(facts: Facts, answered: frozenset[str]) -> list[str]:
        said = assess(prover.rulebook, facts, answered).said
        return [other.id for other in clashing if other in said] if rule in said else []

    says = prover.verdict.says
    return Case(
        f"{rule.id} is told beside what contradicts it",
        every((says[rule.id], some(says[other.id] for other in clashing))),
        lambda facts, answered: bool(beside(facts, answered)),
        explain=lambda facts, answered: f"beside {', '.join(beside(facts, answered))}",
    )


def _without_reason(prover: Prover, level: CareLevel) -> Case:
    verdict = prover.verdict

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        assessment = assess(prover.rulebook, facts, answered)
        return assessment.level is level and level not in {rule.level for rule in assessment.said}

    told = some(verdict.says[rule.id] for rule in prover.rulebook.all_rules if rule.level is level)
    return Case(f"{level.value} is given without its reason", every((verdict.gives[level], opposite(told))), check)
