"""Facts that follow from one another, or that the words of one question say of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hip.assessment import EMERGENCY_SCREENS, FACTS
from hip.language.clauses import MARKS
from hip.language.complications import settle_complications
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lengths import Lengths
from hip.language.lexicon import Found

_ABOUT_INJECTIONS: Final = frozenset(
    {"previous_injection", "previous_injection_weeks", "previous_injection_helped", "injections_past_year"}
)
#: Words between two marks that name a point and little else, and of a whole answer of such parts.
_FEW: Final = 4
_SHORT: Final = 18
#: Words around a numbness that tell of what.
_NEAR: Final = 6
#: Weeks in a year.
_YEAR: Final = 52
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
    _settle_subjects(facts, unsure, found, scopes, question, words)
    _settle_weight(facts, question, words)
    _settle_numbness(facts, unsure, found, entries.get("_numbness"), scopes, lengths, question)
    settle_complications(facts, found, scopes, lengths, question)
    _settle_procedures(facts, found, entries, scopes, lengths, question)
    if question == "pain_pattern" and "_activity_word" in entries:
        activity = next(match for match in found if match.entry.fact == "_activity_word")
        denied = scopes.at(activity.used).negated
        before = set(words[scopes.clause_start(activity.start) : activity.start])
        if facts.get("worse_with_activity") is False and not denied and _ends_before_denial(activity, words):
            facts["worse_with_activity"] = True  # "walking, not getting worse fast"
        if not before & cue("once"):  # "ten days ago I was dancing"
            facts.setdefault("worse_with_activity", not denied)
    _settle_asked(facts, found, entries.get("_control"), scopes, lengths, question, words)


def _settle_subjects(
    facts: dict[str, Any],
    unsure: set[str],
    found: Sequence[Found],
    scopes: Scopes,
    question: str | None,
    words: Sequence[str],
) -> None:
    """What a few words say of the points of the checklist asked: "the weight yes, rest no", "prostate, in 2014".

    For an emergency a yes has to be there; else a name in few words is enough, since the safe side is to take it.
    """
    asked_of_all = question in EMERGENCY_SCREENS
    for match in found:
        fact_id = str(match.entry.value)
        if match.entry.fact != "_subject" or FACTS[fact_id].question != question or fact_id in facts:
            continue
        context = scopes.at(match.used)
        plainly = not (
            context.negated
            or context.negated_after
            or context.unsure
            or context.asked
            or context.supposed
            or context.family
        )
        if fact_id not in unsure and plainly and not scopes.is_fine(match.used):
            part = scopes.part(match.used)
            if cue("yes_word") & set(part) or (not asked_of_all and len(part) <= _FEW and len(words) <= _SHORT):
                facts[fact_id] = True


def _ends_before_denial(match: Found, words: Sequence[str]) -> bool:
    """Whether a mark stands between a match and the first denial after it."""
    after = words[match.end :]
    denial = next((place for place, word in enumerate(after) if word in cue("denying")), 0)
    return bool(MARKS & set(after[:denial]))


def _settle_weight(facts: dict[str, Any], question: str | None, words: Sequence[str]) -> None:
    if "weight_loss" in facts.get("lifestyle_tried", ()):
        if facts.get("weight_loss") and question != "lifestyle_tried":
            facts["lifestyle_tried"] = tuple(kind for kind in facts["lifestyle_tried"] if kind != "weight_loss")
        elif "weight_loss" in facts:
            facts["weight_loss"] = False
    if facts.get("weight_loss") and _is_meant(words):
        facts["weight_loss"] = False
    if not facts.get("lifestyle_tried", ("",)):
        del facts["lifestyle_tried"]


def _is_meant(words: Sequence[str]) -> bool:
    """Whether a loss of weight is said to be wanted, in another part of the message: "a few pounds but on purpose"."""
    for place, word in enumerate(words):
        meant = word in cue("meant") or (word == "on" and words[place + 1 : place + 2] == ["purpose"])
        if meant and not set(words[max(0, place - 3) : place]) & (cue("denying") | {"without", "havent", "arent"}):
            return True
    return False


def _is_years(lengths: Lengths) -> bool:
    return any(span.weeks > _YEAR for span in lengths.times)


def _tells_apart(found: Sequence[Found]) -> bool:
    """Whether the old numbness and that of the saddle are told in different words."""
    old = {place for match in found if match.entry.fact == "longstanding_numbness" for place in match.used}
    return any(
        match.entry.fact == "saddle_numbness" and match.entry.value is True and not old & set(match.used)
        for match in found
    )


def _settle_numbness(
    facts: dict[str, Any],
    unsure: set[str],
    found: Sequence[Found],
    numb: Found | None,
    scopes: Scopes,
    lengths: Lengths,
    question: str | None,
) -> None:
    new = bool(cue("new_now") & set(scopes.words))
    if (
        numb is not None
        and "saddle_numbness" not in facts
        and not new
        and scopes.says_unchanged()
        and (_is_years(lengths) or "told" in scopes.words)
    ):
        # "the patch on my thigh has been numb since 2010, it never changed": R4n, not R4
        facts["longstanding_numbness"] = True
    if numb is not None and "saddle_numbness" not in facts and not facts.get("longstanding_numbness"):
        context = scopes.at(numb.used)
        if context.unsure:
            unsure.add("saddle_numbness")
        elif context.negated:
            facts["saddle_numbness"] = scopes.excepts(numb.used, "saddle")
        elif question == "nerve_screen" and not context.supposed and not facts.get("both_legs_weak"):
            facts["saddle_numbness"] = True
    if facts.get("longstanding_numbness") and facts.get("saddle_numbness"):
        # "numb thigh for 20 years, now it has crept round to my privates": the new one counts
        del facts["longstanding_numbness" if new and _tells_apart(found) else "saddle_numbness"]
    if question == "infection_screen" and facts.get("chest_pain_or_breathless"):
        facts["sepsis_signs"] = True


def _settle_procedures(
    facts: dict[str, Any],
    found: Sequence[Found],
    entries: Mapping[str, Found],
    scopes: Scopes,
    lengths: Lengths,
    question: str | None,
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
    told = facts.get("previous_injection", "none" if question not in _ABOUT_INJECTIONS else None)
    if "previous_injection_helped" in facts and told == "none":
        del facts["previous_injection_helped"]
    if question == "hip_history" and "_replacement_word" in entries:
        match = entries["_replacement_word"]
        if not scopes.at(match.used).family:
            facts.setdefault("hip_replacement", not scopes.at(match.used).negated)
    if facts.get("hip_replacement") and question != "hip_history" and _is_other_side(facts.get("side"), found, scopes):
        del facts["hip_replacement"]  # hip_history asks about this hip
    recent = facts.get("recent_hip_procedure") in ("injection", "operation")
    if recent and (facts.get("hot_swollen_joint") or facts.get("worsening_fast")):
        facts.setdefault("procedure_getting_worse", True)
    # Worse again long after, or after it had helped, is the old pain and no complication.
    old_pain = facts.pop("_long_ago", False) or facts.get("previous_injection_helped")
    if old_pain and facts.get("procedure_getting_worse"):
        del facts["procedure_getting_worse"]


def _is_other_side(side: Any, found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether the hip that was replaced is the one on the other side than the pain."""
    other = {"left": "right", "right": "left"}.get(str(side))
    replaced = [match for match in found if match.entry.fact == "hip_replacement"]
    clauses = {scopes.clause(place) for match in replaced for place in match.used}
    said = {word for place, word in enumerate(scopes.words) if scopes.clause(place) in clauses}
    return other is not None and other in said and side not in said


def _is_still_numb(found: Sequence[Found], scopes: Scopes, words: Sequence[str]) -> bool:
    """Whether a leg is told to be numb still, in a message about an injection of today or yesterday."""
    numb = [match for match in found if match.entry.fact == "_numbness" and not scopes.at(match.used).negated]
    near = {word for match in numb for word in words[max(0, match.start - _NEAR) : match.end + _NEAR]}
    injected = bool(
        set(words) & (cue("injections") | cue("done_itself") | {"injection", "jab", "steroid", "cortisone"})
    )
    return injected and bool(set(words) & cue("just_done")) and "still" in near and bool(near & cue("limb"))


def _settle_asked(
    facts: dict[str, Any],
    found: Sequence[Found],
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
    if _is_still_numb(found, scopes, words):
        facts["leg_numb_after_injection"] = True
    for fact in ("leg_numb_after_injection", "leg_numb_after_injury"):
        if facts.get(fact) is False:
            del facts[fact]
    if facts.get("diabetes_poor_control") is False and question not in ("diabetes_poor_control", "injection_checks"):
        told = facts.get("diabetes") or set(words) & cue("sugar") or any(w.startswith("diabet") for w in words)
        if not told:
            del facts["diabetes_poor_control"]  # "bipolar, well managed on lithium"
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
