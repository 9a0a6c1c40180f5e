"""The rules as a clinician wrote them in ``clinic/rules.yml``, checked and ready to be applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hip.assessment import EMERGENCY_SCREENS, FACTS
from hip.content import CLINIC, ContentError, read_content
from hip.triage.conditions import Condition, tested_facts
from hip.triage.grammar import parse_condition
from hip.triage.levels import CareLevel

RULES_FILE: Final = "rules.yml"

#: The only hand-overs each level may have; every other level has none (clinical rules, section 1, point 4).
_PERMITTED_SERVICES: Final = {
    CareLevel.GP_SOON: {"private_gp"},
    CareLevel.CLINICIAN_REVIEW: {"clinic_phone", "consultation"},
    CareLevel.CONSULTATION: {"consultation", "physiotherapy", "private_gp", "clinic_phone"},
    CareLevel.FIRST_LINE_CARE: {"consultation", "physiotherapy", "private_gp", "clinic_phone"},
}


@dataclass(frozen=True)
class Rule:
    """One row of the clinical rules.

    Attributes:
        id: the row's id, such as ``R1b``.
        name: what the row is about, for a clinician.
        level: the care level it gives.
        about: the matters it speaks of; of the rules on one matter only the most urgent is told to the person.
        when: the condition; None for the rule on unanswered screens, which the engine applies itself.
        says: the reason as the person reads it.
        clinician: the reason as a clinician reads it.
        basis: letters: S a source was read, G general knowledge, J a design judgement.
        sources: keys of ``Rulebook.sources``.
        reviewed: date of the last check against the sources, ISO.
        status: whether a clinician has signed it off.
    """

    id: str
    name: str
    level: CareLevel
    when: Condition | None
    says: str
    clinician: str
    basis: tuple[str, ...]
    sources: tuple[str, ...]
    reviewed: str
    status: str
    about: frozenset[str] = frozenset()

    @cached_property
    def tests(self) -> frozenset[str]:
        """The ids of the facts that its condition compares."""
        return tested_facts(self.when) if self.when else frozenset()


@dataclass(frozen=True)
class LevelAdvice:
    """What a person is told at a care level, its sources, and the booking services it hands over to."""

    title: str
    text: str
    safety_net: str
    services: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class QuestionStep:
    """One question in the order of asking.

    Attributes:
        id: the question's id.
        asked_at: levels at which it is asked even if it can no longer make the level more urgent.
        details_at: levels at which it is asked after the result, for the clinician's summary, if it is still open.
        only_if: for a follow-up, the condition under which it is asked at all.
        unless: a condition under which ``asked_at`` no longer counts: the answer could not change the result.
        with_question: another question whose wording asks for this too, so that it is not asked by itself before the
            result.
    """

    id: str
    asked_at: frozenset[CareLevel]
    details_at: frozenset[CareLevel] = frozenset()
    only_if: Condition | None = None
    unless: Condition | None = None
    with_question: str | None = None

    @property
    def asked_alone(self) -> bool:
        """Whether it is ever a question of its own before the result."""
        return self.with_question is None


@dataclass(frozen=True)
class Source:
    """Where a rule comes from; ``address`` is None when the research kept none."""

    title: str
    address: str | None


@dataclass(frozen=True)
class Rulebook:
    """All rules, in the order of the file.

    Attributes:
        version: the file's version, for records and summaries.
        rules: red flags, then injection cautions.
        routine: tried only when none of ``rules`` gives a level.
        unanswered_screen: fires when an emergency screen was left with facts nobody knows.
        levels: advice by care level.
        questions: in the order of asking.
        sources: by key.
    """

    version: str
    rules: tuple[Rule, ...]
    routine: tuple[Rule, ...]
    unanswered_screen: Rule
    levels: Mapping[CareLevel, LevelAdvice]
    questions: tuple[QuestionStep, ...]
    sources: Mapping[str, Source]

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule there is."""
        return (*self.rules, self.unanswered_screen, *self.routine)


def load_rulebook(folder: Path = CLINIC) -> Rulebook:
    """Read and check ``rules.yml``.

    Raises:
        ContentError: naming the rule and the place when anything in it cannot be meant.
    """
    raw = read_content(RULES_FILE, "rules", folder)
    terms: dict[str, Condition] = {}
    for name, condition in raw["terms"].items():
        place = f"{RULES_FILE}: terms > {name}"
        if name in FACTS:
            raise ContentError(f"{place}: is the id of a fact")
        terms[name] = parse_condition(condition, terms, place)
    sources = {key: Source(source["title"], source.get("address")) for key, source in raw["sources"].items()}
    rules = _parse_rules(raw, ("red_flags", "cautions"), terms)
    routine = _parse_rules(raw, ("routine",), terms)
    unanswered = _parse_rule(raw["unanswered_screen"], None)
    rulebook = Rulebook(
        version=raw["version"],
        rules=rules,
        routine=routine,
        unanswered_screen=unanswered,
        levels=MappingProxyType(_parse_levels(raw["levels"])),
        questions=_parse_questions(raw["questions"], terms),
        sources=MappingProxyType(sources),
    )
    _check_rules(rulebook)
    return rulebook


def _parse_rules(raw: Mapping[str, Any], sections: Iterable[str], terms: Mapping[str, Condition]) -> tuple[Rule, ...]:
    return tuple(
        _parse_rule(rule, parse_condition(rule["when"], terms, f"{RULES_FILE}: {section} > {rule['id']} > when"))
        for section in sections
        for rule in raw[section]
    )


def _parse_rule(raw: Mapping[str, Any], when: Condition | None) -> Rule:
    return Rule(
        id=raw["id"],
        name=raw["name"],
        level=CareLevel(raw["level"]),
        when=when,
        says=" ".join(raw["says"].split()),
        clinician=" ".join(raw["clinician"].split()),
        basis=tuple(raw["basis"]),
        sources=tuple(raw["sources"]),
        reviewed=raw["reviewed"],
        status=raw["status"],
        about=frozenset(raw.get("about", ())),
    )


def _parse_levels(raw: Mapping[str, Any]) -> dict[CareLevel, LevelAdvice]:
    levels = {}
    for level in CareLevel:
        place = f"{RULES_FILE}: levels > {level.value}"
        advice = raw[level.value]
        forbidden = set(advice["services"]) - _PERMITTED_SERVICES.get(level, set())
        if forbidden:
            raise ContentError(f"{place} > services: {', '.join(sorted(forbidden))} may not be offered at this level")
        levels[level] = LevelAdvice(
            title=advice["title"],
            text=" ".join(advice["text"].split()),
            safety_net=" ".join(advice["safety_net"].split()),
            services=tuple(advice["services"]),
            sources=tuple(advice["sources"]),
        )
    return levels


def _parse_questions(raw: Iterable[Mapping[str, Any]], terms: Mapping[str, Condition]) -> tuple[QuestionStep, ...]:
    known = {fact.question for fact in FACTS.values()} - {None}
    steps: list[QuestionStep] = []
    for question in raw:
        place = f"{RULES_FILE}: questions > {question['id']}"
        if question["id"] not in known:
            raise ContentError(f"{place}: no fact is asked by a question of this id")
        if question["id"] in {step.id for step in steps}:
            raise ContentError(f"{place}: stands twice")
        conditions: dict[str, Condition] = {}
        for name in ("only_if", "unless"):
            if name in question:
                conditions[name] = parse_condition(question[name], terms, f"{place} > {name}")
        if question["id"] in EMERGENCY_SCREENS and (conditions or "with" in question):
            raise ContentError(f"{place}: an emergency screen is asked of everybody: no only_if, unless or with")
        if question.get("with", question["id"]) not in {question["id"], *(step.id for step in steps)}:
            raise ContentError(f"{place} > with: {question['with']} is not a question before this one")
        step = QuestionStep(
            id=question["id"],
            asked_at=frozenset(CareLevel(level) for level in question["asked_at"]),
            details_at=frozenset(CareLevel(level) for level in question.get("details_at", ())),
            only_if=conditions.get("only_if"),
            unless=conditions.get("unless"),
            with_question=question.get("with"),
        )
        steps.append(step)
    missing = sorted(str(question) for question in known - {step.id for step in steps})
    if missing:
        raise ContentError(f"{RULES_FILE}: questions: these are never asked: {', '.join(missing)}")
    return tuple(steps)


def _check_rules(rulebook: Rulebook) -> None:
    seen: set[str] = set()
    routine = set(rulebook.routine)
    for rule in rulebook.all_rules:
        place = f"{RULES_FILE}: rule {rule.id}"
        if rule.id in seen:
            raise ContentError(f"{place}: this id stands twice")
        seen.add(rule.id)
        if rule.level.routine is not (rule in routine):
            raise ContentError(f"{place}: {rule.level.value} is {'' if rule.level.routine else 'not '}a routine level")
        unknown = sorted(set(rule.sources) - set(rulebook.sources))
        if unknown:
            raise ContentError(f"{place}: unknown source {', '.join(unknown)}")
        if ("S" in rule.basis) is not bool(rule.sources):
            raise ContentError(f"{place}: basis S goes with a source, and a source with basis S")
    matters = Counter(matter for rule in rulebook.all_rules for matter in rule.about)
    if lonely := sorted(matter for matter, rules in matters.items() if rules == 1):
        raise ContentError(f"{RULES_FILE}: about: only one rule speaks of {', '.join(lonely)}")
    for level, advice in rulebook.levels.items():
        unknown = sorted(set(advice.sources) - set(rulebook.sources))
        if unknown:
            raise ContentError(f"{RULES_FILE}: levels > {level.value}: unknown source {', '.join(unknown)}")
    if not rulebook.unanswered_screen.level.urgent:
        raise ContentError(f"{RULES_FILE}: unanswered_screen: needs same_day or a more urgent level")
