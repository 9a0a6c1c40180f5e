"""What the medicines named in a message tell, after the reviewed list in ``medicines.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hip.language.clauses import MARKS
from hip.language.context import Context, Scopes
from hip.language.cues import cue
from hip.language.patterns import Lattice

_ONCE: Final = frozenset(["stopped", "finished", "ended", "completed"])
_GIVEN_UP: Final = ("came off", "come off", "taken off", "took me off", "weaned off", "no longer on", "no longer take")
_NEAR: Final = 7
_WISH_REACH: Final = 5
_GEL_REACH: Final = 4
_BARRED: Final = ("cant take", "cant have", "not allowed", "mustnt", "told not to", "not supposed to")
_FORMS: Final = frozenset({"gel", "cream", "emulgel", "rub", "patch", "patches", "spray"})


@dataclass(frozen=True)
class Medicine:
    """A medicine found: what it tells, where, and in which context."""

    facts: Mapping[str, Any]
    start: int
    end: int
    context: Context
    asked: bool  # in a question to us, or wished for
    barred: bool = False  # it must not be taken


def find_medicines(lattice: Lattice, scopes: Scopes, listed: Sequence[Mapping[str, Any]]) -> list[Medicine]:
    """Every medicine named; a longer name ("voltarol gel") hides the shorter one in it."""
    spans: list[tuple[int, int, Mapping[str, Any]]] = []
    for number, medicine in enumerate(listed):
        for start, ends in lattice.spans.get("{_medicine_" + str(number) + "}", {}).items():
            spans.append((start, ends[0], medicine))
    found: list[Medicine] = []
    for start, end, medicine in spans:
        if list(lattice.words[start:end]) == ["paras"] and set(lattice.words) & cue("army"):
            continue
        if any(low <= start and end <= high and (low, high) != (start, end) for low, high, _ in spans):
            continue
        facts = dict(medicine.get("facts", {}))
        near = set(lattice.words[max(0, start - _NEAR) : end + _NEAR])
        if "long_term" in medicine and near & cue("long_term"):
            facts |= medicine["long_term"]
        if facts.get("medicines_tried") == ["anti_inflammatory"] and set(lattice.words[end : end + 1]) & _FORMS:
            facts["medicines_tried"] = ["gel"]
        if near & cue("allergy") or not facts:
            continue
        before = lattice.words[max(scopes.clause_start(start), start - _WISH_REACH) : start]
        wished = bool(set(before) & cue("wished")) and "get on with" not in " ".join(before)
        last = max((at + 1 for at, word in enumerate(before) if word in MARKS), default=0)
        barred = any(phrase in " ".join(before[last:]) for phrase in _BARRED)
        found.append(Medicine(facts, start, end, scopes.at(range(start, end)), wished or scopes.asks(start), barred))
    return found


def is_injected(words: Sequence[str], place: int, question: str | None) -> bool:
    """Whether a "gel" is the one that is injected, or only asked about, and no ointment."""
    if question == "medicines_tried" or set(words[max(0, place - _GEL_REACH) : place]) & cue("rubbed"):
        return False
    near = words[max(0, place - _NEAR) : place + _NEAR]
    if set(words[place + 1 : place + _GEL_REACH]) >= {"put", "in"}:
        return True
    before = set(words[max(0, place - _WISH_REACH) : place])
    if before & cue("modal") and before & {"have", "get", "try"}:
        return True
    return question == "previous_injection" or bool(set(near) & cue("in_joint"))


def read_medicines(
    found: Sequence[Medicine], words: Sequence[str], proxy: bool, corrects: bool = False
) -> tuple[dict[str, bool], tuple[str, ...]]:
    """The yes/no facts and the kinds of painkiller tried that the medicines tell.

    In a message that corrects, a "no" ends at the first comma: "not codeine, ibuprofen".
    """
    bools: dict[str, bool] = {}
    tried: list[str] = []
    for medicine in found:
        context = medicine.context
        if context.supposed or context.unsure or context.kin or (context.family and not proxy):
            continue
        before = words[max(0, medicine.start - 4) : medicine.start]
        over = bool(set(before) & _ONCE) or any(phrase in " ".join(before) for phrase in _GIVEN_UP)
        for fact, value in medicine.facts.items():
            if fact == "medicines_tried":
                denied = context.negated_near if corrects else context.negated
                if not denied and not medicine.asked and not medicine.barred:
                    tried.extend(kind for kind in value if kind not in tried)
            elif over or (context.past and fact != "cancer_history"):
                if fact in ("anticoagulant", "current_infection"):
                    bools.setdefault(fact, False)
            else:
                bools[fact] = bools.get(fact, False) or not context.negated
    return bools, tuple(tried)
