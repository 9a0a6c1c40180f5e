"""Reads a short answer in the light of the question just asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hip.assessment import EMERGENCY_SCREENS, FACTS, Fact, FactKind, FactValue, facts_of
from hip.language.answers import Answers, Short, affirm_rest, deny_rest
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.labels import Choices, find_agreed, find_called, find_described
from hip.language.positions import Positions, find_positions, resolve
from hip.language.reading import Answer
from hip.language.words import is_question

#: Questions that a "nothing yet" or "I haven't tried anything" answers with none.
_NONE_QUESTIONS: Final = frozenset(
    {"lifestyle_tried", "medicines_tried", "activity_limits", "previous_injection", "diagnosis"}
)
_YES: Final = frozenset({"yes", "yeah", "yep", "yup", "aye", "yea", "yeh"})
_MARKS: Final = frozenset({",", ".", "!", "?", ";", "\n"})
#: "Just the diabetes": an answer of so few words names all that applies.
_SHORT: Final = 12
_TWO: Final = 2
#: "In my knee once, never the hip": none that was asked about.
_NOT_HIP: Final = re.compile(r"\b(never|not)( in| into)?( the| this| my| that) (hip|one|side)\b")


@dataclass
class Draft:
    """What is understood of a message so far.

    Attributes:
        facts: fact id to raw value.
        unsure: ids of facts the person does not know.
        implied: ids among ``facts`` that were not mentioned but follow from an answer to the whole question.
        positions: points of a checklist named by their place.
        by_position: ids that rest on a place alone.
    """

    facts: dict[str, Any]
    unsure: set[str]
    implied: set[str] = field(default_factory=set)
    positions: Positions | None = None
    by_position: set[str] = field(default_factory=set)


def apply_answer(
    draft: Draft, question: str, words: Sequence[str], scopes: Scopes, answers: Answers, choices: Choices
) -> Answer | None:
    """Add to a draft what a message says as an answer to a question.

    Args:
        draft: what the words say by themselves; added to.
        question: id of the question just asked.
        words: the corrected words and marks.
        scopes: the message's clauses and cues.
        answers: the phrases of short answers.
        choices: the options of the question.

    Returns:
        The answer to the whole question, when it is one.
    """
    if question == "previous_injection":
        _read_unknown_kind(draft, words, answers)
    asked = _facts_asked(question)
    if _is_checklist(choices):
        for option in find_agreed(words, choices):
            draft.facts.setdefault(option.fact, option.value)
    stated = [fact.id for fact in asked if fact.id in draft.facts]
    if not stated and len(asked) == 1 and choices.options and asked[0].kind is not FactKind.SET:
        place = answers.ordinal(words)
        if place is not None and -1 <= place < len(choices.options):
            option = choices.options[place]
            draft.facts[option.fact] = option.value
            return None
    short = answers.read(words, scopes)
    denied = bool(stated) and question not in EMERGENCY_SCREENS  # "not diabetic, rest no"
    if short.rest and not denied and not any(_applies(draft.facts.get(fact.id)) for fact in asked):
        short = Short()  # what else is told was not read, so the list stays open: "gone odd down there, otherwise fine"
    described = find_described(words, choices) if _is_checklist(choices) else []
    if _is_checklist(choices) and not stated and not described and short.answer is Answer.YES and not short.whole:
        named = find_called(words, choices)
        draft.facts.update({option.fact: option.value for option in named})
        if named:
            return None
    for option in described:
        before, value = draft.facts.get(option.fact), option.value
        both = (*before, *value) if isinstance(before, tuple) and isinstance(value, tuple) else value
        draft.facts[option.fact] = both
    if len(choices.options) == _TWO and _is_checklist(choices) and _says_both(words):
        draft.facts.pop("side", None)
        draft.facts.update(affirm_rest(question, draft.facts))
        return Answer.YES
    if _is_checklist(choices) and _pick_places(draft, question, words, scopes, answers, choices):
        if short.answer is Answer.NO and short.whole:
            _deny(draft, question)
        return None
    stated = [fact.id for fact in asked if fact.id in draft.facts]
    affirmed = [fact_id for fact_id in stated if _applies(draft.facts[fact_id])]
    whole = _is_all(words, answers) or (described and len(words) <= _SHORT)
    if affirmed and short.answer in (None, Answer.YES) and whole and FactKind.BOOL in {fact.kind for fact in asked}:
        _deny(draft, question)
        return None
    corrects = answers.corrects(words) and not (cue("nothing") - {"not"}) & set(words)  # "oops not codeine, ibuprofen"
    return _apply_short(draft, short, question, asked, stated, words, corrects)


def _read_unknown_kind(draft: Draft, words: Sequence[str], answers: Answers) -> None:
    """Tell an injection of an unknown kind from not knowing of any: "no idea what they used", "can't say if I have".

    Somebody's first one is none.
    """
    said = set(words)
    if "first" in said and said & {"would", "be", "ll"} and not said & {"ago", "back", "last"}:
        draft.facts["previous_injection"] = "none"
    if draft.facts.get("previous_injection") in (None, "unsure") and _NOT_HIP.search(" ".join(words)):
        draft.facts["previous_injection"] = "none"
    if draft.facts.get("previous_injection") not in (None, "unsure", "none") or "never" in said - {"said", "told"}:
        return
    if not answers.is_unknown(words):
        return
    if said & {"if", "whether"}:
        draft.facts.pop("previous_injection", None)
    elif said & cue("kind_of") and said & cue("was_given") and not said & {"mean", "means"}:
        draft.facts["previous_injection"] = "unsure"


def _facts_asked(question: str) -> tuple[Fact, ...]:
    """The facts a question asks for; a follow-up about a single fact has that fact's id as its own."""
    return facts_of(question) or ((FACTS[question],) if question in FACTS else ())


def _applies(value: FactValue | None) -> bool:
    return value not in (None, False, "none", ("none",))


def _is_checklist(choices: Choices) -> bool:
    listed = {option.fact for option in choices.options}
    return bool(choices.none_label) and (
        len(listed) > 1 or any(FACTS[fact_id].kind is FactKind.SET for fact_id in listed)
    )


def _pick_places(
    draft: Draft, question: str, words: Sequence[str], scopes: Scopes, answers: Answers, choices: Choices
) -> bool:
    """Take points named by their place into the draft; whether there were any."""
    if is_question(" ".join(words)):
        return False  # "how long does an injection last?" names no last point
    positions = find_positions(words, question, answers.ordinals, scopes.is_unsure)
    resolved = resolve(positions, choices.options) if positions else None
    if positions is None or resolved is None:
        draft.positions = positions
        return False
    rest = {fact_id: value for fact_id, value in resolved.rest.items() if fact_id not in draft.facts}
    draft.positions = positions
    draft.facts.update(rest)
    draft.facts.update(resolved.facts)
    draft.unsure |= resolved.unsure
    draft.implied |= rest.keys()
    draft.by_position |= rest.keys() | resolved.facts.keys() | resolved.unsure
    return True


def _says_both(words: Sequence[str]) -> bool:
    plain = {word for word in words if word not in _MARKS}
    return "both" in plain and plain <= cue("beside_both") | _YES


def _is_all(words: Sequence[str], answers: Answers) -> bool:
    """Whether what is named is all that applies: "just the diabetes", "a bit of a temperature, that's all"."""
    plain = [word for word in words if word not in _MARKS]
    if len(plain) > _SHORT:
        return False
    opening = [word for word in plain[:3] if word not in _YES]
    only = opening[:1] in (["just"], ["only"]) and bool(set(opening[1:2]) & cue("named_after_only"))
    return only or answers.closes(plain)


def _apply_short(
    draft: Draft,
    short: Short,
    question: str,
    asked: Sequence[Fact],
    stated: Sequence[str],
    words: Sequence[str],
    corrects: bool,
) -> Answer | None:
    facts, unsure = draft.facts, draft.unsure
    if short.answer is Answer.SKIP:
        return Answer.SKIP
    if short.answer is Answer.NOT_SURE:
        if "previous_injection" in facts or (unsure and not short.bare):
            return None
        if not stated or short.bare:
            unsure.update(fact.id for fact in asked if fact.id not in facts)
            return Answer.NOT_SURE
        return None
    nothing = question in _NONE_QUESTIONS and not stated and bool(cue("nothing") & set(words)) and not corrects
    if nothing or (short.answer is Answer.NO and asked):
        if question == "stiffness" and "morning_stiffness_minutes" not in facts:
            facts["morning_stiffness_minutes"] = 0
        return _deny(draft, question)
    if short.answer is Answer.YES and asked:
        if short.whole and set(words) & cue("but_before"):  # "all of them bar the cancer"
            facts.update({fact_id: False for fact_id in stated if facts[fact_id] is True})
            facts.update(
                {fact_id: value for fact_id, value in affirm_rest(question, {}).items() if fact_id not in stated}
            )
            return None
        if short.whole:
            facts.update(affirm_rest(question, facts))
            return Answer.YES
        if len(asked) == 1 and asked[0].kind is FactKind.BOOL:
            facts.setdefault(asked[0].id, True)
            return Answer.YES
        plainly = short.bare or (not stated and words[0] in _YES)
        return Answer.YES if plainly else None
    return short.answer


def _deny(draft: Draft, question: str) -> Answer | None:
    asked = _facts_asked(question)
    kinds = {fact.kind for fact in asked}
    # "no, 3 weeks" to a question for a number or a choice corrects; it denies nothing.
    affirmed = any(_applies(draft.facts.get(fact.id)) for fact in asked)
    if affirmed and (len(asked) == 1 or (kinds & {FactKind.NUMBER, FactKind.INT} and FactKind.BOOL not in kinds)):
        return None
    rest = deny_rest(question, draft.facts, draft.unsure)
    draft.facts.update(rest)
    draft.implied.update(rest)
    return None if affirmed or draft.unsure else Answer.NO
