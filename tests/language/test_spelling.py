"""Typing errors put right before a sentence is encoded."""

from __future__ import annotations

import pytest

from hip.language.spelling import Speller, words_of

EXAMPLES = [
    "is the injection painful",
    "how long does the injection last",
    "do you take vitality",
    "vitality insurance",
    "where is the clinic",
    "my hipp is sroe today",
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(words_of(EXAMPLES))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("is the injecton painfull", "is the injection painful"),
        ("do you take vitalty insurnace", "do you take vitality insurance"),
        ("where is teh clnic?", "where is the clinic?"),
        ("a music lesson", "a music lesson"),
        ("warfarin 5mg", "warfarin 5mg"),
        ("", ""),
        ("🦆 !!", "🦆 !!"),
    ],
)
def test_corrects(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


def test_a_slip_in_one_example_is_no_word() -> None:
    words = words_of(EXAMPLES)
    assert "sroe" not in words
    assert "hipp" not in words
    assert {"injection", "vitality"} <= set(words)
