"""Numbers and times that measure nothing of the patient: "as if I were five", "a different one", "sat here for ages"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.language.clauses import MARKS
from hip.language.cues import cue

_ADULT: Final = 16
_LIKENING: Final = (["like"], ["as", "if"], ["as", "though"], ["pretend"], ["imagine"], ["suppose"], ["assume"])
_LIKENED: Final = frozenset("i am im was were me my we he she it s is a an you re are to for would feel only aged".split())
_REACH: Final = 6
_BODY_REACH: Final = 8
#: Before a "one" that counts; with no word before it, it counts as well.
_BEFORE_ONE: Final = frozenset(
    "a about s is say just only maybe perhaps probably around at to or from than over under nearly almost be was of id "
    "now still currently roughly number pain score".split()
)
#: May follow a score; a thing that is counted may not: "the pain in my two legs".
_AFTER_SCORE: Final = cue("after_score") | frozenset(
    "/ out of - + or to in with as i is was pain level today all it ish easily maybe probably when whenever while then "
    "before after through by every each mostly sometimes overall really tonight this worst minimum plus these id "
    "nearly almost sat sitting standing walking lying last first thing".split()
)
#: After a "one" that is told of: "it's one I know".
_BEGINS: Final = frozenset({"i", "that", "this", "these", "is", "was"})
#: After a number of weeks or months: it is the age of a child, or of a thing.
_OLD_THINGS: Final = frozenset({"injury", "pain", "fracture", "break", "scar", "wound", "trouble", "problem", "hip", "it"})
_CHILDREN: Final = frozenset(
    "baby babies twins newborn bub bubba infant toddler son daughter lad boy girl grandson granddaughter puppy".split()
)
#: What is done for so long, and is no pain: "been sat here for ages with this hip".
_SPENT: Final = frozenset(
    "sat sitting waiting waited queueing queuing queued holding hold stood lived married retired widowed divorced "
    "registered worked working travelling driving drove typing scrolling phoning ringing".split()
)


def find_idle(words: Sequence[str]) -> frozenset[int]:
    """The places of numbers and of times that are no measure of the patient's age, pain or trouble."""
    return frozenset(at for at in range(len(words)) if _is_likened(words, at) or _is_aged(words, at))


def counts_nothing(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a "one" is a pronoun: "a different one", "one of those", "the pain is one I know"."""
    if words[start] != "one" or end - start > 1:
        return False
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    if before and before not in MARKS and before not in _BEFORE_ONE:
        return True
    if after == "of":
        return words[end + 1 : end + 2] not in (["10"], ["ten"])
    return bool(after) and after not in MARKS and (after not in _AFTER_SCORE or after in _BEGINS)


def is_score_end(words: Sequence[str], end: int) -> bool:
    """Whether what follows a number may follow a score, which no counted thing does."""
    return end >= len(words) or words[end] in MARKS or words[end] in _AFTER_SCORE


def is_spent(words: Sequence[str], first: int, start: int) -> bool:
    """Whether a time, in a clause that begins at ``first``, is how long somebody sat, waited or lived somewhere."""
    before = list(words[max(first, start - _BODY_REACH) : start])
    places = [at for at, word in enumerate(before) if word in _SPENT]
    return bool(places) and not set(before[places[-1] :]) & cue("about_trouble")


def _is_likened(words: Sequence[str], at: int) -> bool:
    """Whether a number is one that somebody is likened to: "explain it like I'm five", "so a six year old gets it"."""
    if not (words[at].isdecimal() or words[at] in cue("number")):
        return False
    start = at
    while start > max(0, at - _REACH) and words[start - 1] in _LIKENED:
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
        return not set(before) & _OLD_THINGS
    near = list(before[-3:])
    return bool(set(near) & _CHILDREN) and bool(set(near[1:]) & {"s", "is", "are", "now", "only"})
