"""Messages of a given length to measure speed with: patients' own stories, cut and joined."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

#: Words of a message -> how many such messages are read.
LENGTHS: Final = {20: 40, 500: 10}
#: Read first and not counted: caches fill, and libraries finish setting up.
WARM_UP: Final = 3


def speed_rows(stories: Sequence[str]) -> list[dict[str, Any]]:
    """Messages of each length, no two alike: an encoder that remembers texts would be timed on nothing.

    Args:
        stories: opening messages of patients. Each message begins with another story and goes on with those after it.

    Raises:
        ValueError: there are too few stories.
    """
    needed = max(LENGTHS.values()) + WARM_UP
    if len(stories) < needed:
        raise ValueError(f"{len(stories)} stories: {needed} are needed to measure speed")
    rows = []
    for length, count in LENGTHS.items():
        for number in range(count + WARM_UP):
            words = " ".join((*stories[number:], *stories[:number])).split()
            text = " ".join((words * (length // len(words) + 1))[:length])
            rows.append({"id": f"{length}-{number}", "text": text, "context": None, "words": length})
    return rows


def median_ms(rows: Iterable[Mapping[str, Any]], cost: Mapping[str, float], length: int) -> float:
    """The median cost of the messages of one length.

    Args:
        rows: from ``speed_rows``.
        cost: row id to milliseconds.
        length: one of ``LENGTHS``.
    """
    chosen = [cost[row["id"]] for row in rows if row["words"] == length]
    return statistics.median(chosen[WARM_UP:])
