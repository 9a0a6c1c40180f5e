"""Numbers that are neither times nor ages: pain scores and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.assessment import FactValue
from hip.language.ages import is_relatives_age, is_ten_of
from hip.language.cues import cue
from hip.language.idle import counts_nothing, is_score_end
from hip.language.patterns import Lattice
from hip.language.quantities import Number, Quantities

_COUNT_REACH: Final = 12
_NAME_REACH: Final = 3
_IN_A_YEAR: Final = (
    *("this year", "past year", "last year", "last 12 months", "past 12 months", "last twelve months"),
    *("past twelve months", "since january", "in a year", "so far this year", "since last christmas"),
)
_WAKING: Final = frozenset({"woke", "wakes", "wake", "waking", "awake", "up", "waken", "wakened"})
_RATED: Final = (
    ["it", "a"],
    ["s", "a"],
    ["its", "a"],
    ["it", "at"],
    ["say", "a"],
    ["at", "a"],
    ["that", "a"],
    ["like", "a"],
)


def read_score(
    lattice: Lattice, numbers: list[Number], quantities: Quantities, question: str | None, facts: dict[str, FactValue]
) -> None:
    """A pain score from 0 to 10: of now rather than of the worst times; of a range the higher."""
    words = lattice.words
    scores: list[tuple[Number, bool]] = []
    for number in numbers:
        if counts_nothing(words, number.start, number.end):
            continue
        after = list(words[number.end : number.end + 4])
        of_ten = (
            (after[:1] == ["/"] and after[1:2] == ["10"])
            or (after[:2] == ["out", "of"] and after[2:3] in (["10"], ["ten"]))
            or (after[:1] == ["of"] and after[1:2] in (["10"], ["ten"]))
        )
        before = list(words[max(0, number.start - 6) : number.start])
        near = set(before) | set(after)
        about_pain = bool(near & {"pain", "pains", "score", "scale", "hurts", "rate", "rated"}) and before[-1:] not in (
            ["am"],
            ["aged"],
            ["age"],
            ["for"],
            ["last"],
            ["past"],
            ["of"],
        )
        waking = before[-1:] == ["at"] and bool(set(before) & _WAKING)  # "the pain woke me at 4"
        about_pain = about_pain and is_score_end(words, number.end) and not waking
        rated = before[-2:] in _RATED and (not after or after[0] in cue("after_score"))
        if (
            number.value > 10
            or number.value != int(number.value)
            or (
                set(after[:1]) & cue("unit_of_something_else") and not (after[0] == "in" and _is_reached(words, number))
            )
        ):
            continue
        if is_ten_of(words, number):
            continue
        about_pain = about_pain and not is_relatives_age(lattice, number)
        put_right = question == "read_back" and "pain" in words
        if of_ten or question == "pain_score" or about_pain or rated or put_right or _is_reached(words, number):
            scores.append((number, of_ten))
    if scores:
        facts["pain_score"] = int(_current(words, scores))
    elif question == "pain_score":
        text = " ".join(words)
        for phrase in sorted(quantities.pain_words, key=len, reverse=True):
            if f" {phrase} " in f" {text} ":
                facts["pain_score"] = quantities.pain_words[phrase]
                return


def _is_reached(words: Sequence[str], number: Number) -> bool:
    """Whether a number is where the pain has got to: "gone from a 3 to a 9"."""
    before = [word for word in words[max(0, number.start - 7) : number.start] if word not in ("a", "an", "about")]
    return before[-1:] == ["to"] and before[-3:-2] == ["from"] and before[-2].isdecimal()


def read_corrected_score(words: Sequence[str], number: Number, facts: dict[str, FactValue]) -> None:
    """The one bare number of a correction, such as "sorry, I meant 6"."""
    if counts_nothing(words, number.start, number.end) or list(words[number.end : number.end + 1]) == ["that"]:
        return
    if (
        number.value <= 10
        and number.value == int(number.value)
        and not set(words[number.end : number.end + 1]) & cue("unit_of_something_else")
    ):
        facts["pain_score"] = int(number.value)


def _current(words: Sequence[str], scores: list[tuple[Number, bool]]) -> float:
    """The score that is said of now; else the one not said of the worst times; else the highest."""
    row = list(words)
    if len(scores) == 1:
        return scores[0][0].value
    ranked: list[tuple[int, float, float]] = []
    for index, (number, _) in enumerate(scores):
        start = scores[index - 1][0].end if index else 0
        end = scores[index + 1][0].start if index + 1 < len(scores) else len(row)
        before, after = set(row[max(start, number.start - 4) : number.start]), set(_upto_mark(row[number.end : end]))
        near = before | after
        rank = 2 if near & cue("current") and not after & cue("worst") else 0 if near & cue("worst") else 1
        ranked.append((rank, number.value, -number.start))
    return max(ranked)[1]


def _upto_mark(row: list[str]) -> list[str]:
    for place, word in enumerate(row):
        if word in (",", ".", "but", "and", ";"):
            return row[:place]
    return row


def read_count(words: Sequence[str], numbers: Sequence[Number], facts: dict[str, FactValue]) -> None:
    """How many injections a year, told unasked: "two cortisone injections this year"."""
    for number in numbers:
        after = list(words[number.end : number.end + _COUNT_REACH])
        named = next((place for place, word in enumerate(after) if word in cue("injections")), None)
        if named is None or named > _NAME_REACH or number.value != int(number.value):
            continue
        rest = " ".join(after[named + 1 :])
        if any(phrase in rest for phrase in _IN_A_YEAR):
            facts.setdefault("injections_past_year", int(number.value))


def read_bare(numbers: list[Number], question: str, facts: dict[str, FactValue]) -> None:
    """A bare number, by the question that was asked."""
    if question == "stiffness" and "morning_stiffness_minutes" not in facts and len(numbers) == 1:
        facts["morning_stiffness_minutes"] = int(numbers[0].value)
    if question == "injections_past_year" and numbers:
        facts["injections_past_year"] = int(numbers[-1].value)
