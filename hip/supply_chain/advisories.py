"""Known advisories, those that are accepted, and what is wrong between the two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from hip.content import ROOT, ContentError, read_content

FOLDER: Final = ROOT / "deploy" / "audit"
ACCEPTED: Final = "accepted.yml"


@dataclass(frozen=True)
class Advisory:
    """One advisory against one package that we use.

    Attributes:
        ecosystem: ``pypi`` or ``npm``.
        package: as the registry writes it.
        version: that is installed, or the range that is affected where only that is known.
        ids: all names of the advisory, the one to quote first.
        fixed_in: releases without it; empty when there is none.
    """

    ecosystem: str
    package: str
    version: str
    ids: tuple[str, ...]
    fixed_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """An advisory that stands, with why, what holds it in, and the day by which somebody looks at it again."""

    id: str
    ecosystem: str
    package: str
    reason: str
    containment: str
    review_by: date

    def covers(self, advisory: Advisory) -> bool:
        """Whether this entry is about that advisory."""
        same = self.ecosystem == advisory.ecosystem and _plain(self.package) == _plain(advisory.package)
        return same and self.id in advisory.ids


def load_accepted(folder: Path = FOLDER) -> tuple[Accepted, ...]:
    """Read the allow-list.

    Raises:
        ContentError: it breaks its schema, holds a day that is none, or names an advisory twice.
    """
    entries = [
        Accepted(**entry | {"review_by": _day(entry["id"], entry["review_by"])})
        for entry in read_content(ACCEPTED, "accepted_advisories", folder)["accepted"]
    ]
    seen: set[tuple[str, str, str]] = set()
    for entry in entries:
        key = (entry.ecosystem, _plain(entry.package), entry.id)
        if key in seen:
            raise ContentError(f"{folder / ACCEPTED}: {entry.id} of {entry.package} comes twice")
        seen.add(key)
    return tuple(entries)


def find_problems(
    found: Iterable[Advisory], accepted: Iterable[Accepted], audited: Iterable[str], today: date
) -> Iterator[str]:
    """Say in a line each what has to be done.

    Args:
        found: what the registries know.
        accepted: the allow-list.
        audited: the ecosystems that could be asked; nothing is said of entries of others but that their day has come.
        today: the day to judge by.
    """
    found, accepted, audited = list(found), list(accepted), set(audited)
    for advisory in found:
        if not any(entry.covers(advisory) for entry in accepted):
            fix = f"update to {' or '.join(advisory.fixed_in)}" if advisory.fixed_in else "no release is without it"
            yield (
                f"New: {advisory.package} {advisory.version} has {' = '.join(advisory.ids)}: {fix}, or accept it in "
                f"{FOLDER.relative_to(ROOT) / ACCEPTED} with a reason and what holds it in"
            )
    for entry in accepted:
        if entry.ecosystem in audited and not any(entry.covers(advisory) for advisory in found):
            yield f"Stale: {entry.id} is no longer known against {entry.package} as locked: take the entry out"
        elif entry.review_by <= today:
            yield f"Overdue: {entry.id} of {entry.package} was to be looked at again by {entry.review_by}"


def _plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _day(name: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ContentError(f"{FOLDER / ACCEPTED}: {name}: {written} is no day") from error
