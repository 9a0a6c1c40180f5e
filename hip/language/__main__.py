"""``python -m hip.language``: reads messages given as JSON lines, for evaluation and for checks by hand.

Each line of standard input is ``{"id": ..., "text": ..., "context": ...}``, where context is the id of the question
just asked, or null. Each line of standard output is ``{"id", "intent", "confidence", "facts", "topic"}``, or
``{"id", "error"}`` for a line that could not be read; the rest goes on. The exit code is 1 when any line could not be
read, 2 when there is no trained model.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from typing import Any

from hip.assessment import IMPLIED_FACTS
from hip.json_lines import answer_lines
from hip.language.pipeline import ModelMissingError, Pipeline


def main() -> int:
    """Read every line of standard input; returns the exit code."""
    try:
        pipeline = Pipeline.load()
    except ModelMissingError as error:
        print(error, file=sys.stderr)
        return 2
    return answer_lines(lambda row: describe(pipeline, row))


def describe(pipeline: Pipeline, row: Mapping[str, Any]) -> dict[str, Any]:
    """What was understood of the message of one row.

    Raises:
        ValueError: naming the field that is wrong.
    """
    text, question = row.get("text"), row.get("context")
    if not isinstance(text, str):
        raise ValueError("text: is not a text")
    if question is not None and not isinstance(question, str):
        raise ValueError("context: is neither the id of a question nor null")
    reading = pipeline.read(text, question)
    facts = {fact_id: value for fact_id, value in reading.facts.items() if fact_id not in IMPLIED_FACTS}
    return dataclasses.asdict(dataclasses.replace(reading, confidence=round(reading.confidence, 4), facts=facts))


if __name__ == "__main__":
    sys.exit(main())
