"""docs/security.md: every threat has a control, and every control names tests that exist."""

from __future__ import annotations

import re

import pytest

from hip.content import ROOT
from tests.engine.test_left_out import DROPPED
from tests.named_tests import check_page, named_tests

PAGE = ROOT / "docs" / "security.md"
TEXT = PAGE.read_text(encoding="utf-8")
THREATS = [
    line for line in TEXT.split("## Threats and controls")[1].split("\n## ")[0].splitlines() if line.startswith("| ")
][2:]


def test_tests_and_files_named_on_it_exist() -> None:
    check_page(PAGE)


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row.split("|")[2].strip()[:40])
def test_every_threat_has_a_control_with_evidence(row: str) -> None:
    asset, threat, control, evidence = (cell.strip() for cell in row.strip("|").split("|"))
    assert all((asset, threat, control))
    assert named_tests(evidence)


def test_what_is_left_out_is_counted() -> None:
    found = re.search(r"(\d+) packages that Rasa asks for", TEXT)
    assert found
    assert int(found[1]) == len(DROPPED)
