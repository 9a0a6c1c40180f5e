"""What is past or over: long ago, had once, got better since; and what is new or back again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from hip.language.clauses import MARKS, Clauses
from hip.language.cues import cue
from hip.language.patterns import Lattice

#: How many clauses on "that was months back, fine now" may still speak of the trouble.
_FOLLOW_UP: Final = 3


class Endings(Clauses):
    """The clauses of one message, and what in them is past, over or new.

    Args:
        lattice: the message.
        old: places of times more than a year ago.
    """

    def __init__(self, lattice: Lattice, old: Iterable[int] = ()) -> None:
        super().__init__(lattice)
        old = tuple(old)
        self._negated: list[tuple[int, int, int]] = []  # cue, scope start, scope end
        #: "Right as rain since": the "since" tells of no new trouble.
        self._resolved = self._places("_resolved") | {
            end for _, end in self._spans("_resolved") if self._words[end : end + 1] in (["since"], ["now"])
        }
        # "it won't go back in" is no time past
        self._pasts = [
            start
            for start, _ in self._spans("_past")
            if not (self._words[start] == "back" and set(self._words[max(0, start - 1) : start]) & cue("put_back"))
        ]
        self._pasts += old  # "but that was 1998"
        self._past_clauses = frozenset(map(self.clause, self._pasts))
        self._nows = [start for start, _ in self._spans("_now") if start not in self._resolved]
        self._latest_now = max(self._nows, default=-1)
        self._now_clauses = frozenset(map(self.clause, self._nows))
        self._pointing_back: dict[int, int] = {}

    def had_once(self, place: int) -> bool:
        """Whether something is told as a thing of the past: "had a clot", with nothing of now in the clause."""
        start = self.clause_start(place)
        told = any(
            word in cue("had_once") and self._words[max(start, at - 1)] not in ("s", "has", "have")
            for at, word in enumerate(self._words[start:place], start)
        )
        return told and self.clause(place) not in self._clauses_with("_now")

    def is_vaguely_past(self, used: Iterable[int]) -> bool:
        """Whether a match is of "a while ago" and no time more, which of tablets is some hours."""
        clauses = {self.clause(place) for place in used}
        pasts = [start for start in self._pasts if self.clause(start) in clauses]
        vague = {start for start, _ in self._spans("_vague_past")}
        return bool(pasts) and vague.issuperset(pasts) and not clauses & self._clauses_with("_resolved")

    def _is_past(self, clauses: set[int], first: int) -> bool:
        return not clauses.isdisjoint(self._past_clauses) or self._latest_pointing_back(max(clauses)) > first

    def _latest_pointing_back(self, clause: int) -> int:
        """The last place of a time past that is said of what a clause told; -1 for none."""
        latest = self._pointing_back.get(clause)
        if latest is None:
            latest = max((start for start in self._pasts if self._points_back(start, clause)), default=-1)
            self._pointing_back[clause] = latest
        return latest

    def _is_now(self, clauses: set[int], first: int) -> bool:
        return self._latest_now > first or not clauses.isdisjoint(self._now_clauses)

    def _is_over(self, clause: int, last: int, inside: frozenset[int]) -> bool:
        """Whether what a clause tells is said to be over, there or in what follows about the same thing.

        Words of the match itself, ``inside``, do not: "who has the dog when I am gone".
        """
        functions = self._starts_of("_function")
        after = bisect_right(functions, last)
        next_function = functions[after] if after < len(functions) else len(self._words)
        return any(
            start not in inside and not last < next_function < start and self._stands_for_before(start, clause)
            for start in self._over
        )

    @cached_property
    def _over(self) -> list[int]:
        """Where something is said to be over, with no word of now after it."""
        return [
            start
            for start, end in self._spans("_resolved")
            if start >= self._latest_now and self._says_over(start, end)
        ]

    def _points_back(self, start: int, clause: int) -> bool:
        """Whether a time past is said of what went before: "that was years ago", ", years ago"."""
        return (
            self.clause(start) > clause
            and self._stands_for_before(start, clause)
            and all(
                word in cue("same_thing") or place in self._lattice.fillers
                for place, word in enumerate(self._words[self.clause_start(start) : start], self.clause_start(start))
            )
        )

    def _says_over(self, start: int, end: int) -> bool:
        after = self._words[end] if end < len(self._words) else "."
        denied = any(
            cue == start - 1 or (cue < start and self.clause(cue) == self.clause(start)) for cue, *_ in self._negated
        )
        ends = (
            after in MARKS
            or after in cue("after_resolved")
            or self.clause(min(end, len(self._words) - 1)) != self.clause(start)
        )
        return ends and not denied and start not in self._places("_pseudo")

    def _stands_for_before(self, start: int, clause: int) -> bool:
        """Whether a place speaks of what a clause told: in it, in the next, or later with a bare "that" or "it"."""
        later = self.clause(start)
        if later < clause or later > clause + _FOLLOW_UP:
            return False
        if later == clause:
            return True
        said = self._words[self._starts[later] : start]
        if any(self.is_part(place) for place in range(self._starts[later], start)):
            return False
        return later == clause + 1 or all(
            word in cue("same_thing") or place in self._lattice.fillers
            for place, word in enumerate(said, self._starts[later])
        )
