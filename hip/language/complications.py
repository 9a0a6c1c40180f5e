"""What one trouble of a message says of another: a limb numb after an injection or an injury, a reaction, a faint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lengths import Lengths
from hip.language.lexicon import Found
from hip.language.procedures import RECENT_WEEKS

#: What a recent injection into the hip may bring about (rules.md R15, R15c, R15d).
_AFTER_INJECTION: Final = ("leg_numb_after_injection", "allergic_reaction", "procedure_getting_worse")
#: Troubles that come suddenly and are no sudden pain of the hip.
_SUDDEN_ELSEWHERE: Final = ("abdominal_emergency", "vision_or_new_headache")
#: Words before what was done, among which a "since" stands.
_LED_REACH: Final = 4
_HIP_PARTS: Final = ("hip", "leg")


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
    injected = _is_told("_injected_here", found, scopes, proxy)
    if not facts.get("longstanding_numbness"):
        numb, weak = (_is_told(fact, found, scopes, proxy) for fact in ("_numb_limb", "_weak_limb"))
        if injected and (numb or weak) and not _is_long_ago(lengths):
            facts["leg_numb_after_injection"] = True
        elif facts.get("injury") and numb:
            facts["leg_numb_after_injury"] = True
    if injected and any(facts.get(fact) for fact in _AFTER_INJECTION):
        _settle_injection(facts, lengths, question)
    _drop_explained(facts, found, scopes, question)


def _settle_injection(facts: dict[str, Any], lengths: Lengths, question: str | None) -> None:
    """An injection that did harm was a recent one, and of what kind it was nothing was asked yet."""
    acute = facts.get("leg_numb_after_injection") or facts.get("allergic_reaction")
    recent = acute or any(span.weeks <= RECENT_WEEKS for span in lengths.times)
    if recent and not _is_long_ago(lengths):
        facts.setdefault("recent_hip_procedure", "injection")
        facts.pop("duration_weeks", None)  # the time is that of the injection
        unasked = question != "previous_injection" and "previous_injection_helped" not in facts
        if facts.get("previous_injection") == "unsure" and unasked:
            facts.pop("previous_injection")
            facts.pop("previous_injection_weeks", None)


def _is_long_ago(lengths: Lengths) -> bool:
    return any(span.weeks > RECENT_WEEKS for span in lengths.times)


def _drop_explained(facts: dict[str, Any], found: Sequence[Found], scopes: Scopes, question: str | None) -> None:
    """Leave out what is only another name for the trouble told."""
    if facts.get("allergic_reaction") and question is None:
        # A face that swells up after the injection is no hip that got worse, and its wheeze is part of the reaction.
        if not facts.get("hot_swollen_joint"):
            facts.pop("procedure_getting_worse", None)
        if _says_only("chest_pain_or_breathless", cue("wheeze"), found, scopes):
            facts.pop("chest_pain_or_breathless", None)
    elsewhere = any(facts.get(fact) for fact in _SUDDEN_ELSEWHERE)
    if facts.get("sudden_severe_onset") and elsewhere and question is None:
        if not any(scopes.find(name) for name in _HIP_PARTS):
            del facts["sudden_severe_onset"]
    if facts.get("collapse") and question is None:
        for fact in ("sepsis_signs", "fever_or_unwell"):
            if _says_only(fact, cue("faintness"), found, scopes):
                facts.pop(fact, None)


def _says_only(fact: str, words: frozenset[str], found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether all that tells a fact is told in some words."""
    told = [match for match in found if match.entry.fact == fact and match.entry.value is True]
    return bool(told) and all(scopes.words[place] in words for match in told for place in match.used)


def _is_told(fact: str, found: Sequence[Found], scopes: Scopes, proxy: bool) -> bool:
    """Whether something is told of the patient as it is now: not denied, supposed, asked about or over."""
    for match in found:
        if match.entry.fact != fact:
            continue
        context = scopes.at(match.used)
        led_by = set(scopes.words[max(0, match.start - _LED_REACH) : match.start])
        denied = context.negated and not led_by & cue("since_then")  # "hasn't woken up since the jab"
        set_aside = context.supposed or context.asked or context.not_mine or context.kin or context.past or context.over
        if not (set_aside or denied or (context.family and not proxy)):
            return True
    return False
