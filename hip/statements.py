"""What may be said and why: the statements of the clinic's article and of guidance, which every answer is built from.

A statement that may not be used is refused, and one that guidance contradicts needs that guidance beside it, so that a
person hears both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from hip.content import CLINIC, ContentError, read_content
from hip.never_said import find_never_said

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Statement:
    """One thing that the article or guidance says.

    Attributes:
        id: begins with ``article.`` or ``evidence.``.
        text: the statement in our own words.
        named: how its source is named to a person.
        sources: keys of ``sources`` in ``rules.yml``; empty for the article, general knowledge and judgements.
        section: heading of the article it comes from; None for evidence.
        pair_with: ids of evidence that an answer must use beside it.
        unusable: why no answer may use it; None when it may be used.
    """

    id: str
    text: str
    named: str
    sources: tuple[str, ...] = ()
    section: str | None = None
    pair_with: tuple[str, ...] = ()
    unusable: str | None = None


@cache
def load_statements(folder: Path = CLINIC) -> Mapping[str, Statement]:
    """Every statement of ``article.yml`` and ``evidence.yml``, by id.

    Raises:
        ContentError: when a file is missing or wrong, naming the statement.
    """
    statements = {**_read_article(folder), **_read_evidence(folder)}
    for statement in statements.values():
        look_up(statements, f"{statement.id}: pair_with", statement.pair_with)
        if statement.unusable is None:
            check_text(statement.id, statement.text)
    return MappingProxyType(statements)


def build_on(place: str, ids: Iterable[str], statements: Mapping[str, Statement]) -> tuple[Statement, ...]:
    """The statements that a text is built from.

    Args:
        place: where the text stands, for the error.
        ids: the ids it names.
        statements: all statements by id.

    Raises:
        ContentError: when one is unknown, may not be used, or lacks the guidance that belongs beside it.
    """
    found = look_up(statements, f"{place}: from", ids)
    for statement in found:
        if statement.unusable is not None:
            raise ContentError(f"{place}: {statement.id} may not be used: {statement.unusable}")
        missing = set(statement.pair_with) - {other.id for other in found}
        if missing:
            raise ContentError(f"{place}: {statement.id} needs beside it: {', '.join(sorted(missing))}")
    return found


def name_each_source(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The names of the sources, each once, in the order of the statements."""
    return tuple(dict.fromkeys(statement.named for statement in statements))


def name_sources(statements: Iterable[Statement]) -> str | None:
    """One sentence that names the sources, the article first as a rule; None when there are no statements."""
    names = name_each_source(statements)
    if not names:
        return None
    *most, last = names
    return f"From {', '.join(most)} and {last}." if most else f"From {last}."


def check_text(place: str, text: str, placeholders: Collection[str] = ()) -> None:
    """Refuse a text that says what is never said, or holds a placeholder that nobody fills in.

    Args:
        place: where the text stands, for the error.
        text: what a person would read.
        placeholders: the names that may stand in braces.

    Raises:
        ContentError: naming the place and what is wrong.
    """
    unknown = set(_PLACEHOLDER.findall(text)) - set(placeholders)
    if unknown:
        raise ContentError(f"{place}: nothing fills in {', '.join(sorted(unknown))}")
    said = find_never_said(text)
    if said:
        raise ContentError(f"{place}: {' '.join(entry.reason for entry in said)} {text!r}")


def look_up(known: Mapping[str, _T], place: str, ids: Iterable[str]) -> tuple[_T, ...]:
    """The entries of these ids.

    Raises:
        ContentError: naming the place and the first unknown id.
    """
    wanted = tuple(ids)
    for name in wanted:
        if name not in known:
            raise ContentError(f"{place}: there is no {name!r}")
    return tuple(known[name] for name in wanted)


def by_id(place: str, entries: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Entries keyed by their id.

    Raises:
        ContentError: when an id comes twice.
    """
    keyed: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        if entry["id"] in keyed:
            raise ContentError(f"{place}: {entry['id']!r} comes twice")
        keyed[entry["id"]] = entry
    return keyed


def _read_article(folder: Path) -> dict[str, Statement]:
    raw = read_content("article.yml", "article", folder)
    headings = {name: entry["heading"] for name, entry in by_id("article.yml: sections", raw["sections"]).items()}
    statements = {}
    for name, entry in by_id("article.yml", raw["statements"]).items():
        (heading,) = look_up(headings, f"article.yml: {name}: section", [entry["section"]])
        statements[name] = Statement(
            id=name,
            text=entry["text"],
            named=raw["named"],
            section=heading,
            pair_with=tuple(entry.get("pair_with", ())),
            unusable=entry.get("reason"),
        )
    return statements


def _read_evidence(folder: Path) -> dict[str, Statement]:
    entries = by_id("evidence.yml", read_content("evidence.yml", "evidence", folder)["statements"])
    return {
        name: Statement(
            id=name,
            text=entry["text"],
            named=entry["named"],
            sources=tuple(entry["sources"]),
            unusable=entry.get("reason"),
        )
        for name, entry in entries.items()
    }
