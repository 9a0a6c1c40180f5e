"""Injections and operations: what was done to this hip, how long ago, and whether it helped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hip.assessment import FactValue
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.lexicon import Found
from hip.language.patterns import Lattice
from hip.language.quantities import Span

#: Weeks that count as recent: three months (rules.md section 3).
RECENT_WEEKS: Final = 13.1
_REACH: Final = 9


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
        kinds += [match.entry.value for match in found if match.entry.fact == "_injection_word"]
        real = real or [
            match
            for match in found
            if match.entry.fact in ("_injection", "_injection_word") and match.entry.value != "ignored"
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
        if question == "hip_history":
            facts.pop("previous_injection_weeks", None)
            if not named:
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
    ]
    if question == "hip_history" and undone and not real and not operations:
        facts.setdefault("recent_hip_procedure", "none")
    return facts, taken


def _ours(match: Found, scopes: Scopes, proxy: bool) -> bool:
    context = scopes.at(match.used)
    return not context.supposed and (proxy or not context.family)


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
