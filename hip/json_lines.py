"""Answers JSON lines on standard input with JSON lines on standard output; a bad line costs only its own answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

#: Gives the answer to one row, without its id.
#:
#: Raises ValueError, saying what is wrong with the row.
Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def answer_lines(answer: Answer) -> int:
    """Answer every line of standard input.

    Each line is a JSON object with an ``id``; its answer has that id, or ``{"id", "error"}`` for a line that is wrong.

    Returns:
        The exit code: 1 when any line was wrong, else 0.
    """
    bad = 0
    for line in sys.stdin.buffer:
        if line.strip():
            answered = _answer_line(answer, line)
            bad += "error" in answered
            print(json.dumps(answered, ensure_ascii=False), flush=True)
    return 1 if bad else 0


def _answer_line(answer: Answer, line: bytes) -> dict[str, Any]:
    row_id = None
    try:
        row = json.loads(line.decode("utf-8"))
        if not isinstance(row, dict):
            raise ValueError("the line is not a JSON object")
        row_id = row.get("id")
        return {"id": row_id, **answer(row)}
    except RecursionError:
        return {"id": row_id, "error": "the line is nested too deeply"}
    except ValueError as error:
        return {"id": row_id, "error": str(error)}
