"""Finds the words that were meant in a mistyped message, each by its letters and by the words beside it.

The noisy channel of Kernighan, Church and Gale (COLING 1990): of all readings of a message the likeliest is taken,
where the slips of the keyboard that it needs speak against it and how usual its words are after each other speaks for
it. So "an" may be "and", "can" or itself, by what stands around it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from hip.language.cues import cue
from hip.language.keyboard import weigh_slip, without_one
from hip.language.typos import english_words
from hip.language.word_pairs import NUMBER, START, TOKEN, WordPairs, plain

# Costs in nats, as the surprise of a word; chosen on disturbed training examples (docs/decisions/0005).
#: An unknown word that stays as it is, and one of a single letter.
_UNKNOWN: Final = 9.0
_UNKNOWN_LETTER: Final = 4.0
#: One slip in an unknown word, and two; weighed by the kind of the slip on top.
_ONE_SLIP: Final = 3.0
_TWO_SLIPS: Final = 7.0
#: Two slips in a word of so few letters leave little of it: only words beside it can make that likely.
_SHORT: Final = 4
_TWO_SLIPS_SHORT: Final = 12.0
#: ... and only towards words our examples use so often.
_USUAL: Final = 3
_KIND: Final = 2.0
#: One slip that makes another known word of a word, in a message with few unknown words and in one with many.
_REAL_WORD: Final = 6.0
_REAL_WORD_AMONG_MANY: Final = 4.5
_MANY: Final = 0.2  # share of unknown words
#: A known word this far from every unknown one, in words, is taken as meant unless many are unknown.
_NEAR: Final = 4
_LONG: Final = 6
#: A longer unknown word is mash, and stays.
_LONGEST: Final = 30
#: A shorter unknown word says too little to be corrected where no other word is known: "hj" is not "hi".
_TELLING: Final = 4
#: Readings of a word that are followed up.
_READINGS: Final = 12
#: A word this frequent in English is known; words this frequent are corrected towards, beside those of our examples.
_COMMON: Final = 150
_TARGET: Final = 8000
_SINGLES: Final = frozenset("ai")


class TypingDecoder:
    """Corrects texts.

    Args:
        pairs: how likely words are after each other.
        vocabulary: further words that are known and corrected towards: what the lexicon and the buttons are made of.
    """

    def __init__(self, pairs: WordPairs, vocabulary: Iterable[str]) -> None:
        self._pairs = pairs
        english = english_words()
        targets = {word for word, count in english.items() if count >= _TARGET and word.isalpha()}
        targets |= {word for word, count in pairs.counts.items() if count > 1 or english.get(word, 0) >= _COMMON}
        targets |= {word for word in vocabulary if word.isalpha()}
        targets = {word for word in targets if len(word) > 1 or word in _SINGLES} - {NUMBER}
        common = {word for word, count in english.items() if count >= _COMMON and len(word) > 1}
        self._known = frozenset(targets | common | {NUMBER})
        self._one_away: dict[str, list[str]] = defaultdict(list)
        for word in sorted(targets - _SINGLES):
            for short in {word, *without_one(word)}:
                self._one_away[short].append(word)
        self._long = sorted(word for word in targets if len(word) >= _LONG - 1)
        # A number is too much to make of a guess: it would be an answer.
        numbers = cue("number") | cue("tens")
        usual = sorted(
            word for word, count in pairs.counts.items() if count >= _USUAL and word.isalpha() and word not in numbers
        )
        self._usual = [word for word in usual if _SHORT - 1 <= len(word) <= _LONG + 1]
        self._readings_of = lru_cache(maxsize=8192)(self._find_readings)

    def correct(self, text: str) -> str:
        """The text with mistyped words put right; as it is when every word of it is known."""
        tokens = list(TOKEN.finditer(text))
        words = [plain(token.group()) for token in tokens]
        unknown = [place for place, word in enumerate(words) if word not in self._known]
        if len(unknown) == len(words):
            unknown = [place for place in unknown if len(words[place]) >= _TELLING]
        if not unknown:
            return text
        parts, end = [], 0
        for token, word, meant in zip(tokens, words, self._decode(words, unknown), strict=True):
            parts += [text[end : token.start()], token.group() if meant == word else self._write(meant)]
            end = token.end()
        return "".join(parts) + text[end:]

    def _write(self, word: str) -> str:
        return self._pairs.written.get(word, word)

    def _decode(self, words: Sequence[str], unknown: Collection[int]) -> list[str]:
        """The likeliest reading of the words (Viterbi's algorithm)."""
        many = len(unknown) >= _MANY * len(words)
        # Beside no word that our examples use, two slips in a short word are mash: "wibble wobble flurb".
        ours = any(word in self._pairs.counts for place, word in enumerate(words) if place not in unknown)
        doubtful = {place + step for place in unknown for step in range(-_NEAR, _NEAR + 1)}
        paths: dict[str, tuple[float, tuple[str, ...]]] = {START: (0.0, ())}
        for place, word in enumerate(words):
            if place in unknown:
                readings = self._readings_of(word, False)
                if not ours:
                    readings = tuple((meant, cost) for meant, cost in readings if cost < _TWO_SLIPS_SHORT)
            elif many or place in doubtful:
                dearer = (_REAL_WORD_AMONG_MANY if many else _REAL_WORD) - _ONE_SLIP
                likely = self._readings_of(word, True)
                readings = tuple((meant, cost + dearer if meant != word else cost) for meant, cost in likely)
            else:
                readings = ((word, 0.0),)
            paths = {meant: self._extend(paths, meant, cost) for meant, cost in readings}
        _, best = min(paths.values())
        return list(best)

    def _extend(
        self, paths: dict[str, tuple[float, tuple[str, ...]]], meant: str, cost: float
    ) -> tuple[float, tuple[str, ...]]:
        surprise = self._pairs.surprise
        so_far, path = min(
            ((so_far + surprise(word, meant), path) for word, (so_far, path) in paths.items()), key=itemgetter(0)
        )
        return so_far + cost, (*path, meant)

    def _find_readings(self, word: str, known: bool) -> tuple[tuple[str, float], ...]:
        """What a word may be meant for, and the cost of each; the likeliest of them when there are many."""
        if not word.isalpha() or word in _SINGLES or len(word) > _LONGEST:
            return ((word, 0.0),)
        stays = _UNKNOWN if len(word) > 1 else _UNKNOWN_LETTER
        readings = {word: 0.0 if known else stays}
        shorter = without_one(word)
        for meant in {near for short in (word, *shorter) for near in self._one_away.get(short, ())} - {word}:
            if OSA.distance(word, meant, score_cutoff=1) <= 1:
                readings[meant] = _ONE_SLIP + _KIND * weigh_slip(word, meant)
        if not known and len(word) >= _SHORT:
            targets, cost = (self._long, _TWO_SLIPS) if len(word) >= _LONG else (self._usual, _TWO_SLIPS_SHORT)
            for meant, _, _ in process.extract(word, targets, scorer=OSA.distance, score_cutoff=2, limit=None):
                if len(word) >= _LONG or abs(len(word) - len(meant)) < 2:  # "flurb" is no "flu" with two letters more
                    readings.setdefault(meant, cost)
        likeliest = sorted(readings, key=lambda meant: (readings[meant] + self._pairs.surprise("", meant), meant))
        return tuple((meant, readings[meant]) for meant in likeliest[:_READINGS])
