"""What a message only asks about or supposes, and what it tells of the writer although it asks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from hip.language.clauses import MARKS, covers
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
        worries = [(start, stop) for start, stop in self._spans("_worry") if first <= start < end]
        if any(self._words[stop - 1] == "that" for _, stop in worries):
            return False  # "should I be worried that mum's foot has gone blue" says that it has
        if not self.tells_of_writer(places):
            return True
        return covers(self._forward("_asking"), places) and not worries

    def _names_thing(self, place: int) -> bool:
        """Whether a place names what an "is there" after it is said of: "the pain is there all night"."""
        return self.is_part(place) or self._is("pain", place) or self._words[place] in ("it", "that", "which")

    def tells_of_writer(self, places: tuple[int, ...]) -> bool:
        """Whether the clause of a match has the writer in it: "can I have it if I'm on warfarin"."""
        own = bisect_left(self._own_words, self.clause_start(places[0]))
        return own < len(self._own_words) and self._own_words[own] < self.clause_end(places[-1])

    def _supposed_end(self, end: int) -> int:
        """Where the clause ends that a cue leads on to: "in case I have a fall"; 0 when it leads to none."""
        return self.clause_end(end) if end in self._starts and self._words[end - 1] not in MARKS else 0

    def _conditions(self) -> list[tuple[int, int, int]]:
        """The clauses of an "if" beside which stands what one would do: "if my calf swelled I'd ring"."""
        conditions = []
        for start, end in self._spans("_if"):
            if self._words[start] != "if" or self.likens(start):
                continue
            before = self._words[self._sentence_start(start) : start]
            would = self._find_would(end + 1, self._sentence_end(start))
            if would is not None:
                conditions.append((start, end, would))
            elif self._find_would(start - len(before), start) is not None and not set(before) & cue("politely"):
                conditions.append((start, end, self.clause_end(start)))
        return conditions

    def _find_would(self, low: int, high: int) -> int | None:
        """The first place of "I would" between two."""
        return next(
            (
                place
                for place in range(low, high)
                if self._words[place] in cue("would_do")
                and (self._words[place] != "would" or self._words[place - 1] in cue("person"))
            ),
            None,
        )

    def denies_supposed(self, used: Iterable[int]) -> bool:
        """Whether what is supposed is then said not to be so: "if I had a fever I'd ring, but I haven't"."""
        last = max(used)
        stop = self._sentence_end(last)
        return any(last < start < stop and self._ends_part(end) for start, end in self._spans("_not_so"))

    @cached_property
    def _own_words(self) -> list[int]:
        """The places of the writer's own words, but for those within a cue of asking."""
        own, asking = cue("own_words"), self._places("_asking")
        return [place for place, word in enumerate(self._words) if word in own and place not in asking]
