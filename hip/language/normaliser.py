"""Turns typed text into plain lower-case words: apostrophes, spacing, chat spellings and typing errors put right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import spacy
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from hip.language.dialect import Dialect
from hip.language.typos import Typos

#: Longer messages are cut; the gateway refuses them anyway, and the reader must stay fast whatever calls it.
LONGEST: Final = 20_000
_MARK: Final = r"[.,!?;:()\[\]\"/\n~+=*&%$£|<>-]"
#: "Can't", and "can'f" with the key beside: a letter after "n'" that ends no other word so.
_CONTRACTED: Final = re.compile(r"\b([a-z]*)n'[abcefghijklnopqrtuvwxyz]\b")
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
        dialect: further ones, some of which need the words around.

    Attributes:
        vocabulary: the words to correct towards.
        spellings: the respellings, with the words meant in a row.
    """

    def __init__(self, vocabulary: Iterable[str], spellings: dict[str, str], dialect: Dialect) -> None:
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
        self.spellings = {typed: tuple(meant.split()) for typed, meant in (dialect.words | spellings).items()}
        self._dialect = dialect
        self.vocabulary = frozenset(vocabulary)
        self._typos = Typos(self.vocabulary, self.spellings)

    def split(self, text: str) -> list[str]:
        """The words and marks of a text, in order, corrected and in lower case; never raises."""
        plain = unicodedata.normalize("NFKC", text[:LONGEST].translate(_APOSTROPHES)).lower()
        plain = self._dialect.unmark(plain)
        plain = _CONTRACTED.sub(lambda found: self._typos.contract(f"{found[1]}nt"), plain)
        for ending, written in _ENDINGS:
            plain = plain.replace(ending, written)
        plain = _ELONGATED.sub(r"\1\1", plain.replace("'", ""))
        plain = _NUMBER_UNIT.sub(r"\1 ", _DASH.sub(" , ", _HYPHEN.sub(" ", plain)))
        typed: list[str] = []
        for token in self._tokenizer(plain):
            word = token.text
            if not word.isspace():
                typed.append(word)
            elif "\n" in word:
                typed.append("\n")
        return [
            word for one in self._typos.move_blanks(self._dialect.rewrite(typed)) for word in self._find_correction(one)
        ]

    def _find_correction(self, word: str) -> tuple[str, ...]:
        meant = self.spellings.get(word)
        return self._typos.correct(word) if meant is None else meant
