"""The evaluation sets of this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON lines file.

    Raises:
        ValueError: naming file and line when a line is not JSON.
    """
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise ValueError(f"{path.name}: line {number} is not JSON: {error.msg}") from error
    return rows


def read_vignettes(path: Path = FOLDER / "vignettes.jsonl") -> list[dict[str, Any]]:
    """The patients: ``opening``, ``facts``, ``replies`` by question, ``care_level``, ``booking``, ``why``."""
    return read_lines(path)


def read_rounds(path: Path = FOLDER / "patients_rounds.jsonl") -> list[dict[str, Any]]:
    """More patients, as in ``vignettes.jsonl``, each with the ``round`` in which it was written."""
    return read_lines(path)


def read_utterances(path: Path = FOLDER / "utterances.jsonl") -> list[dict[str, Any]]:
    """Single messages: ``text``, ``context``, ``intent``, ``facts``, ``topic``."""
    return read_lines(path)
