"""Puts typing errors right before a sentence is encoded: the encoder knows whole words, not misspelt ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from hip.language.words import is_word

_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST: Final = 3
#: From this length on a word may be two slips away from what was meant.
_LONG: Final = 6
_LONGEST: Final = 30


class Speller:
    """Corrects towards the words of the training examples, the commonest first.

    Args:
        words: words to correct towards; ``words_of`` makes them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._known = frozenset(self.words)
        self._correct = lru_cache(maxsize=8192)(self._find)

    def correct(self, text: str) -> str:
        """The text with each unknown word replaced by the closest word there is, if one is close."""
        return _WORD.sub(lambda found: self._correct(found.group()), text)

    def _find(self, word: str) -> str:
        plain = word.casefold()
        if not _SHORTEST <= len(plain) <= _LONGEST or plain in self._known or is_word(plain):
            return word
        slips = 2 if len(plain) >= _LONG else 1
        best = process.extractOne(plain, self.words, scorer=OSA.distance, score_cutoff=slips)
        return word if best is None else str(best[0])


def words_of(texts: Iterable[str]) -> list[str]:
    """The words of training examples to correct towards: real words, the commonest first, then by letter.

    A word the encoder does not know counts as real when examples use it twice: names of medicines and insurers.
    """
    counts = Counter(word.casefold() for text in texts for word in _WORD.findall(text) if len(word) >= _SHORTEST)
    real = [word for word, count in counts.items() if count > 1 or is_word(word)]
    return sorted(real, key=lambda word: (-counts[word], word))
