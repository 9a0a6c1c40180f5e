"""Remembers what was made of the last texts: people answer alike ("none of these", "yes"), and buttons always do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar

from cachetools import LRUCache, cached

_P = ParamSpec("_P")
_T = TypeVar("_T")


def remember(size: int, key: Callable[_P, bytes], find: Callable[_P, _T]) -> Callable[_P, _T]:
    """A function that gives again what it gave before; to any thread, the same object.

    Args:
        size: how many results are kept; the one asked for longest ago goes first.
        key: what a result hangs on, from the function's own arguments: a ``digest``, so that no text is kept.
        find: the function.
    """
    remembering: Callable[_P, _T] = cached(LRUCache(size), key=key, lock=Lock())(find)
    return remembering


def digest(*texts: str) -> bytes:
    """Stands for some texts, which cannot be read from it."""
    found = hashlib.blake2b(digest_size=16)
    for text in texts:
        written = text.encode("utf-8", "replace")
        found.update(b"%d:" % len(written) + written)  # with its length: no mark between two is one that nobody types
    return found.digest()
