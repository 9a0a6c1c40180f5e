"""Messages as patients write them, each with all that it states: rounds of sentences written before they were read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.facts import TODAY, Tally, compare
from hip.language.facts import FactReader

READER = FactReader()
ROWS = [
    pytest.param(
        row,
        id=f"{path.stem}: {row['says'].strip()[:60]}",
        marks=[pytest.mark.xfail(reason=f"not read yet: {row['missed']}")] if "missed" in row else [],
    )
    for path in sorted(Path(__file__).parent.glob("facts_round*.yml"))
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("row", ROWS)
def test_states_this_and_no_more(row: dict[str, Any]) -> None:
    tally = Tally()
    compare(row, READER.read(row["says"], row.get("asked"), TODAY).facts, tally)
    assert (tally.missed, tally.added) == ({}, {})
