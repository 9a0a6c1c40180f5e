"""What would have to be otherwise for a less urgent result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from hip.triage.counterfactual import describe, find_counterfactuals
from hip.triage.engine import assess
from hip.triage.rulebook import Rulebook, load_rulebook
from tests.triage.rule_rows import patient
from tests.triage.test_properties import PATIENTS

RULEBOOK = load_rulebook()

LINES: list[tuple[dict[str, Any], list[str]]] = [
    ({"constant_night_pain": True}, ["would be consultation without constant_night_pain"]),
    ({"constant_night_pain": True, "lifestyle_tried": ("none",)},
     ["would be first_line_care without constant_night_pain"]),
    ({"cancer_history": True, "weight_loss": True},
     ["would be consultation without cancer_history and without weight_loss"]),
    ({"leg_swelling": True, "weight_loss": True}, ["would be gp_soon without leg_swelling"]),
    ({"cancer_history": True, "both_legs_weak": True}, ["would be gp_soon without both_legs_weak"]),
    ({"hot_swollen_joint": "not_sure"}, ["would be consultation without hot_swollen_joint"]),
    ({"morning_stiffness_minutes": 60}, ["would be consultation with morning_stiffness_minutes 29"]),
    ({"diagnosis": "inflammatory"}, ["would be consultation with diagnosis osteoarthritis"]),
    ({"age": 13}, []),
    ({"saddle_numbness": True, "hot_swollen_joint": True, "cold_pale_leg": True},
     ["would be emergency_department without cold_pale_leg"]),
    ({"side": None, "injury": None}, []),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "lines"), LINES, ids=[str(changes) for changes, _ in LINES])
def test_the_line_for_the_clinician(rulebook: Rulebook, changes: dict[str, Any], lines: list[str]) -> None:
    assert [describe(one) for one in find_counterfactuals(rulebook, patient(**changes))] == lines


@settings(max_examples=100, deadline=None)
@given(PATIENTS)
def test_what_it_says_is_what_the_rules_say(facts: dict[str, Any]) -> None:
    level = assess(RULEBOOK, facts).level
    for one in find_counterfactuals(RULEBOOK, facts):
        changed = {**facts, **{change.fact: change.would_be for change in one.changes}}
        assert level is not None
        assert level.outranks(one.level)
        assert assess(RULEBOOK, changed).level is one.level
        assert all(facts[change.fact] == change.was != change.would_be for change in one.changes)
