"""The search for what is never said catches what it should, and leaves alone what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from hip.content import ContentError
from hip.never_said import NeverSaid, find_never_said, load_never_said

ENTRIES = load_never_said()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_examples_are_caught_and_fine_sentences_are_not(entry: NeverSaid) -> None:
    assert [text for text in entry.examples if not entry.is_said_in(text)] == []
    assert [text for text in entry.fine if find_never_said(text)] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_no_pattern_is_idle(entry: NeverSaid) -> None:
    idle = [pattern.pattern for pattern in entry.patterns if not any(map(pattern.search, entry.examples))]
    assert idle == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("PRP will cure your arthritis.", "cure"),
        ("We GUARANTEE relief.", "promised_result"),
        ("The steroid will ease your pain.", "promised_result"),
        ("It can restore\n  your range of motion.", "restored_movement"),
        ("The plasma regenerates the joint.", "rebuilt_joint"),
        ("It prevents pain from recurring.", "no_return"),
        ("It replaces surgery.", "replaced_surgery"),
        ("You can cut down your painkillers.", "fewer_painkillers"),
        ("Stop taking your warfarin two days before.", "medicine_change"),
        ("Skip your tablets that morning.", "medicine_change"),
        ("We inject 40mg.", "dose"),
        ("From £400.", "price"),
        ("We open at 8.30am.", "hours_and_insurers"),
        ("You have osteoarthritis of the hip.", "diagnosis"),
        ("You've got a fracture.", "diagnosis"),
        ("This looks like bursitis.", "diagnosis"),
        ("That rules out an infection.", "reassurance"),
        ("Hyaluronic acid is better than a steroid.", "preference"),
        ("I'm a nurse.", "human"),
    ],
)
def test_bad_text_is_caught(text: str, reason: str) -> None:
    assert reason in [entry.id for entry in find_never_said(text)]


def test_a_broken_pattern_names_its_entry(tmp_path: Path) -> None:
    (tmp_path / "never_said.yml").write_text(
        """
never_said:
  - id: broken
    reason: none
    source: none
    patterns: ["(open"]
    examples: ["open"]
    fine: ["shut"]
    reviewed: "2026-11-25"
    status: awaiting clinician sign-off
"""
    )
    with pytest.raises(ContentError, match=r"broken: .*not a pattern"):
        load_never_said(tmp_path)
