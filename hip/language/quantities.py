"""Numbers and lengths of time in a row of words: "seven or eight", "a year and a half", "since March"."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import dateparser
from dateutil.easter import easter
from text_to_num import text2num

from hip.content import read_content
from hip.language.cues import cue

_BETWEEN: Final = frozenset({"or", "-", "to", "maybe", "and", "perhaps", "possibly"})
_LONGEST_PHRASE: Final = 6
_DAYS_IN_WEEK: Final = 7
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


class Quantities:
    """Reads quantities with the reviewed data of ``quantities.yml``.

    Raises:
        ContentError: when the data breaks its schema.
    """

    def __init__(self, folder: Path) -> None:
        data: Mapping[str, Any] = read_content("quantities.yml", "lexicon_quantities", folder)
        self._units: dict[str, float] = data["units"]
        self._amounts: dict[str, float] = data["amounts"]
        self._idioms: dict[str, float] = data["idioms"]
        self._vague: dict[str, float] = data["vague"]
        self._stiffness: dict[str, int] = data["stiffness"]
        self._days: dict[str, list[int]] = data["days"]
        self._months: dict[str, int] = data["months"]
        self._weekdays: dict[str, int] = data["weekdays"]
        self.pain_words: dict[str, int] = data["pain_words"]

    @property
    def vocabulary(self) -> set[str]:
        """Every word the data knows."""
        phrases = [*self._units, *self._amounts, *self._idioms, *self._days, *self._months, *self._weekdays]
        phrases += self._stiffness
        return {word for phrase in [*phrases, *self.pain_words] for word in phrase.split()} | set(cue("number"))

    def find_numbers(self, words: Sequence[str]) -> list[Number]:
        """Every number, ranges joined."""
        found: list[Number] = []
        place = 0
        while place < len(words):
            number = self._number_at(words, place)
            if number is None:
                place += 1
                continue
            last = found[-1] if found else None
            between = words[last.end : number.start] if last else []
            if last and 1 <= len(between) <= 2 and all(word in _BETWEEN for word in between) and between != ["and"]:
                found[-1] = Number(max(last.value, number.value), last.start, number.end)
            else:
                found.append(number)
            place = number.end
        return found

    def find_spans(self, words: Sequence[str], numbers: Sequence[Number], today: datetime.date) -> list[Span]:
        """Every length of time and every date, in order and without overlap."""
        by_end = {number.end: number for number in numbers}
        spans: list[Span] = []
        taken = -1
        for place in range(len(words)):
            if place < taken:
                continue
            span = (
                self._idiom_at(words, place)
                or self._length_at(words, place, by_end)
                or self._day_at(words, place, today)
            )
            if span is not None:
                spans.append(span)
                taken = span.end
        return spans

    def find_stiffness(self, words: Sequence[str]) -> int | None:
        """Minutes of stiffness that a spoken end of it tells: "till lunchtime", "most of the morning"."""
        text = f" {' '.join(words)} "
        said = [phrase for phrase in self._stiffness if f" {phrase} " in text]
        return self._stiffness[max(said, key=len)] if said else None

    def find_old(self, words: Sequence[str], today: datetime.date) -> list[int]:
        """The places of times that are more than a year ago."""
        spans = self.find_spans(words, self.find_numbers(words), today)
        return [
            span.start
            for span in spans
            if span.weeks > _WEEKS_IN_YEAR
            and (span.dated or list(words[span.end : span.end + 1]) in (["ago"], ["back"]))
        ]

    def _number_at(self, words: Sequence[str], place: int) -> Number | None:
        word = words[place]
        try:
            value = float(word) if word[:1].isdigit() and word.isascii() else None
        except ValueError:
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
            value = (
                0.0
                if word == "nought"
                else float(text2num(" ".join(words[place:end]).replace("fourty", "forty"), "en"))
            )
        if list(words[end : end + 3]) == ["and", "a", "half"]:
            return Number(value + 0.5, place, end + 3)
        return Number(value, place, end)

    def _idiom_at(self, words: Sequence[str], place: int) -> Span | None:
        for length in range(_LONGEST_PHRASE, 0, -1):
            phrase = " ".join(words[place : place + length])
            if phrase in self._idioms:
                return Span(self._idioms[phrase], place, place + length)
        return None

    def _length_at(self, words: Sequence[str], place: int, by_end: Mapping[int, Number]) -> Span | None:
        unit = words[place]
        if unit not in self._units:
            return None
        half = list(words[place + 1 : place + 4]) == ["and", "a", "half"]
        end = place + 4 if half else place + 1
        before = place
        while before > 0 and words[before - 1] in (
            "of",
            "or",
            "so",
            "good",
            "solid",
            "odd",
            "more",
            "plus",
            "+",
            "full",
            "long",
            "calendar",
        ):
            before -= 1
        number = by_end.get(before)
        if number is not None:
            amount, start = number.value, number.start
        else:
            found = self._amount_before(words, before)
            if found is None:
                return self._vague_at(words, place)
            amount, start = found
        weeks = (amount + (0.5 if half else 0)) * self._units[unit]
        return Span(weeks, start, end, unit)

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

    def _day_at(self, words: Sequence[str], place: int, today: datetime.date) -> Span | None:
        for length in (3, 2, 1):
            phrase = " ".join(words[place : place + length])
            if phrase in self._days:
                month, day = self._days[phrase]
                return self._since(_latest(month, day, today), place, place + length, today)
        word = words[place]
        if word == "easter":
            day = easter(today.year) if easter(today.year) <= today else easter(today.year - 1)
            return self._since(day, place, place + 1, today)
        if word in self._weekdays:
            back = (today.weekday() - self._weekdays[word]) % _DAYS_IN_WEEK or _DAYS_IN_WEEK
            return self._since(today - datetime.timedelta(days=back), place, place + 1, today)
        if word in self._months:
            return self._month_at(words, place, today)
        if word.isdigit() and len(word) == 4 and 1900 < int(word) <= today.year:
            return self._since(datetime.date(int(word), 7, 1), place, place + 1, today)
        return None

    def _month_at(self, words: Sequence[str], place: int, today: datetime.date) -> Span | None:
        if words[place] in ("may", "mar", "jan") and (
            place == 0 or words[place - 1] not in ("in", "since", "last", "early", "late", "mid", "of")
        ):
            return None
        end = place + 1
        if end < len(words) and words[end].isdigit() and len(words[end]) == 4:
            end += 1
        parsed = dateparser.parse(
            " ".join(("1", *words[place:end])),
            languages=["en"],
            settings={
                "RELATIVE_BASE": datetime.datetime.combine(today, datetime.time()),
                "PREFER_DATES_FROM": "past",
                "DATE_ORDER": "DMY",
            },
        )
        return None if parsed is None else self._since(parsed.date(), place, end, today)

    def _since(self, day: datetime.date, start: int, end: int, today: datetime.date) -> Span | None:
        days = (today - day).days
        return Span(days / _DAYS_IN_WEEK, start, end, dated=True) if days >= 0 else None


def _latest(month: int, day: int, today: datetime.date) -> datetime.date:
    this_year = datetime.date(today.year, month, day)
    return this_year if this_year <= today else datetime.date(today.year - 1, month, day)
