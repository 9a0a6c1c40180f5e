"""What the actions need from the product, built once: rules, questions, wordings, records and booking."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hip.dialogue.planner import TurnPlanner
from hip.dialogue.questions import QuestionBook, load_questions
from hip.handover.booking import BookingDesk
from hip.records import RecordStore, build_engine
from hip.settings import get_settings
from hip.triage.rulebook import Rulebook, load_rulebook


@dataclass(frozen=True)
class Desk:
    """The product's parts as the actions use them."""

    rules: Rulebook
    questions: QuestionBook
    planner: TurnPlanner
    booking: BookingDesk
    records: RecordStore


@cache
def open_desk() -> Desk:
    """Load the clinic's content and connect the records by the settings.

    Raises:
        ContentError, SettingsError: naming what is wrong and where.
    """
    rules, questions = load_rulebook(), load_questions()
    return Desk(
        rules=rules,
        questions=questions,
        planner=TurnPlanner(rules, questions),
        booking=BookingDesk.load(),
        records=RecordStore(build_engine(get_settings().database_url)),
    )
