"""The questions that clear up a possible red flag."""

from __future__ import annotations

from pathlib import Path

import pytest

from hip.assessment import QuestionKind
from hip.content import CLINIC, ContentError
from hip.dialogue.clarifying import CLARIFYING_FILE, load_clarifying
from hip.dialogue.questions import load_questions
from hip.language.red_flag_examples import find_red_flags
from hip.triage.rulebook import load_rulebook
from tests.reading_age import find_hard_reading

QUESTIONS = load_clarifying()


def test_every_red_flag_has_its_question_and_nothing_else_has() -> None:
    assert set(QUESTIONS) == set(find_red_flags(load_rulebook()))


@pytest.mark.parametrize("fact", sorted(QUESTIONS))
def test_a_question_takes_yes_no_and_not_sure_about_its_fact(fact: str) -> None:
    question = QUESTIONS[fact]
    assert question.id == fact
    assert question.kind is QuestionKind.CHOICE
    assert [(option.fact, option.value) for option in question.options] == [(fact, True), (fact, False)]
    message = load_questions().put_question(question, {}, 0)
    assert message.buttons == ("Yes", "No", "Not sure")
    assert message.custom is not None
    assert message.custom["question"]["id"] == fact


@pytest.mark.parametrize("fact", sorted(QUESTIONS))
def test_someone_else_is_asked_about_the_patient(fact: str) -> None:
    question = QUESTIONS[fact]
    assert question.text_other != question.text or not {"you", "your"} & set(question.text.lower().split())
    asked = question.text_other.lower().removeprefix("thank you for telling me.").split()
    assert not {"you", "your"} & set(asked)


@pytest.mark.parametrize("fact", sorted(QUESTIONS))
def test_a_question_is_plain(fact: str) -> None:
    question = QUESTIONS[fact]
    for text in (question.text, question.text_other, question.why, question.name):
        assert not find_hard_reading(text), text


def test_each_question_has_a_reason_of_its_own() -> None:
    assert len({question.why for question in QUESTIONS.values()}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fact: injury", "fact: injured", "injured: is not a yes-or-no fact"),
        ("fact: injury", "fact: age", "age: is not a yes-or-no fact"),
        ("fact: injury", "fact: leg_deformity", "leg_deformity: is there twice"),
        ("no_label:", "nein_label:", "no_label"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    content = (CLINIC / CLARIFYING_FILE).read_text(encoding="utf-8")
    (tmp_path / CLARIFYING_FILE).write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"clarifying\.yml.*{message}"):
        load_clarifying(tmp_path)
