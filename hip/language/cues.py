"""Reviewed single words (``clinic/lexicon/cues.yml``) that say what a number, a time or a short answer is about."""

from __future__ import annotations

from functools import cache

from hip.content import CLINIC, read_content


def cue(name: str) -> frozenset[str]:
    """The words of one cue.

    Raises:
        ContentError: when ``cues.yml`` breaks its schema.
        KeyError: when there is no such cue.
    """
    return _cues()[name]


@cache
def _cues() -> dict[str, frozenset[str]]:
    classes = read_content("cues.yml", "lexicon_words", CLINIC / "lexicon")["classes"]
    return {name: frozenset(words) for name, words in classes.items()}
