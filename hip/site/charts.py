"""Where the bars of a chart go; ``templates/charts.html`` draws them as SVG. Sizes are in units of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hip.site.figures import Figure, Series

#: The drawing is as wide as a phone, so that its letters stay legible there; a desktop shows it larger.
WIDTH: Final = 340

_NUMBER: Final = 62  # kept free at the right for the number
_STEP, _BAR = 44, 16
_ROW, _COLUMNS = 58, 30


@dataclass(frozen=True)
class Bar:
    """One bar with its label above it."""

    figure: Figure
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bars:
    """Bars below each other."""

    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Row:
    """One care level: its columns stand on ``base``."""

    label: str
    most: str
    y: float
    base: float
    columns: tuple[Bar, ...]


@dataclass(frozen=True)
class Rows:
    """Small charts below each other, all to one scale."""

    height: float
    rows: tuple[Row, ...]


def lay_out_bars(figures: Sequence[Figure]) -> Bars:
    """Bars in the order given; the longest takes the whole width."""
    most = max((each.height for each in figures), default=0) or 1
    room = WIDTH - _NUMBER
    bars = (
        Bar(each, 0, row * _STEP + 20, 0 if each.none else max(3, round(room * each.height / most, 1)), _BAR)
        for row, each in enumerate(figures)
    )
    return Bars(len(figures) * _STEP, tuple(bars))


def lay_out_rows(series: Sequence[Series]) -> Rows:
    """A row of columns for each level that was told at all, the weeks from left to right."""
    told = [each for each in series if not all(week.none for week in each.weeks)]
    most = max((week.height for each in told for week in each.weeks), default=0) or 1
    rows = []
    for number, each in enumerate(told):
        step, base = WIDTH / len(each.weeks), number * _ROW + 20 + _COLUMNS
        columns = []
        for place, week in enumerate(each.weeks):
            height = 0 if week.none else max(2, round(_COLUMNS * week.height / most, 1))
            columns.append(Bar(week, round(place * step, 1), base - height, round(step * 0.8, 1), height))
        peak = max(each.weeks, key=lambda week: week.height)
        rows.append(Row(each.label, f"most in a week: {peak.shown}", number * _ROW, base, tuple(columns)))
    return Rows(len(told) * _ROW, tuple(rows))
