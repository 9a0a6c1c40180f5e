"""How hard a text is to read: the measure and the bounds that every text meant for a person is held to.

Two measures, since neither is enough alone. The Flesch-Kincaid grade weighs long sentences and long words; grade 6 to 7
is an age of 11 to 12. Its syllable counts are estimates, so the length of each sentence is bounded as well (GOV.UK's
style asks for 25 words at most). No medical word is excused.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

with warnings.catch_warnings():
    # textstat 0.7 asks setuptools for its own version on import, which setuptools has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import textstat

MAX_GRADE: Final = 7.0
MAX_SENTENCE_WORDS: Final = 25


def find_hard_reading(text: str) -> list[str]:
    """What makes a text too hard to read; empty when it is fine."""
    # A placeholder or number is read as one short word, and a decimal point ends no sentence.
    plain = re.sub(r"\d+(\.\d+)?", "one", re.sub(r"\{\w+\}", "this", text))
    grade = textstat.flesch_kincaid_grade(plain)
    problems = [f"grade {grade}"] if grade > MAX_GRADE else []
    for sentence in re.split(r"[.?!]\s+|\n+", plain):
        words = len(sentence.split())
        if words > MAX_SENTENCE_WORDS:
            problems.append(f"{words} words: {sentence}")
    return problems
