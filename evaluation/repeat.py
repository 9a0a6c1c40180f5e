"""Whether training is repeatable: the model trained twice from nothing, and everything read by both."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.lines import answer_rows, asked_of, module, run_program

#: What a label is; the confidence may differ in its last digits.
LABELS = ("intent", "topic", "facts")


def read_twice(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Train the language part twice, read every row with both, and count differences.

    Args:
        rows: messages; those without ``context`` are read as typed before any question.
    """
    with tempfile.TemporaryDirectory() as folder:
        first, second = (_train_and_read(Path(folder) / name, rows) for name in ("first", "second"))
    return count_differences(first, second)


def _train_and_read(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    models = folder / "models"
    # With a cache of its own: Rasa's would hand the second training what the first has made.
    train = module("rasa", "train", "nlu", "--out", str(models), "--fixed-model-name", "model")
    run_program(train, environment={"RASA_CACHE_DIRECTORY": str(folder / "cache")})
    return answer_rows(module("evaluation.reading", "--models", str(models)), asked_of(rows))


def count_differences(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """How often two readings of the same rows differ in a label, and by how much at most in confidence."""
    pairs = list(zip(first, second, strict=True))
    return {
        "messages": len(pairs),
        "labels_that_differ": sum(any(one[label] != other[label] for label in LABELS) for one, other in pairs),
        "largest_difference_of_confidence": max(abs(one["confidence"] - other["confidence"]) for one, other in pairs),
    }
