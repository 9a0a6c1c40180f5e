"""Facts with a choice of values: side, site, who answers, what is limited, what was tried, the diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from hip.assessment import FactValue
from hip.language.clauses import MARKS
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lexicon import Entry, Found
from hip.language.medicines import is_injected

_OTHER_SIDE: Final = {"left": "right", "right": "left"}
_LETTERS: Final = {"l": "left", "r": "right"}
#: A message of so few words that names a side is about the hip.
_SHORT: Final = 6
_CORRECTED_REACH: Final = 6
_ONE: Final = ("side", "diagnosis")
#: Fact to the looser words that count only when it was asked.
_ASKED_WORDS: Final = {"activity_limits": "_limit_word", "lifestyle_tried": "_life_word"}
#: All that is read here.
_READ: Final = frozenset(
    {"side", "_side_word", "diagnosis", "site", "_site_word", "_pain_at", "medicines_tried"}
    | _ASKED_WORDS.keys()
    | set(_ASKED_WORDS.values())
)
#: In a question to us these are asked about, not told.
_TOLD: Final = frozenset({"activity_limits", "lifestyle_tried", "medicines_tried", "diagnosis", "site"})
_FAULTED: Final = frozenset({"that", "this", "it", "something", "quite", "thats"})
_MAIN: Final = frozenset({"mainly", "mostly", "worst", "primarily", "especially", "chiefly", "more", "deep"})


def read_choices(
    found: Sequence[Found], scopes: Scopes, words: Sequence[str], question: str | None, proxy: bool, corrects: bool
) -> dict[str, FactValue]:
    """The choice and set facts a message says; what it denies is left out."""
    facts: dict[str, FactValue] = {}
    live = [match for match in found if match.entry.fact in _READ and _applies(match, scopes, proxy)]
    if question is None and not corrects and len(words) > _SHORT and not cue("about_body") & set(words):
        live = [match for match in live if match.entry.fact != "side" or _says_both_hips(match)]
    if question != "side" and len(words) > _SHORT:
        live = [match for match in live if not _is_bare_both(match, scopes)]
    for fact in _ONE:
        values = [
            match
            for match in live
            if (match.entry.fact == fact and not scopes.at(match.used).negated)
            or (match.entry.fact == fact == "diagnosis" and match.entry.value == "none")
        ]
        if fact == "diagnosis":
            named = [match for match in values if match.entry.value != "none"]
            values = named or values
        if values:
            facts[fact] = _pick(values)
    if (question == "side" or corrects) and "side" not in facts:
        sides = {
            _LETTERS.get(word, word): _taken_back(words, place)
            for place, word in enumerate(words)
            if (word in _OTHER_SIDE and (question == "side" or _means_a_side(words, place)))
            or (word in _LETTERS and question == "side")
        }
        kept = [word for word, back in sides.items() if not back] or [_OTHER_SIDE[word] for word in sides]
        if len(kept) == 1:
            facts["side"] = kept[0]
    if question == "side" and any(match.entry.fact == "_side_word" for match in live):
        facts["side"] = "both"
    site = _read_site(live, scopes, words, question, corrects)
    if site is not None:
        facts["site"] = site
    for fact in ("activity_limits", "lifestyle_tried", "medicines_tried"):
        chosen = _read_set(fact, live, scopes, question)
        if chosen:
            facts[fact] = chosen
    return facts


def _says_both_hips(match: Found) -> bool:
    return match.entry.value == "both" and len(match.used) > 1


def _is_bare_both(match: Found, scopes: Scopes) -> bool:
    """Whether a "both" is of no hips: "paracetamol and ibuprofen, both useless"."""
    if match.entry.fact != "side" or match.entry.value != "both" or len(match.used) > 1:
        return False
    clause = set(scopes.words[scopes.clause_start(match.start) : scopes.clause_end(match.start)])
    return match.start == match.end - 1 and not clause & (cue("about_hip") | cue("body_part") | {"sides", "them"})


def _means_a_side(words: Sequence[str], place: int) -> bool:
    """Whether a correction speaks of a side: "not right" does, "that is not right" finds fault."""
    faulted = set(words[max(0, place - 3) : place]) & _FAULTED
    return words[max(0, place - 1)] in cue("side_meant") and not (words[place] == "right" and faulted)


def _taken_back(words: Sequence[str], place: int) -> bool:
    return bool(set(words[max(0, place - 2) : place]) & cue("taken_back"))


def _applies(match: Found, scopes: Scopes, proxy: bool) -> bool:
    context = scopes.at(match.used)
    if match.entry.fact in _TOLD and scopes.asks(match.start):
        return False
    return not context.supposed and not context.unsure and not context.kin and (proxy or not context.family)


def _pick(values: Sequence[Found]) -> FactValue:
    """Both wins over one; otherwise what was said first."""
    for match in values:
        if match.entry.value == "both":
            return "both"
    return min(values, key=lambda match: match.start).entry.value


def _read_site(
    live: Iterable[Found], scopes: Scopes, words: Sequence[str], question: str | None, corrects: bool
) -> FactValue | None:
    matches = list(live)
    names = {"site", "_site_word"} if question == "site" else {"site"}
    places = [match for match in matches if match.entry.fact in names and not scopes.at(match.used).negated]
    if any(match.entry.fact == "site" and match.entry.value == "outer_hip" for match in places):
        places = [match for match in places if match.entry != Entry("_site_word", "outer_hip", "symptom")]
    if question != "site":
        pains = [match for match in matches if match.entry.fact == "_pain_at" and not scopes.at(match.used).negated]
        told = bool(pains) or bool(cue("about_trouble") & set(words))
        places = [
            place
            for place in places
            if place.entry.value != "elsewhere"
            and (
                (corrects and _is_put_right(place, matches, words))
                or any(_belongs(pain, place, scopes) for pain in pains)
                or (_locates(place, scopes) and told)
            )
        ]
    places = [one for one in places if not any(_within(one, other) for other in places)]
    if not places:
        return None
    main = [place for place in places if set(words[max(0, place.start - 4) : place.start]) & _MAIN]
    first = min(places, key=lambda place: place.start)
    return (main or [first])[0].entry.value


def _is_put_right(place: Found, found: Iterable[Found], words: Sequence[str]) -> bool:
    """Whether a place is given instead of another: "it's the buttock not the groin", "not the groin, the buttock"."""
    return any(
        other.entry.fact == "site"
        and other.entry.value != place.entry.value
        and (
            "not" in words[place.end : other.start]
            or ("not" in words[max(0, other.start - 2) : other.start] and "," in words[other.end : place.start])
        )
        for other in found
        if abs(other.start - place.start) <= _CORRECTED_REACH
    )


def _within(one: Found, other: Found) -> bool:
    """Whether a longer name of a place takes in a shorter one: "front of my thigh"."""
    return len(one.used) < len(other.used) and bool(set(one.used) & set(other.used))


def _locates(place: Found, scopes: Scopes) -> bool:
    """Whether a place stands in a clause, or between marks, that says no more than where: "it's in my left buttock"."""
    words = scopes.words
    start, end = place.start, place.end
    while start > 0 and words[start - 1] not in MARKS:
        start -= 1
    while end < len(words) and words[end] not in MARKS:
        end += 1
    return all(at in place.used or words[at] in cue("locating") | cue("says_where") for at in range(start, end))


def _belongs(pain: Found, place: Found, scopes: Scopes) -> bool:
    near = min(abs(place.start - pain.end), abs(pain.start - place.end)) <= 5
    return near and scopes.clause(pain.start) == scopes.clause(place.start)


def _read_set(fact: str, live: Iterable[Found], scopes: Scopes, question: str | None) -> tuple[str, ...]:
    names = {fact, _ASKED_WORDS[fact]} if question == fact and fact in _ASKED_WORDS else {fact}
    chosen: list[str] = []
    for match in live:
        if match.entry.fact not in names:
            continue
        context = scopes.at(match.used)
        if context.asked or (context.negated and not (fact == "activity_limits" and match.entry.fact == fact)):
            continue
        value = match.entry.value
        if value in ("gel", ("gel",)) and is_injected(scopes.words, match.start, question):
            continue
        chosen.extend(value if isinstance(value, tuple) else (str(value),))
    return tuple(dict.fromkeys(chosen))
