"""The facts of the blind rounds' patients lead to the level that their author, who saw only the rules, gave them."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.cases import read_rounds
from hip.assessment import parse_facts
from hip.triage.engine import assess
from hip.triage.rulebook import load_rulebook

RULES = load_rulebook()


@pytest.mark.parametrize("case", read_rounds(), ids=lambda case: str(case["id"]))
def test_the_rules_give_the_level_its_author_gave(case: dict[str, Any]) -> None:
    level = assess(RULES, parse_facts({fact: value for fact, value in case["facts"].items() if value != []})).level
    assert level is not None
    assert level.value == case["care_level"], case["why"]
