"""Answers to a checklist by the place of its points: "the second and the last", "yes yes no", "all but the first"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hip.assessment import FACTS, FactKind, FactValue
from hip.language.cues import cue

if TYPE_CHECKING:
    from hip.language.labels import Option

_MARKS: Final = frozenset({",", ".", "!", "?", ";", "\n", "(", ")", "/", "&", "+", "and", "then", "-"})
_YES: Final = frozenset({"yes", "yep", "yeah", "yup", "y", "aye"})
_NO: Final = frozenset({"no", "nope", "nah", "n"})
_NUMBERS: Final = {
    **{str(number): number - 1 for number in range(1, 10)},
    **{word: place for place, word in enumerate(("one", "two", "three", "four", "five", "six"))},
}
_ENDS: Final = {"top": 0, "bottom": -1}
#: The middle of a list whose length is not known yet, and what it is called.
_MIDDLE: Final = 99
_MIDDLES: Final = frozenset({"middle", "centre", "center"})
_LONGEST_IN_ROW: Final = 4
_LONGEST: Final = 14


@dataclass(frozen=True)
class Positions:
    """The points of a checklist that an answer names by their place, from 0; a negative one counts from the end.

    Attributes:
        question: id of the question asked.
        row: one yes or no for each point, in order; empty when the answer is no such row.
        picked: places of what applies.
        denied: places of what does not.
        unsure: places of what the person does not know.
        all_but: what applies is everything that is not denied.
        only: what is neither picked nor unsure does not apply.
    """

    question: str
    row: tuple[bool, ...] = ()
    picked: tuple[int, ...] = ()
    denied: tuple[int, ...] = ()
    unsure: tuple[int, ...] = ()
    all_but: bool = False
    only: bool = False


@dataclass(frozen=True)
class Resolved:
    """What an answer by place says of the points shown.

    Attributes:
        facts: what applies or was denied by its place.
        unsure: ids of what the person does not know.
        rest: what was not named and so does not apply.
    """

    facts: Mapping[str, FactValue]
    unsure: frozenset[str]
    rest: Mapping[str, FactValue]


def find_positions(
    words: Sequence[str], question: str, ordinals: Mapping[str, int], is_unsure: Callable[[int], bool]
) -> Positions | None:
    """The places an answer names; None when it names none.

    Args:
        words: the corrected words and marks.
        question: id of the checklist asked.
        ordinals: words such as "second" to a place.
        is_unsure: whether a place of the message is said not to be known.
    """
    plain = [word for word in words if word not in _MARKS]
    if len(plain) > 1 and all(word in _YES | _NO for word in plain) and set(plain) & _YES and set(plain) & _NO:
        return Positions(question, row=tuple(word in _YES for word in plain))
    row = _read_row(words)
    if row:
        return Positions(question, row=row)
    bare = all(word in _NUMBERS or word in cue("beside_place") for word in plain)
    picked: list[int] = []
    denied: list[int] = []
    unsure: list[int] = []
    all_but = False
    for at in range(len(words)):
        named = _named_at(words, at, ordinals, bare)
        if not named:
            continue
        before = [word for word in words[max(0, at - 4) : at] if word not in _MARKS]
        if is_unsure(at):
            unsure += named
        elif set(before) & cue("all_before") and set(before) & cue("but_before") and not set(before) & _NO:
            denied += named
            all_but = True
        elif (
            (words[at + 1 : at + 2] in (["no"], ["isnt"], ["doesnt"], ["nope"]) and words[at + 2 : at + 3] != ["to"])
            or "not" in before[-3:]
            or before[-2:] == ["no", "to"]
            or before[-3:-1] == ["no", "to"]
        ):
            denied += named
        else:
            picked += named
    if not (picked or denied or unsure):
        return None
    only = bool(picked) and not unsure and len(plain) <= _LONGEST
    return Positions(question, (), tuple(picked), tuple(denied), tuple(unsure), all_but, only)


def _read_row(words: Sequence[str]) -> tuple[bool, ...]:
    """A row of answers with a word or two to each: "no, no, yes sometimes, no"; empty when it is none."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in (",", ".", ";", "\n"):
            parts.append([])
        else:
            parts[-1].append(word)
    parts = [part for part in parts if part]
    said = [part[0] in _YES for part in parts if part[0] in _YES | _NO and len(part) <= _LONGEST_IN_ROW]
    return tuple(said) if len(said) == len(parts) > 1 and len(set(said)) > 1 else ()


def _named_at(words: Sequence[str], at: int, ordinals: Mapping[str, int], bare: bool) -> list[int]:
    word = words[at]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else "."
    if word in _NUMBERS and (before in cue("place_word") or (bare and word.isdecimal())):
        return [_NUMBERS[word]]
    if word in _ENDS and after in ("one", "two", "three", "option"):
        place = _ENDS[word]
    elif word in _MIDDLES and after in ("one", "option", "point", "box"):
        return [_MIDDLE]
    elif word in ordinals:
        place = ordinals[word]
    else:
        return []
    if before == "the" and set(words[max(0, at - 2) : at - 1]) & {"before", "since", "after", "until", "took", "had"}:
        return []  # "39.1 before the last one"
    if before in ("my", "our", "her", "his", "split", "every", "a", "than", "at"):
        return []  # "22 weeks with my second", "in a second", "no worse than last year", "at last"
    if set(words[at + 1 : at + 3]) & cue("time_unit"):
        return []  # "nothing in the last three months"
    count = _NUMBERS.get(after, 0) + 1 if after in ("two", "three", "2", "3") else 1
    if count == 1 and after not in _MARKS | cue("after_place"):
        return []
    return [place - step for step in range(count)] if place < 0 else [place + step for step in range(count)]


def resolve(positions: Positions, options: Sequence[Option]) -> Resolved | None:
    """What an answer by place says of the points that were shown; None when it names one that was not."""
    if positions.row:
        if len(positions.row) != len(options):
            return None
        return Resolved(_combine(zip(options, positions.row, strict=True)), frozenset(), {})
    middle = len(options) // 2 if len(options) % 2 else _MIDDLE  # an even list has no middle

    def find(places: Sequence[int]) -> list[int]:
        return [middle if place == _MIDDLE else place for place in places]

    named = {*find(positions.picked), *find(positions.denied), *find(positions.unsure)}
    if any(not -len(options) <= place < len(options) for place in named):
        return None

    def at(places: Sequence[int]) -> list[Option]:
        return [options[place] for place in find(places)]

    denied, unsure = at(positions.denied), at(positions.unsure)
    picked = [option for option in options if option not in denied] if positions.all_but else at(positions.picked)
    facts = _combine([*((option, True) for option in picked), *((option, False) for option in denied)])
    open_facts = {option.fact for option in unsure}
    rest = _combine(
        (option, False)
        for option in (options if positions.only else ())
        if option.fact not in facts and option.fact not in open_facts
    )
    return Resolved(facts, frozenset(open_facts - facts.keys()), rest)


def _combine(said: Iterable[tuple[Option, bool]]) -> dict[str, FactValue]:
    """The facts of points said to apply or not; a set holds all of its points that apply."""
    facts: dict[str, FactValue] = {}
    for option, applies in said:
        kind = FACTS[option.fact].kind
        before = facts.get(option.fact)
        if kind is FactKind.BOOL:
            facts[option.fact] = applies
        elif applies and isinstance(option.value, tuple) and isinstance(before, tuple):
            facts[option.fact] = (*before, *option.value)
        elif applies:
            facts[option.fact] = option.value
        elif kind is FactKind.CHOICE and "none" in FACTS[option.fact].values:
            facts.setdefault(option.fact, "none")
    return facts
