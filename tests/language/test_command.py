"""``python -m hip.language``, as staff and the evaluation call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hip.content import ROOT
from hip.language.pipeline import ModelMissingError, Pipeline

LINES = [
    b'{"id": "a", "text": "my right hip hurts", "context": null}',
    b"not json",
    b"",
    b'["a", "list"]',
    b'{"id": "b"}',
    b'{"id": "c", "text": "no", "context": 7}',
    b'{"id": "d", "text": "\xff"}',
    b'{"id": "e", "text": "none of these", "context": "nerve_screen"}',
    b'{"id": "f", "text": "how much is it"}',
    b'{"id": "g", "text": "my elbow is sore"}',
]


@pytest.fixture(scope="module")
def answers(trained_model: Path) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "hip.language"], input=b"\n".join(LINES), capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 1  # some lines were bad
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_good_lines_are_read_and_bad_ones_named(answers: list[dict[str, object]]) -> None:
    assert [answer.get("intent", "error") for answer in answers] == [
        *("inform", "error", "error", "error", "error", "error"),
        *("deny", "ask_logistics", "out_of_scope"),
    ]
    assert [answer["id"] for answer in answers] == ["a", None, None, "b", "c", None, "e", "f", "g"]
    assert answers[3]["error"] == "text: is not a text"
    assert answers[4]["error"] == "context: is neither the id of a question nor null"


def test_a_line_has_these_keys_and_no_others(answers: list[dict[str, object]]) -> None:
    assert list(answers[0]) == ["id", "intent", "confidence", "facts", "topic"]
    assert answers[0]["facts"] == {"side": "right"}
    assert answers[-2]["topic"] == "price"
    assert answers[-1]["topic"] is None
    assert answers[0]["topic"] is None


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ModelMissingError, match="run `make train`"):
            Pipeline.load(folder)
