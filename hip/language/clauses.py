"""Clauses of a message: how far a denial, a supposition or another person reaches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from hip.language.cues import cue
from hip.language.patterns import Lattice

MARKS: Final = frozenset({".", "!", "?", ";", "\n", ","})
_LINKS: Final = frozenset({",", "and", "so", "because", "+", "as", "plus"})
OWN_SUBJECTS: Final = frozenset({"i", "my", "it", "its", "she", "he", "they", "the", "her", "his"})
_PRONOUNS: Final = frozenset({"i", "it", "she", "he", "they", "we"})
_NEAR: Final = 3


class Clauses:
    """The clauses and sentences of one message.

    Args:
        lattice: the message.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        self._words = lattice.words
        self._cached_spans: dict[str, list[tuple[int, int]]] = {}
        self._cached_members: dict[str, Mapping[int, Sequence[int]]] = {}
        self._cached_starts: dict[str, list[int]] = {}
        self._cached_places: dict[str, frozenset[int]] = {}
        self._cached_clauses: dict[str, frozenset[int]] = {}
        self._starts = self._find_clauses()
        self._stops = sorted(place for place, word in enumerate(self._words) if word in MARKS and word != ",")

    def clause(self, place: int) -> int:
        """The number of the clause a place lies in."""
        return bisect_right(self._starts, place) - 1

    def clause_start(self, place: int) -> int:
        """Where the clause of a place begins."""
        return self._starts[self.clause(place)]

    def clause_end(self, place: int) -> int:
        """Where the clause of a place ends."""
        number = self.clause(place) + 1
        return self._starts[number] if number < len(self._starts) else len(self._words)

    @property
    def words(self) -> Sequence[str]:
        """The words of the message."""
        return self._words

    def find(self, name: str) -> list[tuple[int, int]]:
        """Where each word or phrase of a class begins and ends."""
        return self._spans(name)

    def is_in(self, name: str, place: int) -> bool:
        """Whether a word or phrase of a class begins at a place."""
        return self._is(name, place)

    def is_part(self, place: int) -> bool:
        """Whether a place names a part of the body."""
        return self._is("hip", place) or self._is("leg", place) or self._is("body", place)

    def is_stop(self, place: int) -> bool:
        """Whether a place ends a sentence."""
        return place >= 0 and self._words[place] in MARKS and self._words[place] != ","

    def _find_clauses(self) -> list[int]:
        starts = {0}
        latest = 0
        for place, word in enumerate(self._words):
            if place in starts:
                latest = place
            if place in self._lattice.stops:
                starts.add(place + 1 if word in MARKS else place)
            elif (
                (self._is("_exception", place) and place not in self._places("_pseudo") and place > 0)
                or (word in _LINKS and self._begins_clause(place + 1))
                or (word in OWN_SUBJECTS and self._runs_on(place))
                or (self._is("_if", place) and place > 0 and not self._asked_of(place - 1) and not self.likens(place))
            ) and not self._tells_time(latest, place):
                starts.add(place)
        return sorted(start for start in starts if start <= len(self._words))

    def _tells_time(self, start: int, end: int) -> bool:
        """Whether there is only a time between two places, which belongs to what follows: "years ago I had pain"."""
        if start == end:
            return False
        past = self._places("_past")
        return all(
            place in past or self._words[place] in cue("time_lead") or self._words[place].isdecimal()
            for place in range(start, end)
        ) and any(place in past or self._words[place] in cue("time_lead") for place in range(start, end))

    def likens(self, place: int) -> bool:
        """Whether an "if" compares and supposes nothing: "it looks as if it has come out"."""
        return place > 0 and self._words[place] == "if" and self._words[place - 1] in ("as", "like")

    def _asked_of(self, place: int) -> bool:
        return place in self._places("_hypothetical") or place in self._places("_unsure")

    def _begins_clause(self, place: int) -> bool:
        if place >= len(self._words):
            return False
        while place < len(self._words) - 1 and self._words[place] in cue("then"):
            place += 1
        return (
            self._is("_subject", place)
            or self._is("family", place)
            or self._is("_verb", place)
            or self._is("hip", place)
            or self._is("leg", place)
            or self._words[place] in ("on", "pain", "feel", "feeling", "both", "just", "only", "more", "calf", "chest")
        )

    def _runs_on(self, place: int) -> bool:
        """Whether a subject begins a new clause without any mark, as in "no fever my leg is swollen"."""
        if place == 0 or self._words[place - 1] in cue("carry_on") or self._words[place - 1] in MARKS:
            return False
        before = place - 1
        if before in self._lattice.fillers or self._is("_negation", before):
            return False
        reach = 1 if self._words[place] in _PRONOUNS else _NEAR
        return any(self._is("_verb", at) for at in range(place + 1, min(place + 1 + reach, len(self._words))))

    def _sentence_start(self, place: int) -> int:
        before = bisect_left(self._stops, place)
        return self._stops[before - 1] + 1 if before else 0

    def _sentence_end(self, place: int) -> int:
        """The next mark that ends a sentence, the place itself included; after the last word where there is none."""
        after = bisect_left(self._stops, place)
        return self._stops[after] if after < len(self._stops) else len(self._words)

    def _ends_part(self, end: int) -> bool:
        return end >= len(self._words) or self._words[end] in MARKS

    def _part_start(self, place: int) -> int:
        at = place
        while at > 0 and self._words[at - 1] == ",":
            at -= 1
        while at > 0 and self._words[at - 1] not in MARKS:
            at -= 1
        return at

    def _is(self, name: str, place: int) -> bool:
        found = self._cached_members.get(name)
        if found is None:
            found = self._cached_members[name] = self._lattice.spans.get("{" + name + "}", {})
        return place in found

    def _spans(self, name: str) -> list[tuple[int, int]]:
        spans = self._cached_spans.get(name)
        if spans is None:
            found = self._lattice.spans.get("{" + name + "}", {})
            spans = self._cached_spans[name] = [(start, ends[0]) for start, ends in found.items()]
        return spans

    def _starts_of(self, name: str) -> list[int]:
        """Where each word or phrase of a class begins, in order."""
        starts = self._cached_starts.get(name)
        if starts is None:
            starts = self._cached_starts[name] = sorted(start for start, _ in self._spans(name))
        return starts

    def _places(self, name: str) -> frozenset[int]:
        places = self._cached_places.get(name)
        if places is None:
            places = frozenset(place for start, end in self._spans(name) for place in range(start, end))
            self._cached_places[name] = places
        return places

    def _clauses_with(self, name: str) -> frozenset[int]:
        """The clauses in which a word or phrase of a class begins."""
        clauses = self._cached_clauses.get(name)
        if clauses is None:
            clauses = self._cached_clauses[name] = frozenset(self.clause(start) for start, _ in self._spans(name))
        return clauses

    def _forward(self, name: str) -> list[tuple[int, int, int]]:
        return [(start, end, self.clause_end(end - 1)) for start, end in self._spans(name)]


def reaches(low: int, high: int, places: tuple[int, ...]) -> bool:
    """Whether a scope has one of some places, in order, in it; most scopes of a long message are far from all."""
    if high <= places[0] or places[-1] < low:
        return False
    return any(low <= place < high for place in places)


def covers(scopes: list[tuple[int, int, int]], places: tuple[int, ...]) -> bool:
    """Whether a cue outside a match reaches into it."""
    return any(reaches(low, high, places) and start not in places for start, low, high in scopes)
