"""Finds what the assistant never says, such as a promised cure or a diagnosis, in any text meant for a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hip.content import CLINIC, ContentError, read_content


@dataclass(frozen=True)
class NeverSaid:
    """One kind of thing that is never said.

    Attributes:
        id: its name in ``clinic/never_said.yml``.
        reason: why it is never said (clinical rules, section 8).
        patterns: any of them in a text means that it is said.
        examples: sentences that are caught.
        fine: sentences near it that are not caught.
    """

    id: str
    reason: str
    patterns: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    fine: tuple[str, ...]

    def is_said_in(self, text: str) -> bool:
        """Whether the text says it."""
        return any(pattern.search(text) for pattern in self.patterns)


@cache
def load_never_said(folder: Path = CLINIC) -> tuple[NeverSaid, ...]:
    """Read ``never_said.yml``.

    Raises:
        ContentError: when the file is wrong, naming the entry.
    """
    return tuple(
        NeverSaid(
            id=entry["id"],
            reason=entry["reason"],
            patterns=tuple(_compile(entry["id"], pattern) for pattern in entry["patterns"]),
            examples=tuple(entry["examples"]),
            fine=tuple(entry["fine"]),
        )
        for entry in read_content("never_said.yml", "never_said", folder)["never_said"]
    )


def _compile(entry_id: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ContentError(f"never_said.yml: {entry_id}: {pattern!r} is not a pattern: {error}") from error


def find_never_said(text: str) -> tuple[NeverSaid, ...]:
    """What a text says that the assistant never says; empty when it is fine."""
    one_line = " ".join(text.split())
    return tuple(entry for entry in load_never_said() if entry.is_said_in(one_line))
