"""Whose body the words are about: the writer, a relative, or nobody named.

A subject holds until another comes: in "my aunt had cancer and then she got thin bones, but mine just aches" everything
is the aunt's up to "mine". A relative who is no subject ("playing with my son", "I lost my mum to cancer") bears only
what is said after in the same clause, and only of illnesses that last.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

from hip.language.clauses import Clauses
from hip.language.cues import cue

_FIRST: Final = frozenset({"i", "my", "mine"})
_THIRD: Final = frozenset({"she", "he", "his"})
_POSSESSIVES: Final = frozenset({"his", "her", "their"})
_OWN_OBJECTS: Final = frozenset({"me", "my"})
_OBJECTS: Final = frozenset({"him", "her"})
_DETERMINERS: Final = frozenset({"my", "our", "the", "a", "an", "his", "her", "your", "late", "old", "poor", "own"})
#: "As a kid", "when I was a lad", "I am the patient": the writer.
_BEING: Final = frozenset({"as", "was", "am", "since", "being"})
_FAMILY_REACH: Final = 3
_VERB_REACH: Final = 3
#: "My husband had to carry me".
_HELP_REACH: Final = 4
#: Somebody else does it: "my lad is 12, his teacher pulled me over".
_SOMEBODY_ELSES: Final = frozenset({"his", "her", "their"})


class Bearer(Enum):
    """Whom a place of a message is about."""

    SELF = "self"
    OTHER = "other"
    KIN = "kin"  # a relative of the relative spoken of: "his brother"
    UNSAID = "unsaid"


class Bearers:
    """Whom each place of one message is about.

    Args:
        clauses: the message.
    """

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self._words = clauses.words
        self._relatives = {start: end for start, end in clauses.find("family") if not self._is_writer_once(start)}
        self._self_at = [word in _FIRST and self._is_first_person(place) for place, word in enumerate(self._words)]
        self._at: list[Bearer] = []
        self._near: list[bool] = []
        self._scan()

    def of(self, used: Iterable[int]) -> Bearer:
        """Whom a match is about: its object, when it names one, else the subject that holds where it begins."""
        places = tuple(used)
        first, last = places[0], places[-1]
        inside = range(first, min(last + 2, len(self._words)))
        if any(self._words[place] in _OWN_OBJECTS and self._is_own_object(place, last) for place in inside):
            return Bearer.SELF
        if self._relatives and any(
            (self._words[place] in _OBJECTS or (place in self._relatives and self._at[place] is not Bearer.SELF))
            and place <= last + 1
            for place in inside
        ):
            return Bearer.OTHER
        return self._at[first]

    def names_other(self) -> bool:
        """Whether any of the message is about a relative."""
        return Bearer.OTHER in self._at

    def at(self, place: int) -> Bearer:
        """Whom the subject that holds at a place is."""
        return self._at[place]

    def is_near_relative(self, used: Iterable[int]) -> bool:
        """Whether a relative who is no subject stands before a match in its clause."""
        return self._near[next(iter(used))]

    def _scan(self) -> None:
        words = self._words
        state, named = Bearer.UNSAID, False
        only_other = not any(self._self_at)
        clause, near, own_subject, pet = -1, False, False, -1
        not_here = {start for start, _ in self._clauses.find("_pet") if self._is_pet(start)}
        not_here |= {start for start, end in self._relatives.items() if self._is_mourned(start, end)}
        for place, word in enumerate(words):
            if (current := self._clauses.clause(place)) != clause:
                clause, near, own_subject = current, False, False
            if self._clauses.is_stop(place - 1):
                if not (only_other and state in (Bearer.OTHER, Bearer.KIN)):
                    state = Bearer.UNSAID
                elif state is Bearer.KIN:
                    state = Bearer.OTHER  # "her twin did. Right hip": hers again
            if pet >= 0 and clause != pet:
                state, pet = (Bearer.UNSAID if state is Bearer.KIN else state), -1
            if self._self_at[place]:
                state, own_subject = Bearer.SELF, True
            elif place in not_here:
                state, pet = Bearer.KIN, clause
            elif place in self._relatives:
                kin, named = named and self._is_kin(place), True
                if self._reports(self._relatives[place]):
                    state = Bearer.UNSAID if state is Bearer.OTHER else state
                elif self._is_subject(place, own_subject):
                    state = Bearer.KIN if kin else Bearer.OTHER
                else:
                    near = True
            elif (named and self._is_third(place) and not self._reports(place + 1)) or (
                near and word in ("who", "whose")
            ):
                state = Bearer.OTHER
            self._at.append(state)
            self._near.append(near)

    def _is_first_person(self, place: int) -> bool:
        word = self._words[place]
        if word == "mine":
            return self._words[place - 1 : place] != ["of"]
        if word == "my":
            return self._family_after(place) is None
        return word == "i"

    def _family_after(self, place: int) -> int | None:
        """The relative that a "my" belongs to: "my", "my late", "my 80 year old"."""
        for at in range(place + 1, min(place + 1 + _FAMILY_REACH, len(self._words))):
            if at in self._relatives:
                return at
            if self._clauses.is_in("hip", at) or self._clauses.is_in("leg", at) or self._clauses.is_in("_verb", at):
                return None
        return None

    def _is_third(self, place: int) -> bool:
        word = self._words[place]
        if word in ("her", "hers", "him"):
            return any(self._clauses.is_part(at) for at in range(place + 1, min(place + 3, len(self._words))))
        return word in _THIRD

    def _is_subject(self, place: int, own_subject: bool) -> bool:
        """Whether a relative begins to be spoken of, rather than being one with or for whom something was done."""
        end = self._relatives[place]
        before = place - 1
        while before >= 0 and self._words[before] in _DETERMINERS:
            before -= 1
        if self._words[end : end + 1] == ["s"] and any(
            self._clauses.is_part(at) for at in range(end + 1, min(end + 3, len(self._words)))
        ):
            return True
        led = self._words[before] if before >= 0 else ""
        if led in cue("finding"):
            return True
        if led in cue("beside"):
            return False
        if not own_subject:
            return True
        return any(self._clauses.is_in("_verb", at) for at in range(end, min(end + _VERB_REACH, len(self._words))))

    def _reports(self, end: int) -> bool:
        """Whether the person named before only says, thinks or does something about the matter."""
        if any(word in cue("reporting") for word in self._words[end : end + 3]):
            return True
        for at, word in enumerate(self._words[end : end + _HELP_REACH], end):
            if word in _SOMEBODY_ELSES or self._clauses.clause(at) != self._clauses.clause(end - 1):
                return False
            if word == "me":
                return True
        return False

    def _is_pet(self, place: int) -> bool:
        """Whether an animal begins to be spoken of: "the cat's diabetic", and not "fell over the cat"."""
        before = self._words[place - 1] if place else ""
        led = self._words[place - 2] if place > 1 else ""
        return (
            set(self._words[place + 1 : place + 2]) <= cue("has_it")
            and before in cue("owning")
            and (not led.isalpha() or led in ("and", "but", "because", "as", "though", "so"))
            and not self._reports(place + 1)
        )

    def _is_mourned(self, place: int, end: int) -> bool:
        """Whether a relative is one lost to something: "lost my dad at 60 to a heart attack"."""
        if not set(self._words[max(0, place - 2) : place]) & {"lost", "buried", "losing"}:
            return False
        return "to" in self._words[end : end + _HELP_REACH]

    def _is_kin(self, place: int) -> bool:
        return place > 0 and self._words[place - 1] in _POSSESSIVES

    def _is_writer_once(self, start: int) -> bool:
        before = list(self._words[max(0, start - 2) : start])
        return len(before) == 2 and before[0] in _BEING and before[1] in ("a", "an", "the")

    def _is_own_object(self, place: int, last: int) -> bool:
        word = self._words[place]
        if word == "me":  # but "Mam is confused, calling me by her brother's name"
            spoken_to = set(self._words[max(0, place - 1) : place]) & cue("spoken_to")
            return not (spoken_to and self._at[place] is Bearer.OTHER)
        return place < last and self._self_at[place]
