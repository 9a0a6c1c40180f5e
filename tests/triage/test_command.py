"""``python -m hip.triage`` as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from hip.content import ROOT
from tests.triage.rule_rows import patient


def run(*lines: bytes) -> tuple[int, list[Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "hip.triage"], input=b"\n".join(lines), capture_output=True, cwd=ROOT, check=False
    )
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def line(patient_id: Any, facts: Any) -> bytes:
    return json.dumps({"id": patient_id, "facts": facts}).encode()


def test_patients_are_assessed() -> None:
    code, answers = run(
        line("fall", {"injury": True, "cannot_bear_weight": True}),
        line("clot", patient(leg_swelling=True)),
        b"",
        line("open", {}),
        line(4, patient(anticoagulant=True, suicidal=None)),
    )
    assert code == 0
    nothing = {"booking": [], "next_question": None}
    assert answers == [
        {"id": "fall", "care_level": "emergency_ambulance", "reasons": ["R1"], **nothing},
        {"id": "clot", "care_level": "same_day", "reasons": ["R8"], **nothing},
        {"id": "open", "care_level": None, "reasons": [], "booking": [], "next_question": "consent"},
        {
            "id": 4,
            "care_level": "clinician_review",
            "reasons": ["C-anticoagulant"],
            "booking": ["clinic_phone", "consultation"],
            "next_question": None,
        },
    ]


def test_bad_lines_are_told_and_the_rest_goes_on() -> None:
    code, answers = run(
        b"not json",
        b"[1]",
        line("a", None),
        line("b", {"age": 130}),
        line("c", {"shoe_size": 9}),
        line("d", {"injury": "yes"}),
        b'{"id": "e\xff", "facts": {}}',
        b"[" * 100_000,
        line("f", {"suicidal": True}),
    )
    assert code == 1
    assert [answer["id"] for answer in answers] == [None, None, "a", "b", "c", "d", None, None, "f"]
    errors = [answer.get("error", "") for answer in answers]
    expected = ["", "not a JSON object", "facts", "age: 130", "shoe_size", "injury: 'yes'", "utf-8", "nested"]
    assert [needed for error, needed in zip(errors, expected, strict=False) if needed not in error] == []
    assert all(errors[:-1])
    assert answers[-1]["care_level"] == "mental_health_crisis"


def test_no_heavy_library_is_loaded() -> None:
    code = "import sys, hip.triage.__main__; print(sorted({'rasa', 'spacy', 'numpy', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True, text=True)
    assert done.stdout.strip() == "[]"
