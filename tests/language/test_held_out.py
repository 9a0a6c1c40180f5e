"""Messages nothing was tuned on: ``held_out.yml``. Shares of right readings at the first try, with a floor for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.constants import TEXT

from evaluation.cross_validate import load_examples
from hip.language.pipeline import Pipeline

TABLE: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("held_out.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Row:
    """A message, how it must be read and how it was."""

    text: str
    wanted: str
    got: str


@pytest.fixture(scope="module")
def rows(trained_model: Path) -> list[tuple[dict[str, Any], Row]]:
    pipeline = Pipeline.load(trained_model.parent)
    read = []
    for group in TABLE:
        for text in map(str, group["texts"]):
            parsed = pipeline.parse(text, group.get("asked"))
            intent = parsed["intent"]["name"]
            selected = parsed.get("response_selector", {}).get(intent)
            full = selected["response"]["intent_response_key"] if selected else intent
            label = group.get("topic") or group.get("kind")
            read.append((group, Row(text, f"{group['intent']}/{label}" if label else group["intent"], full)))
    return read


def _right(rows: list[Row]) -> float:
    wrong = [row for row in rows if row.got != row.wanted]
    print(*(f"{row.text!r}: {row.got}, not {row.wanted}" for row in wrong), sep="\n")
    return 1 - len(wrong) / len(rows)


def test_intents(rows: list[tuple[dict[str, Any], Row]]) -> None:
    assert _right([Row(r.text, r.wanted.partition("/")[0], r.got.partition("/")[0]) for _, r in rows]) >= 0.8


def test_topics(rows: list[tuple[dict[str, Any], Row]]) -> None:
    assert _right([row for group, row in rows if "topic" in group]) >= 0.74


def test_kinds_of_out_of_scope(rows: list[tuple[dict[str, Any], Row]]) -> None:
    assert _right([row for group, row in rows if "kind" in group]) >= 0.75


def test_none_of_them_is_a_training_example() -> None:
    held_out = {str(text).casefold() for group in TABLE for text in group["texts"]}
    assert len(held_out) > 200
    assert held_out & {message.get(TEXT).casefold() for message in load_examples()} == set()
