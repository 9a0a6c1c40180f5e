"""The pattern notation of the lexicon, and the matcher that finds patterns in a row of words.

A pattern is written as words with a blank between them:

* ``stand`` that word; ``numb*`` any word that begins so; ``a|b_c`` one of two, ``_`` for the blank inside a phrase;
  ``{leg}`` a word or phrase of that class;
* a ``?`` after any of these: it may be missing;
* ``..`` up to three other words in between, ``...`` up to six; a comma counts as three;
* ``&`` what stands on either side, in either order, with up to four words in between.

Small words that carry no meaning here (the class ``_filler``) may stand between any two steps. No pattern reaches
across the end of a sentence or a "but".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

GAPS: Final = {"..": 3, "...": 6}
_EITHER_ORDER_GAP: Final = 4
_COMMA_COST: Final = 3
_MOST_FILLERS: Final = 7
#: No two parts of a pattern begin farther apart than this, whatever stands between them.
_FARTHEST: Final = 30


@dataclass(frozen=True)
class Step:
    """One step of a pattern: what may stand there, how many words may come before it, and whether it may be missing."""

    keys: tuple[str, ...]
    gap: int = 0
    optional: bool = False


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern; more than one part means that the parts may come in either order."""

    text: str
    parts: tuple[tuple[Step, ...], ...]


@dataclass
class Lattice:
    """The words of one message with everything the lexicon knows about each of them.

    Attributes:
        words: the corrected words and marks.
        spans: key (word, ``prefix*`` or ``{class}``) to start position to end positions, longest first.
        fillers: positions a pattern may pass over freely.
        stops: positions no pattern passes over.
    """

    words: Sequence[str]
    spans: Mapping[str, Mapping[int, Sequence[int]]] = field(default_factory=dict)
    fillers: frozenset[int] = frozenset()
    stops: frozenset[int] = frozenset()


def parse_pattern(text: str) -> Pattern:
    """Read one pattern.

    Raises:
        ValueError: when the notation is wrong, naming the pattern.
    """
    parts: list[tuple[Step, ...]] = []
    for part in text.split(" & "):
        steps: list[Step] = []
        gap = 0
        for piece in part.split():
            if piece in GAPS:
                gap = GAPS[piece]
                continue
            optional = piece.endswith("?")
            keys = tuple(piece.rstrip("?").split("|"))
            if not all(keys):
                raise ValueError(f"pattern {text!r}: {piece!r} is empty")
            steps.append(Step(keys, gap, optional))
            gap = 0
        if not steps or gap or steps[0].optional or steps[0].gap:
            raise ValueError(f"pattern {text!r}: must begin and end with a word that has to be there")
        parts.append(tuple(steps))
    return Pattern(text, tuple(parts))


def find_pattern(pattern: Pattern, lattice: Lattice) -> Iterator[tuple[int, ...]]:
    """Every place where a pattern stands, as the positions of the words it used, in order."""
    if len(pattern.parts) == 1:
        yield from _find_part(pattern.parts[0], lattice)
        return
    found: list[tuple[int, ...]] = list(_find_part(pattern.parts[0], lattice))
    for part in pattern.parts[1:]:
        others = list(_find_part(part, lattice)) if found else []
        others.sort()
        starts = [other[0] for other in others]
        found = [
            tuple(sorted({*one, *other}))
            for one in found
            for other in others[bisect_left(starts, one[0] - _FARTHEST) : bisect_left(starts, one[-1] + _FARTHEST)]
            if not set(one) & set(other) and _near(one, other, lattice)
        ]
    yield from found


def _near(one: tuple[int, ...], other: tuple[int, ...], lattice: Lattice) -> bool:
    first, second = (one, other) if one[-1] < other[-1] else (other, one)
    return _cost(lattice, first[-1] + 1, second[0], _EITHER_ORDER_GAP) is not None


def _cost(lattice: Lattice, start: int, end: int, most: int) -> int | None:
    """What the words from start to end cost to pass over; None when it is too much."""
    spent = fillers = 0
    for place in range(start, end):
        if place in lattice.stops:
            return None
        if lattice.words[place] == ",":
            spent += _COMMA_COST
        elif place in lattice.fillers and fillers < _MOST_FILLERS:
            fillers += 1
        else:
            spent += 1
        if spent > most:
            return None
    return spent


def _find_part(steps: tuple[Step, ...], lattice: Lattice) -> Iterator[tuple[int, ...]]:
    for key in steps[0].keys:
        for start, ends in lattice.spans.get(key, {}).items():
            for end in ends:
                used = _walk(steps, 1, end, tuple(range(start, end)), lattice)
                if used is not None:
                    yield used
                    break


def _walk(
    steps: tuple[Step, ...], index: int, place: int, used: tuple[int, ...], lattice: Lattice
) -> tuple[int, ...] | None:
    if index == len(steps):
        return used
    step = steps[index]
    spent = fillers = 0
    for at in range(place, len(lattice.words)):
        for key in step.keys:
            for end in lattice.spans.get(key, {}).get(at, ()):
                found = _walk(steps, index + 1, end, used + tuple(range(at, end)), lattice)
                if found is not None:
                    return found
        if at in lattice.stops:
            break
        if lattice.words[at] == ",":
            spent += _COMMA_COST
        elif at in lattice.fillers and fillers < _MOST_FILLERS:
            fillers += 1
        else:
            spent += 1
        if spent > step.gap:
            break
    if step.optional:
        following = (
            steps[:index]
            + tuple(
                Step(other.keys, max(other.gap, step.gap), other.optional) if other is steps[index + 1] else other
                for other in steps[index + 1 :]
            )
            if index + 1 < len(steps)
            else steps[:index]
        )
        return _walk(following, index, place, used, lattice)
    return None
