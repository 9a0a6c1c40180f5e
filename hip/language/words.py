"""Tells words from keyboard mash. A classifier cannot: of mash it is often sure."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Final

from hip.language.encoder import TOKENIZER

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DIGIT: Final = re.compile(r"\d")
#: What no language writes in a word of Latin letters: no vowel at all, five consonants on end, a letter three times.
_MASHED: Final = re.compile(r"[^aeiouy\W\d_]{5}|(.)\1\1|^[^aeiouyäöüåæøœ\W\d_]+$")
#: One-letter words that say something: "a", "I", and the "y" and "n" of a form.
_LETTERS: Final = frozenset("aiyn")

_SHORTEST: Final = 3

_ASKING: Final = frozenset(
    ("what", "whats", "how", "hows", "why", "when", "whens", "where", "wheres", "whereabouts", "which", "who", "whos")
)
#: These open a question only before a subject; "did six sessions" and "can walk fine" leave their subject out.
_AUXILIARIES: Final = frozenset(
    ("can", "could", "do", "does", "did", "is", "are", "will", "would", "should", "may", "shall", "have", "has", "am")
)
#: "When I climb stairs" and "where my back pocket is" answer a question; "where are you" and "where you based" are one.
_OPENING_A_CLAUSE: Final = frozenset(("when", "where"))
_TOLD_OF: Final = frozenset(("i", "im", "ive", "my", "me", "it", "its", "he", "hes", "she", "shes", "his", "her"))
_SUBJECTS: Final = frozenset(
    (
        *("i", "you", "we", "he", "she", "it", "they", "this", "that", "there", "the", "my", "your", "his", "her"),
        *("our", "a", "an", "any", "anyone"),
    )
)


def share_mistyped(text: str) -> float:
    """The share of words of three letters or more, 0 to 1, that the encoder does not know: most are mistyped."""
    written = [word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST]
    return sum(not is_word(word) for word in written) / len(written) if written else 0.0


def says_nothing(text: str) -> bool:
    """Whether a text holds no number and no word that is known: empty, punctuation, emoji or mash.

    A word is known when the encoder has one whole piece for it; misspelt words are not, so ask this only about a
    message that nothing else has made sense of.
    """
    return _DIGIT.search(text) is None and not any(is_word(word) for word in _WORD.findall(text.casefold()))


def is_mash(text: str) -> bool:
    """Whether most words of three letters or more look like keys hit at random; ask only of what seems nonsense."""
    written = [word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST and word.isascii()]
    return bool(written) and 2 * sum(bool(_MASHED.search(word)) for word in written) > len(written)


def is_question(text: str) -> bool:
    """Whether a text, or a clause of it, is put as a question."""
    clauses = re.split(r"[.,;:!?\n]|\b(?:and|but|so|also)\b", text.casefold())
    return "?" in text or any(_asks(_WORD.findall(clause)) for clause in clauses)


def _asks(words: list[str]) -> bool:
    first, second = [*(word.replace("’", "'").partition("'")[0] for word in words), "", ""][:2]
    if first in _OPENING_A_CLAUSE and second in _TOLD_OF:
        return False
    return first in _ASKING or (first in _AUXILIARIES and second in _SUBJECTS)


def count_words(text: str) -> int:
    """How many words and numbers a text holds."""
    return len(_WORD.findall(text)) + len(re.findall(r"\d+", text))


def is_word(word: str) -> bool:
    """Whether a word in lower case is one the encoder knows whole."""
    if len(word) == 1:
        return word in _LETTERS
    return word in _vocabulary() or all(part in _vocabulary() for part in re.split(r"['’]", word) if len(part) > 1)


@cache
def _vocabulary() -> frozenset[str]:
    pieces: dict[str, int] = json.loads(TOKENIZER.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece for piece in pieces if piece.isalpha() and len(piece) > 1)
