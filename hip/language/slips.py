"""Typing errors made on purpose: each training example is learnt in a mistyped copy too."""

from __future__ import annotations

import random
from typing import Final

#: Share of characters disturbed in a copy.
SHARE: Final = 0.1
#: A shorter text says too little once it is disturbed.
SHORTEST: Final = 15
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def mistype(text: str, share: float = SHARE) -> str:
    """The text with some characters left out, replaced, doubled by another or swapped; one text always the same way.

    Args:
        text: what was meant.
        share: of characters disturbed, 0 to 1.
    """
    chance = random.Random(text)
    typed: list[str] = []
    waiting = list(reversed(text))
    while waiting:
        character = waiting.pop()
        if chance.random() >= share:
            typed.append(character)
            continue
        slip = chance.randrange(4)
        if slip == 1:
            typed.append(chance.choice(_LETTERS))
        elif slip == 2:
            typed += [character, chance.choice(_LETTERS)]
        elif slip == 3:
            typed += [waiting.pop(), character] if waiting else [character]
    return "".join(typed)
