"""Scores the fact reader on labelled messages: ``python -m benchmarks.facts tests/language/facts_round1.yml``.

Each row has ``says``, ``facts`` (all that it states), perhaps ``asked``, and ``maybe`` (facts that may be read or not).
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from hip.assessment import EMERGENCY_SCREENS, FACTS, IMPLIED_FACTS, FactKind, facts_of, parse_facts
from hip.language.facts import FactReader

TODAY: Final = datetime.date(2026, 11, 25)
RED_FLAGS: Final = frozenset(
    {fact.id for screen in (*EMERGENCY_SCREENS, "health_screen") for fact in facts_of(screen)}
    | {"procedure_getting_worse", "worsening_fast", "suicidal", "overdose", "collapse", "urinary_or_pelvic_mimic"}
    | {"allergic_reaction", "leg_numb_after_injection", "leg_numb_after_injury", "vision_or_new_headache"}
)
#: A length counts as right within this share of it, or within a week when it is shorter than one.
_CLOSE: Final = 0.15


@dataclass
class Tally:
    """Counts over many messages; ``missed`` and ``added`` are those of one message, by fact."""

    right: int = 0
    missing: int = 0
    wrong: int = 0
    flags: int = 0
    flags_heard: int = 0
    false_flags: int = 0
    missed: dict[str, Any] = field(default_factory=dict)
    added: dict[str, Any] = field(default_factory=dict)


def compare(row: Mapping[str, Any], read: Mapping[str, Any], tally: Tally) -> None:
    """Count what was read of one row against what it states."""
    wanted, maybe = parse_facts(row["facts"]), set(row.get("maybe", ()))
    got = {fact: value for fact, value in read.items() if fact not in IMPLIED_FACTS}
    tally.missed, tally.added = {}, {}
    for fact in {*wanted, *got}:
        flag = fact in RED_FLAGS
        tally.flags += flag and wanted.get(fact) is True
        if fact in wanted and fact in got and _agree(fact, got[fact], wanted[fact]):
            tally.right += 1
            tally.flags_heard += flag and wanted[fact] is True
            continue
        if fact in maybe:
            continue
        if fact in wanted:
            tally.missing += 1
            tally.missed[fact] = wanted[fact]
        if fact in got:
            tally.wrong += 1
            tally.added[fact] = got[fact]
            tally.false_flags += flag and got[fact] is True


def _agree(fact: str, got: Any, wanted: Any) -> bool:
    if FACTS[fact].kind is not FactKind.NUMBER:
        return bool(got == wanted)
    return bool(abs(got - wanted) <= (1 if wanted < 1 else max(_CLOSE * wanted, _CLOSE)))


def main(paths: Sequence[str]) -> None:
    """Print one line of figures for each table."""
    reader = FactReader()
    for path in paths:
        rows = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        tally = Tally()
        for row in rows:
            compare(row, reader.read(row["says"], row.get("asked"), TODAY).facts, tally)
        precision = tally.right / max(1, tally.right + tally.wrong)
        recall = tally.right / max(1, tally.right + tally.missing)
        print(
            f"{path}: {len(rows)} messages, precision {precision:.3f}, recall {recall:.3f}, "
            f"red flags {tally.flags_heard} of {tally.flags}, false red flags {tally.false_flags}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
