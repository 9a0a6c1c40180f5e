"""Disturbs messages as hurried typing does, and says which of them can still be read."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

SEED: Final = 9
#: Slips for each character of a message.
SHARE: Final = 0.1
#: How often the set is disturbed anew, so that a figure does not hang on one throw of the dice.
DRAFTS: Final = 5
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    """The keys beside each letter of a British keyboard: left, right, and the two nearest above and below."""
    places = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}
    # Each row begins about half a key further right than the one above it.
    near = {(0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0)}
    return {
        letter: "".join(other for other, (r, c) in places.items() if (r - row, c - column) in near)
        for letter, (row, column) in places.items()
    }


NEIGHBOURS: Final = _neighbours()


def disturb(text: str, dice: random.Random, share: float = SHARE) -> str:
    """The text with about this share of its characters mistyped.

    A slip strikes a letter: another key beside it is hit instead or as well, it is left out, or it changes places with
    the next. A swap counts as one slip. Spaces and digits stay, and so does a letter that is a word by itself unless
    another key is hit, so the words of both texts pair up.

    Args:
        text: what was meant.
        dice: decides where and how.
        share: slips for each character, 0 to 1.
    """
    letters = list(text)
    places = [place for place, letter in enumerate(text) if letter.lower() in NEIGHBOURS]
    wanted = share * len(text)
    slips = int(wanted) + (dice.random() < wanted % 1)
    for place in sorted(dice.sample(places, min(slips, len(places)))):
        _slip(letters, place, dice)
    return "".join(letters)


def _slip(letters: list[str], place: int, dice: random.Random) -> None:
    """Mistype one letter; each cell of the list holds what is typed for one character of the original."""
    letter = letters[place]
    key = dice.choice(NEIGHBOURS[letter.lower()])
    key = key.upper() if letter.isupper() else key
    kinds = ["substitute", "insert"]
    before, after = letters[place - 1] if place else " ", letters[place + 1] if place + 1 < len(letters) else " "
    if before.strip() or after.strip():
        kinds.append("delete")
    if after.lower() in NEIGHBOURS and after.lower() != letter.lower():
        kinds.append("swap")
    kind = dice.choice(kinds)
    if kind == "substitute":
        letters[place] = key
    elif kind == "insert":
        letters[place] = letter + key
    elif kind == "delete":
        letters[place] = ""
    else:
        letters[place], letters[place + 1] = after, letter


def noisy_rows(rows: Iterable[Mapping[str, Any]], drafts: int = DRAFTS, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Each row in several disturbed drafts; the same rows, drafts and seed give the same texts on every machine."""
    for row in rows:
        for draft in range(drafts):
            dice = random.Random(f"{seed} {row['id']} {draft}")
            yield {**row, "id": f"{row['id']}#{draft}", "text": disturb(row["text"], dice), "clean": row["text"]}


def vocabulary_of(texts: Iterable[str]) -> list[str]:
    """The words of texts, in a fixed order."""
    return sorted({_plain(word) for text in texts for word in text.split()} - {""})


def can_be_restored(clean: str, noisy: str, vocabulary: Sequence[str]) -> bool:
    """Whether a reader who knows only the vocabulary can tell what was meant.

    Of each word that differs, what was meant must be the one nearest word of the vocabulary, one edit away: a letter
    more, less, other, or two neighbours swapped (optimal string alignment). Knows nothing of how our speller works.

    Args:
        clean: what was meant.
        noisy: the same words, disturbed.
        vocabulary: words of ``vocabulary_of``, those of ``clean`` among them.
    """
    pairs = zip(clean.split(), noisy.split(), strict=True)
    return all(_nearest(_plain(got), vocabulary) == [_plain(meant)] for meant, got in pairs if meant != got)


def _nearest(word: str, vocabulary: Sequence[str]) -> list[str]:
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [near for near, distance, _ in found if distance == min(edits for _, edits, _ in found)]


def _plain(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word.casefold())
