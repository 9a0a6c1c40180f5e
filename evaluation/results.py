"""``RESULTS.md``: one section for each part of the evaluation, with the command that made it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluation.cases import FOLDER

RESULTS: Final = FOLDER / "RESULTS.md"
HEAD: Final = """# Results

Made by `make evaluate`; do not edit. Each section is from the last run of the command in it.
"""


@dataclass(frozen=True)
class Section:
    """What one part of the evaluation found.

    Attributes:
        title: its heading.
        command: what made it.
        text: Markdown.
    """

    title: str
    command: str
    text: str

    def __str__(self) -> str:
        """As it stands in the file."""
        return f"## {self.title}\n\n`{self.command}`\n\n{self.text}\n"


def keep(section: Section, file: Path) -> None:
    """Put a section in the place of the one with the same title; the others stay, a new one goes last."""
    sections = _sections_in(file.read_text(encoding="utf-8")) if file.exists() else {}
    sections[section.title] = str(section)
    file.write_text("\n".join((HEAD, *sections.values())), encoding="utf-8")


def _sections_in(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0].removeprefix("## "): part.rstrip("\n") + "\n" for part in parts}


def in_rows(figures: Mapping[str, Any]) -> str:
    """Figures below each other, as a Markdown table."""
    rows = [(name, str(round(value, 4) if isinstance(value, float) else value)) for name, value in figures.items()]
    return in_table(("figure", "value"), rows)


def in_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns made even so that it can be read as it is."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in (head, *rows)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
