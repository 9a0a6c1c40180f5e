"""What an answer takes from a person's own words: a medicine's name, how bad the arthritis is, what is asked about.

Only words of the reviewed lists are repeated, never free text: the medicines of ``clinic/lexicon/medicines.yml`` and
the ``severity`` of ``clinic/topics.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from hip.content import read_content

SEVERITIES: Final = ("mild", "moderate", "severe")
#: Between "severe" and "arthritis" stand at most so many words, as in "severe wear and tear arthritis".
_NEAR: Final = 4
#: Just before it, these turn "severe" round.
_DENIALS: Final = frozenset({"not", "isnt", "isn't", "no", "never", "wasnt", "wasn't"})


@dataclass(frozen=True)
class OwnWords:
    """What a person called things.

    Attributes:
        medicines: a medicine's name by the yes/no fact that it tells, such as ``{"anticoagulant": "apixaban"}``.
        severity: one of ``SEVERITIES``; None when the person did not say.
        latest: the latest message in small letters, to see what it asks about; it is never repeated.
    """

    medicines: Mapping[str, str] = field(default_factory=dict)
    severity: str | None = None
    latest: str = ""


#: Before the first message.
NOTHING: Final = OwnWords()


def read_own_words(messages: Iterable[tuple[str, Collection[str]]], earlier: OwnWords = NOTHING) -> OwnWords:
    """Find what may be repeated.

    Args:
        messages: what the person wrote, oldest first, each with the ids of the facts that it was read to hold as true.
            A medicine's name counts only where its fact was read so: "never had warfarin" names none.
        earlier: what was found in the messages before these.

    Returns:
        The latest name of each kind; a message that names two medicines of one kind names none.
    """
    medicines = dict(earlier.medicines)
    severity, lowered = earlier.severity, earlier.latest
    for text, facts in messages:
        lowered = text.lower().replace("’", "'")
        for fact, pattern in _medicine_names().items():
            if fact in facts:
                named = {match.group() for match in pattern.finditer(lowered)}
                if len(named) == 1:
                    medicines[fact] = named.pop()
        severity = _find_severity(lowered) or severity
    return OwnWords(medicines, severity, lowered)


def _find_severity(lowered: str) -> str | None:
    """The severity named nearest before or after the arthritis; None when none or several are."""
    words = re.findall(r"[a-z'-]+", lowered)
    listed = _severity_words()
    near = {at for at, word in enumerate(words) if word in listed["near"]}
    found = set()
    for severity in SEVERITIES:
        for phrase in listed[severity]:
            parts = phrase.split()
            for at in range(len(words) - len(parts) + 1):
                close = any(at - _NEAR <= place <= at + len(parts) - 1 + _NEAR for place in near)
                if words[at : at + len(parts)] == parts and close and not _DENIALS & set(words[max(0, at - 2) : at]):
                    found.add(severity)
    return found.pop() if len(found) == 1 else None


@cache
def _medicine_names() -> Mapping[str, re.Pattern[str]]:
    """By yes/no fact, the names of the medicines that tell it."""
    names: dict[str, list[str]] = {}
    for entry in read_content("lexicon/medicines.yml", "lexicon_medicines")["medicines"]:
        for fact, value in entry.get("facts", {}).items():
            if value is True:
                names.setdefault(fact, []).extend(entry["names"])
    return {
        fact: re.compile(rf"\b({'|'.join(map(re.escape, sorted(each, key=len, reverse=True)))})\b")
        for fact, each in names.items()
    }


@cache
def _severity_words() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in read_content("topics.yml", "topics")["severity"].items()}
