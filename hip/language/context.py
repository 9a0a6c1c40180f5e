"""What stands round a symptom and changes what it means: the ConText method on the lexicon's cues.

The cues are data (``clinic/lexicon/context.yml``) of the kinds medspaCy's ConText uses: forward, backward, pseudo and
terminating. What is added to ConText is scope by clause: people type "no fever my leg is swollen" without a mark, so a
new subject ends a negation as a full stop does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hip.language.asking import Asking
from hip.language.bearers import Bearer, Bearers
from hip.language.clauses import MARKS, OWN_SUBJECTS, covers, reaches
from hip.language.cues import cue
from hip.language.patterns import Lattice

_DENIALS: Final = frozenset({"no", "not", "never", "dont", "doesnt", "didnt", "isnt", "hasnt", "havent", "wasnt"})
_REACH: Final = 9
_FEAR_REACH: Final = 4


@dataclass(frozen=True)
class Context:
    """What applies to one place of a message.

    ``negated_near`` is a denial with no comma between, ``negated_after`` one that stands behind.
    """

    negated: bool = False
    negated_near: bool = False
    negated_after: bool = False
    unsure: bool = False
    supposed: bool = False
    asked: bool = False
    past: bool = False
    long_past: bool = False
    past_illness: bool = False
    over: bool = False
    not_mine: bool = False
    bearer: Bearer = Bearer.UNSAID
    kin: bool = False
    family: bool = False
    family_near: bool = False
    family_after: bool = False


class Scopes(Asking):
    """The clauses of one message and what the cues in them reach.

    Args:
        lattice: the message.
        old: places of times more than a year ago.
    """

    def __init__(self, lattice: Lattice, old: Iterable[int] = ()) -> None:
        super().__init__(lattice, old)
        double = self._places("_double")
        masked = self._places("_pseudo") | double | (self._places("_unsure") - self._places("_disclaiming"))
        for start, end in self._spans("_negation"):
            if start not in masked and not self.stands_alone(start, end) and not self._keeps_fact(start):
                self._negated.append((start, end, self.clause_end(start)))
        #: "I wouldn't say": the denial of a denial says yes.
        self._disclaiming = {start for start, end in self._spans("_disclaiming")}
        for start, end in self._spans("_negation_after"):
            if start not in masked and self._ends_part(end) and not self._agrees(start):
                self._negated.append((start, self._part_start(start), start))
        self._denials = frozenset(start for start, *_ in self._negated)
        self._not_mine = [(self._sentence_start(start), start) for start, _ in self._spans("_not_me")]
        self._not_theirs = [
            (self._sentence_start(start), start) for start, end in self._spans("_not_me_end") if self._ends_part(end)
        ]
        self._unsure = [scope for scope in self._forward("_unsure") if scope[0] not in double | self._disclaiming]
        self._supposed = [
            (start, end, max(self._list_end(start), self._supposed_end(end), stop))
            for start, end, stop in self._forward("_hypothetical")
            if not (self.likens(start) or self._fears_what_is((start, end, self.clause_end(end - 1))))
        ]
        self._supposed += self._conditions()
        self.bearers = Bearers(self)
        self._contexts: dict[tuple[int, ...], Context] = {}

    def at(self, used: Iterable[int]) -> Context:
        """What applies to the words of one match."""
        places = tuple(used)
        context = self._contexts.get(places)
        if context is None:
            context = self._contexts[places] = self._find_context(places)
        return context

    def _find_context(self, places: tuple[int, ...]) -> Context:
        inside = frozenset(places)
        first = places[0]
        clauses = {self.clause(place) for place in places}
        bearer = self.bearers.of(places)
        latest = max(clauses)
        past, now = self._is_past(clauses, first), self._is_now(clauses, first)
        denials = [
            denial for denial in self._negated if denial[0] not in inside and reaches(denial[1], denial[2], places)
        ]
        return Context(
            negated=bool(denials) and not self._denies_denial({start for start, *_ in denials}),
            negated_after=any(start > places[-1] for start, *_ in denials),
            # what says no by itself ("no bother going") is not turned round by a "no" before it
            negated_near=inside.isdisjoint(self._denials)
            and any(
                start not in self._places("fine")
                and low <= places[-1] < high
                and "," not in self._words[min(start, first) : max(start, first)]
                for start, low, high in denials
            ),
            unsure=covers(self._unsure, places),
            supposed=covers(self._supposed, places),
            asked=self._is_asked(places),
            not_mine=any(low <= first < high for low, high in self._not_mine)
            or (bearer in (Bearer.OTHER, Bearer.KIN) and any(low <= first < high for low, high in self._not_theirs)),
            past=past and not now,
            long_past=past and not any(start > first for start, _ in self._spans("_since")),
            past_illness=not now and not clauses.isdisjoint(self._clauses_with("_past_illness")),
            over=self._is_over(latest, places[-1], inside),
            bearer=bearer,
            kin=bearer is Bearer.KIN,
            family=bearer in (Bearer.OTHER, Bearer.KIN)
            or not clauses.isdisjoint(self._clauses_with("_family_history")),
            family_near=self.bearers.is_near_relative(places),
            family_after=self._family_after(first),
        )

    def _denies_denial(self, denials: set[int]) -> bool:
        """Whether one denial takes back another: "I wouldn't say there's no numbness"."""
        return any(cue in self._disclaiming for cue in denials) and any(cue not in self._disclaiming for cue in denials)

    def _list_end(self, start: int) -> int:
        """Where a list under a cue ends: "worried about infection, blood clots and leg swelling"."""
        number = self.clause(start) + 1
        while number < len(self._starts):
            first = self._starts[number]
            end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._words)
            words = set(self._words[first:end])
            links = self._words[first : first + 1] in ([","], ["and"], ["plus"])
            if not links or words & (OWN_SUBJECTS - {"the"}) or any(self._is("_verb", at) for at in range(first, end)):
                return first
            number += 1
        return len(self._words)

    def _fears_what_is(self, scope: tuple[int, int, int]) -> bool:
        """Whether a fear is of something seen: "should I worry that my foot has gone blue"."""
        start, _, end = scope
        return self._words[start] in cue("fearing") and any(
            self.is_part(place)
            and "my" in self._words[max(start, place - 2) : place]
            and bool(set(self._words[place + 1 : place + 3]) & cue("being"))
            for place in range(start, min(end + _FEAR_REACH, len(self._words)))
        )

    def excepts(self, used: Iterable[int], name: str) -> bool:
        """Whether an exception right after a denial names a class of words: "no numbness except in my groin"."""
        after = self.clause(max(used)) + 1
        if after >= len(self._starts) or not self._is("_exception", self._starts[after]):
            return False
        return after in self._clauses_with(name)

    def says_unchanged(self) -> bool:
        """Whether the message says of something that it is as it was: "never changed", "nothing new"."""
        return bool(self._spans("_unchanged"))

    def is_fine(self, used: Iterable[int]) -> bool:
        """Whether the clause of a match says that all is well: "chest fine"."""
        return not self._clauses_with("fine").isdisjoint(map(self.clause, used))

    def part(self, used: Iterable[int]) -> list[str]:
        """The words between the marks around a match: "the weight yes" of "the weight yes, rest no"."""
        places = tuple(used)
        start, end = self._part_start(places[0]), places[-1] + 1
        while end < len(self._words) and self._words[end] not in MARKS:
            end += 1
        return [word for word in self._words[start:end] if word not in MARKS]

    def is_unsure(self, place: int) -> bool:
        """Whether a place is said not to be known: "not sure about the third"."""
        return covers(self._unsure, (place,))

    def joins_denial(self, used: Iterable[int]) -> bool:
        """Whether a match takes its "no" from one clause, the rest from another: "not had a fall and she is well"."""
        places = tuple(used)
        last = self.clause(places[-1])
        if self._words[places[0]] not in _DENIALS or self.clause(places[0]) == last:
            return False
        return self._words[self._starts[last]] in ("and", ",") and self._has_subject(last)

    def _has_subject(self, clause: int) -> bool:
        start = self._starts[clause]
        opening = range(start, min(start + 3, len(self._words)))
        return any(self._words[place] in OWN_SUBJECTS for place in opening)

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

    def _family_after(self, first: int) -> bool:
        """A relative named after the match, with no "I" before it: "breast cancer, but that was my sister"."""
        if not any(0 < place - first <= _REACH for place, _ in self._spans("family")):
            return False
        return not any(word in ("i", "ive", "my") for word in self._words[self.clause_start(first) : first])
