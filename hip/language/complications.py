"""What one trouble of a message says of another: a limb numb after an injection or an injury, a reaction, a faint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lengths import Lengths
from hip.language.lexicon import Found
from hip.language.procedures import RECENT_WEEKS
from hip.language.quantities import Span

#: What a recent injection into the hip may bring about (rules.md R15, R15c, R15d).
_AFTER_INJECTION: Final = ("leg_numb_after_injection", "allergic_reaction", "procedure_getting_worse")
#: Troubles that come suddenly and are no sudden pain of the hip.
_SUDDEN_ELSEWHERE: Final = ("abdominal_emergency", "vision_or_new_headache")
#: Words before what was done, among which a "since" stands.
_LED_REACH: Final = 4
_HIP_PARTS: Final = ("hip", "leg")
#: Words between an injection and the time it was given.
_TIME_REACH: Final = 9


def settle_complications(
    facts: dict[str, Any], found: Sequence[Found], scopes: Scopes, lengths: Lengths, question: str | None
) -> None:
    """Change the facts of a message where one trouble explains another.

    Args:
        facts: what was read so far; changed.
        found: what stands in the message.
        scopes: its clauses and cues.
        lengths: its times.
        question: id of the question just asked, or None.
    """
    proxy = facts.get("respondent") == "someone_else"
    injections = [match for match in _told("_injected_here", found, scopes, proxy) if not _is_wished(match, scopes)]
    time = _nearest(injections, lengths, scopes)
    injected = bool(injections) and (time is None or time.weeks <= RECENT_WEEKS)
    if not facts.get("longstanding_numbness"):
        numb, weak = (_is_told(fact, found, scopes, proxy) for fact in ("_numb_limb", "_weak_limb"))
        if injected and (numb or weak):
            facts["leg_numb_after_injection"] = True
        elif facts.get("injury") and numb:
            facts["leg_numb_after_injury"] = True
    if injected and any(facts.get(fact) for fact in _AFTER_INJECTION):
        _settle_injection(facts, time, question)
    _drop_explained(facts, found, scopes, question)
    seated = all(scopes.find(name) for name in ("saddle", "perch", "numb")) and not scopes.find("leg")
    if "saddle_numbness" not in facts and seated and _is_told("_still_numb", found, scopes, proxy):
        facts["saddle_numbness"] = True  # "I blamed the hard seat but it has stayed numb"


def _settle_injection(facts: dict[str, Any], time: Span | None, question: str | None) -> None:
    """An injection that did harm was a recent one, and of what kind it was nothing was asked yet."""
    acute = facts.get("leg_numb_after_injection") or facts.get("allergic_reaction")
    if not acute and time is None:
        return
    facts.setdefault("recent_hip_procedure", "injection")
    if time is not None and facts.get("duration_weeks") == round(time.weeks, 3):
        del facts["duration_weeks"]  # the time is that of the injection
    unasked = question != "previous_injection" and "previous_injection_helped" not in facts
    if facts.get("previous_injection") == "unsure" and unasked:
        facts.pop("previous_injection")
        facts.pop("previous_injection_weeks", None)


def _is_wished(match: Found, scopes: Scopes) -> bool:
    """Whether an injection is only wanted, offered or to come: "I'd like an injection"."""
    led_by = set(scopes.words[max(scopes.clause_start(match.start), match.start - _LED_REACH) : match.start])
    return bool(led_by & cue("not_done")) and not led_by & (cue("since_then") | cue("done"))


def _nearest(injections: Sequence[Found], lengths: Lengths, scopes: Scopes) -> Span | None:
    """The time told nearest to an injection, but for how long something has lasted: "for two years"."""
    gaps = [
        (gap, span.start, span)
        for span in lengths.times
        for match in injections
        if (gap := max(span.start - match.end, match.start - span.end, 0)) <= _TIME_REACH
        and not (span.start and scopes.words[span.start - 1] == "for")
    ]
    return min(gaps)[2] if gaps else None


def _drop_explained(facts: dict[str, Any], found: Sequence[Found], scopes: Scopes, question: str | None) -> None:
    """Leave out what is only another name for the trouble told."""
    if facts.get("allergic_reaction") and question is None:
        # A face that swells up after the injection is no hip that got worse, and its wheeze is part of the reaction.
        if not facts.get("hot_swollen_joint"):
            facts.pop("procedure_getting_worse", None)
        if _says_only("chest_pain_or_breathless", cue("wheeze"), found, scopes):
            facts.pop("chest_pain_or_breathless", None)
    elsewhere = any(facts.get(fact) for fact in _SUDDEN_ELSEWHERE) and not any(scopes.find(name) for name in _HIP_PARTS)
    if elsewhere and question is None:
        facts.pop("sudden_severe_onset", None)
    if facts.get("saddle_numbness") and _is_from_sitting(found, scopes):
        del facts["saddle_numbness"]
    if facts.get("cold_pale_leg") and _is_chill(scopes):
        del facts["cold_pale_leg"]
    if facts.get("collapse") and question is None and (facts.get("abdominal_emergency") or _fainted(scopes)):
        for fact in ("sepsis_signs", "fever_or_unwell"):
            if _says_only(fact, cue("faintness"), found, scopes):
                facts.pop(fact, None)


def _fainted(scopes: Scopes) -> bool:
    return bool(set(scopes.words) & cue("fainting"))


def _is_from_sitting(found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether a numb seat is that of anybody who sat too long, and passes: "goes numb in church, soon wears off"."""
    lasts = any(match.entry.fact == "_still_numb" for match in found)
    return not lasts and bool(scopes.find("perch")) and bool(scopes.find("soon_over"))


def _is_chill(scopes: Scopes) -> bool:
    """Whether cold feet are those of a cold house or a winter, both of them and of their usual colour."""
    words = set(scopes.words)
    return bool(words & cue("chilly")) and not words & cue("bloodless")


def _says_only(fact: str, words: frozenset[str], found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether all that tells a fact is told in some words."""
    told = [match for match in found if match.entry.fact == fact and match.entry.value is True]
    return bool(told) and all(scopes.words[place] in words for match in told for place in match.used)


def _is_told(fact: str, found: Sequence[Found], scopes: Scopes, proxy: bool) -> bool:
    return bool(_told(fact, found, scopes, proxy))


def _told(fact: str, found: Sequence[Found], scopes: Scopes, proxy: bool) -> list[Found]:
    """The matches that tell something of the patient as it is now: not denied, supposed, asked about or over."""
    told = []
    for match in found:
        if match.entry.fact != fact:
            continue
        context = scopes.at(match.used)
        led_by = set(scopes.words[max(0, match.start - _LED_REACH) : match.start])
        denied = context.negated and not led_by & cue("since_then")  # "hasn't woken up since the jab"
        set_aside = context.supposed or context.asked or context.not_mine or context.kin or context.past or context.over
        if not (set_aside or denied or (context.family and not proxy)):
            told.append(match)
    return told
