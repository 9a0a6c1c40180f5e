"""``python -m hip.triage``: assesses patients given as JSON lines, for evaluation and for checks by hand.

Each line of standard input is ``{"id": ..., "facts": {...}}``; what the facts leave out is unknown. Each line of
standard output is ``{"id", "care_level", "reasons", "booking", "next_question"}``, or ``{"id", "error"}`` for a line
that could not be read. The exit code is 1 when any line could not be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from hip.assessment import parse_facts
from hip.content import ContentError
from hip.triage.engine import assess
from hip.triage.questions import next_question
from hip.triage.rulebook import Rulebook, load_rulebook


def main() -> int:
    """Assess every line of standard input; returns the exit code."""
    try:
        rulebook = load_rulebook()
    except ContentError as error:
        print(error, file=sys.stderr)
        return 2
    bad = 0
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = answer_line(rulebook, line)
        bad += "error" in answer
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 1 if bad else 0


def answer_line(rulebook: Rulebook, line: bytes) -> dict[str, Any]:
    """Assess the patient of one line; an answer with ``error`` when the line cannot be read."""
    patient_id = None
    try:
        patient = json.loads(line.decode("utf-8"))
        if not isinstance(patient, dict):
            raise ValueError("the line is not a JSON object")
        patient_id = patient.get("id")
        if not isinstance(patient.get("facts"), dict):
            raise ValueError("facts: is not a JSON object")
        return {"id": patient_id, **describe(rulebook, patient["facts"])}
    except RecursionError:
        return {"id": patient_id, "error": "the line is nested too deeply"}
    except ValueError as error:
        return {"id": patient_id, "error": str(error)}


def describe(rulebook: Rulebook, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What is told about one patient.

    Raises:
        ValueError: naming the fact whose value is wrong.
    """
    facts = parse_facts(raw)
    assessment = assess(rulebook, facts)
    level = assessment.level
    return {
        "care_level": level.value if level else None,
        "reasons": [rule.id for rule in assessment.fired],
        "booking": list(rulebook.levels[level].services) if level else [],
        "next_question": next_question(rulebook, facts),
    }


if __name__ == "__main__":
    sys.exit(main())
