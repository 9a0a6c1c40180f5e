"""Numbers and lengths of time in a row of words: "seven or eight", "a year and a half", "since March"."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from text_to_num import text2num

from hip.content import read_content
from hip.language.cues import cue
from hip.language.dates import Dates

_BETWEEN: Final = frozenset({"or", "-", "to", "maybe", "and", "perhaps", "possibly"})
#: "Two and a half", "2 1/2", "two and a bit".
_AND_MORE: Final = (
    (("and", "a", "half"), 0.5),
    (("1", "/", "2"), 0.5),
    (("and", "a", "bit"), 0.2),
    (("and", "a", "quarter"), 0.25),
    (("and", "three", "quarters"), 0.75),
)
#: Between a length and the day it is counted back from: "a week last Tuesday", "a year last March".
_BACK_FROM: Final = (["last"], ["past"])
_LOOSE: Final = (["or", "so"], ["or", "two"])
_AGO: Final = (["ago"], ["back"], ["now"], ["since"], ["past"])
_LONGEST_PHRASE: Final = 6
_DAYS_IN_WEEK: Final = 7
#: A key held down, not an amount of anything; some hundred digits more and it would be infinite.
_NO_QUANTITY: Final = 1e15
#: Weeks in a year, and a little more, so that "a year ago" is not yet long past.
_WEEKS_IN_YEAR: Final = 53


@dataclass(frozen=True)
class Number:
    """A number at a place; a range gives its higher end."""

    value: float
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """A length of time at a place, in weeks.

    Attributes:
        weeks: how long.
        unit: the unit as typed, such as ``minutes``; empty for an idiom or a date.
        dated: it was a date or a day ("since March"), not a length.
    """

    weeks: float
    start: int
    end: int
    unit: str = ""
    dated: bool = False


@dataclass(frozen=True)
class Amounts:
    """The numbers of a message, and its lengths of time and dates, each in order."""

    numbers: list[Number]
    spans: list[Span]


class Quantities:
    """Reads quantities with the reviewed data of ``quantities.yml``.

    Raises:
        ContentError: when the data breaks its schema.
    """

    def __init__(self, folder: Path) -> None:
        data: Mapping[str, Any] = read_content("quantities.yml", "lexicon_quantities", folder)
        self.units: dict[str, float] = data["units"]
        self._amounts: dict[str, float] = data["amounts"]
        self._idioms: dict[str, float] = data["idioms"]
        self._vague: dict[str, float] = data["vague"]
        self._stiffness: dict[str, int] = data["stiffness"]
        self._dates = Dates(data["days"], data["months"], data["weekdays"])
        self._idiom_lengths = lengths_by_first_word(self._idioms)
        #: Words at which a length or a date may be found; a year is found at a number.
        self._first_words = self._idiom_lengths.keys() | self.units.keys() | self._dates.first_words
        self.pain_words: dict[str, int] = data["pain_words"]

    @property
    def vocabulary(self) -> set[str]:
        """Every word the data knows."""
        phrases = [*self.units, *self._amounts, *self._idioms, *self._dates.vocabulary, *self._stiffness]
        return {word for phrase in [*phrases, *self.pain_words] for word in phrase.split()} | set(cue("number"))

    def find(self, words: Sequence[str], today: datetime.date) -> Amounts:
        """Every number, length of time and date."""
        numbers = self.find_numbers(words)
        return Amounts(numbers, self.find_spans(words, numbers, today))

    def find_numbers(self, words: Sequence[str]) -> list[Number]:
        """Every number, ranges joined."""
        found: list[Number] = []
        spelled, taken = cue("number"), 0
        for place, word in enumerate(words):
            if place < taken or not (word in spelled or word[:1].isdecimal()):
                continue
            number = self._number_at(words, place)
            if number is None:
                continue
            last = found[-1] if found else None
            between = words[last.end : number.start] if last else []
            if last and 1 <= len(between) <= 2 and all(word in _BETWEEN for word in between) and between != ["and"]:
                found[-1] = Number(max(last.value, number.value), last.start, number.end)
            else:
                found.append(number)
            taken = number.end
        return found

    def find_spans(self, words: Sequence[str], numbers: Sequence[Number], today: datetime.date) -> list[Span]:
        """Every length of time and every date, in order and without overlap."""
        by_end = {number.end: number for number in numbers}
        spans: list[Span] = []
        taken = -1
        for place, word in enumerate(words):
            if place < taken or (word not in self._first_words and not word.isdecimal()):
                continue
            span = (
                self._idiom_at(words, place)
                or self._length_at(words, place, by_end)
                or self._date_at(words, place, today)
            )
            if span is not None:
                span = self._count_back(words, span, today)
                spans.append(span)
                taken = span.end
        return spans

    def _count_back(self, words: Sequence[str], span: Span, today: datetime.date) -> Span:
        """A length counted back from the day named after it: "a week last Tuesday" is a week before last Tuesday."""
        if not span.unit or list(words[span.end : span.end + 1]) not in _BACK_FROM:
            return span
        day = self._date_at(words, span.end + 1, today) if span.end + 1 < len(words) else None
        if day is None:
            return span
        return Span(span.weeks + day.weeks, span.start, day.end, "", dated=True)

    def find_stiffness(self, words: Sequence[str]) -> int | None:
        """Minutes of stiffness that a spoken end of it tells: "till lunchtime", "most of the morning"."""
        text = f" {' '.join(words)} "
        said = [phrase for phrase in self._stiffness if f" {phrase} " in text]
        return self._stiffness[max(said, key=len)] if said else None

    def _number_at(self, words: Sequence[str], place: int) -> Number | None:
        word = words[place]
        try:
            value = float(word) if word[:1].isdecimal() and word.isascii() else None
        except ValueError:
            return None
        if value is not None and value >= _NO_QUANTITY:
            return None
        end = place + 1
        if value is None:
            if word not in cue("number"):
                return None
            if (
                word in cue("tens")
                and end < len(words)
                and words[end] in cue("number") - cue("tens") - {"hundred", "zero", "nought"}
            ) or (end < len(words) and words[end] == "hundred"):
                end += 1
            try:
                value = (
                    0.0
                    if word == "nought"
                    else float(text2num(" ".join(words[place:end]).replace("fourty", "forty"), "en"))
                )
            except ValueError:  # "hundred hundred" is no number
                return None
        for phrase, more in _AND_MORE:
            if tuple(words[end : end + len(phrase)]) == phrase:
                return Number(value + more, place, end + len(phrase))
        return Number(value, place, end)

    def _idiom_at(self, words: Sequence[str], place: int) -> Span | None:
        for length in self._idiom_lengths.get(words[place], ()):
            phrase = " ".join(words[place : place + length])
            if phrase in self._idioms and not (phrase == "ages" and list(words[place + 1 : place + 2]) == ["ago"]):
                return Span(self._idioms[phrase], place, place + length)
        return None

    def _length_at(self, words: Sequence[str], place: int, by_end: Mapping[int, Number]) -> Span | None:
        unit = words[place]
        if unit not in self.units:
            return None
        rest = list(words[place + 1 : place + 4])
        half = 3 if rest == ["and", "a", "half"] else 2 if rest[:2] == ["and", "half"] else 0
        end = place + 1 + half
        before = place
        while before > 0 and words[before - 1] in cue("before_unit"):
            before -= 1
        number = by_end.get(before)
        if number is not None:
            amount, start = number.value, number.start
        else:
            found = self._amount_before(words, before)
            if found is None and place == 0 and (half or list(words[1:3]) in _LOOSE):
                found = (1.0, place)  # "hour and a half", "week or so" as a whole answer
            if found is None:
                return self._vague_at(words, place)
            amount, start = found
            if self._is_rate(words, start, end):
                return None
        weeks = (amount + (0.5 if half else 0)) * self.units[unit]
        return Span(weeks, start, end, unit)

    def _is_rate(self, words: Sequence[str], start: int, end: int) -> bool:
        """Whether a length says how often: "60 miles a week", "twice a day", "a bottle a night"."""
        if list(words[start : start + 1]) not in (["a"], ["an"]) or list(words[end : end + 1]) in _AGO:
            return False
        before = words[max(0, start - 2) : start]
        return bool(set(before) & cue("rate")) or any(
            word.isdecimal() or word in cue("number") for word in before if word != "one"
        )

    def _vague_at(self, words: Sequence[str], place: int) -> Span | None:
        """A unit with no number: "for years", "months of this"."""
        unit = words[place]
        if unit not in self._vague or list(words[place + 1 : place + 2]) in (["ago"], ["back"], ["old"]):
            return None
        before = words[place - 1] if place else ""
        if before and before not in cue("before_vague"):
            return None
        return Span(self._vague[unit], place, place + 1, unit)

    def _amount_before(self, words: Sequence[str], place: int) -> tuple[float, int] | None:
        for length in range(min(_LONGEST_PHRASE, place), 0, -1):
            phrase = " ".join(words[place - length : place])
            if phrase in self._amounts:
                return self._amounts[phrase], place - length
        return (2.0, place) if place < len(words) and words[place] == "fortnights" else None

    def _date_at(self, words: Sequence[str], place: int, today: datetime.date) -> Span | None:
        found = self._dates.find(words, place, today)
        if found is None or found.day > today:
            return None
        return Span((today - found.day).days / _DAYS_IN_WEEK, place, found.end, dated=True)


def find_old(words: Sequence[str], spans: Iterable[Span]) -> list[int]:
    """The places of times that are more than a year ago."""
    return [
        span.start
        for span in spans
        if span.weeks > _WEEKS_IN_YEAR and (span.dated or list(words[span.end : span.end + 1]) in (["ago"], ["back"]))
    ]


def lengths_by_first_word(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How many words the phrases have that begin with a word, longest first."""
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        words = phrase.split()
        lengths.setdefault(words[0], set()).add(len(words))
    return {word: tuple(sorted(counts, reverse=True)) for word, counts in lengths.items()}
