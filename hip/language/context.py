"""What stands round a symptom and changes what it means: the ConText method on the lexicon's cues.

The cues are data (``clinic/lexicon/context.yml``) of the kinds medspaCy's ConText uses: forward, backward, pseudo and
terminating. What is added to ConText is scope by clause: people type "no fever my leg is swollen" without a mark, so a
new subject ends a negation as a full stop does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hip.language.clauses import MARKS, OWN_SUBJECTS, Clauses
from hip.language.cues import cue
from hip.language.patterns import Lattice

_NO: Final = frozenset({"no", "nope", "nah", "none", "never", "nothing"})
_REACH: Final = 9


@dataclass(frozen=True)
class Context:
    """What applies to one place of a message; ``negated_near`` is a denial with no comma between."""

    negated: bool = False
    negated_near: bool = False
    unsure: bool = False
    supposed: bool = False
    asked: bool = False
    past: bool = False
    long_past: bool = False
    past_illness: bool = False
    over: bool = False
    not_mine: bool = False
    family: bool = False
    family_after: bool = False


class Scopes(Clauses):
    """The clauses of one message and what the cues in them reach.

    Args:
        lattice: the message.
        old: places of times more than a year ago.
    """

    def __init__(self, lattice: Lattice, old: Iterable[int] = ()) -> None:
        super().__init__(lattice)
        self._old = {self.clause(place) for place in old}
        masked = self._places("_pseudo") | self._places("_double") | self._places("_unsure")
        self._negated: list[tuple[int, int, int]] = []  # cue, scope start, scope end
        for start, end in self._spans("_negation"):
            if start not in masked and not self.stands_alone(start, end):
                self._negated.append((start, end, self.clause_end(start)))
        for start, end in self._spans("_negation_after"):
            if start not in masked and self._ends_part(end):
                self._negated.append((start, self._part_start(start), start))
        self._not_mine = [(self._sentence_start(start), start) for start, _ in self._spans("_not_me")]
        self._unsure = self._forward("_unsure")
        self._supposed = self._forward("_hypothetical")
        self._asked = self._forward("_asking")

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether a "no" answers something instead of denying what follows it."""
        if self._words[start] not in _NO or end - start > 1:
            return False
        if end >= len(self._words) or self._words[end] in MARKS:
            return True
        if self._words[start] in ("never", "nothing"):
            return False
        return self._words[end] in OWN_SUBJECTS | _NO | cue("after_no") or self._is("_but", end)

    def at(self, used: Iterable[int]) -> Context:
        """What applies to the words of one match."""
        places = tuple(used)
        inside = frozenset(places)
        first = places[0]
        clauses = {self.clause(place) for place in places}
        past = bool(clauses & self._old) or any(self.clause(start) in clauses for start, _ in self._spans("_past"))
        now = any(start > first or self.clause(start) in clauses for start, _ in self._spans("_now"))
        return Context(
            negated=any(
                cue not in inside and any(low <= place < high for place in places) for cue, low, high in self._negated
            ),
            negated_near=any(
                cue not in inside
                and any(low <= place < high for place in places)
                and "," not in self._words[min(cue, first) : max(cue, first)]
                for cue, low, high in self._negated
            ),
            unsure=_covers(self._unsure, places),
            supposed=_covers(self._supposed, places),
            asked=_covers(self._asked, places),
            not_mine=any(low <= first < high for low, high in self._not_mine),
            past=past and not now,
            long_past=past and not any(start > first for start, _ in self._spans("_since")),
            past_illness=any(self.clause(start) in clauses for start, _ in self._spans("_past_illness")) and not now,
            over=self._is_over(max(clauses)),
            family=any(self._family_before(clause, first) for clause in clauses),
            family_after=self._family_after(first),
        )

    def excepts(self, used: Iterable[int], name: str) -> bool:
        """Whether an exception right after a denial names a class of words: "no numbness except in my groin"."""
        after = self.clause(max(used)) + 1
        if after >= len(self._starts) or not self._is("_exception", self._starts[after]):
            return False
        return any(self.clause(start) == after for start, _ in self._spans(name))

    def asks(self, place: int) -> bool:
        """Whether the sentence of a place is a question to us: it ends in a question mark or opens as one."""
        start = self._sentence_start(place)
        end = min((stop for stop in self._stops if stop >= place), default=len(self._words))
        opening = self._words[start : start + 2]
        return (end < len(self._words) and self._words[end] == "?") or any(
            word in cue("question_opening") for word in opening[:1]
        )

    def changes_subject(self, used: Iterable[int]) -> bool:
        """Whether a match runs on into another part of the body: "pain in my bum and my foot is numb"."""
        places = tuple(used)
        last = self.clause(places[-1])
        if last == self.clause(places[0]):
            return False
        start = self._starts[last]
        opening = range(start, min(start + 4, places[-1]))
        return any(
            at not in places and (self._is("leg", at) or self._is("hip", at) or self._is("body", at)) for at in opening
        )

    def _family_before(self, clause: int, first: int) -> bool:
        start = self._starts[clause]
        end = self.clause_end(start)
        if any(start <= place < end for place, _ in self._spans("_family_history")):
            return True
        relatives = [place for place, _ in self._spans("family") if start <= place < end]
        if any(place < first for place in relatives):
            return True
        opening = self._words[start : start + 2]
        return clause > 0 and any(word in ("she", "he", "they") for word in opening) and self._names_family(clause - 1)

    def _family_after(self, first: int) -> bool:
        """A relative named after the match, with no "I" before it: "breast cancer, but that was my sister"."""
        if any(word in ("i", "ive", "my") for word in self._words[self.clause_start(first) : first]):
            return False
        return any(0 < place - first <= _REACH for place, _ in self._spans("family"))

    def _names_family(self, clause: int) -> bool:
        return any(self.clause(place) == clause for place, _ in self._spans("family"))

    def _is_over(self, clause: int) -> bool:
        for start, end in self._spans("_resolved"):
            if self.clause(start) not in (clause, clause + 1):
                continue
            after = self._words[end] if end < len(self._words) else "."
            if (
                (after in MARKS or after in cue("after_resolved"))
                and not any(
                    cue == start - 1 or (cue < start and self.clause(cue) == self.clause(start))
                    for cue, *_ in self._negated
                )
                and start not in self._places("_pseudo")
            ):
                return True
        return False

    def _forward(self, name: str) -> list[tuple[int, int, int]]:
        return [(start, end, self.clause_end(end - 1)) for start, end in self._spans(name)]


def _covers(scopes: list[tuple[int, int, int]], places: tuple[int, ...]) -> bool:
    """Whether a cue outside a match reaches into it."""
    return any(cue not in places and any(low <= place < high for place in places) for cue, low, high in scopes)
