"""Which words that say no deny something here, and which answer, agree, or leave it standing."""

from __future__ import annotations

from typing import Final

from hip.language.clauses import MARKS, OWN_SUBJECTS
from hip.language.cues import cue
from hip.language.endings import Endings

_NO: Final = frozenset({"no", "nope", "nah", "none", "never", "nothing", "neither"})


class Denials(Endings):
    """The clauses of one message, and what the denials in them do."""

    def _keeps_fact(self, place: int) -> bool:
        """Whether a denial leaves standing what it is said of: of a treatment that did not help, or of before."""
        if self._words[place] in ("nor", "neither") and any(
            self._is("_treatment", at) for at in range(place + 2, min(place + 4, len(self._words)))
        ):
            return True  # "nor did the physio"
        return self._was_only_said(place)

    def _was_only_said(self, place: int) -> bool:
        """Whether a denial is one of before that no longer holds: "I know I said no fever but it's 38.4"."""
        start, end = self.clause_start(place), self.clause_end(place)
        said = any(word in cue("answered") for word in self._words[max(start, place - 2) : place])
        return said and "i" in self._words[start:place] and self._words[end : end + 1] == ["but"]

    def _agrees(self, place: int) -> bool:
        """Whether a "no" after a denial agrees with it: "I can't stand on it at all, no"."""
        return any(self._is("cant", at) for at in range(self._part_start(place), place))

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether a "no" answers something instead of denying what follows it."""
        if self._words[start] not in _NO or end - start > 1:
            return False
        if end >= len(self._words) or self._words[end] in MARKS:
            return True
        if self._words[start] in ("never", "nothing"):
            return False
        return self._words[end] in OWN_SUBJECTS | _NO | cue("after_no") or self._is("_but", end)
