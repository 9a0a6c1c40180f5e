"""Slips of the keyboard: which words are one away from each other, and how unlikely each slip is."""

from __future__ import annotations

from typing import Final

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SWAPPED: Final = 0.6
_NEIGHBOUR: Final = 0.7
_DOUBLED: Final = 0.6
_LETTER: Final = 0.85
_OTHER_KEY: Final = 1.1
_FIRST: Final = 0.25


def _neighbours() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for number, row in enumerate(_ROWS):
        for place, key in enumerate(row):
            below = _ROWS[number + 1] if number + 1 < len(_ROWS) else ""
            for other in (*row[place + 1 : place + 2], *below[max(0, place - 1) : place + 1]):
                pairs |= {(key, other), (other, key)}
    return frozenset(pairs)


_NEIGHBOURS: Final = _neighbours()


def without_one(word: str) -> set[str]:
    """The word with each of its letters left out in turn: words one slip apart share one of these, or are one."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def weigh_slip(word: str, meant: str) -> float:
    """How unlikely the one slip is that makes a word of the one meant: 0.6 for two letters swapped to 1.35."""
    place = next((at for at, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    first = _FIRST if place == 0 else 0.0
    if len(word) == len(meant):
        if word[place : place + 2] == meant[place : place + 2][::-1]:
            return _SWAPPED
        return first + (_NEIGHBOUR if (word[place], meant[place]) in _NEIGHBOURS else _OTHER_KEY)
    longer = max(word, meant, key=len)
    doubled = 0 < place < len(longer) and longer[place] == longer[place - 1]
    return first + (_DOUBLED if doubled else _LETTER)
