"""What a message only asks about, and what it tells of the writer although it asks."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from hip.language.clauses import covers
from hip.language.cues import cue
from hip.language.denials import Denials


class Asking(Denials):
    """The clauses of one message, and which of them ask."""

    def asks(self, place: int) -> bool:
        """Whether the sentence of a place is a question to us: it ends in a question mark or opens as one.

        Of "I'm on the list, could I have this instead?" only the last part asks.
        """
        if self._words[self._sentence_start(place)] in cue("question_opening"):
            return True
        end = self._sentence_end(place)
        return (
            end < len(self._words)
            and self._words[end] == "?"
            and not any(
                self._words[at] == "," and self._words[at + 1] in cue("question_opening")
                for at in range(place, end - 1)
            )
        )

    def _is_asked(self, places: tuple[int, ...]) -> bool:
        """Whether the words are only asked about, by a cue before them or after: "is fever a side effect"."""
        number = self.clause(places[0])
        if number not in self._clauses_with("_asking"):
            return False
        first, end = self._starts[number], self.clause_end(places[0])
        if not any(
            first <= start < end
            and not set(self._words[max(first, start - 1) : start]) & cue("no_question")
            and not (start > first and self._words[start] in ("is", "are") and self._names_thing(start - 1))
            for start, _ in self._spans("_asking")
        ):
            return False
        if not self.tells_of_writer(places):
            return True
        worried = any(first <= start < end for start, _ in self._spans("_worry"))
        return covers(self._forward("_asking"), places) and not worried

    def _names_thing(self, place: int) -> bool:
        """Whether a place names what an "is there" after it is said of: "the pain is there all night"."""
        return self.is_part(place) or self._is("pain", place) or self._words[place] in ("it", "that", "which")

    def tells_of_writer(self, places: tuple[int, ...]) -> bool:
        """Whether the clause of a match has the writer in it: "can I have it if I'm on warfarin"."""
        own = bisect_left(self._own_words, self.clause_start(places[0]))
        return own < len(self._own_words) and self._own_words[own] < self.clause_end(places[-1])

    @cached_property
    def _own_words(self) -> list[int]:
        """The places of the writer's own words, but for those within a cue of asking."""
        own, asking = cue("own_words"), self._places("_asking")
        return [place for place, word in enumerate(self._words) if word in own and place not in asking]
