"""Finds which patterns of the lexicon stand in a message, and tries only those that can: there are thousands.

A pattern is tried where all that it cannot do without stands in one segment of the message. The segments are kept as
the bits of a number, so that this is one ``&`` for each step of a pattern.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from typing import Final

from hip.language.patterns import Choice, Lattice, Pattern, find_pattern

#: Nobody says the same thing more often in one message; keeps reading time in line with length.
_MOST_PLACES: Final = 20


class PatternFinder:
    """Patterns, ready to be found.

    Args:
        patterns: what to find.

    Attributes:
        keys: every key that a step of a pattern has.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        steps = (step for pattern in patterns for part in pattern.parts for step in part[0])
        self.keys = frozenset(key for step in steps for key in step.choice.keys)
        #: First step to the number of each pattern that begins with it, and what else the pattern needs.
        self._by_first: dict[Choice, list[tuple[int, tuple[Choice, ...]]]] = defaultdict(list)
        self._choices_by_key: dict[str, list[Choice]] = defaultdict(list)
        for number, pattern in enumerate(patterns):
            first = pattern.parts[0][0][0].choice
            self._by_first[first].append((number, tuple(pattern.needed - {first})))
        for choice in {choice for pattern in patterns for choice in pattern.needed}:
            for key in choice.keys:
                self._choices_by_key[key].append(choice)

    def find(self, lattice: Lattice) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The number of each pattern that stands in a message, and where, in the order of the patterns."""
        for number, within in sorted(self._choose(self._find_present(lattice))):
            for used in islice(find_pattern(self._patterns[number], lattice, within), _MOST_PLACES):
                yield number, used

    def _choose(self, present: Mapping[Choice, int]) -> Iterator[tuple[int, int]]:
        """The patterns to try, and the segments to try them in."""
        for first, segments in present.items():
            for number, needed in self._by_first.get(first, ()):
                within = segments
                for choice in needed:
                    within &= present.get(choice, 0)
                    if not within:
                        break
                else:
                    yield number, within

    def _find_present(self, lattice: Lattice) -> Mapping[Choice, int]:
        """The segments in which each step that is needed somewhere could be taken."""
        present: dict[Choice, int] = defaultdict(int)
        for key, starts in lattice.spans.items():
            choices = self._choices_by_key.get(key)
            if choices:
                segments = reduce(or_, map(lattice.segments.__getitem__, starts))
                for choice in choices:
                    present[choice] |= segments
        return present
