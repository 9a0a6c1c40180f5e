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
from functools import cache
from itertools import accumulate
from typing import Final

GAPS: Final = {"..": 3, "...": 6}
_EITHER_ORDER_GAP: Final = 4
_COMMA_COST: Final = 3
_MOST_FILLERS: Final = 7
#: No pattern passes over the end of a sentence.
_NEVER: Final = 99
#: No two parts of a pattern begin farther apart than this, whatever stands between them.
_FARTHEST: Final = 30


@dataclass(frozen=True, eq=False)
class Choice:
    """What may stand at a step; one object for the same keys, so that it is quick to look up."""

    keys: tuple[str, ...]


_choose = cache(Choice)


@dataclass(frozen=True)
class Step:
    """One step of a pattern: what may stand there, and how many words may come before it."""

    choice: Choice
    gap: int = 0


Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern.

    Attributes:
        text: as it was written.
        parts: what may come in either order; each part in the ways it can be walked, with and without what may be
            missing, the fullest first.
    """

    text: str
    parts: tuple[tuple[Steps, ...], ...]

    @property
    def needed(self) -> frozenset[Choice]:
        """What stands at each step that the pattern cannot do without."""
        return frozenset(step.choice for part in self.parts for step in part[-1])


@dataclass
class Lattice:
    """The words of one message with everything the lexicon knows about each of them.

    Attributes:
        words: the corrected words and marks.
        spans: key (word, ``prefix*`` or ``{class}``) to start position to end positions, longest first.
        fillers: positions a pattern may pass over freely.
        stops: positions no pattern passes over.
        limits: those of ``stops`` that no pattern has for one of its steps either, so that none reaches across.
        segments: of each position the bit of the stretch between two limits that it lies in.
        costs: what it costs to pass over each position.
    """

    words: Sequence[str]
    spans: Mapping[str, Mapping[int, Sequence[int]]] = field(default_factory=dict)
    fillers: frozenset[int] = frozenset()
    stops: frozenset[int] = frozenset()
    limits: frozenset[int] = frozenset()
    _ends: dict[Choice, Mapping[int, Sequence[int]]] = field(default_factory=dict)
    _reaches: dict[int, dict[int, int]] = field(default_factory=lambda: {gap: {} for gap in (0, *GAPS.values())})

    def __post_init__(self) -> None:
        self.costs = [
            _NEVER if at in self.stops else _COMMA_COST if word == "," else 0 if at in self.fillers else 1
            for at, word in enumerate(self.words)
        ]
        before = accumulate((at in self.limits for at in range(len(self.words))), initial=0)
        self.segments = [1 << number for number, _ in zip(before, self.words, strict=False)]

    def ends(self, choice: Choice) -> Mapping[int, Sequence[int]]:
        """Where each word or phrase of any of some keys ends, by where it begins."""
        ends = self._ends.get(choice)
        if ends is None:
            ends = self._ends[choice] = self._find_ends(choice.keys)
        return ends

    def reach(self, place: int, gap: int) -> int:
        """The position after the last at which a step may begin whose gap begins at a place."""
        reaches = self._reaches[gap]
        reach = reaches.get(place)
        if reach is None:
            reach = reaches[place] = self._find_reach(place, gap)
        return reach

    def _find_ends(self, keys: Sequence[str]) -> Mapping[int, Sequence[int]]:
        present = [self.spans[key] for key in keys if key in self.spans]
        if len(present) == 1:
            return present[0]
        ends: dict[int, Sequence[int]] = {}
        for spans in present:
            for start, lengths in spans.items():
                ends[start] = (*ends[start], *lengths) if start in ends else lengths
        return ends

    def _find_reach(self, place: int, gap: int) -> int:
        spent = fillers = 0
        for at in range(place, len(self.costs)):
            cost = self.costs[at]
            if not cost:
                fillers += 1
            spent += cost or (fillers > _MOST_FILLERS)
            if spent > gap:
                return at + 1
        return len(self.costs)


def parse_pattern(text: str) -> Pattern:
    """Read one pattern.

    Raises:
        ValueError: when the notation is wrong, naming the pattern.
    """
    parts: list[tuple[Steps, ...]] = []
    for part in text.split(" & "):
        steps: list[tuple[Step, bool]] = []
        gap = 0
        for piece in part.split():
            if piece in GAPS:
                gap = GAPS[piece]
                continue
            keys = tuple(piece.rstrip("?").split("|"))
            if not all(keys):
                raise ValueError(f"pattern {text!r}: {piece!r} is empty")
            steps.append((Step(_choose(keys), gap), piece.endswith("?")))
            gap = 0
        if not steps or gap or steps[0][1] or steps[0][0].gap:
            raise ValueError(f"pattern {text!r}: must begin and end with a word that has to be there")
        parts.append(tuple(_ways(steps)))
    return Pattern(text, tuple(parts))


def _ways(steps: Sequence[tuple[Step, bool]]) -> Iterator[Steps]:
    """The ways through steps of which some may be missing; a gap before what is missing is that of the next."""
    if not steps:
        yield ()
        return
    (step, optional), rest = steps[0], steps[1:]
    for following in _ways(rest):
        yield (step, *following)
    if optional:
        if rest and step.gap > rest[0][0].gap:
            rest = [(Step(rest[0][0].choice, step.gap), rest[0][1]), *rest[1:]]
        yield from _ways(rest)


def find_pattern(pattern: Pattern, lattice: Lattice, within: int) -> Iterator[tuple[int, ...]]:
    """Every place where a pattern stands, as the positions of the words it used, in order.

    Args:
        pattern: what to find.
        lattice: the message.
        within: the bits of the segments to look in.
    """
    if len(pattern.parts) == 1:
        return _find_part(pattern.parts[0], lattice, within)
    found: list[tuple[int, ...]] = list(_find_part(pattern.parts[0], lattice, within))
    for part in pattern.parts[1:]:
        others = list(_find_part(part, lattice, within)) if found else []
        others.sort()
        starts = [other[0] for other in others]
        found = [
            tuple(sorted({*one, *other}))
            for one in found
            for other in others[bisect_left(starts, one[0] - _FARTHEST) : bisect_left(starts, one[-1] + _FARTHEST)]
            if not set(one) & set(other) and _near(one, other, lattice)
        ]
    return iter(found)


def _near(one: tuple[int, ...], other: tuple[int, ...], lattice: Lattice) -> bool:
    first, second = (one, other) if one[-1] < other[-1] else (other, one)
    return _cost(lattice, first[-1] + 1, second[0], _EITHER_ORDER_GAP) is not None


def _cost(lattice: Lattice, start: int, end: int, most: int) -> int | None:
    """What the words from start to end cost to pass over; None when it is too much."""
    spent = fillers = 0
    for cost in lattice.costs[start:end]:
        if not cost:
            fillers += 1
        spent += cost or (fillers > _MOST_FILLERS)
        if spent > most:
            return None
    return spent


def _find_part(ways: tuple[Steps, ...], lattice: Lattice, within: int) -> Iterator[tuple[int, ...]]:
    segments = lattice.segments
    for key in ways[0][0].choice.keys:
        for start, ends in lattice.spans.get(key, {}).items():
            if not segments[start] & within:
                continue
            for end in ends:
                used = _walk_any(ways, end, tuple(range(start, end)), lattice)
                if used is not None:
                    yield used
                    break


def _walk_any(ways: tuple[Steps, ...], place: int, used: tuple[int, ...], lattice: Lattice) -> tuple[int, ...] | None:
    for steps in ways:
        found = _walk(steps, 1, place, used, lattice)
        if found is not None:
            return found
    return None


def _walk(steps: Steps, index: int, place: int, used: tuple[int, ...], lattice: Lattice) -> tuple[int, ...] | None:
    if index == len(steps):
        return used
    step = steps[index]
    starts = lattice.ends(step.choice)
    if not starts:
        return None
    for at in range(place, lattice.reach(place, step.gap)):
        for end in starts.get(at, ()):
            found = _walk(steps, index + 1, end, used + tuple(range(at, end)), lattice)
            if found is not None:
                return found
    return None
