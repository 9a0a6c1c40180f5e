"""What is said: the same lines for whoever answers, in the words of the invented patients of ``evaluation/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from evaluation.player import reply
from hip.settings import ROOT

#: Files of invented patients, each with an opening and replies in their own words.
PATIENTS: Final = ("vignettes.jsonl", "patients_rounds.jsonl")
#: An emergency ends a conversation early, and what is off the subject never begins one.
LEVELS: Final = frozenset({"same_day", "gp_soon", "clinician_review", "consultation", "first_line_care"})
#: Between the opening with consent, and thanks: the questions in the order in which they are asked.
QUESTIONS: Final = (
    *("respondent", "age", "injury_screen", "infection_screen", "nerve_screen", "circulation_screen", "health_screen"),
    *("hip_history", "duration", "pain_pattern", "stiffness", "lifestyle_tried", "medicines_tried", "site", "side"),
    "injection_checks",
)


@dataclass(frozen=True)
class Conversation:
    """One patient's lines.

    Attributes:
        name: the patient's id.
        lines: what is said, whatever is answered.
    """

    name: str
    lines: tuple[str, ...]


def write_lines(patient: Mapping[str, Any]) -> tuple[str, ...]:
    """A patient's lines: the opening, consent, a reply to each question, thanks."""
    return (patient["opening"], "yes", *(reply(patient, question, 0) for question in QUESTIONS), "thank you")


def load_conversations() -> list[Conversation]:
    """All patients whose conversation goes its whole way, each once."""
    patients = [
        json.loads(line)
        for name in PATIENTS
        for line in (ROOT / "evaluation" / name).read_text(encoding="utf-8").splitlines()
    ]
    return [Conversation(each["id"], write_lines(each)) for each in patients if each["care_level"] in LEVELS]


def share_repeated(conversations: list[Conversation]) -> float:
    """The share of lines that stand, letter by letter, in an earlier conversation or earlier in the same one."""
    lines = [line for conversation in conversations for line in conversation.lines]
    return 1 - len(set(lines)) / len(lines)
