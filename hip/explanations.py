"""What the assistant explains and says: answers built from the clinic's article and from guidance, and its small talk.

Every answer names the statements it is built from and ends with their sources. Loading refuses an answer that goes
beyond its limits: see ``hip.statements`` for what may be used, ``hip.never_said`` for what is never said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts, FactValue, parse_fact
from hip.content import CLINIC, ContentError, read_content
from hip.statements import Statement, build_on, by_id, check_text, load_statements, look_up, name_sources

#: The longest answer, in words, with every remark that can be added to it at once and the names of its sources.
MAX_WORDS: Final = 90


@dataclass(frozen=True)
class Remark:
    """A sentence added to an answer when the person told a fact.

    Attributes:
        fact: the fact.
        value: the value that it must have; for a set fact, contain.
        text: what is added then.
        unsure: what is added when the person did not know; None adds nothing.
        based_on: the statements it is built from.
    """

    fact: str
    value: FactValue
    text: str
    unsure: str | None
    based_on: tuple[Statement, ...]

    def text_for(self, facts: Facts) -> str | None:
        """What is added for these facts; None when nothing is."""
        told = facts.get(self.fact)
        if told == NOT_SURE:
            return self.unsure
        if told == self.value or (isinstance(told, tuple) and self.value in told):
            return self.text
        return None


@dataclass(frozen=True)
class Topic:
    """The answer to one question.

    Attributes:
        id: such as ``ask_injection/steroid``.
        text: the answer itself; may hold ``{clinic_phone}``.
        remarks: what may be added to it.
        based_on: the statements it is built from; empty when neither article nor guidance covers the question.
    """

    id: str
    text: str
    remarks: tuple[Remark, ...]
    based_on: tuple[Statement, ...]

    def text_for(self, facts: Facts) -> str:
        """The answer for a person, ending with the names of its sources.

        Args:
            facts: what the person has told so far.

        Returns:
            Paragraphs with a blank line between; ``{clinic_phone}`` is left for the caller to fill in.
        """
        parts, used = [self.text], list(self.based_on)
        for remark in self.remarks:
            added = remark.text_for(facts)
            if added is not None:
                parts.append(added)
                used.extend(remark.based_on)
        named = name_sources(used)
        return "\n\n".join(parts if named is None else [*parts, named])


@dataclass(frozen=True)
class InjectionOption:
    """One injection of the comparison: what it is, what it may do, how sure that is, and what guidance says."""

    id: str
    name: str
    what_it_is: str
    what_it_may_do: str
    how_sure: str
    guidance: str
    based_on: tuple[Statement, ...]

    def as_text(self) -> str:
        """The option as one paragraph that ends with the names of its sources."""
        body = (
            f"{self.name}: {self.what_it_is} {self.what_it_may_do} How sure: {self.how_sure} Guidance: {self.guidance}"
        )
        return f"{body} {name_sources(self.based_on)}"


@dataclass(frozen=True)
class OptionsCard:
    """The comparison of injections that is shown with a result of ``consultation``."""

    intro: str
    options: tuple[InjectionOption, ...]

    def as_text(self) -> str:
        """The card as paragraphs, for a channel without tables."""
        return "\n\n".join([self.intro, *(option.as_text() for option in self.options)])


@dataclass(frozen=True)
class Wording:
    """One way of saying something; ``other`` is for someone who answers for another person."""

    text: str
    other: str | None = None


@dataclass(frozen=True)
class _Explanations:
    topics: Mapping[str, Topic]
    first_line: Topic
    options_card: OptionsCard


def load_topics(folder: Path = CLINIC) -> Mapping[str, Topic]:
    """Every answer, keyed as ``ask_injection/steroid``.

    Raises:
        ContentError: when a file is missing or wrong, or an answer breaks a rule of this module.
    """
    return _load(folder).topics


def load_first_line(folder: Path = CLINIC) -> Topic:
    """What usually comes first, shown with a result of ``first_line_care``; errors as for ``load_topics``."""
    return _load(folder).first_line


def load_options_card(folder: Path = CLINIC) -> OptionsCard:
    """The comparison of the injections; errors as for ``load_topics``."""
    return _load(folder).options_card


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


def list_tellings(topic: Topic) -> Iterator[dict[str, FactValue]]:
    """Every combination of what a person may have told that adds remarks to a topic; nothing told comes first."""
    facts = sorted({remark.fact for remark in topic.remarks})
    told: list[list[FactValue | None]] = [
        [None, NOT_SURE, *(remark.value for remark in topic.remarks if remark.fact == fact)] for fact in facts
    ]
    for values in product(*told):
        yield {fact: value for fact, value in zip(facts, values, strict=True) if value is not None}


def count_words(text: str) -> int:
    """Words as a person counts them: runs without a blank."""
    return len(text.split())


@cache
def _load(folder: Path) -> _Explanations:
    statements = load_statements(folder)
    raw = read_content("topics.yml", "topics", folder)
    remarks = {name: _read_remark(entry, statements) for name, entry in by_id("topics.yml", raw["remarks"]).items()}
    entries = by_id("topics.yml", raw["topics"])
    topics = {name: _read_topic(entry, remarks, statements) for name, entry in entries.items()}
    options = by_id("topics.yml: options_card", raw["options_card"]["options"])
    card = OptionsCard(raw["options_card"]["intro"], tuple(_read_option(each, statements) for each in options.values()))
    check_text("topics.yml: options_card", card.as_text())
    return _Explanations(MappingProxyType(topics), _read_topic(raw["first_line"], remarks, statements), card)


def _read_remark(entry: Mapping[str, Any], statements: Mapping[str, Statement]) -> Remark:
    place = f"topics.yml: remark {entry['id']}"
    fact = FACTS.get(entry["fact"])
    # A remark names one member of a set fact, not a whole set.
    raw = [entry["value"]] if fact is not None and fact.kind is FactKind.SET else entry["value"]
    try:
        parsed = parse_fact(entry["fact"], raw)
    except ValueError as error:
        raise ContentError(f"{place}: {error}") from error
    unsure = entry.get("unsure")
    for text in (text for text in (entry["text"], unsure) if text is not None):
        check_text(place, text, ("clinic_phone",))
    value = parsed[0] if isinstance(parsed, tuple) else parsed
    return Remark(entry["fact"], value, entry["text"], unsure, build_on(place, entry["from"], statements))


def _read_topic(entry: Mapping[str, Any], remarks: Mapping[str, Remark], statements: Mapping[str, Statement]) -> Topic:
    place = f"topics.yml: {entry['id']}"
    added = look_up(remarks, f"{place}: when", entry.get("when", ()))
    topic = Topic(entry["id"], entry["text"], added, build_on(place, entry["from"], statements))
    check_text(place, topic.text, ("clinic_phone",))
    _check_length(place, (topic.text_for(facts) for facts in list_tellings(topic)))
    return topic


def _read_option(entry: Mapping[str, Any], statements: Mapping[str, Statement]) -> InjectionOption:
    place = f"topics.yml: option {entry['id']}"
    parts = {part: entry[part] for part in ("id", "name", "what_it_is", "what_it_may_do", "how_sure", "guidance")}
    option = InjectionOption(**parts, based_on=build_on(place, entry["from"], statements))
    _check_length(place, [option.as_text()])
    return option


def _check_length(place: str, texts: Iterable[str]) -> None:
    longest = max(texts, key=count_words)
    if count_words(longest) > MAX_WORDS:
        raise ContentError(f"{place}: {count_words(longest)} words with all remarks, more than {MAX_WORDS}: {longest}")
