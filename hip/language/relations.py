"""Facts that follow from one another, or that the words of one question say of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hip.language.context import Scopes
from hip.language.lengths import Lengths
from hip.language.lexicon import Found

_RECENT_VACCINE_WEEKS: Final = 2.5
_FOLLOW_UPS: Final = frozenset({"previous_injection_weeks"})


def settle_related(
    facts: dict[str, Any],
    unsure: set[str],
    found: Sequence[Found],
    scopes: Scopes,
    lengths: Lengths,
    question: str | None,
    words: Sequence[str],
) -> None:
    """Change the facts of a message where one follows from another, or from what was asked."""
    entries = {match.entry.fact: match for match in found}
    for match in found:
        if match.entry.fact == "_topic" and scopes.at(match.used).negated_after:
            facts.setdefault(str(match.entry.value), False)
    _settle_weight(facts, question)
    _settle_numbness(facts, unsure, entries.get("_numbness"), scopes, question)
    _settle_procedures(facts, entries, scopes, lengths, question)
    if question == "pain_pattern" and "_activity_word" in entries and "worse_with_activity" not in facts:
        facts["worse_with_activity"] = not scopes.at(entries["_activity_word"].used).negated
    _settle_asked(facts, entries.get("_control"), scopes, lengths, question, words)


def _settle_weight(facts: dict[str, Any], question: str | None) -> None:
    if "weight_loss" in facts.get("lifestyle_tried", ()):
        if facts.get("weight_loss") and question != "lifestyle_tried":
            facts["lifestyle_tried"] = tuple(kind for kind in facts["lifestyle_tried"] if kind != "weight_loss")
        elif "weight_loss" in facts:
            facts["weight_loss"] = False
    if not facts.get("lifestyle_tried", ("",)):
        del facts["lifestyle_tried"]


def _settle_numbness(
    facts: dict[str, Any], unsure: set[str], numb: Found | None, scopes: Scopes, question: str | None
) -> None:
    if numb is not None and "saddle_numbness" not in facts and not facts.get("longstanding_numbness"):
        context = scopes.at(numb.used)
        if context.unsure:
            unsure.add("saddle_numbness")
        elif context.negated:
            facts["saddle_numbness"] = scopes.excepts(numb.used, "saddle")
        elif question == "nerve_screen" and not context.supposed and not facts.get("both_legs_weak"):
            facts["saddle_numbness"] = True
    if facts.get("longstanding_numbness") and facts.get("saddle_numbness"):
        del facts["saddle_numbness"]
    if question == "infection_screen" and facts.get("chest_pain_or_breathless"):
        facts["sepsis_signs"] = True


def _settle_procedures(
    facts: dict[str, Any], entries: Mapping[str, Found], scopes: Scopes, lengths: Lengths, question: str | None
) -> None:
    if facts.get("steroid_or_anaesthetic_allergy") and "previous_injection_weeks" not in facts:
        facts.pop("previous_injection", None)
    if (
        question in ("previous_injection", "previous_injection_helped")
        and "_helped" in entries
        and "previous_injection_helped" not in facts
    ):
        match = entries["_helped"]
        facts["previous_injection_helped"] = (match.entry.value is True) != scopes.at(match.used).negated
    if facts.get("previous_injection", "none") != "none" and "_which_helped" in entries:
        match = entries["_which_helped"]
        facts.setdefault("previous_injection_helped", (match.entry.value is True) != scopes.at(match.used).negated)
    if "previous_injection_helped" in facts and facts.get("previous_injection") == "none":
        del facts["previous_injection_helped"]
    if question == "hip_history" and "_replacement_word" in entries:
        match = entries["_replacement_word"]
        facts.setdefault("hip_replacement", not scopes.at(match.used).negated)
    recent = facts.get("recent_hip_procedure") in ("injection", "operation")
    if recent and (facts.get("hot_swollen_joint") or facts.get("worsening_fast")):
        facts.setdefault("procedure_getting_worse", True)
    # Worse again long after, or after it had helped, is the old pain and no complication.
    old_pain = facts.pop("_long_ago", False) or facts.get("previous_injection_helped")
    if old_pain and facts.get("procedure_getting_worse"):
        del facts["procedure_getting_worse"]


def _settle_asked(
    facts: dict[str, Any],
    control: Found | None,
    scopes: Scopes,
    lengths: Lengths,
    question: str | None,
    words: Sequence[str],
) -> None:
    if facts.get("recent_vaccine") and any(span.weeks > _RECENT_VACCINE_WEEKS for span in lengths.times):
        facts["recent_vaccine"] = False
    if question in _FOLLOW_UPS and question not in facts and lengths.times:
        facts[question] = lengths.times[0].weeks
        facts.pop("duration_weeks", None)
    if facts.get("leg_numb_after_injection") is False:
        del facts["leg_numb_after_injection"]
    if question == "diabetes_poor_control":
        if not lengths.times:
            facts.pop("diabetes", None)
        facts.pop("worsening_fast", None)
        if control is not None and question not in facts:
            facts[question] = (control.entry.value is True) != scopes.at(control.used).negated
    if facts.get("diagnosis") == "none" and question != "diagnosis" and not any(w.startswith("diagnos") for w in words):
        del facts["diagnosis"]
    if facts.get("other_joints") and question != "site" and facts.get("site") == "knee":
        del facts["site"]
    if facts.get("overdose"):
        facts.pop("medicines_tried", None)
    if "consent" in facts and question != "consent":
        del facts["consent"]
    if "morning_stiffness_minutes" not in facts and _denies_stiffness(words, scopes, question):
        facts["morning_stiffness_minutes"] = 0


def _denies_stiffness(words: Sequence[str], scopes: Scopes, question: str | None) -> bool:
    if question != "stiffness" and "morning" not in words and "mornings" not in words:
        return False
    return any(word in ("stiff", "stiffness") and scopes.at((place,)).negated for place, word in enumerate(words))
