"""The table of our reading beside the default pipeline's, on readings written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from evaluation.comparison import Material, make_material, table_of
from evaluation.repeat import count_differences
from evaluation.speed import LENGTHS, WARM_UP, median_ms, speed_rows

FEVER = {"fever_or_unwell": True}
MESSAGES = [
    {"id": "1", "text": "fever since monday", "context": None, "intent": "inform", "topic": None, "facts": FEVER},
    {"id": "2", "text": "nope", "context": "site", "intent": "deny", "topic": None, "facts": {}},
    {"id": "3", "text": "is it sore", "context": None, "intent": "ask_injection", "topic": "pain", "facts": {}},
    {"id": "4", "text": "book a cab", "context": None, "intent": "out_of_scope", "topic": None, "facts": {}},
]
ELSEWHERE = [{"id": "c1", "text": "play some jazz"}, {"id": "c2", "text": "what is in the fridge"}]
STORIES = [f"story {number} of a patient" for number in range(60)]


@pytest.fixture
def material() -> Material:
    return make_material(MESSAGES, ELSEWHERE, STORIES)


def _readings(rows: Sequence[Mapping[str, Any]], wrong: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Right readings, save where ``wrong`` says otherwise."""
    right = {"intent": "out_of_scope", "topic": None, "facts": {}}
    kept = ("id", "intent", "topic", "facts")
    return [
        {**right, **{key: row[key] for key in kept if key in row}, "cpu_ms": 5.0, **wrong.get(row["id"], {})}
        for row in rows
    ]


def _read(material: Material) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shared = [*material.messages, *material.noisy, *material.elsewhere, *material.timed]
    lost = {row["id"]: {"facts": {}} for row in material.flags[:10]}
    ours = _readings([*shared, *material.flags], {"c2": {"facts": {"age": 3}}, **lost})
    worse = {
        "2": {"intent": "inform"},
        "4": {"intent": "nlu_fallback"},
        "1#0": {"intent": "deny"},
        "c1": {"intent": "book"},
        **{row["id"]: {"cpu_ms": 40.0} for row in material.timed if row["words"] == 500},
    }
    theirs = [{key: value for key, value in row.items() if key != "facts"} for row in _readings(shared, worse)]
    return ours, theirs


def test_both_stand_in_one_table(material: Material) -> None:
    table = {name: figures for name, *figures in table_of(material, *_read(material))}
    readable = int(table["red flags lost, 10 % disturbed but still readable"][0].split()[2])
    assert 0 < readable < 40
    assert table | {"red flags lost, 10 % disturbed but still readable": []} == {
        "intent right, 4 messages": ["100.0 %", "75.0 %"],
        "intent right, the 3 of them that follow no question": ["100.0 %", "100.0 %"],
        "topic right, 1 messages": ["100.0 %", "100.0 %"],
        "intent right, 10 % of characters disturbed, 20 drafts": ["100.0 %", "95.0 %"],
        "points lost by that": ["0.0", "-20.0"],
        "taken for one of ours, 2 requests in other domains": ["0.00 %", "50.00 %"],
        "CPU ms, median, message of 20 words": ["5.0", "5.0"],
        "CPU ms, median, message of 500 words": ["5.0", "40.0"],
        "facts: precision, recall, F1": ["1.000, 1.000, 1.000", "no facts"],
        "red flags heard": ["1 of 1", "no facts"],
        "red flags heard that were not said": ["0", "no facts"],
        "red flags lost, 10 % disturbed but still readable": [],
        "red flags lost, 10 % disturbed, readable or not": ["10 of 40 (25.0 %)", "no facts"],
        "any fact, 2 requests in other domains": ["50.00 %", "no facts"],
    }


def test_a_default_left_out_is_said_to_be(material: Material) -> None:
    ours, _ = _read(material)
    assert {row[2] for row in table_of(material, ours, None)} == {"left out", "no facts"}


def test_messages_of_set_lengths() -> None:
    rows = speed_rows(STORIES)
    assert {len(row["text"].split()) for row in rows} == set(LENGTHS)
    assert len({row["text"] for row in rows}) == len(rows) == sum(LENGTHS.values()) + len(LENGTHS) * WARM_UP
    with pytest.raises(ValueError, match="5 stories: 43 are needed"):
        speed_rows(STORIES[:5])


def test_the_first_messages_do_not_count_in_a_median() -> None:
    rows = [{"id": str(number), "words": 20} for number in range(WARM_UP + 3)]
    cost = {row["id"]: 1.0 + int(row["id"] == str(WARM_UP + 2)) for row in rows}
    cost |= {str(number): 100.0 for number in range(WARM_UP)}
    assert median_ms(rows, cost, 20) == 1.0


def test_two_readings_are_compared_by_label_and_confidence() -> None:
    one = [{"intent": "deny", "topic": None, "facts": {"age": 3}, "confidence": 0.5}] * 3
    other = [one[0], {**one[0], "confidence": 0.4}, {**one[0], "facts": {"age": 4}}]
    found = count_differences(one, other)
    assert (found["messages"], found["labels_that_differ"]) == (3, 1)
    assert found["largest_difference_of_confidence"] == pytest.approx(0.1)
