"""The least care that each row of the clinical rules allows, from ``floors.yml`` beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hip.content import read_content
from hip.triage.conditions import Condition
from hip.triage.grammar import parse_condition
from hip.triage.levels import CareLevel

FILE: Final = "floors.yml"


@dataclass(frozen=True)
class Floor:
    """One statement: whoever meets the condition gets this level or a more urgent one. ``row`` names its origin."""

    row: str
    level: CareLevel
    when: Condition


@dataclass(frozen=True)
class Floors:
    """All of them: the red flags of the clinical rules, and the cautions before an injection."""

    red_flags: tuple[Floor, ...]
    cautions: tuple[Floor, ...]


def load_floors(folder: Path = Path(__file__).parent) -> Floors:
    """Read the floors.

    Raises:
        ContentError: naming the place and what is wrong there.
    """
    raw = read_content(FILE, "floors", folder)
    return Floors(
        tuple(_parse(entry, entry["level"]) for entry in raw["red_flags"]),
        tuple(_parse(entry, CareLevel.CLINICIAN_REVIEW.value) for entry in raw["cautions"]),
    )


def _parse(entry: Any, level: str) -> Floor:
    when = parse_condition(entry["when"], {}, f"{FILE}: {entry['row']} > when")
    return Floor(entry["row"], CareLevel(level), when)
