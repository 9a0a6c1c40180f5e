"""Tells whether a message is in another language than English."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
from py3langid.modelio import load_model

from hip.language.model_files import read_checked

LANGUAGE_MODEL: Final = Path(MODEL_DIR) / MODEL_FILE
LANGUAGE_MODEL_SHA256: Final = "f4f4a2c3465ca1f081541037f9cac23021d68151c2f709c55ae5eedfca522963"

#: English and the languages most spoken in the United Kingdom beside it. Fewer choices make a short text surer.
LANGUAGES: Final = (
    *("en", "ar", "bg", "bn", "cy", "de", "el", "es", "fa", "fr", "gu", "hi", "hu", "it", "ku", "lt", "ne", "nl"),
    *("pa", "pl", "pt", "ro", "ru", "so", "sq", "ta", "tr", "uk", "ur", "vi", "zh"),
)
#: A text is foreign when English is this unlikely and one other language this likely. Chosen on the training examples:
#: no English one of them passes that says more than "no" or "yes" to something, nor does slang or keyboard mash.
ENGLISH_AT_MOST: Final = 0.03
OTHER_AT_LEAST: Final = 0.55
#: One word in Latin letters is too little to tell by: "hiya" could be any of five.
FEWEST_WORDS: Final = 2
#: Characters looked at; a language shows in fewer.
MOST_CHARACTERS: Final = 400

_WORD: Final = re.compile(r"[^\W\d_]+")


def is_foreign(text: str) -> bool:
    """Whether a text is surely in another language; slang, typing errors and a lone word are not."""
    text = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])
    letters = [character for character in text if character.isalpha()]
    if sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters) * 2 > len(letters):
        return True
    if len(_WORD.findall(text)) < FEWEST_WORDS:
        return False
    chances: dict[str, float] = dict(load_languages().rank(text.encode("utf-8", "replace").decode("utf-8")))
    english = chances.pop("en")
    return english <= ENGLISH_AT_MOST and max(chances.values()) >= OTHER_AT_LEAST


@cache
def load_languages() -> LanguageIdentifier:
    """The one identifier of this process; it takes about a second to read, so call this before the first message.

    Raises:
        ModelFileError: the installed model is not the one this release was tested with.
    """
    return read_languages(LANGUAGE_MODEL)


def read_languages(path: Path) -> LanguageIdentifier:
    """An identifier from a file, which is checked first; raises what ``load_languages`` does."""
    read_checked(path, LANGUAGE_MODEL_SHA256)
    chances, usual, labels, moves, rows, features = load_model(path)
    # ``set_languages`` would keep the numbers of all 142 languages beside those of ours: 28 MB.
    ours = [place for place, label in enumerate(labels) if label in LANGUAGES]
    return LanguageIdentifier(
        chances[:, ours], usual[ours], [labels[place] for place in ours], moves, features, norm_probs=True, tk_row=rows
    )
