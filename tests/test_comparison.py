"""The comparison of the injections: statements side by side, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hip.comparison import read_comparison
from hip.content import CLINIC, ContentError
from hip.explanations import load_topics
from hip.statements import load_statements

STATEMENTS = load_statements()
CARD = read_comparison(STATEMENTS)
#: What a channel is promised.
SHAPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["comparison"],
    "properties": {
        "comparison": {
            "type": "object",
            "additionalProperties": False,
            "required": ["title", "columns", "rows", "sources"],
            "properties": {
                "title": {"type": "string"},
                "columns": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3},
                "rows": {
                    "type": "array",
                    "minItems": 4,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["label", "cells"],
                        "properties": {
                            "label": {"type": "string"},
                            "cells": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3},
                        },
                    },
                },
                "sources": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            },
        }
    },
}


def test_the_card_has_the_agreed_shape() -> None:
    jsonschema.validate(CARD.as_custom(), SHAPE)


def test_it_compares_the_three_injections_of_the_article() -> None:
    assert [column.split()[0] for column in CARD.columns] == ["Steroid", "Hyaluronic", "PRP"]


def test_every_cell_is_made_of_whole_statements() -> None:
    left = " ".join(cell for _, cells in CARD.rows for cell in cells)
    for statement in CARD.based_on:
        assert statement.text in left
        left = left.replace(statement.text, "", 1)
    assert left.split() == []


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (0, "Some people notice nothing."),
        (1, "NICE says not to offer hyaluronic acid for osteoarthritis."),
        (2, "How well PRP works is uncertain."),
        (2, "We found none for the hip."),
    ],
)
def test_what_guidance_says_is_on_the_card(column: int, said: str) -> None:
    assert said in " ".join(cells[column] for _, cells in CARD.rows)


def test_it_goes_with_the_answer_to_which_one() -> None:
    cards = {name: topic.custom for name, topic in load_topics().items() if topic.custom is not None}
    assert cards == {"ask_injection/which_option": CARD.as_custom()}


def drop_cell(content: Any) -> None:
    del content["rows"][0]["cells"]["prp"]


def drop_guidance(content: Any) -> None:
    content["rows"][3]["cells"]["hyaluronic_acid"] = ["evidence.hyaluronic_hip"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop_cell, "What it is: needs one cell each for steroid, hyaluronic_acid, prp"),
        (drop_guidance, "hyaluronic_acid: article.hyaluronic_use needs beside it: evidence.hyaluronic_nice"),
        (lambda content: content["rows"][0]["cells"].update(prp=["evidence.gone"]), "there is no 'evidence.gone'"),
        (lambda content: content["rows"][0]["cells"].update(prp=["article.function"]), "may not be used"),
        (lambda content: content.update(title="The best option"), "Neither"),
    ],
)
def test_a_wrong_card_is_refused(tmp_path: Path, change: Callable[[Any], None], message: str) -> None:
    shutil.copy(CLINIC / "comparison.yml", tmp_path)
    content = yaml.safe_load((tmp_path / "comparison.yml").read_text(encoding="utf-8"))
    change(content)
    (tmp_path / "comparison.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ContentError, match=message):
        read_comparison(STATEMENTS, tmp_path)
