"""Answers that leave something out of all or none of a list: "all of them bar sleeping", "apart from my bones, no"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hip.assessment import FACTS, FactKind, FactValue, facts_of
from hip.content import read_content
from hip.language.answers import affirm_rest, deny_rest
from hip.language.cues import cue
from hip.language.quantities import lengths_by_first_word

_MARKS: Final = frozenset({",", ".", "!", "?", ";", "\n", "(", ")", "-"})
#: An answer of more words is a story, in which "apart from that" leaves nothing out of a list.
_LONGEST: Final = 20


@dataclass(frozen=True)
class Exempt:
    """An answer to a whole list that leaves something out.

    Attributes:
        of_all: all but what is named applies; otherwise nothing but what is named does.
        named: the words that name what is left out.
    """

    of_all: bool
    named: tuple[str, ...]


class Exceptions:
    """Finds such answers with the words of ``answers.yml``.

    Raises:
        ContentError: when the data breaks its schema.
    """

    def __init__(self, folder: Path) -> None:
        data: Mapping[str, Any] = read_content("answers.yml", "lexicon_answers", folder)
        self._all = frozenset(data["all_words"])
        self._none = frozenset(data["none_words"])
        self._beside_all = frozenset(data["beside_all"]) | self._all | cue("padding")
        self._beside_none = frozenset(data["beside_none"]) | self._none | cue("padding")
        self._phrases = frozenset(data["exceptions"])
        self._all_phrases = self._phrases | frozenset(data["all_but"])
        self._lengths = lengths_by_first_word(self._all_phrases)

    @property
    def vocabulary(self) -> set[str]:
        """Every word in the phrases."""
        return {word for phrase in self._all_phrases for word in phrase.split()}

    def find(self, words: Sequence[str]) -> Exempt | None:
        """What an answer leaves out of all or none; None when it leaves out nothing."""
        if len(words) > _LONGEST or "?" in words:
            return None
        for place, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                phrase = " ".join(words[place : place + length])
                before, after = words[:place], words[place + length :]
                if phrase in self._all_phrases and (exempt := self._read(phrase, before, after)):
                    return exempt
        return None

    def _read(self, phrase: str, before: Sequence[str], after: Sequence[str]) -> Exempt | None:
        if any(word not in _MARKS for word in before):
            if self._says_all(before):
                return _name(True, after)
            return _name(False, after) if phrase in self._phrases and self._says_none(before) else None
        tails = [(cut, after[cut:]) for cut in range(1, len(after))]  # the longest first: "no to all of it"
        for cut, tail in tails if phrase in self._phrases else ():
            if self._says_none(tail):
                return _name(False, after[:cut])
        return next((_name(True, after[:cut]) for cut, tail in tails if self._says_all(tail)), None)

    def _says_all(self, words: Iterable[str]) -> bool:
        plain = {word for word in words if word not in _MARKS}
        return bool(plain & self._all) and plain <= self._beside_all

    def _says_none(self, words: Sequence[str]) -> bool:
        plain = [word for word in words if word not in _MARKS]
        said = set(plain)
        return bool(said & self._none) and said <= self._beside_none


def _name(of_all: bool, words: Sequence[str]) -> Exempt | None:
    end = next((at for at, word in enumerate(words) if word in (".", ";", "\n", "but")), len(words))
    named = tuple(words[:end])
    while named and named[-1] in _MARKS:
        named = named[:-1]
    return Exempt(of_all, named) if any(word not in _MARKS for word in named) else None


def apply_exception(
    exempt: Exempt, question: str, named: Mapping[str, Any]
) -> tuple[dict[str, Any], frozenset[str]] | None:
    """The facts of such an answer, and those among them that only follow from it; None when it names nothing asked.

    Args:
        exempt: the answer.
        question: id of the question just asked.
        named: what the words that name what is left out tell by themselves.
    """
    asked = {fact.id for fact in facts_of(question)}
    told = {fact: value for fact, value in named.items() if fact in asked and value not in (None, "none", ("none",))}
    if not told:
        return None
    if not exempt.of_all:
        facts = {fact: True if FACTS[fact].kind is FactKind.BOOL else value for fact, value in told.items()}
        rest = deny_rest(question, facts, ())
        return {**named, **facts, **rest}, frozenset(rest)
    facts = affirm_rest(question, {})
    for fact, value in told.items():
        if FACTS[fact].kind is FactKind.BOOL:
            facts[fact] = False
        elif FACTS[fact].kind is FactKind.SET:
            facts[fact] = _without(facts[fact], value)
    return facts, frozenset()


def _without(values: FactValue, left_out: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value not in left_out) if isinstance(values, tuple) else ()
