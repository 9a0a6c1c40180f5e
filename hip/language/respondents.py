"""Who answers: the person with the trouble, or somebody for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.assessment import FACTS, FactValue
from hip.language.clauses import MARKS
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lexicon import IGNORED, Found

#: A message of so few words is no story: whom it names, it is about.
_SHORT: Final = 10
#: Words between "his" and the part of the body.
_REACH: Final = 4
#: All that may stand before a relative who is named as an answer: "it's for my mother in law, she can't see it".
_LEADS: Final = frozenset(
    {"it", "its", "s", "is", "this", "that", "for", "about", "no", "my", "our", "the", "me", "on", "behalf", "of"}
)
_THEY: Final = frozenset({"he", "she"})
_THEIR: Final = frozenset({"his", "her"})
#: Matches of the injection itself.
_INJECTED: Final = frozenset({"_injection", "_had_injection", "_injected_here"})


def read_respondent(
    found: Sequence[Found], scopes: Scopes, question: str | None, proxy: bool, own: bool
) -> FactValue | None:
    """Who answers: asked for, or told outright, or plain from another person's trouble.

    Args:
        found: what the lexicon found.
        scopes: the message's clauses and cues.
        question: the question just asked.
        proxy: a relative is the patient.
        own: the writer tells of a body of their own, so that a relative named is not who it is about.
    """
    values = {match.entry.value: match for match in found if match.entry.fact == "respondent"}
    if question == "respondent":
        # "My neighbour had one of your injections" tells of the neighbour, and not for whom it is
        relatives = [match for match in found if match.entry.fact == "_relative"]
        named = bool(relatives) and (len(scopes.words) <= _SHORT or _is_answer(relatives, scopes.words))
        if proxy or (not own and ("someone_else" in values or named)):
            return "someone_else"
        return "self" if own or "self" in values else None
    told = [match for match in found if match.entry.fact == "respondent" and match.entry.value == "someone_else"]
    if proxy or (not own and any(len(match.used) > 1 for match in told)) or speaks_of_them(found, scopes):
        return "someone_else"
    return None


def _is_answer(relatives: Sequence[Found], words: Sequence[str]) -> bool:
    """Whether a message opens with a relative as its whole first part."""
    return any(
        set(words[: match.start]) <= _LEADS and (match.end == len(words) or words[match.end] in MARKS)
        for match in relatives
    )


def speaks_of_them(found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether he or she, whom the message does not name, is the patient: "his foot's gone blue", "can she drive"."""
    words = scopes.words
    said = set(words)
    if not said & (_THEY | _THEIR) or said & cue("trade") or scopes.find("family") or scopes.find("_pet"):
        return False
    if any(
        word in cue("own_body") and not set(words[at + 1 : at + 2]) & cue("thinking") for at, word in enumerate(words)
    ):
        return False
    # "Her hip injection" and "what does he charge for hip injections" name no trouble.
    injected = {place for match in found if match.entry.fact in _INJECTED for place in match.used}
    for at, word in enumerate(words):
        if (
            word in _THEIR
            and at + 2 not in injected
            and _has_part(words, at)
            and "after" not in words[max(0, at - 1) : at]
        ):
            return True
        if (
            word in _THEY
            and set(words[max(0, at - 1) : at]) & cue("modal")
            and set(words[at + 1 : at + 2]) & cue("patient_does")
            and not said & {"me", "us"}
        ):
            return True
    return any(
        match.entry.fact in FACTS
        and match.entry.kind == "symptom"
        and match.entry.value not in (False, IGNORED)
        and match.entry.fact not in ("respondent", "side")
        and injected.isdisjoint(match.used)
        and _THEY & set(words[scopes.clause_start(match.start) : match.end])
        for match in found
    )


def _has_part(words: Sequence[str], at: int) -> bool:
    after = [word for word in words[at + 1 : at + _REACH] if word not in cue("beside_part")]
    return bool(after) and after[0] in cue("body_part")
