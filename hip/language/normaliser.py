"""Turns typed text into plain lower-case words: apostrophes, spacing, chat spellings and typing errors put right."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import spacy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from spellchecker import SpellChecker

#: Longer messages are cut; the gateway refuses them anyway, and the reader must stay fast whatever calls it.
LONGEST: Final = 4000
_SHORTEST_TYPO: Final = 5
_SHORTEST_TARGET: Final = 4
_LONG_WORD: Final = 8
#: A word this frequent in the spelling dictionary is taken as meant, even when it is close to a word we look for.
_COMMON: Final = 20
_MARK: Final = r"[.,!?;:()\[\]\"/\n~+=*&%$£|<>-]"
_ENDINGS: Final = (("'ll", " will"), ("'ve", " have"), ("'re", " are"), ("'m", " am"), ("n't", "nt"), ("'s", " s"))
_APOSTROPHES: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "–": "-",
        "—": "-",
        "−": "-",
        "…": ".",
        "½": " and a half",
        "“": '"',
        "”": '"',
    }
)
_ELONGATED: Final = re.compile(r"([a-z])\1{2,}")
_HYPHEN: Final = re.compile(r"(?<=[a-z0-9])-(?=[a-z])|(?<=[a-z])-(?=[0-9])")
_DASH: Final = re.compile(r"(?<!\d)\s*--*\s*(?=\D)|(?<=\D)\s*--*\s*(?!\d)")
_NUMBER_UNIT: Final = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?=[a-z])")


class Normaliser:
    """Splits text into words and corrects them against the words the lexicon looks for.

    Args:
        vocabulary: every single word the lexicon can match.
        spellings: reviewed respellings, one typed word to the words meant.
    """

    def __init__(self, vocabulary: Iterable[str], spellings: Mapping[str, str]) -> None:
        self.vocab = spacy.blank("en").vocab
        mark = [_MARK]
        self._tokenizer = Tokenizer(
            self.vocab,
            rules={},
            prefix_search=compile_prefix_regex(mark).search,
            suffix_search=compile_suffix_regex(mark).search,
            infix_finditer=compile_infix_regex([r"(?<!\d)[.]|[.](?!\d)", r"[,!?;:()\[\]\"/\n~+=*&%$£|<>-]"]).finditer,
            token_match=None,
            url_match=None,
        )
        self._spellings = {typed: tuple(meant.split()) for typed, meant in spellings.items()}
        self._vocabulary = frozenset(vocabulary)
        self._targets: dict[str, list[str]] = defaultdict(list)
        for target in sorted(self._vocabulary):
            if len(target) >= _SHORTEST_TARGET and target.isalpha():
                self._targets[target[0]].append(target)
        self._english = SpellChecker(language="en").word_frequency
        self._correct = lru_cache(maxsize=8192)(self._find_correction)

    def split(self, text: str) -> list[str]:
        """The words and marks of a text, in order, corrected and in lower case; never raises."""
        plain = unicodedata.normalize("NFKC", text[:LONGEST].translate(_APOSTROPHES)).lower()
        for ending, written in _ENDINGS:
            plain = plain.replace(ending, written)
        plain = _ELONGATED.sub(r"\1\1", plain.replace("'", ""))
        plain = _NUMBER_UNIT.sub(r"\1 ", _DASH.sub(" , ", _HYPHEN.sub(" ", plain)))
        words: list[str] = []
        for token in self._tokenizer(plain):
            word = token.text
            if word.isspace():
                if "\n" in word:
                    words.append("\n")
                continue
            words.extend(self._correct(word))
        return words

    def _find_correction(self, word: str) -> tuple[str, ...]:
        meant = self._spellings.get(word)
        if meant is not None:
            return meant
        if len(word) < _SHORTEST_TYPO or len(word) > 30 or word in self._vocabulary or not word.isalpha():
            return (word,)
        if self._english[word] >= _COMMON:
            return (word,)
        distance = 2 if len(word) >= _LONG_WORD else 1
        found = process.extractOne(
            word,
            self._targets.get(word[0], ()),  # people seldom mistype the first letter
            scorer=OSA.distance,
            score_cutoff=distance,
        )
        if found is None:
            return (word,)
        return (str(found[0]),)
