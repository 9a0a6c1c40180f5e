"""How hard a text is to read: the measures and the bounds that every text meant for a person is held to.

Three measures, since none is enough alone; grade 6 to 7 is an age of 11 to 12.

- The Flesch-Kincaid grade weighs long sentences and long words. It maps to a school year, and so to the age that is
  asked for. It swings wildly on a label of three words, so it is taken of texts of ``ENOUGH_WORDS`` or more.
- Its syllable counts are estimates and an average hides one bad sentence, so the length of each is bounded as well
  (GOV.UK's style asks for 25 words at most). A list is read point by point: a colon or semicolon ends a sentence here.
- A word of five syllables or more is refused in any text, labels too.

The names in ``clinic/medical_names.yml`` count as one plain word each: nobody can say "osteoarthritis" in shorter
words, and a person who has it knows the name.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Final

from hip.content import read_content

with warnings.catch_warnings():
    # textstat 0.7 asks setuptools for its own version on import, which setuptools has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import textstat

MAX_GRADE: Final = 7.0
MAX_SENTENCE_WORDS: Final = 25
MAX_SYLLABLES: Final = 4
ENOUGH_WORDS: Final = 8


def find_hard_reading(text: str) -> list[str]:
    """What makes a text too hard to read; empty when it is fine."""
    # A placeholder or number is read as one short word, and a decimal point ends no sentence.
    plain = re.sub(r"\d+(\.\d+)?", "one", re.sub(r"\{\w+\}", "this", text))
    plain = re.sub(r"[;:](?=\s)", ".", _names().sub("name", plain))
    problems = []
    if len(plain.split()) >= ENOUGH_WORDS and (grade := textstat.flesch_kincaid_grade(plain)) > MAX_GRADE:
        problems.append(f"grade {grade}")
    for sentence in re.split(r"[.?!]\s+|\n+", plain):
        words = len(sentence.split())
        if words > MAX_SENTENCE_WORDS:
            problems.append(f"{words} words: {sentence}")
    long = [word for word in re.findall(r"[A-Za-z]+", plain) if textstat.syllable_count(word) > MAX_SYLLABLES]
    return problems + [f"long word: {word}" for word in long]


@cache
def _names() -> re.Pattern[str]:
    names = [entry["name"] for entry in read_content("medical_names.yml", "medical_names")["names"]]
    return re.compile(rf"\b({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\b", re.IGNORECASE)
