"""What the assistant explains and says: answers built from the clinic's article and from guidance, and its small talk.

Every answer names the statements it is built from and ends with their sources. Loading refuses an answer that goes
beyond its limits: see ``hip.statements`` for what may be used, ``hip.never_said`` for what is never said, and
``hip.remarks`` for what is added because of what the person told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hip.assessment import Facts
from hip.comparison import Comparison, read_comparison
from hip.content import CLINIC, ContentError, read_content
from hip.own_words import OwnWords
from hip.remarks import (
    MAX_WORDS,
    PERSON,
    LeadIns,
    Remark,
    address,
    count_words,
    fit,
    read_remarks,
    read_when,
)
from hip.statements import Statement, build_on, by_id, check_text, load_statements, name_sources

_NO_WORDS: Final = OwnWords()


@dataclass(frozen=True)
class Topic:
    """The answer to one question.

    Attributes:
        id: such as ``ask_injection/steroid``.
        text: the answer itself; may hold ``{clinic_phone}``, ``{you}`` and ``{your}``.
        remarks: what may be added to it, the one that counts most first.
        lead_ins: how a remark begins.
        based_on: the statements it is built from; empty when neither article nor guidance covers the question.
        card: a comparison shown beside it; None for most.
    """

    id: str
    text: str
    remarks: tuple[Remark, ...]
    lead_ins: LeadIns
    based_on: tuple[Statement, ...]
    card: Comparison | None = None

    def text_for(self, facts: Facts, own: OwnWords = _NO_WORDS) -> str:
        """The answer for a person, ending with the names of its sources; at most ``MAX_WORDS`` words.

        Args:
            facts: what the person has told so far.
            own: words of the person's own that may be repeated.

        Returns:
            Paragraphs with a blank line between; ``{clinic_phone}`` is left for the caller to fill in.
        """
        added = [remark.apply(facts, own, self.lead_ins) for remark in self.remarks]
        return fit(address(self.text, facts), [each for each in added if each], self.based_on, self.lead_ins)

    @property
    def custom(self) -> dict[str, Any] | None:
        """The custom JSON part that goes with the answer; None for most."""
        return None if self.card is None else self.card.as_custom()


@dataclass(frozen=True)
class Wording:
    """One way of saying something; ``other`` is for someone who answers for another person."""

    text: str
    other: str | None = None


@dataclass(frozen=True)
class _Explanations:
    topics: Mapping[str, Topic]
    first_line: Topic


def load_topics(folder: Path = CLINIC) -> Mapping[str, Topic]:
    """Every answer, keyed as ``ask_injection/steroid``.

    Raises:
        ContentError: when a file is missing or wrong, or an answer breaks a rule of this module.
    """
    return _load(folder).topics


def load_first_line(folder: Path = CLINIC) -> Topic:
    """What usually comes first, shown with a result of ``first_line_care``; errors as for ``load_topics``."""
    return _load(folder).first_line


@cache
def load_conversation(folder: Path = CLINIC) -> Mapping[str, tuple[Wording, ...]]:
    """Everything else that is said, by response name; the alternatives of one name mean the same.

    Raises:
        ContentError: when the file is missing or wrong, or says what is never said.
    """
    entries = by_id("conversation.yml", read_content("conversation.yml", "conversation", folder)["responses"])
    responses = {}
    for name, entry in entries.items():
        wordings = tuple(Wording(each["text"], each.get("other")) for each in entry["alternatives"])
        for text in (text for wording in wordings for text in (wording.text, wording.other) if text is not None):
            check_text(f"conversation.yml: {name}", text, ("clinic_phone", "what"))
        responses[name] = wordings
    return MappingProxyType(responses)


@cache
def _load(folder: Path) -> _Explanations:
    statements = load_statements(folder)
    raw = read_content("topics.yml", "topics", folder)
    lead_ins, remarks = read_remarks(raw, statements)
    cards = {"comparison": read_comparison(statements, folder)}

    def read(entry: Mapping[str, Any]) -> Topic:
        place = f"topics.yml: {entry['id']}"
        return _read_topic(
            entry,
            read_when(place, entry.get("when", ()), raw["groups"], remarks),
            lead_ins,
            build_on(place, entry["from"], statements),
            cards.get(entry.get("shows", "")),
        )

    topics = {name: read(entry) for name, entry in by_id("topics.yml", raw["topics"]).items()}
    return _Explanations(MappingProxyType(topics), read(raw["first_line"]))


def _read_topic(
    entry: Mapping[str, Any],
    remarks: Sequence[Remark],
    lead_ins: LeadIns,
    based_on: tuple[Statement, ...],
    card: Comparison | None,
) -> Topic:
    place = f"topics.yml: {entry['id']}"
    check_text(place, entry["text"], ("clinic_phone", *PERSON[False]))
    # The shortest that the answer can become when remarks apply, so that every other form of it fits too.
    least = " ".join([entry["text"], *([lead_ins.many] if remarks else []), name_sources(based_on) or ""])
    if count_words(least) > MAX_WORDS:
        raise ContentError(f"{place}: {count_words(least)} words with its sources, more than {MAX_WORDS}: {least}")
    return Topic(entry["id"], entry["text"], tuple(remarks), lead_ins, based_on, card)
