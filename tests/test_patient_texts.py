"""Everything a person may read: plain, never too bold, and no file left out."""

from __future__ import annotations

import pytest

from hip.never_said import find_never_said
from tests.patient_texts import PATIENT_KEYS, list_clinic_files, list_texts
from tests.reading_age import find_hard_reading


def test_every_file_of_the_clinic_is_looked_through() -> None:
    assert list_clinic_files() == sorted(PATIENT_KEYS)


@pytest.mark.parametrize("file", [file for file, keys in PATIENT_KEYS.items() if keys])
def test_texts_are_found_in_every_file(file: str) -> None:
    found = {place for place, _ in list_texts() if place.startswith(f"{file}:")}
    unused = [key for key in PATIENT_KEYS[file] if not any(f": {key}" in place for place in found)]
    assert unused == []


def test_no_text_says_what_is_never_said() -> None:
    """No cure, price, dose, change of a medicine or diagnosis, and the rest of clinical rules, section 8."""
    said = {place: [entry.id for entry in find_never_said(text)] for place, text in list_texts()}
    assert {place: ids for place, ids in said.items() if ids} == {}


def test_every_text_is_plain() -> None:
    problems = {place: find_hard_reading(text) for place, text in list_texts()}
    assert {place: found for place, found in problems.items() if found} == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Osteoarthritis necessitates considerations of mobility and of the pain that people have.", "grade"),
        ("It is " + "so " * 24 + "long.", "words"),
        ("Multidisciplinary care", "long word: Multidisciplinary"),
    ],
)
def test_hard_reading_is_found(text: str, problem: str) -> None:
    assert any(problem in found for found in find_hard_reading(text))


def test_a_medical_name_counts_as_one_plain_word() -> None:
    assert find_hard_reading("Osteoarthritis") == []
