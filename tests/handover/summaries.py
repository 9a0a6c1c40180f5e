"""Assessments as the records would hold them, for the tests of what is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from hip.assessment import FACTS, NOT_SURE, Facts, FactValue, parse_fact, parse_facts
from hip.handover.summary_builder import SummaryDesk
from hip.handover.summary_model import OwnMessage, Summary
from hip.records.record import Record, RecordedAnswer, RecordedRule, Status
from hip.triage.engine import assess
from hip.triage.levels import CareLevel
from tests.triage.rule_rows import ROWS, patient

DESK = SummaryDesk.load()
REFERENCE = "HIP-6R4C-5NMH"
GIVEN = datetime(2026, 11, 5, 9, 3, tzinfo=UTC)


def facts_of_patient(**changes: Any) -> dict[str, FactValue]:
    """An adult with groin pain and nothing else, with changes; None makes a fact unknown."""
    return parse_facts(patient(**changes))


def make_record(facts: Facts | None = None, **changes: Any) -> Record:
    """The record of a patient, with the rules that fire on them; ``changes`` are to the record itself."""
    facts = facts_of_patient() if facts is None else facts
    outcome = assess(DESK.rulebook, facts)
    assert outcome.level
    record = {
        "id": "1",
        "reference": REFERENCE,
        "services": DESK.rulebook.levels[outcome.level].services,
        "handed_over_at": GIVEN,
        "status": Status.FINISHED,
        "care_level": outcome.level,
        "started_at": GIVEN - timedelta(minutes=6),
        "updated_at": GIVEN,
        "ended_at": GIVEN,
        "respondent": facts.get("respondent"),
        "versions": DESK.versions,
        "answers": facts,
        "history": (),
        "rules": tuple(RecordedRule(rule.id, rule.level, ", ".join(rule.sources)) for rule in outcome.fired),
        "later_level": None,
    }
    return Record(**(record | changes))


def make_summary(*said: str, later: CareLevel | None = None, **facts: Any) -> Summary:
    """The summary of a patient who wrote this."""
    record = make_record(facts_of_patient(**facts), later_level=later)
    return DESK.summarise(record, tuple(OwnMessage(GIVEN, None, text) for text in said))


def change(fact: str, before: Any, after: Any, minutes: int = 2) -> tuple[RecordedAnswer, RecordedAnswer]:
    """A value that was corrected."""
    first, second = GIVEN - timedelta(minutes=minutes), GIVEN - timedelta(minutes=minutes - 1)
    return (
        RecordedAnswer(fact, before, FACTS[fact].question, first, second),
        RecordedAnswer(fact, after, FACTS[fact].question, second, None),
    )


def every_value() -> Iterator[tuple[str, FactValue]]:
    """Each fact with each kind of value that it can have."""
    for fact in FACTS.values():
        raw: list[Any] = [NOT_SURE]
        match fact.kind.value:
            case "bool":
                raw += [True, False]
            case "choice":
                raw += fact.values
            case "set":
                raw += [[], list(fact.values), *([value] for value in fact.values)]
            case _:
                raw += [fact.low, fact.high, 3]
        for value in raw:
            yield fact.id, parse_fact(fact.id, value)


def handed_over() -> Iterator[Summary]:
    """A summary for every row of the rules' table whose level hands somebody over."""
    for row in ROWS:
        facts = facts_of_patient(**row.fires)
        level = assess(DESK.rulebook, facts).level
        if level is not None and not level.urgent:
            yield DESK.summarise(make_record(facts), (OwnMessage(GIVEN, None, f"This is about {row.rule}"),))
