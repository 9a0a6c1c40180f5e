"""Puts spellings of dialects, of speech and of texting into standard words: "pit ma fit doon", "t'leg", "'ip".

What stands by itself is a respelling like any other, and is put right by the normaliser one word at a time; here is
what needs the words around it, and what an apostrophe marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hip.content import ContentError, read_content

_ANY: Final = "$"
_EDGE: Final = "^"
_CONSONANT: Final = "#"
#: "T'leg", "th'hospital": the definite article of the north.
_ARTICLE: Final = re.compile(r"(?<![\w'])th?'(?=[a-z])")


@dataclass(frozen=True)
class _Rule:
    """A standard word that is another one beside certain words."""

    meant: tuple[str, ...]
    of: AbstractSet[str]
    before: AbstractSet[str]
    after: AbstractSet[str]
    not_before: AbstractSet[str]
    not_after: AbstractSet[str]

    def applies(self, previous: str, following: str, typed: AbstractSet[str]) -> bool:
        """Whether the words around say that this is meant."""
        return (
            (not self.of or bool(self.of & typed))
            and _fits(self.before, following, True)
            and _fits(self.after, previous, True)
            and not _fits(self.not_before, following, False)
            and not _fits(self.not_after, previous, False)
        )


class Dialect:
    """The reviewed respellings of ``dialect.yml``.

    Args:
        folder: where the lexicon lies.

    Attributes:
        words: one typed word to the words meant, wherever it stands.

    Raises:
        ContentError: when the file breaks its schema or names a dialect that has no words.
    """

    def __init__(self, folder: Path) -> None:
        data: Mapping[str, Any] = read_content("dialect.yml", "lexicon_dialect", folder)
        self.words: dict[str, str] = {
            typed: meant for words in data["words"].values() for typed, meant in words.items()
        }
        self._marked: dict[str, str] = data["marked"]
        self._phrases = {tuple(typed.split()): tuple(meant.split()) for typed, meant in data["phrases"].items()}
        self._lengths: dict[str, list[int]] = {}
        for phrase in sorted(self._phrases, key=len, reverse=True):
            self._lengths.setdefault(phrase[0], []).append(len(phrase))
        self._rules: dict[str, list[_Rule]] = {}
        for rule in data["beside"]:
            if rule.get("of", "scots") not in data["words"]:
                raise ContentError(f"dialect.yml: beside: {rule['word']}: there is no dialect {rule['of']!r}")
            words = frozenset(data["words"][rule["of"]]) if "of" in rule else frozenset()
            near = [frozenset(rule.get(name, ())) for name in ("before", "after", "not_before", "not_after")]
            self._rules.setdefault(rule["word"], []).append(_Rule(tuple(rule["meant"].split()), words, *near))
        marked = "|".join(re.escape(word[1:]) for word in self._marked)
        self._mark = re.compile(rf"(?<![\w'])'({marked})(?!\w)")

    def unmark(self, plain: str) -> str:
        """A text in lower case without the apostrophes that stand for a missing letter or article."""
        return self._mark.sub(lambda found: self._marked[f"'{found[1]}"], _ARTICLE.sub("the ", plain))

    def rewrite(self, typed: Sequence[str]) -> list[str]:
        """The words and marks of a text with those put right that need the words around them."""
        said = frozenset(typed)
        meant: list[str] = []
        place = 0
        while place < len(typed):
            word = typed[place]
            if word not in self._lengths and word not in self._rules:
                meant.append(word)
                place += 1
                continue
            length = self._phrase_at(typed, place)
            if length:
                meant.extend(self._phrases[tuple(typed[place : place + length])])
                place += length
                continue
            previous = meant[-1] if meant else ""
            following = typed[place + 1] if place + 1 < len(typed) else ""
            rule = next((one for one in self._rules.get(word, ()) if one.applies(previous, following, said)), None)
            meant.extend((word,) if rule is None else rule.meant)
            place += 1
        return meant

    def _phrase_at(self, typed: Sequence[str], place: int) -> int:
        """The length of the longest phrase that stands at a place; 0 for none."""
        lengths = self._lengths.get(typed[place], ())
        return next((length for length in lengths if tuple(typed[place : place + length]) in self._phrases), 0)


def _fits(wanted: AbstractSet[str], word: str, otherwise: bool) -> bool:
    """Whether a neighbour, empty at an end of the text, is among those listed; what nothing lists fits or not."""
    if not wanted:
        return otherwise
    kinds = {_ANY if word[:1].isalnum() else _EDGE}
    if word[:1].isalpha() and word[0] not in "aeiou":
        kinds.add(_CONSONANT)
    return word in wanted or bool(kinds & wanted)
