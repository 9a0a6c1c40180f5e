"""Who answers: the person with the trouble, or somebody for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.assessment import FACTS, FactValue
from hip.language.clauses import MARKS
from hip.language.context import Scopes
from hip.language.lexicon import IGNORED, Found

#: A message of so few words is no story: whom it names, it is about.
_SHORT: Final = 10
#: All that may stand before a relative who is named as an answer: "it's for my mother in law, she can't see the screen".
_LEADS: Final = frozenset(
    {"it", "its", "s", "is", "this", "that", "for", "about", "no", "my", "our", "the", "me", "on", "behalf", "of"}
)
_THEY: Final = frozenset({"he", "she"})
_THEIR: Final = frozenset({"his", "her"})
_OWN: Final = frozenset({"i", "my", "me", "mine", "myself", "our", "ours"})
#: After "I": it is said of somebody else all the same, "I think his hip has gone".
_THINKING: Final = frozenset(
    {"think", "reckon", "believe", "guess", "noticed", "see", "suspect", "hope", "wonder", "know", "found", "saw"}
)
#: Before the part of the body in "her bad left leg".
_BESIDE_PART: Final = frozenset({"bad", "left", "right", "dodgy", "poor", "sore", "good", "whole", "lower", "poorly"})
_PARTS: Final = frozenset(
    "hip hips leg legs foot feet groin thigh thighs calf calves knee knees toes toe bum buttock joint face lips tongue "
    "shin ankle waterworks bladder bowels privates".split()
)
#: He or she who is spoken of may be one of these.
_TRADES: Final = frozenset(
    "doctor doctors dr gp nurse physio physios physiotherapist consultant surgeon specialist radiologist receptionist "
    "therapist osteopath chiropractor paramedic pharmacist chemist clinician sonographer registrar boss manager lawyer "
    "solicitor teacher vet someone somebody anyone".split()
)
_MODALS: Final = frozenset({"should", "can", "could", "will", "would", "must", "does", "is", "shall", "might", "may"})
#: What a patient does, after "should he" or "can she".
_PATIENT_DOES: Final = frozenset(
    "take have need keep stop rest carry be get use walk drive eat drink put go lose losing doing still exercise swim work "
    "sleep stay start try avoid come manage expect having taking sit stand lie wait".split()
)
#: After such a verb: it is the clinic's doing after all, "will she go through the scan with me".
_REACH: Final = 4


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
    if proxy or (not own and (any(len(match.used) > 1 for match in told) or _speaks_of_them(found, scopes))):
        return "someone_else"
    return None


def _is_answer(relatives: Sequence[Found], words: Sequence[str]) -> bool:
    """Whether a message opens with a relative as its whole first part."""
    return any(
        set(words[: match.start]) <= _LEADS and (match.end == len(words) or words[match.end] in MARKS)
        for match in relatives
    )


def _speaks_of_them(found: Sequence[Found], scopes: Scopes) -> bool:
    """Whether he or she, whom the message does not name, is the patient: "his foot's gone blue", "can she drive"."""
    words = scopes.words
    said = set(words)
    if not said & (_THEY | _THEIR) or said & _TRADES or scopes.find("family") or scopes.find("_pet"):
        return False
    if any(word in _OWN and words[at + 1 : at + 2] not in _THINKS for at, word in enumerate(words)):
        return False
    for at, word in enumerate(words):
        if word in _THEIR and _has_part(words, at) and "after" not in words[max(0, at - 1) : at]:
            return True
        if (
            word in _THEY
            and set(words[max(0, at - 1) : at]) & _MODALS
            and set(words[at + 1 : at + 2]) & _PATIENT_DOES
            and not said & {"me", "us"}
        ):
            return True
    return any(
        match.entry.fact in FACTS
        and match.entry.kind == "symptom"
        and match.entry.value not in (False, IGNORED)
        and match.entry.fact not in ("respondent", "side")
        and _THEY & set(words[scopes.clause_start(match.start) : match.end])
        for match in found
    )


_THINKS: Final = [[word] for word in sorted(_THINKING)]


def _has_part(words: Sequence[str], at: int) -> bool:
    after = [word for word in words[at + 1 : at + _REACH] if word not in _BESIDE_PART]
    return bool(after) and after[0] in _PARTS
