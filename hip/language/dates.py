"""Days of the calendar as people name them: "Easter", "last Tuesday", "March 2019", "1994"."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import dateparser
from dateutil.easter import easter

_DAYS_IN_WEEK: Final = 7
_LONGEST_NAME: Final = 5
_EASTER: Final = "easter"
#: Months that are also other words: a month only after one of the words of a time.
_AMBIGUOUS: Final = frozenset({"may", "mar", "jan", "march"})
_BEFORE_MONTH: Final = frozenset({"in", "since", "last", "early", "late", "mid", "of", "until", "from", "back"})


@dataclass(frozen=True)
class Date:
    """A day named at a place, and where its name ends."""

    day: datetime.date
    end: int


class Dates:
    """Finds named days, always the latest that is past.

    Args:
        days: known days by name, each as month and day, after its year when there was only one such day.
        months: names of months to their number.
        weekdays: names of weekdays to their number, Monday first, from 0.
    """

    def __init__(
        self, days: Mapping[str, Sequence[int]], months: Mapping[str, int], weekdays: Mapping[str, int]
    ) -> None:
        self._days = days
        self._months = months
        self._weekdays = weekdays
        #: Every word that the name of a day begins with, but for years.
        self.first_words = frozenset({name.split()[0] for name in self.vocabulary} | {_EASTER})
        _parse_month("1 january", datetime.date.min)  # the first parse loads the language: not while a person waits

    @property
    def vocabulary(self) -> list[str]:
        """Every name known."""
        return [*self._days, *self._months, *self._weekdays]

    def find(self, words: Sequence[str], place: int, today: datetime.date) -> Date | None:
        """The day named at a place."""
        word = words[place]
        if word not in self.first_words and not _is_number(word):
            return None
        for length in range(_LONGEST_NAME, 0, -1):
            phrase = " ".join(words[place : place + length])
            if phrase in self._days:
                *year, month, day = self._days[phrase]
                named = datetime.date(year[0], month, day) if year else _latest(month, day, today)
                return Date(named, place + length)
        if word == _EASTER:
            this_year = easter(today.year)
            return Date(this_year if this_year <= today else easter(today.year - 1), place + 1)
        if word in self._weekdays:
            back = (today.weekday() - self._weekdays[word]) % _DAYS_IN_WEEK or _DAYS_IN_WEEK
            return Date(today - datetime.timedelta(days=back), place + 1)
        if word in self._months:
            return self._find_month(words, place, today)
        if _is_number(word) and len(word) == 4 and 1900 < int(word) <= today.year:
            return Date(datetime.date(int(word), 7, 1), place + 1)
        return None

    def _find_month(self, words: Sequence[str], place: int, today: datetime.date) -> Date | None:
        if words[place] in _AMBIGUOUS and (place == 0 or words[place - 1] not in _BEFORE_MONTH):
            return None
        end = place + 1
        if end < len(words) and _is_number(words[end]) and len(words[end]) == 4:
            end += 1
        day = _parse_month(" ".join(("1", *words[place:end])), today)
        return None if day is None else Date(day, end)


def _is_number(word: str) -> bool:
    """Whether a word is made of digits that ``int`` takes: "፩" is a digit to Python, but no number."""
    return word.isdecimal()


@lru_cache(maxsize=1024)
def _parse_month(text: str, today: datetime.date) -> datetime.date | None:
    parsed = dateparser.parse(
        text,
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime.datetime.combine(today, datetime.time()),
            "PREFER_DATES_FROM": "past",
            "DATE_ORDER": "DMY",
        },
    )
    return None if parsed is None else parsed.date()


def _latest(month: int, day: int, today: datetime.date) -> datetime.date:
    this_year = datetime.date(today.year, month, day)
    return this_year if this_year <= today else datetime.date(today.year - 1, month, day)
