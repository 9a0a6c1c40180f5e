"""What stands round a symptom and changes what it means: the ConText method on the lexicon's cues.

The cues are data (``clinic/lexicon/context.yml``) of the kinds medspaCy's ConText uses: forward, backward, pseudo and
terminating. What is added to ConText is scope by clause: people type "no fever my leg is swollen" without a mark, so a
new subject ends a negation as a full stop does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hip.language.bearers import Bearer, Bearers
from hip.language.clauses import MARKS, OWN_SUBJECTS
from hip.language.cues import cue
from hip.language.endings import Endings
from hip.language.patterns import Lattice

_NO: Final = frozenset({"no", "nope", "nah", "none", "never", "nothing"})
_REACH: Final = 9
_FEAR_REACH: Final = 4


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
    bearer: Bearer = Bearer.UNSAID
    family: bool = False
    family_near: bool = False
    family_after: bool = False


class Scopes(Endings):
    """The clauses of one message and what the cues in them reach.

    Args:
        lattice: the message.
        old: places of times more than a year ago.
    """

    def __init__(self, lattice: Lattice, old: Iterable[int] = ()) -> None:
        super().__init__(lattice, old)
        masked = self._places("_pseudo") | self._places("_double") | self._places("_unsure")
        for start, end in self._spans("_negation"):
            if start not in masked and not self.stands_alone(start, end):
                self._negated.append((start, end, self.clause_end(start)))
        for start, end in self._spans("_negation_after"):
            if start not in masked and self._ends_part(end):
                self._negated.append((start, self._part_start(start), start))
        self._not_mine = [(self._sentence_start(start), start) for start, _ in self._spans("_not_me")]
        self._unsure = self._forward("_unsure")
        self._supposed = [scope for scope in self._forward("_hypothetical") if not self._fears_what_is(scope)]
        self._asked = self._forward("_asking")
        self.bearers = Bearers(self)

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
        bearer = self.bearers.of(places)
        latest = max(clauses)
        past, now = self._is_past(clauses, first), self._is_now(clauses, first)
        return Context(
            negated=any(
                cue not in inside and any(low <= place < high for place in places) for cue, low, high in self._negated
            ),
            # what says no by itself ("no bother going") is not turned round by a "no" before it
            negated_near=not any(start in inside for start, *_ in self._negated)
            and any(
                cue not in inside
                and cue not in self._places("fine")
                and any(low <= place < high for place in places)
                and "," not in self._words[min(cue, first) : max(cue, first)]
                for cue, low, high in self._negated
            ),
            unsure=_covers(self._unsure, places),
            supposed=_covers(self._supposed, places),
            asked=self._is_asked(places),
            not_mine=any(low <= first < high for low, high in self._not_mine),
            past=past and not now,
            long_past=past and not any(start > first for start, _ in self._spans("_since")),
            past_illness=any(self.clause(start) in clauses for start, _ in self._spans("_past_illness")) and not now,
            over=self._is_over(latest, places[-1]),
            bearer=bearer,
            family=bearer is Bearer.OTHER or any(self._in_the_family(clause) for clause in clauses),
            family_near=self.bearers.is_near_relative(places),
            family_after=self._family_after(first),
        )

    def _fears_what_is(self, scope: tuple[int, int, int]) -> bool:
        """Whether a fear is of something seen: "should I worry that my foot has gone blue"."""
        start, _, end = scope
        return self._words[start] in cue("fearing") and any(
            self.is_part(place)
            and "my" in self._words[max(start, place - 2) : place]
            and bool(set(self._words[place + 1 : place + 3]) & cue("being"))
            for place in range(start, min(end + _FEAR_REACH, len(self._words)))
        )

    def _is_asked(self, places: tuple[int, ...]) -> bool:
        """Whether the words are only asked about, by a cue before them or after: "is fever a side effect"."""
        number = self.clause(places[0])
        first, end = self._starts[number], self.clause_end(places[0])
        if not any(
            first <= start < end and not set(self._words[max(first, start - 1) : start]) & cue("no_question")
            for start, _ in self._spans("_asking")
        ):
            return False
        if not self.tells_of_writer(places):
            return True
        worried = any(first <= start < end for start, _ in self._spans("_worry"))
        return _covers(self._asked, places) and not worried

    def tells_of_writer(self, places: tuple[int, ...]) -> bool:
        """Whether the clause of a match has the writer in it: "can I have it if I'm on warfarin"."""
        start, end = self.clause_start(places[0]), self.clause_end(places[-1])
        asking = self._places("_asking")
        return any(self._words[place] in cue("own_words") and place not in asking for place in range(start, end))

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

    def tells_of_own_body(self) -> bool:
        """Whether the writer names a part of their own body: "my hip", "my left leg"."""
        return (
            any(
                word == "my"
                and self.bearers.at(place) is Bearer.SELF
                and any(self.is_part(at) for at in range(place + 1, min(place + 4, len(self._words))))
                for place, word in enumerate(self._words)
            )
            or "mine" in self._words
        )

    def _in_the_family(self, clause: int) -> bool:
        return any(self.clause(place) == clause for place, _ in self._spans("_family_history"))

    def _family_after(self, first: int) -> bool:
        """A relative named after the match, with no "I" before it: "breast cancer, but that was my sister"."""
        if any(word in ("i", "ive", "my") for word in self._words[self.clause_start(first) : first]):
            return False
        return any(0 < place - first <= _REACH for place, _ in self._spans("family"))

    def _forward(self, name: str) -> list[tuple[int, int, int]]:
        return [(start, end, self.clause_end(end - 1)) for start, end in self._spans(name)]


def _covers(scopes: list[tuple[int, int, int]], places: tuple[int, ...]) -> bool:
    """Whether a cue outside a match reaches into it."""
    return any(cue not in places and any(low <= place < high for place in places) for cue, low, high in scopes)
