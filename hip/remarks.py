"""What an answer adds because of what the person told, and how much of it fits.

A caution is never dropped in silence: what does not fit in full is named in one sentence, and failing that the answer
says that a clinician goes through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts
from hip.content import ContentError
from hip.durations import duration_in_words
from hip.own_words import OwnWords
from hip.statements import Statement, build_on, by_id, check_text, look_up, name_sources
from hip.triage.conditions import Condition, evaluate
from hip.triage.grammar import parse_condition

#: The longest answer, in words, with everything that is added to it and the names of its sources.
MAX_WORDS: Final = 90
#: What stands for the clinic's phone while words are counted; a London number is three groups of digits.
_PHONE: Final = "000 0000 0000"
_PLACE: Final = re.compile(r"\{(\w+)\}")
#: Placeholders of every text, filled in by who the patient is.
PERSON: Final[Mapping[bool, Mapping[str, str]]] = {
    False: {"you": "you", "your": "your"},
    True: {"you": "they", "your": "their"},
}


@dataclass(frozen=True)
class LeadIns:
    """How remarks begin, and what is said when they do not all fit; the texts of ``lead_ins`` in ``topics.yml``."""

    told: str
    unsure: str
    asked: str
    others: str
    many: str


@dataclass(frozen=True)
class Added:
    """A remark that applies to a person."""

    text: str
    brief: str
    based_on: tuple[Statement, ...]


@dataclass(frozen=True)
class Remark:
    """Something added to an answer when what the person told fits.

    Attributes:
        id: its name in ``topics.yml``.
        when: the condition on facts; None when it stands on a severity.
        severity: how bad the person must call the arthritis; None when it stands on facts.
        unsure: the fact that also adds it when the person did not know; None for none.
        told: what the remark calls what was told.
        medicine: the fact for which a medicine's name is said instead of ``told``; None for none.
        text: what follows from it.
        based_on: the statements it is built from.
        asked: what in the latest message asks about it, so that it is added although nothing was told; None for never.
    """

    id: str
    when: Condition | None
    severity: str | None
    unsure: str | None
    told: str
    medicine: str | None
    text: str
    based_on: tuple[Statement, ...]
    asked: re.Pattern[str] | None = None

    def apply(self, facts: Facts, own: OwnWords, lead_ins: LeadIns) -> Added | None:
        """The remark for a person; None when it does not apply."""
        lead_in = self._lead_in(facts, own, lead_ins)
        if lead_in is None:
            return None
        named = own.medicines.get(self.medicine) if self.medicine else None
        brief = named or _PLACE.sub(lambda place: _in_words(place.group(1), facts), self.told)
        text = lead_in.replace("{told}", brief).replace("{text}", self.text)
        return Added(address(text, facts), address(brief, facts), self.based_on)

    def _lead_in(self, facts: Facts, own: OwnWords, lead_ins: LeadIns) -> str | None:
        if self.when is None:
            return lead_ins.told if own.severity == self.severity else None
        if self.unsure is not None and facts.get(self.unsure) == NOT_SURE:
            return lead_ins.unsure
        holds = evaluate(self.when, facts)
        if holds is None and self.asked is not None and self.asked.search(own.latest):
            return lead_ins.asked
        return lead_ins.told if holds else None


def address(text: str, facts: Facts) -> str:
    """Fill in ``{you}`` and ``{your}`` by who the patient is; other placeholders stay."""
    person = PERSON[facts.get("respondent") == "someone_else"]
    return _PLACE.sub(lambda place: person.get(place.group(1), place.group()), text)


def fit(body: str, added: Sequence[Added], based_on: Iterable[Statement], lead_ins: LeadIns) -> str:
    """An answer of at most ``MAX_WORDS`` words.

    Args:
        body: the answer itself.
        added: the remarks that apply, the one that counts most first.
        based_on: the statements of the body.
        lead_ins: what is said when they do not all fit.

    Returns:
        Paragraphs with a blank line between, the names of the sources last.
    """
    base = list(based_on)
    for full in range(len(added), -1, -1):
        parts = [body, *(remark.text for remark in added[:full])]
        if full < len(added):
            parts.append(lead_ins.others.replace("{list}", _list(remark.brief for remark in added[full:])))
        answer = _join(parts, [*base, *(statement for remark in added[:full] for statement in remark.based_on)])
        if count_words(answer) <= MAX_WORDS:
            return answer
    return _join([body, lead_ins.many], base)


def count_words(text: str) -> int:
    """Words as a person counts them, runs without a blank; the clinic's phone counts as it is filled in."""
    return len(text.replace("{clinic_phone}", _PHONE).split())


def read_remarks(raw: Mapping[str, Any], statements: Mapping[str, Statement]) -> tuple[LeadIns, Mapping[str, Remark]]:
    """The lead-ins and remarks of ``topics.yml``.

    Raises:
        ContentError: naming the remark and what is wrong with it.
    """
    lead_ins = LeadIns(**{name: raw["lead_ins"][name] for name in ("told", "unsure", "asked", "others", "many")})
    entries = by_id("topics.yml", raw["remarks"])
    return lead_ins, {name: _read_remark(entry, statements) for name, entry in entries.items()}


def read_when(
    place: str, names: Iterable[str], groups: Mapping[str, Any], remarks: Mapping[str, Remark]
) -> list[Remark]:
    """The remarks of a topic, with its groups written out, each once.

    Raises:
        ContentError: naming the place and the first unknown name.
    """
    flat = [remark for name in names for remark in groups.get(name, [name])]
    return list(look_up(remarks, f"{place}: when", dict.fromkeys(flat)))


def _read_remark(entry: Mapping[str, Any], statements: Mapping[str, Statement]) -> Remark:
    place = f"topics.yml: remark {entry['id']}"
    for fact in (entry[name] for name in ("unsure", "medicine") if name in entry):
        if fact not in FACTS:
            raise ContentError(f"{place}: unknown fact {fact!r}")
    counted = [name for name, fact in FACTS.items() if fact.kind in (FactKind.INT, FactKind.NUMBER)]
    check_text(place, entry["text"], PERSON[False])
    check_text(place, entry["told"], [*PERSON[False], *counted])
    return Remark(
        id=entry["id"],
        when=parse_condition(entry["when"], {}, f"{place}: when") if "when" in entry else None,
        severity=entry.get("said"),
        unsure=entry.get("unsure"),
        told=entry["told"],
        medicine=entry.get("medicine"),
        text=entry["text"],
        based_on=build_on(place, entry["from"], statements),
        asked=re.compile(rf"\b({'|'.join(map(re.escape, entry['asked']))})") if "asked" in entry else None,
    )


def _in_words(name: str, facts: Facts) -> str:
    """A number that the person told; the person's own placeholders are left for ``address``."""
    value = facts.get(name)
    if not isinstance(value, int | float):
        return f"{{{name}}}"
    return duration_in_words(value) if name.endswith("_weeks") else str(value)


def _list(briefs: Iterable[str]) -> str:
    *most, last = dict.fromkeys(briefs)
    return f"{'; '.join(most)}; and {last}" if most else last


def _join(parts: Sequence[str], used: Iterable[Statement]) -> str:
    named = name_sources(used)
    return "\n\n".join(parts if named is None else [*parts, named])
