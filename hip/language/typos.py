"""Puts typing errors right: slips within a word, and blanks typed a letter too early or late, or not at all.

Words are corrected towards those the lexicon looks for and the common words of English alike: a slip in "have" must not
become "heavy" because only that is looked for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from hip.language.keyboard import weigh_slip, without_one

_SHORTEST: Final = 3
_LONGEST: Final = 30
_SHORT: Final = 4
#: From this length on a word may be two slips away from what was meant.
_LONG: Final = 7
#: A word this frequent in the spelling dictionary is taken as meant.
_COMMON: Final = 150
#: Words this frequent are corrected towards, besides those of the lexicon.
_TARGET: Final = 8000
#: What a word of the lexicon counts for at least.
_LOOKED_FOR: Final = 3000
#: A blank is only put between words this frequent.
_SPLITS: Final = 30000
_CONTRACTIONS: Final = frozenset(
    f"{word}nt"
    for word in (
        *("ca", "do", "wo", "is", "have", "has", "had", "did", "does", "are", "were", "was"),
        *("could", "would", "should", "ai", "sha", "must", "need", "might", "dare"),
    )
)
_SINGLES: Final = frozenset({"i", "a"})
#: What counts against the cost of a slip: how frequent a word is, that it is looked for.
_FREQUENCY: Final = 0.08
_SOUGHT: Final = 0.1
_TINY: Final = 0.3


@cache
def english_words() -> Mapping[str, int]:
    """English words in lower case, and how often each was counted in the texts that pyspellchecker was made from."""
    frequencies: Mapping[str, int] = SpellChecker(language="en").word_frequency.dictionary
    return frequencies


class Typos:
    """Corrects words.

    Args:
        vocabulary: every single word the lexicon can match.
        accepted: further words to be left as they are.
    """

    def __init__(self, vocabulary: Iterable[str], accepted: Iterable[str] = ()) -> None:
        self._english = english_words()
        looked_for = {word for word in vocabulary if len(word) >= _SHORTEST and word.isalpha()}
        self._vocabulary = frozenset(vocabulary)
        self._accepted = self._vocabulary | set(accepted)
        self._contractions = sorted(word for word in looked_for if word in _CONTRACTIONS)
        self._weights = {word: count for word, count in self._english.items() if count >= _TARGET and word.isalpha()}
        self._weights |= {word: max(_LOOKED_FOR, self._english.get(word, 0)) for word in looked_for}
        self._shortened: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._weights):
            for short in {word, *without_one(word)}:
                self._shortened[short].append(word)
        self._long = [word for word in sorted(looked_for) if len(word) >= _LONG]
        self.correct = lru_cache(maxsize=16384)(self._find)

    def is_known(self, word: str) -> bool:
        """Whether a word is taken as meant."""
        return word in self._accepted or self._english.get(word, 0) >= _COMMON

    def contract(self, word: str) -> str:
        """The word meant by one typed with "n't", without the apostrophe: "fant" and "ant" are "cant"."""
        if word in _CONTRACTIONS:
            return word
        near = [meant for meant in self._contractions if OSA.distance(word, meant, score_cutoff=1) <= 1]
        return min(near, key=lambda meant: (self._unlikeliness(word, meant), meant), default=word)

    def move_blanks(self, words: Sequence[str]) -> list[str]:
        """Put blanks where they make two known words of two that are not: "foo tcaught", "pai nin", "fe ver"."""
        moved = list(words)
        place = 0
        while place + 1 < len(moved):
            one, two = moved[place], moved[place + 1]
            if one.isalpha() and two.isalpha() and not (self.is_known(one) and self.is_known(two)):
                moved[place : place + 2] = self._reblank(one, two)
            place += 1
        return moved

    def _reblank(self, one: str, two: str) -> list[str]:
        if one in self._weights and two in self._weights:
            return [one, two]
        for left, right in ((one + two[0], two[1:]), (one[:-1], one[-1] + two)):
            if self._stands(left) and self._stands(right):
                return [left, right]
        if one + two in self._weights and not (one in self._weights or two in self._weights):
            return [one + two]
        return [one, two]

    def _stands(self, word: str) -> bool:
        return word in self._weights or word in _SINGLES

    def _find(self, word: str) -> tuple[str, ...]:
        """The words meant by one typed: most often one, two where a blank is missing, itself when nothing is close."""
        if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha() or self.is_known(word):
            return (word,)
        near = {target for short in (word, *without_one(word)) for target in self._shortened.get(short, ())}
        one_slip = [target for target in near if OSA.distance(word, target, score_cutoff=1) <= 1]
        if len(word) <= _SHORT:  # "gps" is no slip in an abbreviation that only the lexicon knows
            one_slip = [target for target in one_slip if self._english.get(target, 0) >= _COMMON or "nt" in target]
        if one_slip:
            return (min(one_slip, key=lambda target: (self._unlikeliness(word, target), target)),)
        parts = self._split(word)
        if parts:
            return parts
        if len(word) < _LONG:
            return (word,)
        close = [target for target in near if OSA.distance(word, target, score_cutoff=2) <= 2]
        if close:
            return (min(close, key=lambda target: (-self._weights[target] * (target[0] == word[0]), target)),)
        found = process.extractOne(word, self._long, scorer=OSA.distance, score_cutoff=2)
        return (word,) if found is None else (str(found[0]),)

    def _unlikeliness(self, word: str, target: str) -> float:
        likely = _FREQUENCY * math.log10(self._weights[target])
        if target in self._vocabulary:
            likely += _SOUGHT
        if len(target) < _SHORTEST:
            likely -= _TINY
        return weigh_slip(word, target) - likely

    def _split(self, word: str) -> tuple[str, ...]:
        """Two common words that were run together; none when there are no such."""
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for place in range(1, len(word)):
            left, right = word[:place], word[place:]
            if min(self._frequency(left), self._frequency(right)) > best[0]:
                best = (min(self._frequency(left), self._frequency(right)), (left, right))
        return best[1]

    def _frequency(self, word: str) -> float:
        if len(word) < _SHORTEST and word not in _SINGLES and self._english.get(word, 0) < _SPLITS:
            return 0
        return self._weights.get(word, 0) if self._weights.get(word, 0) >= _LOOKED_FOR else 0
