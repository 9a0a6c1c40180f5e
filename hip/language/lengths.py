"""What the numbers and lengths of time of a message are about: age, pain score, stiffness, how long, how long ago."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from hip.assessment import FACTS, FactValue
from hip.language.ages import read_age
from hip.language.bearers import Bearer, Bearers
from hip.language.clauses import MARKS
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.idle import find_idle, is_spent
from hip.language.lexicon import Found
from hip.language.patterns import Lattice
from hip.language.quantities import Amounts, Quantities, Span
from hip.language.scores import read_bare, read_corrected_score, read_count, read_score

_MINUTES_IN_WEEK: Final = 10080
#: Nobody alive was born before it.
_EARLIEST: Final = 1905
#: How often, in an answer of a few words.
_COUNTS: Final = {"none": 0, "nil": 0, "once": 1, "twice": 2, "thrice": 3, "couple": 2, "few": 3}
_FEW: Final = 4
_AGE_WORDS: Final = frozenset({"aged", "age"})


@dataclass
class Lengths:
    """The quantities of one message, told apart.

    Attributes:
        facts: what they say by themselves.
        times: the lengths that could be how long or how long ago.
    """

    facts: dict[str, FactValue] = field(default_factory=dict)
    times: list[Span] = field(default_factory=list)


def read_lengths(
    lattice: Lattice,
    amounts: Amounts,
    quantities: Quantities,
    question: str | None,
    today: datetime.date,
    corrects: bool,
    bearers: Bearers | None = None,
) -> Lengths:
    """Tell apart the numbers and times of a message; a correction's bare number up to ten is a pain score.

    Args:
        lattice: the message.
        amounts: the numbers and times found in it.
        quantities: what numbers and times are called.
        question: the question just asked.
        today: the day the message was typed.
        corrects: the message takes something back.
        bearers: whom each place is about, where what is a relative's must be left out.
    """
    words = lattice.words
    idle = find_idle(words)

    def is_meant(start: int) -> bool:
        return not is_taken_back(start, lattice) and (bearers is None or bearers.at(start) is not Bearer.OTHER)

    numbers = [number for number in amounts.numbers if is_meant(number.start) and number.start not in idle]
    whole = len(numbers) == len(amounts.numbers)
    spans = amounts.spans if whole else quantities.find_spans(words, numbers, today)
    spans = [span for span in spans if is_meant(span.start) and not idle & set(range(span.start, span.end))]
    result = Lengths()
    used: set[int] = set()
    for span in spans:
        after = words[span.end : span.end + 3]
        if (
            span.unit in ("year", "years")
            and (set(after[:2]) & cue("old") or after[:1] == ["young"] or "of age" in " ".join(after))
        ) or (span.unit == "years" and span.start > 0 and words[span.start - 1] in _AGE_WORDS):
            result.facts["age"] = round(span.weeks / 52.18)
        elif span.unit in ("weeks", "week", "months", "month") and set(after) & cue("pregnant"):
            pass
        elif span.unit.startswith(("minute", "hour")):
            if question == "stiffness" or (
                set(words[max(0, span.start - 12) : span.end + 6]) & cue("stiff") and question != "duration"
            ):
                result.facts["morning_stiffness_minutes"] = round(span.weeks * _MINUTES_IN_WEEK)
            else:
                result.times.append(span)
        else:
            result.times.append(span)
        used.update(range(span.start, span.end))
    if "morning_stiffness_minutes" not in result.facts and (question == "stiffness" or _tells_stiffness(words)):
        minutes = quantities.find_stiffness(words)
        if minutes is not None:
            result.facts["morning_stiffness_minutes"] = minutes
    free = [number for number in numbers if not used & set(range(number.start, number.end))]
    read_score(lattice, free, quantities, question, result.facts)
    score = result.facts.get("pain_score")
    read_age(lattice, [number for number in free if number.value != score], question, result.facts)
    if question == "age" or ("age" not in result.facts and "born" in words):
        years = [today.year - int(number.value) for number in numbers if _EARLIEST < number.value <= today.year]
        if years:
            result.facts["age"] = years[0]  # "born in 1954"
    read_count(words, numbers, result.facts)
    if corrects and question in (None, "read_back") and not result.facts and len(free) == 1 and not result.times:
        read_corrected_score(lattice.words, free[0], result.facts)
    if question in ("stiffness", "injections_past_year"):
        read_bare(free, question, result.facts)
        if question == "injections_past_year" and len(words) <= _FEW:
            counts = [_COUNTS[word] for word in words if word in _COUNTS]
            if counts:
                result.facts.setdefault(question, counts[0])
    return result


def _tells_stiffness(words: Sequence[str]) -> bool:
    """Whether a message tells of stiffness that ends: the word itself, or a joint that seizes up of a morning."""
    said = set(words)
    return bool(said & cue("stiffness")) or bool(said & cue("seizing") and said & cue("morning"))


def is_taken_back(start: int, lattice: Lattice) -> bool:
    """Whether a number is the one taken back: "3 weeks, not 3 years"."""
    before = lattice.words[max(0, start - 2) : start]
    return bool(before) and (before[-1] == "not" or (before[0] == "not" and before[-1] in ("a", "about", "for")))


def read_duration(
    times: Iterable[Span],
    lattice: Lattice,
    scopes: Scopes,
    found: Iterable[Found],
    taken: set[int],
    question: str | None,
) -> float | None:
    """How long the pain has lasted, in weeks: the first length that is about nothing else."""
    words = lattice.words
    free = [span for span in times if span.start not in taken]
    if not free or question == "duration":
        return free[0].weeks if free else None
    topics: dict[int, set[str]] = {}
    others: list[Found] = []
    for match in found:
        for place in match.used:
            topics.setdefault(scopes.clause(place), set()).add(match.entry.fact)
        if match.entry.fact == "diagnosis" and not _tells_finding(match, scopes):
            continue
        if match.entry.fact in _OTHER_TOPICS or (match.entry.fact in _NAMED and match.entry.value in _OTHER_TOPICS):
            others.append(match)
    about_hip = cue("about_hip")
    pains = [place for place, word in enumerate(words) if word in about_hip]
    for span in free:
        before = words[span.start - 1] if span.start else ""
        after = words[span.end] if span.end < len(words) else ""
        if before in cue("no_duration") and after != "ago" and not (span.dated and before == "in"):
            continue
        about = topics.get(scopes.clause(span.start), set())
        clause = set(words[scopes.clause_start(span.start) : scopes.clause_end(span.start)])
        lead_in = words[max(0, span.start - 3) : span.start]
        ongoing = (
            lead_in[-2:] == ["going", "on"] or lead_in == ["going", "on", "for"] or bool(clause & cue("creeping_up"))
        )
        pain = ongoing or (
            bool(about & {"_pain_at", "injury", "worse_with_activity"})
            or "since" in words[max(0, span.start - 2) : span.start + 1]
        )
        far = min((_gap(place, place + 1, span) for place in pains), default=_FAR)
        other = any(
            _gap(match.start, match.end, span) < far
            or (match.entry.fact == "pregnant_or_breastfeeding" and _gap(match.start, match.end, span) <= 1)
            for match in others
            if {scopes.clause(match.start), scopes.clause(match.end - 1)} & _clauses_of(span, scopes)
        )
        if list(words[span.end : span.end + 2]) == ["out", "of"]:
            continue  # "got a year out of it"
        if clause & cue("queueing") and not clause & cue("about_hip"):
            continue
        if is_spent(words, scopes.clause_start(span.start), span.start):
            continue
        if span.dated and not set(words[max(0, span.start - 3) : span.start]) & cue("dating"):
            continue
        if question in ("pain_score", "age") and before not in ("for", "since") and words[span.start] != "since":
            continue
        lead = words[span.start - 2] if span.start > 1 and before in cue("duration_lead") else before
        alone = question in (None, "respondent") and {lead, after} <= MARKS | {""}
        of_it = after == "of" and words[span.end + 1 : span.end + 2] in (["it"], ["this"], ["that"], ["pain"])
        if (alone or of_it) and not other and span.unit and not scopes.asks(span.start):
            return span.weeks
        led = (
            ongoing
            or bool(pains)
            or before in cue("duration_lead")
            or words[span.start] in ("since", "last", "yesterday", "this", "donkeys", "the")
            or after in ("ago", "now", "and", "or", "since")
        )
        passing = span.unit == "" and not span.dated and words[span.start] in _PASSING
        if passing and not set(words[scopes.clause_start(span.start) : scopes.clause_end(span.start)]) & cue("began"):
            continue
        if (
            led
            and not other
            and (pain or far < _FAR or not about - {"side", "site"})
            and (ongoing or _about_pain(words, about))
        ):
            return span.weeks
    return None


#: A time in the same clause as one of these is about that, not about the pain.
_OTHER_TOPICS: Final = frozenset(
    fact.id
    for fact in FACTS.values()
    if fact.kind.value == "bool"
    and fact.id
    not in {
        "injury",
        "worse_with_activity",
        "constant_night_pain",
        "worsening_fast",
        "limp",
        "cannot_bear_weight",
        "sudden_severe_onset",
        "impact_training",
        "pain_in_hip",
    }
) | {"_operation", "_injection", "_medicine", "diagnosis", "lifestyle_tried", "medicines_tried"}

#: Name a point of a checklist without saying yes or no to it: "her waterworks are as they've been these ten years".
_NAMED: Final = frozenset({"_topic", "_subject"})


#: "This morning" is when something happened, and seldom how long the pain has lasted.
_PASSING: Final = frozenset({"this", "last", "yesterday", "overnight", "just"})
_FAR: Final = 99
_TOLD_REACH: Final = 4


def _tells_finding(match: Found, scopes: Scopes) -> bool:
    """Whether the clause of a diagnosis tells of its being made: "told it was arthritis two years ago"."""
    near = max(0, min(scopes.clause_start(match.start), match.start - _TOLD_REACH))
    clause = scopes.words[near : scopes.clause_end(match.start)]
    return any(word.startswith("diagnos") or word in cue("found_out") for word in clause)


def _clauses_of(span: Span, scopes: Scopes) -> set[int]:
    """The clauses a time may belong to: its own, and the next when it stands right before that."""
    clauses = {scopes.clause(span.start)}
    if scopes.clause_end(span.start) == span.end < len(scopes.words) and scopes.words[span.end] not in MARKS:
        clauses.add(scopes.clause(span.end))
    return clauses


def _gap(start: int, end: int, span: Span) -> int:
    return max(span.start - end, start - span.end, 0)


def _about_pain(words: Sequence[str], about: set[str]) -> bool:
    return bool(about & {"_pain_at", "injury"}) or bool(set(words) & cue("about_trouble"))
