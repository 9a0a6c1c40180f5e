"""Content of the answers that is wrong is refused, with a message that names it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.content import CLINIC, ContentError
from hip.explanations import load_topics


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    for name in ("article.yml", "evidence.yml", "topics.yml", "comparison.yml"):
        shutil.copy(CLINIC / name, tmp_path / name)
    return tmp_path


def edit(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    path = folder / name
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def change_topic(**values: Any) -> Callable[[Any], None]:
    return lambda content: content["topics"][0].update(values)


def change_remark(**values: Any) -> Callable[[Any], None]:
    return lambda content: content["remarks"][0].update(values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_topic(text="It will cure the hip."), "what_is_it: No cure is promised"),
        (change_topic(text="word " * 91), "what_is_it: .* more than 90"),
        (change_topic(text="Ring {phone}."), "what_is_it: nothing fills in phone"),
        (change_topic(**{"from": ["article.painkillers"]}), "article.painkillers may not be used"),
        (change_topic(**{"from": ["article.hyaluronic_use"]}), "needs beside it: evidence.hyaluronic_nice"),
        (change_topic(**{"from": ["article.nothing"]}), "there is no 'article.nothing'"),
        (change_topic(**{"from": []}), "does not match"),
        (change_topic(when=["nothing"]), "there is no 'nothing'"),
        (change_topic(id="ask_injection/steroid"), "'ask_injection/steroid' comes twice"),
        (change_topic(status="signed off"), "'reviewer' is a required property"),
        (change_topic(reviewed="last week"), "last week"),
        (change_topic(text="word " * 80), "what_is_it: .* more than 90"),
        (change_topic(shows="film"), "'film' is not one of"),
        (change_remark(when="star_sign"), "remark pregnancy: when: unknown fact or term 'star_sign'"),
        (change_remark(when={"fact": "age", "is": 3}), "remark pregnancy: when: age is a int"),
        (change_remark(unsure="star_sign"), "remark pregnancy: unknown fact 'star_sign'"),
        (change_remark(medicine="star_sign"), "remark pregnancy: unknown fact 'star_sign'"),
        (change_remark(text="Stop taking it."), "remark pregnancy: Nobody is told to stop"),
        (change_remark(told="{star_sign}"), "remark pregnancy: nothing fills in star_sign"),
        (change_remark(said="mild"), "pregnancy"),
        (lambda content: content["lead_ins"].update(told="Hello."), "lead_ins"),
        (lambda content: content["first_line"].update(text="Painless."), "first_line: No result is promised"),
    ],
)
def test_wrong_topics_are_refused(clinic: Path, change: Callable[[Any], None], message: str) -> None:
    edit(clinic, "topics.yml", change)
    with pytest.raises(ContentError, match=message):
        load_topics(clinic)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("article.yml", {"section": "nowhere"}, "there is no 'nowhere'"),
        ("article.yml", {"usable": False}, "'reason' is a required property"),
        ("article.yml", {"reason": "no"}, "article.purpose"),
        ("article.yml", {"pair_with": ["evidence.nothing"]}, "there is no 'evidence.nothing'"),
        ("article.yml", {"text": "It restores movement."}, "article.purpose: An injection is never said to restore"),
        ("evidence.yml", {"sources": []}, "evidence.steroid_benefit"),
        ("evidence.yml", {"basis": "J"}, "evidence.steroid_benefit"),
    ],
)
def test_wrong_statements_are_refused(clinic: Path, name: str, change: dict[str, Any], message: str) -> None:
    edit(clinic, name, lambda content: content["statements"][0].update(change))
    with pytest.raises(ContentError, match=message):
        load_topics(clinic)


def test_a_remark_can_stand_on_one_member_of_a_set(clinic: Path) -> None:
    condition = {"fact": "medicines_tried", "includes": ["opioid"]}
    edit(clinic, "topics.yml", change_remark(when=condition, told="an opioid"))
    topic = load_topics(clinic)["ask_injection/steroid"]
    assert "about an opioid" in topic.text_for({"medicines_tried": ("paracetamol", "opioid")})
    assert "about an opioid" not in topic.text_for({"medicines_tried": ("paracetamol",)})
