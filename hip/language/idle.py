"""Numbers and times that measure nothing of the patient: "as if I were five", "a different one", "sat for ages"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.language.clauses import MARKS
from hip.language.cues import cue

_ADULT: Final = 16
_LIKENING: Final = (["like"], ["as", "if"], ["as", "though"], ["pretend"], ["imagine"], ["suppose"], ["assume"])
_REACH: Final = 6
_BODY_REACH: Final = 8


def find_idle(words: Sequence[str]) -> frozenset[int]:
    """The places of numbers and of times that are no measure of the patient's age, pain or trouble."""
    return frozenset(at for at in range(len(words)) if _is_likened(words, at) or _is_aged(words, at))


def counts_nothing(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a "one" is a pronoun: "a different one", "one of those", "the pain is one I know"."""
    if words[start] != "one" or end - start > 1:
        return False
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    if before and before not in MARKS and before not in cue("before_one"):
        return True
    if after == "of":
        return words[end + 1 : end + 2] not in (["10"], ["ten"])
    return bool(after) and after not in MARKS and (not _may_follow_score(after) or after in cue("begins_clause"))


def _may_follow_score(word: str) -> bool:
    return word in cue("after_score") or word in cue("after_number")


def is_score_end(words: Sequence[str], end: int) -> bool:
    """Whether what follows a number may follow a score, which no counted thing does."""
    return end >= len(words) or words[end] in MARKS or _may_follow_score(words[end])


def is_spent(words: Sequence[str], first: int, start: int) -> bool:
    """Whether a time, in a clause that begins at ``first``, is how long somebody sat, waited or lived somewhere."""
    before = list(words[max(first, start - _BODY_REACH) : start])
    places = [at for at, word in enumerate(before) if word in cue("spent")]
    return bool(places) and "since" not in before and not set(before[places[-1] :]) & cue("about_trouble")


def _is_likened(words: Sequence[str], at: int) -> bool:
    """Whether a number is one that somebody is likened to: "explain it like I'm five", "so a six year old gets it"."""
    if not (words[at].isdecimal() or words[at] in cue("number")):
        return False
    start = at
    while start > max(0, at - _REACH) and words[start - 1] in cue("likened"):
        start -= 1
    if start < at and any(list(words[max(0, start - len(cause)) : start]) == cause for cause in _LIKENING):
        return True
    child = list(words[at + 1 : at + 3]) in (["year", "old"], ["years", "old"]) or words[at + 1 : at + 2] == ["yo"]
    return child and words[max(0, at - 1) : at] == ["a"] and not _is_grown(words[at]) and not _is_patient(words, at - 1)


def _is_grown(word: str) -> bool:
    return (word.isdecimal() and int(word) >= _ADULT) or word in cue("tens")


def _is_patient(words: Sequence[str], at: int) -> bool:
    """Whether "a ten year old" is said to be somebody: "I'm asking for a ten year old", "he's a nine year old"."""
    return bool(set(words[max(0, at - 2) : at]) & {"am", "is", "s", "for", "about", "got"})


def _is_aged(words: Sequence[str], at: int) -> bool:
    """Whether a time is how old a child is: "she's 4 months old", "the baby's 10 weeks"."""
    if words[at] not in ("week", "weeks", "month", "months", "day", "days") or at == 0:
        return False
    old = set(words[at + 1 : at + 2]) & cue("old")
    before = words[max(0, at - _REACH) : at - 1]
    if old:
        return not set(before) & cue("old_thing")
    near = list(before[-3:])
    return bool(set(near) & cue("child")) and bool(set(near[1:]) & {"s", "is", "are", "now", "only"})
