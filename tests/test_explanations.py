"""The answers: built from usable statements only, short, plain, fitted to the person, and never too bold."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.assessment import NOT_SURE, Facts
from hip.content import CLINIC, ContentError, read_content
from hip.explanations import (
    MAX_WORDS,
    Topic,
    count_words,
    list_tellings,
    load_first_line,
    load_options_card,
    load_topics,
)
from hip.never_said import find_never_said
from hip.statements import Statement, load_statements
from tests.reading_age import find_hard_reading

STATEMENTS = load_statements()
TOPICS = [*load_topics().values(), load_first_line()]

INJECTION_TOPICS = [
    "what_is_it",
    "ultrasound_guidance",
    "benefits",
    "surgery_alternative",
    "anaesthetic",
    "duration_of_procedure",
    "setting",
    "steroid",
    "hyaluronic_acid",
    "prp",
    "which_option",
    "recovery",
    "side_effects",
    "aftercare",
    "how_long_it_lasts",
    "if_it_does_not_work",
    "radiation",
    "osteoarthritis",
    "symptoms",
    "lifestyle_first",
]
LOGISTICS_TOPICS = [
    "price",
    "insurance",
    "parking",
    "driving",
    "flying",
    "referral",
    "waiting_time",
    "location",
    "opening_hours",
]


def every_answer() -> Iterator[tuple[str, str]]:
    """Each answer in each form that what was told can give it, and each option of the card."""
    for topic in TOPICS:
        for facts in list_tellings(topic):
            yield f"{topic.id} {'+'.join(facts) or 'plain'}", topic.text_for(facts)
    yield "options_card intro", load_options_card().intro
    for option in load_options_card().options:
        yield f"option {option.id}", option.as_text()


ANSWERS = dict(every_answer())


def test_every_agreed_topic_has_an_answer() -> None:
    expected = [f"ask_injection/{name}" for name in INJECTION_TOPICS]
    expected += [f"ask_logistics/{name}" for name in LOGISTICS_TOPICS]
    assert sorted(load_topics()) == sorted(expected)


def used_statements() -> set[str]:
    used = {statement.id for topic in TOPICS for statement in topic.based_on}
    used |= {statement.id for topic in TOPICS for remark in topic.remarks for statement in remark.based_on}
    return used | {statement.id for option in load_options_card().options for statement in option.based_on}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.id)
def test_every_statement_is_used_or_says_why_not(statement: Statement) -> None:
    assert (statement.id in used_statements()) != bool(statement.unusable)


def test_every_section_of_the_article_is_used() -> None:
    headings = {section["heading"] for section in read_content("article.yml", "article")["sections"]}
    assert headings == {STATEMENTS[name].section for name in used_statements()} - {None}


def test_every_remark_is_used() -> None:
    raw = read_content("topics.yml", "topics")
    assert {remark["id"] for remark in raw["remarks"]} == {
        name for each in raw["topics"] for name in each.get("when", ())
    }


def test_every_source_key_has_its_entry_in_the_rules() -> None:
    known = set(read_content("rules.yml", "rules")["sources"])
    named = {key for statement in STATEMENTS.values() for key in statement.sources}
    assert sorted(named - known) == []


@pytest.mark.parametrize("place", ANSWERS)
def test_answer_is_short_plain_and_not_too_bold(place: str) -> None:
    text = ANSWERS[place]
    assert count_words(text) <= MAX_WORDS
    assert find_hard_reading(text) == []
    assert [entry.reason for entry in find_never_said(text)] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_answer_ends_with_its_sources_or_the_phone(topic: Topic) -> None:
    last = topic.text_for({}).split("\n\n")[-1]
    if topic.based_on:
        assert last.startswith("From ")
        assert [s.named for s in topic.based_on if s.named not in last] == []
    else:
        assert "{clinic_phone}" in last


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_answer_also_fits_someone_asking_for_another_person(topic: Topic) -> None:
    assert re.search(r"\byours?\b|\byou (may|can|should|must|have|feel|need)\b", topic.text) is None


@pytest.mark.parametrize(
    ("topic", "facts", "expected"),
    [
        ("ask_injection/steroid", {}, "From the clinic's article, patient leaflets and research."),
        ("ask_injection/steroid", {"anticoagulant": True}, "You mentioned a blood thinner or bleeding problem"),
        ("ask_injection/steroid", {"anticoagulant": True}, "medicines are taken as prescribed"),
        ("ask_injection/steroid", {"anticoagulant": NOT_SURE}, "You were not sure about blood thinners"),
        ("ask_injection/aftercare", {"diabetes": True}, "steroid can lift blood sugar"),
        ("ask_injection/what_is_it", {"hip_replacement": True}, "not injected this way"),
        ("ask_injection/radiation", {"pregnant_or_breastfeeding": True}, "midwife or GP"),
        ("ask_injection/how_long_it_lasts", {"recent_hip_procedure": "injection"}, "You mentioned a recent injection"),
        ("ask_injection/hyaluronic_acid", {}, "NICE says not to offer it for osteoarthritis"),
        ("ask_injection/prp", {}, "we found none for the hip"),
        ("ask_injection/side_effects", {}, "999"),
        ("ask_injection/side_effects", {}, "NHS 111 today"),
        ("ask_injection/recovery", {}, "NHS 111 today"),
        ("ask_logistics/price", {}, "{clinic_phone}"),
        ("ask_logistics/driving", {}, "Arrange a lift"),
        ("ask_logistics/flying", {}, "ask the clinician"),
    ],
)
def test_answer_says(topic: str, facts: Facts, expected: str) -> None:
    assert expected in load_topics()[topic].text_for(facts)


@pytest.mark.parametrize(
    ("topic", "facts", "unsaid"),
    [
        ("ask_injection/steroid", {}, "blood thinner"),
        ("ask_injection/steroid", {"anticoagulant": False}, "blood thinner"),
        ("ask_injection/aftercare", {"diabetes": False}, "sugar"),
        ("ask_injection/how_long_it_lasts", {"recent_hip_procedure": "operation"}, "recent injection"),
        ("ask_injection/hyaluronic_acid", {"egg_protein_allergy": NOT_SURE}, "egg"),
    ],
)
def test_answer_leaves_out(topic: str, facts: Facts, unsaid: str) -> None:
    assert unsaid not in load_topics()[topic].text_for(facts)


def test_remark_brings_its_own_source() -> None:
    answer = load_topics()["ask_injection/steroid"].text_for({"anticoagulant": True})
    assert answer.endswith("From the clinic's article, patient leaflets, research and joint injection guidance.")


def test_options_card_compares_the_three_injections_of_the_article() -> None:
    card = load_options_card()
    assert [option.id for option in card.options] == ["steroid", "hyaluronic_acid", "prp"]
    text = card.as_text()
    assert text.startswith(card.intro)
    assert all(f"{option.name}: " in text for option in card.options)
    assert "I do not choose between them" in text.replace("\n", " ")


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    for name in ("article.yml", "evidence.yml", "topics.yml"):
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
        (change_remark(fact="star_sign"), "remark blood_thinner: unknown fact"),
        (change_remark(value="often"), "remark blood_thinner: anticoagulant"),
        (change_remark(text="Stop taking it."), "remark blood_thinner: Nobody is told to stop"),
        (change_remark(unsure="Stop taking it."), "remark blood_thinner: Nobody is told to stop"),
        (lambda content: content["first_line"].update(text="Painless."), "first_line: No result is promised"),
        (lambda content: content["options_card"].update(intro="PRP is the best option."), "options_card: Neither"),
        (lambda content: content["options_card"]["options"][0].update(how_sure="x " * 90), "option steroid: .* words"),
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
    edit(clinic, "topics.yml", change_remark(fact="medicines_tried", value="opioid", text="You mentioned an opioid."))
    topic = load_topics(clinic)["ask_injection/steroid"]
    assert "an opioid" in topic.text_for({"medicines_tried": ("paracetamol", "opioid")})
    assert "an opioid" not in topic.text_for({"medicines_tried": ("paracetamol",)})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Osteoarthritis necessitates multidisciplinary rehabilitation considerations.", "grade"),
        ("It is " + "so " * 24 + "long.", "words"),
    ],
)
def test_hard_reading_is_found(text: str, problem: str) -> None:
    assert any(problem in found for found in find_hard_reading(text))
