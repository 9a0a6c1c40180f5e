"""Splits a message into parts that each tell one thing: in a long message one sentence is lost among the others."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

#: A part of fewer words says too little alone and goes with its neighbour.
SHORTEST: Final = 3  # words
#: Parts read of one message, since each costs a run of the encoder; the most telling ones are chosen.
MOST: Final = 4
#: Words of a part that are weighed: a long part is not more telling for its length.
_TELLING: Final = 3

_SUBJECT: Final = (
    r"(?:i|im|ive|i'm|i've|my|it|its|it's|she|shes|she's|he|hes|he's|her|his|they|their|we|the|that|this|there|theres"
    r"|there's|when|now|since|mum|mum's|dad|dad's|both|one)\b"
)
#: Marks end a part; a comma or a joining word does only where a new subject follows, so that "no fever, chills or
#: sweats" stays whole and its "no" with it.
_BREAK: Final = re.compile(
    rf"[.!?;\n]+(?:\s+|$)|\n|,?\s+(?:but|although|though|except)\s+|(?:\s*,\s*|\s+)(?:and|so|then|because)\s+(?={_SUBJECT})"
    rf"|\s*,\s*(?={_SUBJECT})",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def split_parts(text: str) -> list[str]:
    """The parts of a message in order; one part when it tells one thing, none when there is no word in it."""
    parts: list[str] = []
    for piece in _BREAK.split(text.replace("’", "'")):
        piece = piece.strip()
        if not _WORD.search(piece):
            continue
        if parts and min(_count(parts[-1]), _count(piece)) < SHORTEST:
            parts[-1] = f"{parts[-1]}, {piece}"
        else:
            parts.append(piece)
    return parts


def weigh_words(telling: Collection[str], harmless: Collection[str]) -> dict[str, float]:
    """How much more often each word stands in telling texts than in harmless ones: a log ratio, above zero only."""
    ours, theirs = _count_texts(telling), _count_texts(harmless)
    shares = ((word, (count + 0.5) / (len(telling) + 1)) for word, count in ours.items())
    weights = {word: math.log(share * (len(harmless) + 1) / (theirs[word] + 0.5)) for word, share in shares}
    return {word: weight for word, weight in sorted(weights.items()) if weight > 0}


def choose_parts(parts: Sequence[str], weights: Mapping[str, float]) -> list[str]:
    """The parts whose words tell most, ``MOST`` at most, in the order of the message."""
    ranked = sorted(range(len(parts)), key=lambda place: (-_weigh(parts[place], weights), place))
    return [parts[place] for place in sorted(ranked[:MOST])]


def _weigh(part: str, weights: Mapping[str, float]) -> float:
    return sum(sorted((weights.get(word, 0.0) for word in _words(part)), reverse=True)[:_TELLING])


def _count_texts(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _words(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.replace("'", "") for word in _WORD.findall(text.casefold().replace("’", "'")))


def _count(text: str) -> int:
    return len(_WORD.findall(text))
