"""``hip.triage.engine`` and ``hip.triage.questions`` for a patient with open facts: every outcome, as a formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from hip.assessment import EMERGENCY_SCREENS, FactValue
from hip.proof.conditions import decide, judge
from hip.proof.logic import Formula, Truth, every, opposite, some
from hip.proof.patient import Patient
from hip.triage.conditions import Operator, tested_facts
from hip.triage.engine import ADULT_AGE, GATES, list_facts, overrules
from hip.triage.levels import CareLevel
from hip.triage.questions import CONSENT
from hip.triage.rulebook import QuestionStep, Rule, Rulebook


@dataclass(frozen=True)
class Verdict:
    """What ``assess`` and ``next_question`` say of one patient.

    Attributes:
        rulebook: the rules.
        patient: the patient.
        base: the verdict on a patient who differs in one fact only, to take over what that fact does not touch.
        changed: that fact.
    """

    rulebook: Rulebook
    patient: Patient
    base: Verdict | None = None
    changed: str = ""

    def with_fact(self, fact_id: str, value: FactValue | None) -> Verdict:
        """The verdict on the same patient with one fact made certain; None for unknown."""
        return Verdict(self.rulebook, self.patient.with_fact(fact_id, value), self, fact_id)

    @cached_property
    def settled(self) -> Patient:
        """The patient as ``assess`` sees them."""
        return self.patient.settled()

    @cached_property
    def fires(self) -> Mapping[str, Formula]:
        """Rule id to whether the rule fires; of the routine rules, whether it would if nothing else did."""
        fires = {rule.id: self._judge(rule).holds for rule in self.rulebook.rules}
        left_open = some(
            every((self.patient.answered[screen], self.settled.is_open(screen))) for screen in EMERGENCY_SCREENS
        )
        fires[self.rulebook.unanswered_screen.id] = left_open
        before: list[Formula] = []
        for rule in self.rulebook.routine:
            holds = self._judge(rule).holds
            fires[rule.id] = every((holds, opposite(some(before))))
            before.append(holds)
        return fires

    @cached_property
    def flagged(self) -> Formula:
        """Whether any red flag or caution fires."""
        return some(self.fires[rule.id] for rule in self._flags)

    @cached_property
    def gated(self) -> Formula:
        """Whether an emergency screen or the age is still open."""
        return some(self.settled.is_open(question) for question in GATES)

    @cached_property
    def gives(self) -> Mapping[CareLevel, Formula]:
        """Care level to whether it is the one given; none of them while the level is withheld."""
        gives: dict[CareLevel, Formula] = {}
        worse: list[Formula] = []
        for level in CareLevel:
            here = some(self.fires[rule.id] for rule in self._flags if rule.level is level)
            routine = some(
                every((self.fires[rule.id], opposite(self._is_withheld(level))))
                for rule in self.rulebook.routine
                if rule.level is level
            )
            first = every((here, opposite(some(worse))))
            given = some((first, every((routine, opposite(self.flagged)))))
            gives[level] = given if level.urgent else every((given, opposite(self.gated)))
            worse.append(here)
        return gives

    @cached_property
    def given(self) -> Formula:
        """Whether any level is given."""
        return some(self.gives.values())

    def at_least(self, level: CareLevel) -> Formula:
        """Whether a level is given that is as urgent as this one or more so."""
        return some(given for found, given in self.gives.items() if not level.outranks(found))

    @cached_property
    def says(self) -> Mapping[str, Formula]:
        """Rule id to whether its reason is told, as ``Assessment.said``."""
        urgent = some(given for level, given in self.gives.items() if level.urgent)
        heard = {rule.id: every((self.fires[rule.id], rule.level.urgent or opposite(urgent))) for rule in self._flags}
        says = {
            rule.id: every(
                (heard[rule.id], *(opposite(heard[other.id]) for other in self._flags if overrules(other, rule)))
            )
            for rule in self._flags
        }
        for rule in self.rulebook.routine:
            silent = some((self.flagged, self.gated, self._is_withheld(rule.level)))
            says[rule.id] = every((self.fires[rule.id], opposite(silent)))
        return says

    @cached_property
    def is_child(self) -> Formula:
        """Whether the person is known to be under 18."""
        return self.patient.cells["age"].is_(Operator.BELOW, ADULT_AGE)

    @cached_property
    def interrupts(self) -> Formula:
        """Whether the assessment ends at once."""
        at_once = some(given for level, given in self.gives.items() if level.interrupts)
        urgent = some(given for level, given in self.gives.items() if level.urgent)
        return some((at_once, every((urgent, self.is_child))))

    @cached_property
    def foreseen(self) -> Mapping[CareLevel, Formula]:
        """Care level to whether it would come out if everything still open turned out harmless."""
        foreseen: dict[CareLevel, Formula] = {}
        worse: list[Formula] = []
        for level in CareLevel:
            here = some(self.fires[rule.id] for rule in self._flags if rule.level is level)
            routine = some(self.fires[rule.id] for rule in self.rulebook.routine if rule.level is level)
            if level is CareLevel.CONSULTATION:
                routine = some((routine, opposite(some(self.fires[rule.id] for rule in self.rulebook.routine))))
            foreseen[level] = some((every((here, opposite(some(worse)))), every((routine, opposite(self.flagged)))))
            worse.append(here)
        return foreseen

    @cached_property
    def ended(self) -> Formula:
        """Whether nothing is asked because an emergency or a child's age ended the assessment."""
        return some((self.interrupts, self.is_child))

    @cached_property
    def consents(self) -> Formula:
        """Whether consent was given."""
        return self.patient.cells[CONSENT].is_(Operator.IS, True)

    @cached_property
    def asks(self) -> Mapping[str, Formula]:
        """Question id to whether it is the one asked next; none of them when the asking has ended."""
        consent_open = every((self.patient.cells[CONSENT].unknown, opposite(self.patient.answered[CONSENT])))
        asks = {CONSENT: every((opposite(self.ended), opposite(self.consents), consent_open))}
        before: list[Formula] = []
        for step in self.rulebook.questions:
            wanted = every((self.can_ask(step), self._is_needed(step)))
            if step.id != CONSENT:  # never open once it was given
                asks[step.id] = every((opposite(self.ended), self.consents, wanted, opposite(some(before))))
                before.append(wanted)
        return asks

    @cached_property
    def finished(self) -> Formula:
        """Whether nothing more is asked."""
        return opposite(some(self.asks.values()))

    def can_ask(self, step: QuestionStep) -> Formula:
        """Whether a question is still open and was not answered as far as the person will."""
        return every((opposite(self.patient.answered[step.id]), self.settled.is_open(step.id)))

    def raises(self, step: QuestionStep, level: CareLevel) -> Formula:
        """Whether an answer to a question could still make a level more urgent than this one come out."""
        return some(
            deciding.get(fact, False)
            for rule, deciding in self.deciding.items()
            if self._rules[rule].level.outranks(level)
            for fact in list_facts(step.id)
        )

    def _is_needed(self, step: QuestionStep) -> Formula:
        follows = True if step.only_if is None else judge(step.only_if, self.settled).holds
        reasons = (every((self.foreseen[level], self._has_reason(step, level))) for level in CareLevel)
        return every((step.asked_alone, follows, some(reasons)))

    def lists(self, step: QuestionStep, level: CareLevel) -> Formula:
        """Whether a question is asked at a level whatever its answer may do: a gate, or one that the level lists."""
        if step.id in GATES and not level.urgent:
            return True
        if level not in step.asked_at:
            return False
        return True if step.unless is None else opposite(judge(step.unless, self.settled).holds)

    def _has_reason(self, step: QuestionStep, level: CareLevel) -> Formula:
        raises = False if level is CareLevel.OUT_OF_SCOPE else self.raises(step, level)
        return some((self.lists(step, level), raises))

    @cached_property
    def _flags(self) -> tuple[Rule, ...]:
        return (*self.rulebook.rules, self.rulebook.unanswered_screen)

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rulebook.rules}

    def _judge(self, rule: Rule) -> Truth:
        if self.base and self.changed not in self._tested[rule.id]:
            return self.base._judge(rule)
        if rule.id not in self._judged:
            self._judged[rule.id] = judge(rule.when, self.settled) if rule.when else Truth(False, False)
        return self._judged[rule.id]

    @cached_property
    def _tested(self) -> Mapping[str, frozenset[str]]:
        """Rule id to the facts it tests."""
        if self.base:
            return self.base._tested
        return {rule.id: tested_facts(rule.when) if rule.when else frozenset() for rule in self.rulebook.all_rules}

    @cached_property
    def _judged(self) -> dict[str, Truth]:
        return {}

    @cached_property
    def deciding(self) -> Mapping[str, Mapping[str, Formula]]:
        """Rule id to the facts that could still make it fire, among those of questions not answered yet."""
        askable: dict[str, Formula] = {}
        for step in self.rulebook.questions:
            if step.asked_alone:
                askable |= dict.fromkeys(list_facts(step.id), opposite(self.patient.answered[step.id]))
        rules: Collection[Rule] = self.rulebook.rules
        return {rule.id: decide(rule.when, self.settled, askable).facts for rule in rules if rule.when}

    def _is_withheld(self, level: CareLevel) -> Formula:
        """As ``_list_withholding`` of the engine: whether a question to be waited for could raise a routine level."""
        waits = self._waits_at_scope if level is CareLevel.OUT_OF_SCOPE else self._waits
        return some(waited for rule, waited in waits.items() if self._rules[rule].level.outranks(level))

    @cached_property
    def _waits(self) -> Mapping[str, Formula]:
        """Rule id to whether a routine level waits for it."""
        steps = [step for step in self.rulebook.questions if step.asked_alone and step.only_if is None]
        return self._wait_for(steps, self.base._waits if self.base else {})

    @cached_property
    def _waits_at_scope(self) -> Mapping[str, Formula]:
        """The same where the pain is out of scope: only what is asked of such a person counts."""
        steps = [step for step in self.rulebook.questions if step.asked_alone and step.only_if is None]
        steps = [step for step in steps if CareLevel.OUT_OF_SCOPE in step.asked_at]
        return self._wait_for(steps, self.base._waits_at_scope if self.base else {})

    def _wait_for(self, steps: Collection[QuestionStep], inherited: Mapping[str, Formula]) -> dict[str, Formula]:
        askable: dict[str, Formula] = {fact: True for step in steps for fact in list_facts(step.id)}
        waits = {rule: waited for rule, waited in inherited.items() if self.changed not in self._tested[rule]}
        for rule in self.rulebook.rules:
            if rule.when and rule.id not in waits:
                waits[rule.id] = some(decide(rule.when, self.settled, askable).facts.values())
        return waits
