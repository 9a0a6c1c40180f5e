"""A rulebook that cannot be meant is refused, with the place; and what the clinic's own says to people."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.content import CLINIC, ContentError
from hip.never_said import find_never_said
from hip.triage.levels import CareLevel
from hip.triage.rulebook import RULES_FILE, Rulebook, load_rulebook
from tests.reading_age import find_hard_reading

RAW = yaml.safe_load((CLINIC / RULES_FILE).read_text(encoding="utf-8"))


def red_flag(raw: Any, rule_id: str) -> Any:
    return next(rule for rule in raw["red_flags"] if rule["id"] == rule_id)


def condition(when: Any) -> Callable[[Any], None]:
    """Gives rule R8 another condition."""
    return lambda raw: red_flag(raw, "R8").update(when=when)


def entry(section: str, key: str, **changes: Any) -> Callable[[Any], None]:
    return lambda raw: raw[section][key].update(changes)


def flag(rule_id: str, **changes: Any) -> Callable[[Any], None]:
    return lambda raw: red_flag(raw, rule_id).update(changes)


BAD = [
    (condition("leg_sweling"), r"red_flags > R8 > when: unknown fact or term 'leg_sweling'"),
    (condition({"any": ["leg_swelling", "age"]}), r"R8 > when > any > 2: age is not a yes-or-no fact"),
    (condition({"fact": "site", "is": "hip"}), r"R8 > when: site: 'hip' is not one of"),
    (condition({"fact": "site", "is": []}), r"R8 > when: site: \[\] is not a value"),
    (condition({"fact": "site", "at_least": 3}), r"R8 > when: site is a choice and cannot be compared with at_least"),
    (condition({"fact": "age", "at_least": 150}), r"R8 > when: age: 150 is not between 0 and 120"),
    (condition({"fact": "age"}), r"R8 > when: age needs exactly one comparison; here: none"),
    (condition({"fact": "age", "above": 3, "below": 9}), r"exactly one comparison; here: above, below"),
    (condition({"fact": "leg_swelling", "is": "not_sure"}), r"never with an emergency screen"),
    (condition({"fact": "age", "below": 9, "or_unknown": True, "or_not_sure": True}), r"age: say or_unknown"),
    (condition({"all": ["injury"], "any": ["injury"]}), r"exactly one of all, any, not, fact; here: all, any"),
    (condition({"not": {"fact": "nothing", "is": True}}), r"R8 > when > not: unknown fact or term 'nothing'"),
    (condition({}), r"R8 > when: a condition has exactly one"),
    (condition({"fakt": "injury"}), r"red_flags > \d+ \(R8\) > when.*fakt"),
    (flag("R8", level="soonish"), r"\(R8\).*soonish"),
    (flag("R8", level="consultation"), r"rule R8: consultation is a routine level"),
    (flag("R8", id="R9"), r"rule R9: this id stands twice"),
    (flag("R8", sources=["my-blog"]), r"rule R8: unknown source my-blog"),
    (flag("R8", sources=[]), r"rule R8: basis S goes with a source"),
    (flag("R8", status="fine"), r"\(R8\).*status"),
    (lambda raw: red_flag(raw, "R8").pop("says"), r"\(R8\).*'says' is a required property"),
    (lambda raw: raw["routine"][0].update(level="gp_soon"), r"rule S-scope: gp_soon is not a routine level"),
    (lambda raw: raw["unanswered_screen"].update(level="gp_soon"), r"unanswered_screen: needs same_day"),
    (lambda raw: raw["terms"].update(injury="overdose"), r"terms > injury: is the id of a fact"),
    (entry("levels", "same_day", services=["clinic_phone"]), r"levels > same_day > services: clinic_phone may not"),
    (entry("levels", "gp_soon", services=["consultation"]), r"levels > gp_soon > services: consultation may not"),
    (entry("levels", "same_day", basis=["S"], sources=["my-blog"]), r"levels > same_day: unknown source my-blog"),
    (entry("questions", 3, id="age"), r"questions > age: stands twice"),
    (entry("questions", 3, id="shoe_size"), r"questions > shoe_size: no fact is asked"),
    (entry("questions", 3, only_if="injury"), r"questions > injury_screen: an emergency screen is asked of everybody"),
    (lambda raw: raw["questions"].pop(), r"questions: these are never asked: activity_limits"),
    (lambda raw: raw.pop("routine"), r"'routine' is a required property"),
]


@pytest.mark.parametrize(("spoil", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_rules_are_refused(tmp_path: Path, spoil: Callable[[Any], None], message: str) -> None:
    raw = copy.deepcopy(RAW)
    spoil(raw)
    (tmp_path / RULES_FILE).write_text(yaml.dump(raw, Dumper=yaml.CSafeDumper), encoding="utf-8")
    with pytest.raises(ContentError, match=message):
        load_rulebook(tmp_path)


@pytest.mark.parametrize(
    ("level", "needed"),
    [
        ("emergency_ambulance", ["999", "Do not drive yourself"]),
        ("mental_health_crisis", ["999", "NHS 111", "option 2", "116 123", "SHOUT to 85258"]),
        ("emergency_department", ["A&E", "Do not drive yourself", "999"]),
        ("same_day", ["GP", "NHS 111", "today"]),
        ("gp_soon", ["GP", "days"]),
    ],
)
def test_the_numbers_are_told(rulebook: Rulebook, level: str, needed: list[str]) -> None:
    text = rulebook.levels[CareLevel(level)].text
    assert [words for words in needed if words not in text] == []


def test_every_level_says_when_to_call_999(rulebook: Rulebook) -> None:
    assert [level.value for level in CareLevel if "999" not in rulebook.levels[level].safety_net] == []


def test_every_care_level_has_a_rule(rulebook: Rulebook) -> None:
    assert {rule.level for rule in rulebook.all_rules} == set(CareLevel)


#: Illnesses that a reason must not name: it describes what was told and never diagnoses.
ILLNESSES = (
    "fracture", "sepsis", "septic", "thrombosis", "embolism", "cauda", "necrosis", "arteritis", "cancer", "torsion",
    "hernia", "aneurysm", "metasta", "arthritis",
)  # fmt: skip


def texts(rulebook: Rulebook) -> dict[str, str]:
    """Everything of the rules that a person reads, by where it stands."""
    says = {rule.id: rule.says for rule in rulebook.all_rules}
    advice = {f"{level.value} text": advice.text for level, advice in rulebook.levels.items()}
    nets = {f"{level.value} safety net": advice.safety_net for level, advice in rulebook.levels.items()}
    return says | advice | nets


def test_reasons_name_no_illness(rulebook: Rulebook) -> None:
    named = {rule.id: [name for name in ILLNESSES if name in rule.says.lower()] for rule in rulebook.all_rules}
    assert {rule: names for rule, names in named.items() if names} == {}


def test_texts_are_easy_to_read(rulebook: Rulebook) -> None:
    problems = {place: find_hard_reading(text) for place, text in texts(rulebook).items()}
    assert {place: problem for place, problem in problems.items() if problem} == {}


def test_nothing_is_said_that_is_never_said(rulebook: Rulebook) -> None:
    found = {place: [entry.id for entry in find_never_said(text)] for place, text in texts(rulebook).items()}
    assert {place: ids for place, ids in found.items() if ids} == {}
