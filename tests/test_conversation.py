"""What is said besides questions, explanations and results: plain, honest, safe beside an urgent result."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.content import CLINIC, ContentError, read_content
from hip.explanations import MAX_WORDS, count_words, load_conversation
from hip.never_said import find_never_said
from tests.reading_age import find_hard_reading

RESPONSES = load_conversation()
WORDINGS = {
    f"{name} {number} {kind}": text
    for name, wordings in RESPONSES.items()
    for number, wording in enumerate(wordings, 1)
    for kind, text in (("self", wording.text), ("other", wording.other))
    if text is not None
}
URGENT = {each["id"] for each in read_content("conversation.yml", "conversation")["responses"] if each.get("urgent")}


@pytest.mark.parametrize("place", WORDINGS)
def test_wording_is_plain_and_not_too_bold(place: str) -> None:
    text = WORDINGS[place]
    assert count_words(text) <= MAX_WORDS
    assert find_hard_reading(text) == []
    assert [entry.reason for entry in find_never_said(text)] == []


@pytest.mark.parametrize("name", RESPONSES)
def test_alternatives_differ(name: str) -> None:
    texts = [wording.text for wording in RESPONSES[name]]
    assert len(set(texts)) == len(texts) > 1


@pytest.mark.parametrize(
    "name",
    [
        "intro",
        "consent_needed",
        "consent_declined",
        "technical_problem",
        "technical_problem_urgent",
        "human",
        "human_urgent",
        "misunderstood_3",
        "emergency_reminder",
        "book_after_urgent",
        "goodbye",
        "stop",
        "delete_done",
        "help",
        "out_of_scope/other_joint",
        "out_of_scope/other_health",
        "out_of_scope/diagnosis",
        "out_of_scope/abuse",
        "out_of_scope/another_language",
        "out_of_scope/another_language_urgent",
    ],
)
def test_emergency_numbers_are_in_every_alternative(name: str) -> None:
    missing = [
        place
        for place, text in WORDINGS.items()
        if place.startswith(f"{name} ") and not {"999", "111"} <= set(re.findall(r"\d+", text))
    ]
    assert missing == []


def test_nothing_said_beside_an_urgent_result_names_the_clinic() -> None:
    assert {"emergency_reminder", "book_after_urgent", "human_urgent", "thank", "goodbye"} <= URGENT
    texts = {place: text for place, text in WORDINGS.items() if place.split()[0] in URGENT}
    assert [
        place for place, text in texts.items() if re.search(r"clinic_phone|http|\bphone\b|book (a|an)\b", text)
    ] == []


def write_changed(folder: Path, change: Callable[[Any], None]) -> None:
    content = yaml.safe_load((CLINIC / "conversation.yml").read_text(encoding="utf-8"))
    change(content)
    (folder / "conversation.yml").write_text(yaml.safe_dump(content), encoding="utf-8")


def test_urgent_response_with_the_clinic_phone_is_refused(tmp_path: Path) -> None:
    def add_phone(content: Any) -> None:
        (entry,) = [each for each in content["responses"] if each["id"] == "emergency_reminder"]
        entry["alternatives"][0]["text"] = "Please phone {clinic_phone}."

    write_changed(tmp_path, add_phone)
    with pytest.raises(ContentError, match="emergency_reminder"):
        load_conversation(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("You have arthritis.", "intro: Nothing is diagnosed"), ("Hello {name}.", "intro: nothing fills in name")],
)
def test_wrong_wording_is_refused(tmp_path: Path, text: str, message: str) -> None:
    write_changed(tmp_path, lambda content: content["responses"][0]["alternatives"][0].update(text=text))
    with pytest.raises(ContentError, match=message):
        load_conversation(tmp_path)


def test_another_form_speaks_of_the_patient_as_they() -> None:
    wording = RESPONSES["consent_declined"][0]
    assert "your choice" in wording.text
    assert wording.other is not None
    assert "their health" in wording.other


def test_wording_without_another_form_does_not_speak_of_the_patient_as_you() -> None:
    of_the_patient = re.compile(
        r"\byour (hip|pain|leg|health|medicines?|body|symptoms?)\b|\byou (feel|hurt|are in (pain|danger))\b"
    )
    texts = [(name, wording.text) for name, each in RESPONSES.items() for wording in each if wording.other is None]
    assert [name for name, text in texts if of_the_patient.search(text)] == []
