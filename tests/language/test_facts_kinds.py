"""Sentences by the kind of thing that is hard in them: whose body, past or over, planned, asked about, not ours."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.assessment import EMERGENCY_SCREENS, facts_of
from hip.language.facts import FactReader

TODAY = datetime.date(2026, 11, 25)
READER = FactReader()
RED_FLAGS = {fact.id for screen in EMERGENCY_SCREENS for fact in facts_of(screen)} | {
    "weight_loss",
    "constant_night_pain",
    "procedure_getting_worse",
    "suicidal",
    "overdose",
}
ROWS = [
    pytest.param(row, id=f"{kind}: {row['says']}")
    for name in ("facts_kinds.yml", "facts_kinds_answers.yml")
    for kind, rows in yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8")).items()
    for row in rows
]


@pytest.mark.parametrize("row", ROWS)
def test_says_what_its_row_tells(row: dict[str, Any]) -> None:
    read = READER.read(row["says"], row.get("asked"), TODAY).facts
    for fact, value in row["facts"].items():
        if isinstance(value, float) or (fact == "duration_weeks" and value is not None):
            assert read.get(fact) == pytest.approx(value, rel=0.1, abs=0.15), fact
        else:
            assert read.get(fact) == (tuple(value) if isinstance(value, list) else value), fact
    if row.get("only"):
        assert set(read) <= set(row["facts"])
    if row.get("no_red_flag"):
        assert not [fact for fact in RED_FLAGS if read.get(fact) is True]
