"""Corrections that only make sense with what was said before: "not the left, the other one", "I meant weeks"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hip.assessment import FACTS
from hip.language.cues import cue
from hip.language.quantities import Number, Quantities

_LONGEST: Final = 10
_MARKS: Final = frozenset({",", ".", "!", "?", ";", "\n"})
_MINUTES_IN_WEEK: Final = 10080
_OTHER: Final = {"left": "right", "right": "left"}
#: How close a stored length must be to a whole number of units to have been given in them.
_WHOLE: Final = 0.02
#: Weeks in a year, a month, a week and a day: units a length may have been given in.
_GIVEN_IN: Final = (52.18, 4.345, 1.0, 0.142857)
_SHORT_UNITS: Final = frozenset({"minute", "minutes", "hour", "hours"})
#: Questions after which the length last given is that of an injection.
_AFTER_INJECTION: Final = frozenset({"previous_injection_helped", "injections_past_year", "diagnosis"})


@dataclass(frozen=True)
class Correction:
    """What a message changes of something said before, without saying it again.

    Attributes:
        other_side: the side is the other one.
        unit: weeks in the unit that was meant; 0 when no unit is corrected.
        weeks: the length that was meant, in weeks; 0 when none is given.
        minutes: the unit is of minutes or hours, and so of the stiffness.
        injection_first: the length last asked for was that of an injection.
    """

    other_side: bool = False
    unit: float = 0
    weeks: float = 0
    minutes: bool = False
    injection_first: bool = False


def find_correction(
    words: Sequence[str],
    question: str | None,
    corrects: bool,
    numbers: Sequence[Number],
    quantities: Quantities,
    lengths: Sequence[float],
) -> Correction | None:
    """The correction of a message; None when it makes none of these.

    Args:
        words: the message.
        question: the question just asked.
        corrects: the message takes something back.
        numbers: all numbers in it.
        quantities: what units of time are called.
        lengths: the lengths of time in it that are about nothing else, in weeks.
    """
    plain = [word for word in words if word not in _MARKS]
    if len(plain) > _LONGEST:
        return None
    if corrects and len(lengths) == 1:  # "I meant three years, not two"
        return Correction(weeks=lengths[0], injection_first=question in _AFTER_INJECTION)
    other = _says_other_side(plain, corrects or question == "side")
    unit = _unit_meant(plain, quantities.units) if not numbers and (corrects or "not" in plain) else None
    if not other and unit is None:
        return None
    if unit is None:
        return Correction(other_side=other)
    return Correction(
        other, quantities.units[unit], minutes=unit in _SHORT_UNITS, injection_first=question in _AFTER_INJECTION
    )


def _says_other_side(plain: Sequence[str], corrects: bool) -> bool:
    for place in range(len(plain) - 1):
        if plain[place] == "wrong" and plain[place + 1] in cue("side_of_two"):
            return True
        if plain[place] not in ("other", "opposite") or plain[place + 1] not in cue("side_of_two"):
            continue
        after, before = plain[place + 2 : place + 3], set(plain[:place])
        if not set(after) & cue("told_of_it") and (corrects or before & {"not", "no", "sorry", "wrong"}):
            return True
    return False


def _unit_meant(plain: Sequence[str], units: Mapping[str, float]) -> str | None:
    meant = [
        word for place, word in enumerate(plain) if word in units and "not" not in plain[max(0, place - 2) : place]
    ]
    others = set(plain) - units.keys() - cue("beside_unit")
    return meant[0] if len(meant) == 1 and not others else None


def apply_correction(correction: Correction, known: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a correction changes, of what is known."""
    changed: dict[str, Any] = {}
    side = known.get("side")
    if correction.other_side and side in _OTHER:
        changed["side"] = _OTHER[side]
    if not correction.unit and not correction.weeks:
        return changed
    if correction.minutes:
        minutes = known.get("morning_stiffness_minutes")
        if isinstance(minutes, int | float) and not isinstance(minutes, bool):
            in_minutes = round(correction.unit * _MINUTES_IN_WEEK)
            given = minutes / 60 if minutes >= 60 and minutes % 60 == 0 and in_minutes == 1 else minutes
            changed["morning_stiffness_minutes"] = int(given * in_minutes)
    else:
        order = ("previous_injection_weeks", "duration_weeks")
        for fact in order if correction.injection_first else order[::-1]:
            weeks = known.get(fact)
            if isinstance(weeks, int | float) and not isinstance(weeks, bool) and weeks > 0:
                changed[fact] = round(correction.weeks or _given(weeks) * correction.unit, 3)
                break
    return {fact: value for fact, value in changed.items() if _fits(fact, value)}


def _given(weeks: float) -> float:
    """The number that was typed, by the largest unit that makes it a whole one: 26.07 weeks were six months."""
    for unit in _GIVEN_IN:
        number = weeks / unit
        if round(number) >= 1 and abs(number - round(number)) <= _WHOLE * max(1.0, number / 10):
            return float(round(number))
    return weeks


def _fits(fact: str, value: Any) -> bool:
    return not isinstance(value, int | float) or FACTS[fact].low <= value <= FACTS[fact].high
