"""Reference codes: random, easy to read aloud, and proof against a mistyped character.

A code such as ``HIP-6R4C-5NMH`` holds seven random characters and a check character by the pure system of
ISO/IEC 7064, as its MOD 11-2 and MOD 37-2, with the size of our alphabet as the modulus. Since that is prime,
every wrong character and every swap of two neighbours is found.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Final

#: No vowel, so no words; none of 0/O, 1/I/L, 2/Z, 5/S, 6/G, 8/B and U/V together. 23 characters, a prime number.
ALPHABET: Final = "23456789CDFHJKMNPQRTWXY"
PREFIX: Final = "HIP"
LENGTH: Final = 8

_RADIX: Final = 2
_SEPARATORS: Final = "-‐‑‒–—−_."


def new_reference(pick: Callable[[str], str] = secrets.choice) -> str:
    """Draw a new reference code.

    Args:
        pick: chooses one character of the text it is given; only a test passes another than the secure default.

    Returns:
        A code such as ``HIP-6R4C-5NMH``: 23^7, about 3.4 thousand million, possibilities.
    """
    code = "".join(pick(ALPHABET) for _ in range(LENGTH - 1))
    return _format(code + ALPHABET[check_value(map(ALPHABET.index, code), len(ALPHABET))])


def parse_reference(text: str) -> str | None:
    """The code in its one written form, from what a person typed or read out.

    Args:
        text: the code in either case, with or without prefix, spaces and dashes.

    Returns:
        The code as ``new_reference`` gives it, or None when it is not valid.
    """
    code = "".join(char for char in text if not char.isspace() and char not in _SEPARATORS).upper()
    if len(code) == len(PREFIX) + LENGTH:
        if not code.startswith(PREFIX):
            return None
        code = code.removeprefix(PREFIX)
    if len(code) != LENGTH or any(char not in ALPHABET for char in code):
        return None
    values = [ALPHABET.index(char) for char in code]
    return _format(code) if check_value(values[:-1], len(ALPHABET)) == values[-1] else None


def is_valid_reference(text: str) -> bool:
    """Whether a text is a reference code, however it is spaced or capitalised."""
    return parse_reference(text) is not None


def check_value(values: Iterable[int], modulus: int) -> int:
    """The check value of the pure system of ISO/IEC 7064 with radix 2.

    Args:
        values: the values of the characters, from the left.
        modulus: a prime; 11 gives the standard's MOD 11-2, 37 its MOD 37-2.

    Returns:
        The value that makes the weighted sum 1 modulo ``modulus``.
    """
    total = 0
    for value in values:
        total = (total + value) * _RADIX % modulus
    return (1 - total) % modulus


def _format(code: str) -> str:
    half = LENGTH // 2
    return f"{PREFIX}-{code[:half]}-{code[half:]}"
