"""The injections of the clinic's article beside each other; each cell is the text of the statements it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hip.content import CLINIC, ContentError, read_content
from hip.statements import Statement, build_on, check_text, name_each_source


@dataclass(frozen=True)
class Comparison:
    """A table that a channel may show as a card.

    Attributes:
        title: what is compared.
        columns: the names of the injections.
        rows: a label, and one cell for each column.
        sources: the names of the sources, as answers name them.
        based_on: the statements of all cells.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    sources: tuple[str, ...]
    based_on: tuple[Statement, ...]

    def as_custom(self) -> dict[str, Any]:
        """The custom JSON part ``{"comparison": {...}}`` of a message."""
        rows = [{"label": label, "cells": list(cells)} for label, cells in self.rows]
        return {
            "comparison": {
                "title": self.title,
                "columns": list(self.columns),
                "rows": rows,
                "sources": list(self.sources),
            }
        }


def read_comparison(statements: Mapping[str, Statement], folder: Path = CLINIC) -> Comparison:
    """Read ``comparison.yml``.

    Raises:
        ContentError: when the file is wrong, a cell is missing, or a statement may not stand where it does.
    """
    raw = read_content("comparison.yml", "comparison", folder)
    ids = [column["id"] for column in raw["columns"]]
    for row in raw["rows"]:
        if sorted(row["cells"]) != sorted(ids):
            raise ContentError(f"comparison.yml: {row['label']}: needs one cell each for {', '.join(ids)}")
    # What guidance says against a statement may stand in another row, but must stand in the same column.
    columns = {
        name: build_on(
            f"comparison.yml: {name}", [each for row in raw["rows"] for each in row["cells"][name]], statements
        )
        for name in ids
    }
    rows = tuple(
        (row["label"], tuple(" ".join(statements[each].text for each in row["cells"][name]) for name in ids))
        for row in raw["rows"]
    )
    for text in (raw["title"], *(column["name"] for column in raw["columns"]), *(label for label, _ in rows)):
        check_text("comparison.yml", text)
    used = tuple(dict.fromkeys(statement for column in columns.values() for statement in column))
    return Comparison(
        raw["title"], tuple(column["name"] for column in raw["columns"]), rows, name_each_source(used), used
    )
