"""What is done to a person's text before it is kept and before Rasa reads it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Characters, counted as code points: up to the first a message is answered as it is, up to the second it is screened
#: whole for red flags and the person is asked for less, and more is refused.
ANSWERED_LENGTH: Final = 2_000
SCREENED_LENGTH: Final = 20_000

#: Control, format (zero width, direction) and half characters: they show nothing, and hide or break things.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_KEPT: Final = frozenset("\n\t")

#: Rasa takes a message whose first character, after it has stripped white space, is "/" for an intent. The others look
#: the same to a person, or become the same by Unicode's compatibility rules.
_SLASHES: Final = re.compile(r"^[\s/\u2044\u2215\u29f8\uff0f]+")

#: What Rasa reads where nothing else is left: it understands nothing of it, and asks again.
NOTHING: Final = "?"


def clean(raw: str) -> str:
    """The text without control characters and without white space at its ends; line ends become ``\\n``."""
    lines = raw.replace("\r\n", "\n").translate(
        {0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0x0B: "\n", 0x0C: "\n"}
    )
    seen = (c for c in lines if c in _KEPT or unicodedata.category(c) not in _UNSEEN)
    return "".join(seen).strip()


def neutralise(text: str) -> str:
    """A typed text such that Rasa cannot take it for an intent: what it starts with is no slash.

    Args:
        text: of ``clean``. Words after the slash stay, so that "/chest pain" is still read.
    """
    return _SLASHES.sub("", text) or NOTHING
