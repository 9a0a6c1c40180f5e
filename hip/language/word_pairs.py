"""How likely one word is after another, learnt from the words of our own examples and from English at large.

A bigram model smoothed after Witten and Bell (IEEE Transactions on Information Theory 37, 1991): what follows a word
seen often is believed as far as it was seen, the rest comes from how frequent words are.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from hip.language.typos import english_words

START: Final = "<s>"
NUMBER: Final = "<n>"
#: Words with their apostrophes, and numbers with what is written to them: "5mg", "2nd".
TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d\w*")
_HELD: Final = re.compile(r"(.)\1{2,}")
#: How much a word's frequency in our examples counts, against its frequency in English.
_OURS: Final = 0.8
_UNSEEN: Final = 0.1
_WORDS_UNSEEN: Final = 1000


@lru_cache(maxsize=4096)
def plain(token: str) -> str:
    """A token as it is counted: in lower case, without apostrophes or letters held down; numbers are all alike."""
    if token[0].isdigit():
        return NUMBER
    return _HELD.sub(r"\1\1", token.casefold().replace("'", "").replace("’", ""))


class WordPairs:
    """Counts of words and of words that follow each other.

    Args:
        followers: word to the words that followed it and how often; ``START`` stands for the beginning of a text.
        written: word without apostrophes to its commonest spelling with one, where that is how it is mostly written.
    """

    def __init__(self, followers: Mapping[str, Mapping[str, int]], written: Mapping[str, str]) -> None:
        self._followers = followers
        self.written = written
        self.counts: Counter[str] = Counter()
        for following in followers.values():
            self.counts.update(following)
        self._total = sum(self.counts.values()) + _WORDS_UNSEEN
        self._followed = {word: sum(following.values()) for word, following in followers.items()}
        self._english = english_words()
        self._all_english = sum(self._english.values())

    @classmethod
    def fit(cls, texts: Iterable[str]) -> WordPairs:
        """Count the words of texts."""
        followers: dict[str, Counter[str]] = defaultdict(Counter)
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            before = START
            for token in TOKEN.findall(text):
                word = plain(token)
                followers[before][word] += 1
                spellings[word][token.casefold().replace("’", "'")] += 1
                before = word
        common = {word: max(sorted(seen), key=seen.__getitem__) for word, seen in spellings.items()}
        return cls(followers, {word: spelling for word, spelling in sorted(common.items()) if "'" in spelling})

    def surprise(self, before: str, word: str) -> float:
        """How unexpected a word is after another, in nats: the negative logarithm of its likelihood."""
        ours = (self.counts.get(word, 0) + _UNSEEN) / self._total
        english = (self._english.get(word, 0) + 1) / self._all_english
        alone = _OURS * ours + (1 - _OURS) * english
        times = self._followed.get(before, 0)
        if not times:
            return -math.log(alone)
        following = self._followers[before]
        return -math.log((following.get(word, 0) + len(following) * alone) / (times + len(following)))

    def save(self, path: Path) -> None:
        """Write to a JSON file."""
        path.write_text(json.dumps({"followers": self._followers, "written": self.written}), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> WordPairs:
        """Read what ``save`` wrote.

        Raises:
            OSError, KeyError, ValueError: when the file is missing or damaged.
        """
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(kept["followers"], kept["written"])
