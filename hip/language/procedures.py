"""Injections and operations: what was done to this hip, how long ago, and whether it helped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hip.assessment import FactValue
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lexicon import Found
from hip.language.patterns import Lattice
from hip.language.quantities import Span

#: Weeks that count as recent: three months (rules.md section 3).
RECENT_WEEKS: Final = 13.1
_REACH: Final = 9
_DONE_REACH: Final = 5


def read_procedures(
    found: Sequence[Found], scopes: Scopes, lattice: Lattice, times: Sequence[Span], question: str | None, proxy: bool
) -> tuple[dict[str, FactValue], set[int]]:
    """The facts about injections and operations, and the starts of the times that belong to them."""
    facts: dict[str, FactValue] = {}
    taken: set[int] = set()
    injections = [match for match in found if match.entry.fact == "_injection" and _ours(match, scopes, proxy)]
    done = [match for match in found if match.entry.fact == "_had_injection" and _ours(match, scopes, proxy)]
    denied = [match for match in [*done, *injections] if scopes.at(match.used).negated]
    real = [match for match in done if not scopes.at(match.used).negated and not scopes.at(match.used).asked]
    kinds = [match.entry.value for match in injections if not scopes.at(match.used).negated]
    if question == "previous_injection":
        denied += [match for match in found if match.entry.fact == "_injection_word" and scopes.at(match.used).negated]
    if question == "previous_injection" and not denied:
        kinds += [
            match.entry.value
            for match in found
            if match.entry.fact == "_injection_word" and _ours(match, scopes, proxy)
        ]
        real = real or [
            match
            for match in found
            if match.entry.fact in ("_injection", "_injection_word")
            and match.entry.value != "ignored"
            and _ours(match, scopes, proxy)
        ]
    real = [match for match in real if question == "previous_injection" or not scopes.asks(match.start)]
    if real:
        named = [kind for kind in kinds if kind != "unsure"]
        facts["previous_injection"] = named[0] if named else "unsure"
        time = _time_of(real, times, lattice, scopes) or (
            times[0] if times and question == "previous_injection" else None
        )
        if time is not None:
            facts["previous_injection_weeks"] = time.weeks
            taken.add(time.start)
            if time.weeks <= RECENT_WEEKS:
                facts["recent_hip_procedure"] = "injection"
            else:
                facts["_long_ago"] = True
        if question == "hip_history" and not named:
            facts.pop("previous_injection_weeks", None)
            del facts["previous_injection"]
    elif denied and (question == "previous_injection" or _plainly_none(denied, lattice)):
        facts["previous_injection"] = "none"
        if question == "hip_history":
            del facts["previous_injection"]
    operations = [
        match
        for match in found
        if match.entry.fact in ("_operation", "hip_replacement")
        and _ours(match, scopes, proxy)
        and not scopes.at(match.used).negated
    ]
    if operations:
        time = _time_of(operations, [span for span in times if span.start not in taken], lattice, scopes)
        if time is not None:
            taken.add(time.start)
            if time.weeks <= RECENT_WEEKS:
                facts["recent_hip_procedure"] = "operation"
            else:
                facts["_long_ago"] = True
    undone = denied or [
        match
        for match in found
        if match.entry.fact == "_operation"
        and scopes.at(match.used).negated
        and not any(lattice.words[place].startswith("replace") for place in match.used)
        and not any(set(match.used) & set(plan.used) for plan in found if plan.entry.fact == "surgery_planned")
    ]
    if question == "hip_history" and undone and not real and not operations:
        facts.setdefault("recent_hip_procedure", "none")
    return facts, taken


def drop_unfounded(
    facts: dict[str, Any], found: Sequence[Found], scopes: Scopes, lattice: Lattice, question: str | None
) -> None:
    """Leave out what no procedure of the past bears out.

    A hip is worse after a procedure only when the message tells of one that was done; an operation that is planned is
    neither a recent one nor a replacement in place.
    """
    told = question == "hip_history" or facts.get("recent_hip_procedure") in ("injection", "operation")
    if facts.get("procedure_getting_worse") and not told and not _tells_of_procedure(found, scopes, lattice):
        del facts["procedure_getting_worse"]
    if facts.get("surgery_planned"):
        done = [match for match in found if match.entry.fact in ("_operation", "hip_replacement")]
        if not any(_is_done(match.start, scopes, lattice) for match in done):
            if facts.get("hip_replacement"):
                del facts["hip_replacement"]
            if facts.get("recent_hip_procedure") == "operation":
                del facts["recent_hip_procedure"]


def _tells_of_procedure(found: Sequence[Found], scopes: Scopes, lattice: Lattice) -> bool:
    wounds = lattice.spans.get("{wound}", {})
    worse = [match for match in found if match.entry.fact == "procedure_getting_worse" and match.entry.value is True]
    if any(place in wounds for match in worse for place in match.used):
        return True
    said = [
        match.start
        for match in found
        if match.entry.fact in ("_had_injection", "hip_replacement") and match.entry.value is True
    ]
    return any(_is_done(place, scopes, lattice) for place in (*said, *lattice.spans.get("{procedure}", {})))


def _is_done(place: int, scopes: Scopes, lattice: Lattice) -> bool:
    """Whether a procedure named at a place is told as done: "since the op", "had the injection", "they injected me"."""
    start = max(scopes.clause_start(place), place - _DONE_REACH)
    before = set(lattice.words[start:place])
    after = set(lattice.words[place + 1 : place + 1 + _DONE_REACH])
    wished = lattice.words[max(0, place - 3) : place]  # "I'm after an injection"
    if "am" in wished and "after" in wished:
        return False
    if before & cue("not_done") or scopes.at((place,)).negated:
        return False
    return bool(before & cue("done")) or bool(after & cue("done_after")) or lattice.words[place] in cue("done_itself")


def _ours(match: Found, scopes: Scopes, proxy: bool) -> bool:
    context = scopes.at(match.used)
    return not context.supposed and not context.kin and (proxy or not context.family)


def _plainly_none(denied: Sequence[Found], lattice: Lattice) -> bool:
    return any(
        set(lattice.words[max(0, match.start - 3) : match.end]) & {"never", "no", "havent", "not"} for match in denied
    )


def _time_of(matches: Sequence[Found], times: Sequence[Span], lattice: Lattice, scopes: Scopes) -> Span | None:
    best: tuple[int, Span] | None = None
    for span in times:
        around = set(lattice.words[max(0, span.start - 1) : span.end + 2]) | {lattice.words[span.start]}
        if not around & cue("ago") and not span.dated:
            continue
        if span.start and lattice.words[span.start - 1] == "for":
            continue
        for match in matches:
            gap = max(span.start - match.end, match.start - span.end, 0)
            if gap <= _REACH and (best is None or gap < best[0]):
                best = (gap, span)
    return best[1] if best else None
