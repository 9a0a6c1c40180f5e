"""Messages made only of the labels of the question just asked: what a button or a ticked list sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hip.assessment import FACTS, FactKind, FactValue, facts_of, parse_fact
from hip.content import CLINIC, read_content
from hip.language.cues import cue
from hip.language.reading import Answer, FactReading

_BETWEEN: Final = re.compile(r"\s*(?:[,;\n]|$)\s*")
#: Words that end a description going backwards: "the fever one".
_AROUND: Final = frozenset(
    {"the", "a", "this", "that", "just", "only", "yes", "yeah", "and", ",", ".", "no", "except", "but"}
)
#: After "the fever one": it ends there, so that "one inch" is none.
_AFTER_ONE: Final = frozenset(
    {",", ".", "!", ";", "\n", "and", "or", "but", "only", "please", "is", "yes", "too", "though", "thanks"}
)
_LONGEST_DESCRIPTION: Final = 3
#: So many letters of a word are enough to know it by: "numb one" for numbness.
_STEM: Final = 4
_SPACES: Final = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class Option:
    """One choice of a question: what is shown and sent, what it states, and the words that name it after a yes."""

    label: str
    fact: str
    value: FactValue
    called: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Choices:
    """All that a channel may send for one question besides free text."""

    options: tuple[Option, ...] = ()
    none_label: str = ""
    not_sure_label: str = ""
    skip_label: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """All of them, in lower case."""
        return (*(option.label for option in self.options), self.none_label, self.not_sure_label, self.skip_label)


def load_choices(folder: Path = CLINIC) -> Mapping[str, Choices]:
    """Read the options of every question.

    Raises:
        ContentError: when ``questions.yml`` breaks its schema.
    """
    return parse_choices(read_content("questions.yml", "questions", folder))


def parse_choices(content: Mapping[str, Any]) -> Mapping[str, Choices]:
    """The options of every question, from the parsed ``questions.yml``.

    Raises:
        ValueError: when an option states a value that its fact does not take.
    """
    return {
        question["id"]: Choices(
            tuple(_parse_option(option) for option in question.get("options", ()) if "fact" in option),
            _plain(question.get("none_label", "")),
            _plain(content.get("not_sure_label", "")),
            _plain(content.get("skip_label", "")),
        )
        for question in content["questions"]
    }


def _parse_option(option: Mapping[str, Any]) -> Option:
    fact, value = option["fact"], option.get("value", True)
    if FACTS[fact].kind is FactKind.SET and isinstance(value, str):
        value = [value]
    return Option(_plain(option["label"]), fact, parse_fact(fact, value), frozenset(option.get("called", ())))


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.replace("’", "'")).strip().lower()


def read_labels(text: str, question: str, choices: Choices) -> FactReading | None:
    """What a message of labels alone says; None when there is anything else in it.

    In a checklist the yes/no facts that were not picked are false.
    """
    plain = _plain(text)
    if choices.none_label and plain == choices.none_label:
        return None  # said in words, and read as such
    if choices.not_sure_label and plain == choices.not_sure_label:
        return FactReading(unsure=frozenset(fact.id for fact in facts_of(question)), answer=Answer.NOT_SURE)
    if choices.skip_label and plain == choices.skip_label:
        return FactReading(answer=Answer.SKIP)
    picked = _split(plain, choices.options)
    if not picked:
        return None
    facts: dict[str, FactValue] = {}
    for option in picked:
        before = facts.get(option.fact)
        if isinstance(option.value, tuple) and isinstance(before, tuple):
            facts[option.fact] = parse_fact(option.fact, (*before, *option.value))
        else:
            facts[option.fact] = option.value
    named = frozenset(facts)
    listed = dict.fromkeys(option.fact for option in choices.options)  # in the order of the list
    if sum(FACTS[fact].kind is FactKind.BOOL for fact in listed) > 1:
        for fact in listed:
            if FACTS[fact].kind is FactKind.BOOL:
                facts.setdefault(fact, False)
            elif FACTS[fact].kind is FactKind.CHOICE and "none" in FACTS[fact].values:
                facts.setdefault(fact, "none")
    return FactReading(facts, implied=frozenset(facts) - named)


_SAID_YES: Final = frozenset({"yes", "yeah", "yep", "yup", "aye"})
_ENDS: Final = frozenset({".", "!", "?", ";", "\n"})


def find_described(words: Sequence[str], choices: Choices) -> list[Option]:
    """The options named by a word or two of their labels: "just the fever one", "the hot swollen one and the last"."""
    described: list[Option] = []
    for place, word in enumerate(words):
        ends = words[place + 1 : place + 2]
        if word not in ("one", "ones") or place == 0 or not (not ends or ends[0] in _AFTER_ONE):
            continue
        start = place
        while start > max(0, place - _LONGEST_DESCRIPTION) and words[start - 1] not in _AROUND:
            start -= 1
        said = [_stem(one) for one in words[start:place]]
        fits = [option for option in choices.options if said and set(said) <= set(_stems(option.label))]
        if len(fits) == 1:
            described.append(fits[0])
    return described


def find_called(words: Sequence[str], choices: Choices) -> list[Option]:
    """The options that a yes to the whole list goes on to name by a word: "yes, my stomach".

    Nothing where anything is denied or said to be well: "yes I can, and the chest is fine" names no trouble.
    """
    if set(words) & cue("unlike_yes"):
        return []
    return [option for option in choices.options if option.called & set(words)]


def find_agreed(words: Sequence[str], choices: Choices) -> list[Option]:
    """The options that a word names which a yes of its own follows: "chest, yes. The others no"."""
    agreed: list[Option] = []
    start = 0
    for place, word in enumerate(words):
        if word in _SAID_YES and words[place - 1 : place] == [","] and place - 1 - start <= _LONGEST_DESCRIPTION:
            agreed += find_called(words[start : place - 1], choices)
        if word in _ENDS:
            start = place + 1
    return agreed


def _stems(label: str) -> list[str]:
    return [_stem(word) for word in re.findall(r"[a-z]+", label)]


def _stem(word: str) -> str:
    return word[:_STEM]


def _split(plain: str, options: tuple[Option, ...]) -> list[Option]:
    """The options whose labels make up the whole text, longest label first; empty when something is left over."""
    if not plain:
        return []
    for option in sorted(options, key=lambda option: -len(option.label)):
        if not plain.startswith(option.label):
            continue
        between = _BETWEEN.match(plain, len(option.label))
        if between is None:
            continue
        rest = plain[between.end() :]
        if not rest:
            return [option]
        others = _split(rest, options)
        if others:
            return [option, *others]
    return []


def load_titles(folder: Path = CLINIC) -> Mapping[str, str]:
    """The short title of every question in lower case, and the question's id.

    Raises:
        ContentError: when ``questions.yml`` breaks its schema.
    """
    content = read_content("questions.yml", "questions", folder)
    return {_plain(question["name"]): question["id"] for question in content["questions"] if _asks(question["id"])}


def find_change(text: str, titles: Mapping[str, str]) -> str | None:
    """The question whose answer a message such as "Change: Which hip" asks to change; None for any other message."""
    start, _, title = _plain(text).partition(":")
    return titles.get(title.strip()) if start.strip() == "change" else None


def _asks(question: str) -> bool:
    """Whether a question asks for facts; consent is taken back by deleting, not by a change."""
    return bool(facts_of(question)) and question != "consent"
