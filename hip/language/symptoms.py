"""Yes/no facts: what the lexicon found, read in its context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from hip.assessment import EMERGENCY_SCREENS, FACTS, FactKind
from hip.language.bearers import Bearer
from hip.language.context import Context, Scopes
from hip.language.cues import cue
from hip.language.lexicon import IGNORED, Found
from hip.language.respondents import speaks_of_them

#: Facts that may belong to a relative without the relative being the patient.
_ACUTE: Final = frozenset(
    fact.id
    for fact in FACTS.values()
    if fact.question in EMERGENCY_SCREENS
    or fact.id in {"limp", "collapse", "suicidal", "overdose", "constant_night_pain", "worsening_fast"}
)
_SCREENS: Final = frozenset(fact.id for fact in FACTS.values() if fact.question in EMERGENCY_SCREENS)
#: Said in a question to us ("can I have it if I'm on warfarin?") these are still told.
_TOLD_IN_QUESTIONS: Final = frozenset(
    fact.id for fact in FACTS.values() if fact.question in {"injection_checks", "hip_history", "health_screen"}
)
#: A past bout of these says nothing of now.
_ILLNESS: Final = frozenset({"fever_or_unwell", "chest_pain_or_breathless", "abdominal_emergency", "sepsis_signs"})
#: Of these a relative named afterwards is the bearer ("breast cancer, but that was my sister").
_INHERITED: Final = frozenset(
    {"cancer_history", "diabetes", "hip_replacement", "bone_risk", "avascular_risk", "anticoagulant"}
)
_THEIRS: Final = ("his", "hers", "theirs")
#: Classes of ``words.yml`` and the fact files whose words are about a body.
_BODILY_CLASSES: Final = ("hip", "leg", "body", "pain", "breathless", "chest", "belly", "saddle", "numb", "swollen")
_PERSON_REACH: Final = 4
#: Words of the writer's own trouble, besides the facts.
_BODILY: Final = frozenset({"_pain_at", "_numbness", "site", "side"})
_HIP_TROUBLE: Final = frozenset({"_pain_at", "_hip_trouble"})
#: A cry for help is heard however it is put ("I wonder if it's worth going on").
_NEVER_DOUBTED: Final = frozenset({"suicidal", "overdose"})
#: Not getting better is not yet getting worse.
_ONE_WAY: Final = frozenset({"worsening_fast"})
#: A "no" of another item of a list says nothing of these: "no diagnosis, scan was clear".
_SAID_WHOLE: Final = frozenset({"normal_imaging"})
#: In a question to us these are asked about, not told.
_ROUTINE: Final = frozenset(
    {"worse_with_activity", "surgery_planned", "worsening_fast", "previous_injection_helped", "other_joints"}
)


@dataclass(frozen=True)
class Said:
    """A yes/no fact as one match says it."""

    fact: str
    value: bool
    used: tuple[int, ...]
    unsure: bool = False


def drop_ignored(found: Iterable[Found], words: Sequence[str]) -> list[Found]:
    """Leave out what an idiom or a hedge explains, and what a longer match of the same fact says otherwise.

    An idiom that runs on into what somebody did next is none: "can't take any weight since I fell" holds no weight that
    fell.
    """
    by_fact: dict[str, list[Found]] = defaultdict(list)
    for match in found:
        by_fact[match.entry.fact].append(match)
    kept: list[Found] = []
    for matches in by_fact.values():
        idioms = [set(match.used) for match in matches if match.entry.value == IGNORED and not _runs_on(match, words)]
        real = [match for match in matches if match.entry.value != IGNORED]
        real = [match for match in real if not any(_explains(idiom, match) for idiom in idioms)]
        if any(match.entry.value != real[0].entry.value for match in real):
            real = [match for match in real if not any(_outdoes(other, match) for other in real)]
        kept.extend(real)
    return kept


def drop_foreign(found: Sequence[Found], scopes: Scopes) -> list[Found]:
    """Leave out what a message to a bank, a phone or a cook seems to tell, unless it happened to a person."""
    words = [word for word, after in pairwise([*scopes.words, ""]) if (word, after) != ("account", "for")]
    if not set(words) & cue("other_trade") or any(scopes.find(name) for name in _BODILY_CLASSES):
        return list(found)
    return [
        match
        for match in found
        if match.entry.fact in _NEVER_DOUBTED
        or match.start == 0
        or set(scopes.words[max(0, match.start - _PERSON_REACH) : match.start + 1]) & cue("person")
        or scopes.bearers.at(match.start) is Bearer.OTHER
    ]


def _runs_on(match: Found, words: Sequence[str]) -> bool:
    """Whether a link and a person who does something stand within a match without being part of it."""
    return any(
        place not in match.used and words[place] in cue("links_on") and words[place + 1] in cue("person")
        for place in range(match.start, match.used[-1])
    )


def _explains(idiom: set[int], match: Found) -> bool:
    """Whether an idiom accounts for a match; not when the match says more, and says no: "can't fault my bladder"."""
    used = set(match.used)
    return bool(idiom & used) and not (match.entry.value is False and idiom < used)


def _outdoes(longer: Found, match: Found) -> bool:
    return longer.entry.value != match.entry.value and set(match.used) < set(longer.used)


def read_symptoms(found: Sequence[Found], scopes: Scopes, proxy: bool) -> list[Said]:
    """The yes/no facts said of the patient.

    Args:
        found: what is left after ``drop_ignored``.
        scopes: the message's clauses and cues.
        proxy: the message is about a relative, who is then the patient.
    """
    said: list[Said] = []
    for match in found:
        fact, value = match.entry.fact, match.entry.value
        if fact not in FACTS or FACTS[fact].kind is not FactKind.BOOL or not isinstance(value, bool):
            continue
        if fact != "procedure_getting_worse" and scopes.changes_subject(match.used):
            continue
        context = scopes.at(match.used)
        if context.not_mine:
            said.append(Said(fact, False, match.used))
            continue
        if context.kin or (not proxy and _is_relatives(fact, context)):
            continue
        if fact in _ROUTINE and scopes.asks(match.start):
            continue
        told = scopes.tells_of_writer(match.used)
        if not told and (context.asked or (fact in _TOLD_IN_QUESTIONS and scopes.asks(match.start))):
            continue
        if context.supposed and value and fact not in _NEVER_DOUBTED and scopes.denies_supposed(match.used):
            said.append(Said(fact, False, match.used))
            continue
        if fact not in _NEVER_DOUBTED and (context.supposed or (context.asked and fact not in _TOLD_IN_QUESTIONS)):
            continue
        over = _is_over(fact, context) and not (fact == "overdose" and scopes.is_vaguely_past(match.used))
        if match.entry.kind != "history" and value and not context.negated and over:
            continue
        denied = context.negated_near if fact in _SAID_WHOLE else context.negated
        turned = context.negated_near and fact not in _ONE_WAY
        said.append(Said(fact, not denied if value else turned, match.used, context.unsure))
    return [*said, *_read_no_flow(found, scopes, proxy)]


def _read_no_flow(found: Sequence[Found], scopes: Scopes, proxy: bool) -> list[Said]:
    """What will not start, where another clause names the toilet: "I keep going for a wee but can't get it started"."""
    if not any(scopes.find(name) for name in ("bladder", "toilet_trip")):
        return []
    stuck = [(match.used, scopes.at(match.used)) for match in found if match.entry.fact == "_no_flow"]
    return [
        Said("bladder_bowel_change", True, used, context.unsure)
        for used, context in stuck
        if not (context.supposed or context.asked or context.not_mine or context.kin or context.past or context.over)
        and not context.negated
        and (proxy or not _is_relatives("bladder_bowel_change", context))
    ]


def _is_relatives(fact: str, context: Context) -> bool:
    if context.family or (fact not in _ACUTE and context.family_near and context.bearer is not Bearer.SELF):
        return True
    lasting = fact in _INHERITED
    return lasting and not context.negated and (context.family_near or context.family_after)


def _is_over(fact: str, context: Context) -> bool:
    past = context.long_past if fact == "injury" else context.past
    return past or context.over or (fact in _ILLNESS and context.past_illness)


def settle(said: Iterable[Said]) -> tuple[dict[str, bool], set[str]]:
    """One value a fact: a yes outweighs a no. Returns the values and the facts the person is not sure of."""
    values: dict[str, bool] = {}
    unsure: set[str] = set()
    for one in said:
        if one.unsure:
            unsure.add(one.fact)
        else:
            values[one.fact] = values.get(one.fact, False) or one.value
    return values, {fact for fact in unsure if not values.get(fact)}


def speaks_for_another(found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether a relative is the patient: one asks for them, or they have trouble now and the writer tells of none."""
    if any(match.entry.fact == "_asks_for" for match in found):
        return True
    if _tells_story(scopes):
        return False
    if speaks_of_them(found, scopes):
        return True
    return not speaks_of_self(found, scopes) and any(
        _is_acute(match, scopes) or _is_hip_trouble(match, scopes) for match in found
    )


def _tells_story(scopes: Scopes) -> bool:
    """Whether a message only asks about what befell somebody: "his hip went septic after his. Is that common?"."""
    words = list(scopes.words)
    place = next(
        (at for at, pair in enumerate(pairwise(words)) if pair[0] == "after" and pair[1] in ("his", "hers", "theirs")),
        0,
    )
    said = set(words[:place])
    return bool(said & cue("became")) and not said & cue("still_so") and "?" in words and bool(set(words) & cue("odds"))


def speaks_of_self(found: Iterable[Found], scopes: Scopes) -> bool:
    """Whether the writer tells of a body of their own: "my hip", "I've had it for weeks", "mine just aches"."""
    return any(_is_bodily(match) and scopes.bearers.of(match.used) is Bearer.SELF for match in found) or (
        scopes.tells_of_own_body()
    )


def _is_bodily(match: Found) -> bool:
    if match.entry.fact == "respondent" and (len(match.used) == 1 or match.entry.value == "someone_else"):
        return False  # a bare "me": "his teacher rang me"; "I look after my father in law"
    return match.entry.fact in _BODILY or (match.entry.fact in FACTS and match.entry.kind == "symptom")


def _is_hip_trouble(match: Found, scopes: Scopes) -> bool:
    """Whether a match tells of pain in a relative's hip that lasts."""
    if match.entry.fact not in _HIP_TROUBLE or not scopes.find("hip"):
        return False
    context = scopes.at(match.used)
    plain = not (context.supposed or context.asked or context.negated or context.past or context.over)
    return plain and context.bearer is Bearer.OTHER and not scopes.had_once(match.start)


def _is_acute(match: Found, scopes: Scopes) -> bool:
    """Whether a match tells of a relative's trouble of the kind that brings somebody here, and not of old news."""
    if match.entry.fact not in _ACUTE or match.entry.value is not True:
        return False
    context = scopes.at(match.used)
    if context.bearer is not Bearer.OTHER or context.supposed or _is_over(match.entry.fact, context):
        return False
    return not (FACTS[match.entry.fact].question == "circulation_screen" and scopes.had_once(match.start))
