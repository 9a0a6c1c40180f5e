"""docs/privacy.md, the data map: it names every table, says what is encrypted, and names tests that exist."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from hip.content import ROOT
from hip.records.tables import ENCRYPTED, metadata
from tests.named_tests import check_page

PAGE = ROOT / "docs" / "privacy.md"
MAP = [
    line
    for line in PAGE.read_text(encoding="utf-8").split("## Data map")[1].split("\n## ")[0].splitlines()
    if "|" in line
]
for module in ("chat_tables", "staff_tables", "tally", "trackers"):  # each adds its tables
    import_module(f"hip.records.{module}")
TABLES = dict(metadata.tables)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_on_the_map_and_what_is_encrypted_is_said_to_be(name: str) -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in MAP]
    (row,) = [cells for cells in rows if f"`{name}`" in cells[1]]
    encrypted = [column.name for column in TABLES[name].columns if column.info == ENCRYPTED]
    assert bool(encrypted) == bool(re.search(r"\bencrypted\b", row[2])), encrypted


def test_tests_and_files_named_on_it_exist() -> None:
    check_page(PAGE)
