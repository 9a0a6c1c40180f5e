"""``python -m hip.language``: reads messages given as JSON lines, for evaluation and for checks by hand.

Each line of standard input is ``{"id": ..., "text": ..., "context": ...}``, where context is the id of the question
just asked, or null. Each line of standard output is ``{"id", "intent", "confidence", "facts", "topic"}``, or
``{"id", "error"}`` for a line that could not be read; the rest goes on. The exit code is 1 when any line could not be
read, 2 when there is no trained model.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any

from hip.language.pipeline import ModelMissingError, Pipeline


def main() -> int:
    """Read every line of standard input; returns the exit code."""
    try:
        pipeline = Pipeline.load()
    except ModelMissingError as error:
        print(error, file=sys.stderr)
        return 2
    bad = 0
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = answer_line(pipeline, line)
        bad += "error" in answer
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 1 if bad else 0


def answer_line(pipeline: Pipeline, line: bytes) -> dict[str, Any]:
    """Read the message of one line; an answer with ``error`` when the line cannot be read."""
    message_id = None
    try:
        row = json.loads(line.decode("utf-8"))
        if not isinstance(row, dict):
            raise ValueError("the line is not a JSON object")
        message_id = row.get("id")
        text, question = row.get("text"), row.get("context")
        if not isinstance(text, str):
            raise ValueError("text: is not a text")
        if question is not None and not isinstance(question, str):
            raise ValueError("context: is neither the id of a question nor null")
        reading = pipeline.read(text, question)
    except RecursionError:
        return {"id": message_id, "error": "the line is nested too deeply"}
    except ValueError as error:
        return {"id": message_id, "error": str(error)}
    rounded = dataclasses.replace(reading, confidence=round(reading.confidence, 4))
    return {"id": message_id, **dataclasses.asdict(rounded)}


if __name__ == "__main__":
    sys.exit(main())
