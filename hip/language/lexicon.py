"""Loads the lexicon of ``clinic/lexicon`` and says what each word of a message may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from hip.assessment import FactValue, parse_fact
from hip.content import CLINIC, ContentError, read_content
from hip.language.dialect import Dialect
from hip.language.finder import PatternFinder
from hip.language.normaliser import Normaliser
from hip.language.patterns import Lattice, Pattern, parse_pattern

FOLDER: Final = CLINIC / "lexicon"
#: Files that hold facts; ``words.yml`` and ``context.yml`` hold word classes that all of them share.
FACT_FILES: Final = (
    "injury.yml", "infection.yml", "nerve.yml", "circulation.yml", "health.yml", "history.yml", "checks.yml",
    "pattern.yml", "place.yml", "volunteered.yml", "choices.yml",
)  # fmt: skip
_STOPS: Final = frozenset({".", "!", "?", ";", "\n"})
#: How people answer a question they put to themselves.
_OWN_ANSWERS: Final = (
    "no chance",
    "no way",
    "not a",
    "cant",
    "couldnt",
    "forget it",
    "impossible",
    "not happening",
    "i wish",
    "if only",
    "chance would",
    "fat chance",
)
_NOES: Final = (["no"], ["nope"], ["nah"], ["none"], ["never"])
#: The value of a pattern that only keeps other patterns of its fact from matching the same words.
IGNORED: Final = "ignored"


@dataclass(frozen=True)
class Entry:
    """One thing a pattern can say: a value of a fact.

    Attributes:
        fact: fact id, or an id beginning with ``_`` that only the reader itself uses.
        value: the value said, or ``IGNORED``.
        kind: how context applies: ``symptom``, ``history`` (may be long past and still true) or ``state``.
    """

    fact: str
    value: FactValue
    kind: str


@dataclass(frozen=True)
class Found:
    """A pattern found in a message: what it says and the positions of the words that say it."""

    entry: Entry
    used: tuple[int, ...]

    @property
    def start(self) -> int:
        """The first position."""
        return self.used[0]

    @property
    def end(self) -> int:
        """The position after the last."""
        return self.used[-1] + 1


class Lexicon:
    """All word classes and patterns, ready to match.

    Args:
        folder: where the lexicon lies.
        vocabulary: further words that the spelling corrector should know.

    Raises:
        ContentError: when a file breaks its schema, a pattern its notation, or a class does not exist.
    """

    def __init__(self, folder: Path = FOLDER, vocabulary: Iterable[str] = ()) -> None:
        words = read_content("words.yml", "lexicon_words", folder)
        context = read_content("context.yml", "lexicon_words", folder)
        self.medicines: list[Mapping[str, Any]] = read_content("medicines.yml", "lexicon_medicines", folder)[
            "medicines"
        ]
        self._classes: dict[str, list[str]] = {**words["classes"], **context["classes"]}
        for number, medicine in enumerate(self.medicines):
            self._classes[f"_medicine_{number}"] = medicine["names"]
        self._patterns: list[tuple[Pattern, Entry]] = []
        for name in FACT_FILES:
            self._add_file(name, read_content(name, "lexicon", folder))
        self._words, self._prefixes, phrases = self._sort_members()
        self._check_classes()
        spellings: dict[str, str] = words.get("spellings", {})
        self.normaliser = Normaliser(self._vocabulary(phrases) | set(vocabulary), spellings, Dialect(folder))
        self._matcher = PhraseMatcher(self.normaliser.vocab, attr="ORTH")
        for key, texts in phrases.items():
            docs = [Doc(self.normaliser.vocab, words=text.split()) for text in texts]
            self._matcher.add(key, docs)
        self._finder = PatternFinder([pattern for pattern, _ in self._patterns])
        self._keys_of = lru_cache(maxsize=16384)(self._find_keys)

    def annotate(self, words: Sequence[str]) -> Lattice:
        """Say what each word and phrase may mean."""
        words = ["," if word == "?" and _is_answered(words, place) else word for place, word in enumerate(words)]
        spans: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        phrases = self._find_phrases(words)
        for key, start, end in phrases:
            spans[key][start].append(end)
        for place, word in enumerate(words):
            for key in self._keys_of(word):
                spans[key][place].append(place + 1)
        for key, start, _ in phrases:
            spans[key][start].sort(reverse=True)
        stops = {place for place, word in enumerate(words) if word in _STOPS and not _answers_itself(words, place)}
        stops |= {place for start, ends in spans.get("{_but}", {}).items() for place in range(start, ends[0])}
        fillers = {place for start, ends in spans.get("{_filler}", {}).items() for place in range(start, ends[0])}
        keys = self._finder.keys
        passed = {place for key, start, end in phrases if key in keys for place in range(start, end)}
        limits = {place for place in stops - passed if keys.isdisjoint(self._keys_of(words[place]))}
        return Lattice(words, spans, frozenset(fillers - stops), frozenset(stops), frozenset(limits))

    def find(self, lattice: Lattice) -> list[Found]:
        """Every pattern that stands in a message."""
        return [Found(self._patterns[number][1], used) for number, used in self._finder.find(lattice)]

    def _find_phrases(self, words: Sequence[str]) -> list[tuple[str, int, int]]:
        """Key, start and end of each phrase of several words."""
        if not words:
            return []
        vocab = self.normaliser.vocab
        return [(vocab.strings[key], start, end) for key, start, end in self._matcher(Doc(vocab, words=list(words)))]

    def _add_file(self, name: str, content: Mapping[str, Any]) -> None:
        for class_name, members in content.get("classes", {}).items():
            if class_name in self._classes:
                raise ContentError(f"{name}: class {class_name!r} is already defined elsewhere")
            self._classes[class_name] = members
        for block in content["facts"]:
            fact, kind = block["fact"], block.get("kind", "symptom")
            said: list[tuple[FactValue, Sequence[str]]] = [
                (True, block.get("heard", ())),
                (False, block.get("denied", ())),
                (IGNORED, block.get("ignored", ())),
                *block.get("values", {}).items(),
            ]
            for value, texts in said:
                if not texts:
                    continue
                checked = value if value == IGNORED or fact.startswith("_") else _check_value(name, fact, value)
                for text in texts:
                    try:
                        self._patterns.append((parse_pattern(text), Entry(fact, checked, kind)))
                    except ValueError as error:
                        raise ContentError(f"{name}: {fact}: {error}") from error

    def _sort_members(self) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, set[str]]]:
        """Single words and prefixes to the class keys they carry, and class keys to their phrases."""
        words: dict[str, set[str]] = defaultdict(set)
        prefixes: dict[str, set[str]] = defaultdict(set)
        phrases: dict[str, set[str]] = defaultdict(set)
        for name in self._classes:
            key = "{" + name + "}"
            for member in self._expand(name, ()):
                member = member.replace("-", " ")
                if " " in member:
                    phrases[key].add(member)
                elif member.endswith("*"):
                    prefixes[member[:-1]].add(key)
                else:
                    words[member].add(key)
        for pattern, _ in self._patterns:
            for step in (step for part in pattern.parts for step in part[0]):
                for key in step.choice.keys:
                    if ("-" in key or "_" in key) and not key.startswith("{"):
                        phrases[key].add(key.replace("-", " ").replace("_", " "))
                    elif key.endswith("*"):
                        prefixes[key[:-1]].add(key)
                    elif not key.startswith("{"):
                        words[key].add(key)
        return words, prefixes, phrases

    def _expand(self, name: str, within: tuple[str, ...]) -> Iterable[str]:
        if name in within:
            raise ContentError(f"class {name!r} includes itself")
        for member in self._classes.get(name, ()):
            if member.startswith("{"):
                inner = member.strip("{}")
                if inner not in self._classes:
                    raise ContentError(f"class {name!r}: there is no class {inner!r}")
                yield from self._expand(inner, (*within, name))
            else:
                yield member

    def _check_classes(self) -> None:
        for pattern, entry in self._patterns:
            for key in (key for part in pattern.parts for step in part[0] for key in step.choice.keys):
                if key.startswith("{") and key.strip("{}") not in self._classes:
                    raise ContentError(f"{entry.fact}: pattern {pattern.text!r}: there is no class {key}")

    def _vocabulary(self, phrases: Mapping[str, set[str]]) -> set[str]:
        inside = {word for texts in phrases.values() for text in texts for word in text.split()}
        return set(self._words) | set(self._prefixes) | inside

    def _find_keys(self, word: str) -> tuple[str, ...]:
        keys = set(self._words.get(word, ()))
        for length in range(2, len(word) + 1):
            keys |= self._prefixes.get(word[:length], set())
        return tuple(sorted(keys))


def _is_answered(words: Sequence[str], place: int) -> bool:
    """Whether the writer puts a question to themselves and says no: "numbness? no. Bladder? nope"."""
    return (
        place > 0
        and list(words[place + 1 : place + 2]) in _NOES
        and (place + 2 >= len(words) or words[place + 2] in _STOPS | {","})
    )


def _answers_itself(words: Sequence[str], place: int) -> bool:
    """Whether a question mark is the writer's own: "weight on that leg? no chance"."""
    after = " ".join(words[place + 1 : place + 3])
    return words[place] == "?" and place > 0 and after.startswith(_OWN_ANSWERS)


def _check_value(name: str, fact: str, value: FactValue) -> FactValue:
    try:
        return parse_fact(fact, value)
    except ValueError:
        pass
    try:
        return parse_fact(fact, [value])
    except ValueError as error:
        raise ContentError(f"{name}: {error}") from error
