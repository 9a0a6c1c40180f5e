"""A yes to a checklist that goes on to name its point by a word, and a yes that names nothing wrong."""

from __future__ import annotations

import datetime

import pytest

from hip.language.facts import shared_reader
from hip.language.reading import Answer

DAY = datetime.date(2026, 11, 28)


@pytest.mark.parametrize(
    ("asked", "says", "facts"),
    [
        ("circulation_screen", "yes, my stomach", {"abdominal_emergency": True}),
        ("circulation_screen", "yeah the calf", {"leg_swelling": True}),
        ("circulation_screen", "yes, cold and white as I told you", {"cold_pale_leg": True}),
        ("nerve_screen", "yep, waterworks", {"bladder_bowel_change": True}),
        ("nerve_screen", "yes, the legs", {"both_legs_weak": True}),
        ("infection_screen", "yes the shivers", {"fever_or_unwell": True}),
        ("infection_screen", "yes, blotchy", {"sepsis_signs": True}),
        ("health_screen", "aye, the weight", {"weight_loss": True}),
        ("hip_history", "yes, it's a false one", {"hip_replacement": True}),
        ("hip_history", "yes, the plate", {"hip_replacement": True}),
    ],
)
def test_a_yes_goes_on_to_name_its_point(asked: str, says: str, facts: dict[str, object]) -> None:
    reading = shared_reader().read(says, asked, DAY)
    assert dict(reading.facts) == facts
    assert reading.answer is None  # the rest of the list stays open


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("circulation_screen", "yes"),
        ("circulation_screen", "yes, but my stomach is fine"),
        ("circulation_screen", "yes, my chest is good thanks"),
        ("hip_history", "yes, nothing metal"),
    ],
)
def test_a_yes_that_names_nothing_wrong_states_nothing(asked: str, says: str) -> None:
    reading = shared_reader().read(says, asked, DAY)
    assert [fact for fact, value in reading.facts.items() if value is not False] == []


def test_a_plain_yes_asks_which() -> None:
    assert shared_reader().read("yes", "circulation_screen", DAY).answer is Answer.YES


@pytest.mark.parametrize(
    "says", ["no, everything's normal there", "everything works as it should", "nope, all good", "no all working fine"]
)
def test_all_is_well_denies_the_list(says: str) -> None:
    assert shared_reader().read(says, "nerve_screen", DAY).answer is Answer.NO


@pytest.mark.parametrize(
    "says", ["it's not all good", "not everything is fine", "it isn't working", "no good", "not ok"]
)
def test_all_is_not_well_denies_and_affirms_nothing(says: str) -> None:
    reading = shared_reader().read(says, "nerve_screen", DAY)
    assert (dict(reading.facts), reading.answer) == ({}, None)


@pytest.mark.parametrize(
    "says",
    [
        "I'm not one to complain but it's gone all peculiar down below",
        "gone a bit peculiar down there, otherwise fine",
        "I've had a funny turn, nothing else",
        "all good until Tuesday when it went peculiar",
        "it was all fine before, now it feels wrong",
        "nothing doing with it since Tuesday",
    ],
)
def test_what_is_told_and_not_read_leaves_the_list_open(says: str) -> None:
    """Unknown is never no: the rest is denied only beside a point that was understood, or when nothing else is said."""
    reading = shared_reader().read(says, "nerve_screen", DAY)
    assert (dict(reading.facts), reading.answer) == ({}, None)


def test_the_rest_is_denied_beside_what_is_told() -> None:
    facts = shared_reader().read("fever, otherwise fine", "infection_screen", DAY).facts
    assert {fact for fact, value in facts.items() if value is True} == {"fever_or_unwell"}
    assert list(facts.values()).count(False) == 3
