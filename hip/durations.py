"""Lengths of time as a person would say them."""

from __future__ import annotations

from typing import Final

WEEKS_IN_A_YEAR: Final = 52.18
WEEKS_IN_A_MONTH: Final = 4.35


def duration_in_words(weeks: float) -> str:
    """A number of weeks in the unit a person would use, such as "about 3 months"."""
    if weeks < 1:
        return _count(max(1, round(weeks * 7)), "day")
    if weeks < 9:
        return _count(round(weeks), "week")
    if weeks < 1.8 * WEEKS_IN_A_YEAR:
        return _count(round(weeks / WEEKS_IN_A_MONTH), "month")
    return _count(round(weeks / WEEKS_IN_A_YEAR), "year")


def _count(number: int, unit: str) -> str:
    return f"about {number} {unit}" if number == 1 else f"about {number} {unit}s"
