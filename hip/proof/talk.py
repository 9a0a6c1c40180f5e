"""Property 4: every conversation ends with a level, within a bound, and asks nothing without a use."""

from __future__ import annotations

from typing import Final

from hip.assessment import Facts
from hip.proof.finding import Breach, Case, Claim, settle
from hip.proof.logic import every, opposite, some
from hip.proof.prover import Check, Prover
from hip.proof.usefulness import prove_usefulness
from hip.triage.conditions import find_deciding
from hip.triage.engine import assess, is_open, list_facts, settle_facts
from hip.triage.levels import CareLevel
from hip.triage.questions import CONSENT, next_question
from hip.triage.rulebook import QuestionStep

#: Nobody is asked more questions than this before the result, consent among them, even who changes every answer on the
#: way; who does not is asked one less (tests/triage/test_questions.py).
MOST_QUESTIONS: Final = 19


def prove_talk(prover: Prover) -> list[Claim]:
    """Prove property 4."""
    return [
        settle(
            prover,
            "no question is put again once it was answered, or with nothing left to ask",
            (_again(prover, question) for question in prover.verdict.asks),
        ),
        settle(prover, "who consents and is asked nothing more has a level: no dead end", [_dead_end(prover)]),
        settle(
            prover,
            "when the asking ends, nothing that could be asked could make the level more urgent",
            (_missed(prover, step, level) for level in CareLevel for step in _list_counted(prover, level)),
        ),
        prove_usefulness(prover),
        _prove_bound(prover),
    ]


def _asks(prover: Prover, question: str | None) -> Check:
    return lambda facts, answered: next_question(prover.rulebook, facts, answered) == question


def _again(prover: Prover, question: str) -> Case:
    def check(facts: Facts, answered: frozenset[str]) -> bool:
        done = question in answered or not is_open(question, settle_facts(facts, answered))
        return done and _asks(prover, question)(facts, answered)

    verdict = prover.verdict
    done = some((prover.patient.answered[question], opposite(verdict.settled.is_open(question))))
    return Case(f"{question} is put again", every((verdict.asks[question], done)), check)


def _dead_end(prover: Prover) -> Case:
    def check(facts: Facts, answered: frozenset[str]) -> bool:
        ended = facts.get(CONSENT) is True and _asks(prover, None)(facts, answered)
        return ended and assess(prover.rulebook, facts, answered).level is None

    verdict = prover.verdict
    formula = every((verdict.consents, verdict.finished, opposite(verdict.given)))
    return Case("the asking ends without a level", formula, check)


def _list_counted(prover: Prover, level: CareLevel) -> list[QuestionStep]:
    """The questions that may not be left out at a level while they could raise it.

    Where the pain is out of scope only the questions that the rules list for it count. A follow-up counts once what it
    follows was said; that it is asked then is in its condition.
    """
    steps = [step for step in prover.rulebook.questions if step.asked_alone and step.only_if is None]
    return [step for step in steps if level is not CareLevel.OUT_OF_SCOPE or level in step.asked_at]


def _missed(prover: Prover, step: QuestionStep, level: CareLevel) -> Case:
    def check(facts: Facts, answered: frozenset[str]) -> bool:
        assessment = assess(prover.rulebook, facts, answered)
        if assessment.level is not level or assessment.interrupts or step.id in answered:
            return False
        known = settle_facts(facts, answered)
        open_facts = [fact for other in prover.rulebook.questions if other.asked_alone for fact in list_facts(other.id)]
        named = [
            find_deciding(rule.when, known, open_facts) or frozenset()
            for rule in prover.rulebook.rules
            if rule.when and rule.level.outranks(level)
        ]
        could = any(list_facts(step.id) & facts_named for facts_named in named)
        return could and facts.get(CONSENT) is True and _asks(prover, None)(facts, answered)

    verdict = prover.verdict
    could = every((verdict.can_ask(step), verdict.raises(step, level)))
    ended = every((verdict.consents, verdict.finished, opposite(verdict.ended)))
    formula = every((could, verdict.gives[level], ended))
    return Case(f"{step.id} is left out at {level.value}, though it could raise it", formula, check)


def _prove_bound(prover: Prover) -> Claim:
    """That so few questions can ever be asked that nobody is asked more, even who changes every answer on the way."""
    found = {question: prover.find(asks, _asks(prover, question)) for question, asks in prover.verdict.asks.items()}
    asked = [Breach(f"{question} is one more", example) for question, example in found.items() if example]
    says = f"nobody is asked more than {MOST_QUESTIONS} questions before the result (by these rules {len(asked)})"
    return Claim(says, len(found), tuple(asked[MOST_QUESTIONS:]))
