"""Ages in years: asked for, said to be one, or put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.assessment import FactValue
from hip.language.cues import cue
from hip.language.idle import counts_nothing
from hip.language.patterns import Lattice
from hip.language.quantities import Number

_OLDEST: Final = 120
#: A number that stands alone between commas is an age only in this range.
_YOUNGEST_ALONE: Final = 16
_OLDEST_ALONE: Final = 105
_NEARLY: Final = (
    *(("coming", "up", "to"), ("coming", "up", "for"), ("coming", "on", "for"), ("getting", "on", "for")),
    *(("knocking", "on"), ("knocking", "on", "for"), ("going", "on"), ("just", "gone"), ("rising",), ("pushing",)),
)
_STOPS: Final = frozenset({".", "!", "?", ";", "\n", ","})


def read_age(lattice: Lattice, numbers: list[Number], question: str | None, facts: dict[str, FactValue]) -> None:
    """An age in years: asked for, or said to be one."""
    words = lattice.words
    for number in numbers:
        start = number.start
        start = _skip_almost(words, start)
        before = list(words[max(0, start - 3) : start])
        after = list(words[number.end : number.end + 2])
        if (
            number.value != int(number.value)
            or not 0 <= number.value <= _OLDEST
            or (
                set(after[:1]) & cue("unit_of_something_else")
                and not (after[0] == "in" and set(before) & cue("turning"))
            )
            or is_ten_of(words, number)
            or counts_nothing(words, number.start, number.end)
        ):
            continue
        said = (
            (before[-1:] in (["aged"], ["age"]) and not _is_event_at(words, start))
            or before[-2:]
            in (
                ["age", "is"],
                ["i", "am"],
                ["she", "s"],
                ["he", "s"],
                ["she", "is"],
                ["he", "is"],
                ["age", "s"],
                ["am", "nearly"],
                ["just", "turned"],
                ["will", "be"],
                *([one, "of"] for one in sorted(cue("sex") | cue("aged_person"))),
                *([one, "/"] for one in ("f", "m")),
                ["who", "s"],
                ["who", "is"],
            )
            or (bool(set(before[-1:]) & cue("turning")) and not _is_event_at(words, start))
            or (
                before[-1:] in (["is"], ["s"], [","], ["are"], ["("], ["aged"])
                and bool(_relatives(lattice) & {start - 2, start - 3})
            )
            or (
                question is None
                and _YOUNGEST_ALONE <= number.value <= _OLDEST_ALONE
                and before[-1:] in ([], [","], ["."], ["?"], ["!"], [";"], ["\n"], ["retired"])
                and (
                    after[:1] in ([","], ["."], ["and"])
                    or after in (["if", "that"], ["if", "it"])  # "71, if that matters"
                    or set(after[:1]) & cue("sex")
                    or (before and not after)
                )
            )
            or (start - 1 in _relatives(lattice) and after[:1] in ([], [","], ["."], ["and"]))
            or set(after[:1]) & {"yo", "yr"}
            or (before[-1:] == ["m"] and question == "age")
            or (after[:2] == ["years", "young"])
        )
        theirs = is_relatives_age(lattice, number)
        said = said or _is_put_right(words, number, question)
        if (
            said and (number.value >= 10 or theirs) and after[:1] not in (["/"], ["out"], ["week"])
        ) or question == "age":
            to_come = before[-2:] == ["will", "be"] or after[:2] == ["next", "birthday"] or before[-1:] == ["turning"]
            facts.setdefault("age", int(number.value) - (1 if to_come else 0))


def _is_put_right(words: Sequence[str], number: Number, question: str | None) -> bool:
    """Whether a number puts right an age that was read back: "my age is wrong, it's 71", "I said 45 not 54"."""
    if question != "read_back" or not _YOUNGEST_ALONE <= number.value <= _OLDEST_ALONE or set(words) & cue("no_age"):
        return False
    if "you" in words[max(0, number.start - 3) : number.start]:
        return False  # "you've put 36, I'm 63"
    return bool(set(words) & {"age", "not", "said", "meant", "put", "should"})


def _skip_almost(words: Sequence[str], start: int) -> int:
    """Where the words for nearly begin that stand before a number: "getting on for 80"."""
    moved = True
    while moved:
        moved = False
        for phrase in _NEARLY:
            if tuple(words[max(0, start - len(phrase)) : start]) == phrase:
                start, moved = start - len(phrase), True
        if start and words[start - 1] in cue("almost"):
            start, moved = start - 1, True
    return start


def _is_event_at(words: Sequence[str], start: int) -> bool:
    """Whether an age is that of something long past: "fell out of a tree aged ten", "had it done when I turned 60"."""
    opening = max((at + 1 for at in range(start) if words[at] in _STOPS), default=0)
    return bool(set(words[opening:start]) & cue("event"))


def _relatives(lattice: Lattice) -> set[int]:
    return {end - 1 for ends in lattice.spans.get("{family}", {}).values() for end in ends}


def is_relatives_age(lattice: Lattice, number: Number) -> bool:
    """Whether a number is how old a relative is: "grandson's 9 and his hip hurts"."""
    words = lattice.words
    return (
        words[max(0, number.start - 1) : number.start] in (["is"], ["s"])
        and number.start - 2 in _relatives(lattice)
        and (number.end == len(words) or words[number.end] in (",", ".", "and", "now", "years", "year"))
    )


def is_ten_of(words: Sequence[str], number: Number) -> bool:
    row = list(words)
    return number.value == 10 and (
        row[number.start - 1 : number.start] == ["/"] or row[max(0, number.start - 2) : number.start] == ["out", "of"]
    )
