"""Disturbed messages: how many slips, of which kinds, the same every time, and which can still be read."""

from __future__ import annotations

import random

import pytest
from rapidfuzz.distance import OSA

from evaluation.noise import NEIGHBOURS, can_be_restored, disturb, noisy_rows, vocabulary_of

TEXT = "the left hip has ached since march 2024, walking and stairs are worst"
VOCABULARY = vocabulary_of(["my hip hurts", "the hop", "it's a chip!", "no"])


def test_the_same_seed_gives_the_same_drafts() -> None:
    rows = [{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}]
    drafts = list(noisy_rows(rows, drafts=3))
    assert drafts == list(noisy_rows(rows, drafts=3))
    assert [row["id"] for row in drafts] == ["a#0", "a#1", "a#2", "b#0", "b#1", "b#2"]
    assert len({row["text"] for row in drafts}) == 6
    assert {row["clean"] for row in drafts} == {TEXT}
    assert [row["text"] for row in noisy_rows(rows, drafts=3, seed=10)] != [row["text"] for row in drafts]


def test_a_draft_does_not_depend_on_the_rows_before_it() -> None:
    alone = list(noisy_rows([{"id": "b", "text": TEXT}], drafts=2))
    assert list(noisy_rows([{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}], drafts=2))[2:] == alone


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_the_share_of_slips_is_the_one_asked_for(share: float) -> None:
    drafts = [disturb(TEXT, random.Random(seed), share) for seed in range(400)]
    # Two slips side by side may come to fewer edits, so a little less than the share is seen.
    edits = sum(OSA.distance(TEXT, draft) for draft in drafts) / (400 * len(TEXT))
    assert 0.85 * share < edits < 1.02 * share


def test_every_kind_of_slip_occurs() -> None:
    drafts = {disturb("hips", random.Random(seed), 0.25) for seed in range(400)}
    assert {"ihps", "his", "hipd", "hipos"} <= drafts
    assert all(OSA.distance("hips", draft) == 1 for draft in drafts)


def test_words_keep_their_places_and_numbers_their_digits() -> None:
    for seed in range(300):
        draft = disturb("i am 67, a bit sore (l5) 1/10", random.Random(seed), 0.5)
        words = draft.split()
        assert len(words) == 8
        assert [word for word in words if word[0].isdigit()] == ["67,", "1/10"]


def test_nothing_is_disturbed_where_there_are_no_letters() -> None:
    assert disturb("7/10 ... 👍", random.Random(1), 1.0) == "7/10 ... 👍"
    assert disturb("", random.Random(1), 1.0) == ""
    assert disturb(TEXT, random.Random(1), 0.0) == TEXT


def test_neighbouring_keys() -> None:
    assert set(NEIGHBOURS["g"]) == set("ftyhbv")
    assert set(NEIGHBOURS["q"]) == set("wa")
    assert all(
        other in NEIGHBOURS and letter in NEIGHBOURS[other] for letter in NEIGHBOURS for other in NEIGHBOURS[letter]
    )


@pytest.mark.parametrize(
    ("clean", "noisy", "readable"),
    [
        ("my hip hurts", "my hip hurts", True),
        ("my hip hurts", "my hip hrts", True),
        ("my hip hurts", "my hip huhrts", True),
        ("my hip hurts", "my hip hutrs", True),
        ("It's a chip!", "It's a chjp!", True),
        ("my hip hurts", "my hip hgrtd", False),  # two edits away
        ("my hip hurts", "my hop hurts", False),  # another word of the vocabulary
        ("my hip hurts", "my hup hurts", False),  # as near to hop
        ("no", "ko", True),
        ("no", "ka", False),
    ],
)
def test_what_can_be_restored(clean: str, noisy: str, readable: bool) -> None:
    assert can_be_restored(clean, noisy, VOCABULARY) is readable
