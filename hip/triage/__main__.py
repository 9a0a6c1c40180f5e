"""``python -m hip.triage``: assesses patients given as JSON lines, for evaluation and for checks by hand.

Each line of standard input is ``{"id": ..., "facts": {...}}``; what the facts leave out is unknown. Each line of
standard output is ``{"id", "care_level", "reasons", "booking", "next_question"}``, or ``{"id", "error"}`` for a line
that could not be read. The exit code is 1 when any line could not be read.
"""

from __future__ import annotations

import sys
from typing import Any

from hip.assessment import parse_facts
from hip.content import ContentError
from hip.json_lines import answer_lines
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
    return answer_lines(lambda row: describe(rulebook, row.get("facts")))


def describe(rulebook: Rulebook, raw: Any) -> dict[str, Any]:
    """What is told about one patient.

    Raises:
        ValueError: naming the fact whose value is wrong.
    """
    if not isinstance(raw, dict):
        raise ValueError("facts: is not a JSON object")
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
