"""How questions are put."""

from __future__ import annotations

import pytest

from hip.assessment import EMERGENCY_SCREENS, FACTS, FactKind, facts_of
from hip.content import ContentError, read_content
from hip.dialogue.questions import load_questions

BOOK = load_questions()


def test_every_asked_fact_has_a_question_and_every_question_its_own_reason() -> None:
    assert {fact.question for fact in FACTS.values() if fact.question} <= set(BOOK.questions)
    reasons = [question.why for question in BOOK.questions.values()]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize(
    "question", [q for q in BOOK.questions.values() if q.kind.value == "checklist"], ids=lambda q: q.id
)
def test_a_checklist_offers_each_of_its_points_and_a_way_to_deny_them_all(question) -> None:
    offered = {option.fact for option in question.options}
    assert offered == {fact.id for fact in facts_of(question.id)}
    assert question.none_label


@pytest.mark.parametrize("screen", EMERGENCY_SCREENS)
def test_a_safety_question_offers_not_sure_and_cannot_be_skipped(screen: str) -> None:
    assert BOOK.questions[screen].not_sure
    assert not BOOK.questions[screen].skip


@pytest.mark.parametrize("question_id", sorted(BOOK.questions))
def test_a_question_carries_its_custom_part_and_plain_text_buttons(question_id: str) -> None:
    message = BOOK.put(question_id, {}, 0).as_message()
    part = message["custom"]["question"]
    assert part["id"] == question_id
    assert part["kind"] == BOOK.questions[question_id].kind.value
    assert "\n\n" not in message["text"]
    for button in message.get("buttons", []):
        assert button["title"] == button["payload"]
        assert not button["payload"].startswith("/")


def test_the_second_time_other_words_are_used() -> None:
    for question_id in BOOK.questions:
        assert BOOK.put(question_id, {}, 0).text != BOOK.put(question_id, {}, 1).text


def test_someone_who_answers_for_another_person_is_asked_about_that_person() -> None:
    assert "they" in BOOK.put("age", {"respondent": "someone_else"}, 0).text
    assert "you" in BOOK.put("age", {"respondent": "self"}, 0).text


def test_a_checklist_asks_only_for_what_is_still_open() -> None:
    put = BOOK.put("injury_screen", {"injury": True, "leg_deformity": False}, 1)
    assert put.buttons == (
        "Cannot stand or take steps on that leg",
        "Sudden, very bad pain",
        "None of these",
        "Not sure",
    )
    assert "Sudden, very bad pain" in put.text


def test_every_value_a_person_can_give_has_words() -> None:
    for fact in FACTS.values():
        if fact.id in ("consent", "respondent"):
            continue
        if fact.kind is FactKind.BOOL:
            assert BOOK.words_for(fact.id, True), fact.id


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("questions: []", "questions"),
        ("status: x\nreviewed: 2026-01-01\nnot_sure_label: a\n", "skip_label"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_place(tmp_path, wrong: str, message: str) -> None:
    (tmp_path / "questions.yml").write_text(wrong)
    with pytest.raises(ContentError, match=f"questions.yml.*{message}|questions.yml"):
        read_content("questions.yml", "questions", tmp_path)
