"""The fact reader on tables of sentences that a clinician can read and add to."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hip.assessment import FACTS, IMPLIED_FACTS, parse_fact, parse_facts
from hip.language.facts import FactReader
from hip.language.reading import Answer

TODAY = datetime.date(2026, 11, 25)
HERE = Path(__file__).parent
READER = FactReader()


def _table(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


STATED = [
    (text, group.get("asked"), parse_facts(group["facts"]), frozenset(group.get("drop", ())))
    for group in _table("facts.yml")
    for text in group["texts"]
]
HEARD = [
    (text, fact.lstrip("!"), not fact.startswith("!")) for fact, texts in _table("heard.yml").items() for text in texts
]


@pytest.mark.parametrize(("text", "asked", "facts", "drop"), STATED)
def test_states_these_facts_and_no_others(
    text: str, asked: str | None, facts: dict[str, Any], drop: frozenset[str]
) -> None:
    read = READER.read(text, asked, TODAY).facts
    got = {fact: value for fact, value in read.items() if fact not in drop | IMPLIED_FACTS}
    assert got.keys() == facts.keys()
    for fact, value in facts.items():
        if isinstance(value, float):
            assert got[fact] == pytest.approx(value, rel=0.1, abs=0.15)
        else:
            assert got[fact] == value


@pytest.mark.parametrize(("text", "fact", "value"), HEARD)
def test_hears(text: str, fact: str, value: bool) -> None:
    assert READER.read(text, None, TODAY).facts.get(fact) is value


CONTEXT = [
    # list scope, exceptions, clauses without a mark
    ("no fever, no numbness but I can't put weight on it", {"fever_or_unwell": False, "cannot_bear_weight": True}),
    ("I don't have any numbness except in my groin", {"saddle_numbness": True}),
    ("denies fever or chest pain", {"fever_or_unwell": False, "chest_pain_or_breathless": False}),
    ("no fever my leg is swollen", {"fever_or_unwell": False, "leg_swelling": True}),
    ("no fever and my calf is swollen", {"fever_or_unwell": False, "leg_swelling": True}),
    ("not hot, swollen or red", {"hot_swollen_joint": False}),
    ("cancer: none", {"cancer_history": False}),
    ("bladder fine, bowels fine, numb between the legs", {"bladder_bowel_change": False, "saddle_numbness": True}),
    ("without any fever", {"fever_or_unwell": False}),
    # pseudo-negation and double negation
    ("not only a fever but chest pain too", {"fever_or_unwell": True, "chest_pain_or_breathless": True}),
    ("I couldn't not limp if I tried", {"limp": True}),
    ("I didn't even notice I had wet myself", {"bladder_bowel_change": True}),
    # other people
    ("my sister had cancer", {"cancer_history": None}),
    ("breast cancer, but that was my aunt", {"cancer_history": None}),
    ("my mum fell and she can't stand", {"injury": True, "cannot_bear_weight": True, "respondent": "someone_else"}),
    # past and resolved
    ("I fell off a horse twenty years ago, all better", {"injury": None}),
    ("I fell three years ago and it's been sore ever since", {"injury": True}),
    ("had a fever last month but it has cleared up", {"fever_or_unwell": None}),
    ("I fell last week", {"injury": True}),
    # supposed or asked
    ("what if I get a fever afterwards", {"fever_or_unwell": None}),
    ("does the injection cause numbness down below", {"saddle_numbness": None}),
    ("can I have it if I'm on warfarin", {"anticoagulant": True}),
    ("do you have parking, my chest really hurts", {"chest_pain_or_breathless": True}),
    # idioms and hedges
    ("can hardly walk to the shop", {"cannot_bear_weight": None}),
    ("this hip is killing me", {"suicidal": None}),
    ("I can't stand the pain", {"cannot_bear_weight": None}),
    ("numb bum from sitting on a hard chair", {"saddle_numbness": None}),
    ("pain in my bum and my foot is numb", {"saddle_numbness": None}),
]


@pytest.mark.parametrize(("text", "facts"), CONTEXT)
def test_context(text: str, facts: dict[str, Any]) -> None:
    read = READER.read(text, None, TODAY).facts
    assert {fact: read.get(fact) for fact in facts} == facts


ANSWERS: list[tuple[str, str, Answer | None, set[str]]] = [
    ("injury_screen", "none of these", Answer.NO, set()),
    ("injury_screen", "no fall", None, set()),
    ("injury_screen", "none, except a fall", None, set()),
    ("nerve_screen", "yes", Answer.YES, set()),
    ("nerve_screen", "not sure", Answer.NOT_SURE, {"saddle_numbness", "bladder_bowel_change", "both_legs_weak"}),
    ("nerve_screen", "not sure about the numbness", None, {"saddle_numbness"}),
    ("infection_screen", "I'm not sure if I have a fever", None, {"fever_or_unwell"}),
    ("chest_pain_or_breathless", "not sure", Answer.NOT_SURE, {"chest_pain_or_breathless"}),
    ("pain_score", "skip", Answer.SKIP, set()),
    ("age", "rather not say", Answer.SKIP, set()),
    ("read_back", "yes that's right", Answer.YES, set()),
    ("read_back", "no", Answer.NO, set()),
    ("restart_confirm", "yes please", Answer.YES, set()),
]


@pytest.mark.parametrize(("asked", "text", "answer", "unsure"), ANSWERS)
def test_answers_to_the_whole_question(asked: str, text: str, answer: Answer | None, unsure: set[str]) -> None:
    read = READER.read(text, asked, TODAY)
    assert (read.answer, set(read.unsure)) == (answer, unsure)


@pytest.mark.parametrize("text", ["yes", "no", "none", "not sure", "skip", "7", "both"])
def test_a_short_answer_to_nothing_says_nothing(text: str) -> None:
    read = READER.read(text, None, TODAY)
    assert (dict(read.facts), read.answer) == ({} if text != "both" else {"side": "both"}, None)


LONG = "It began with my right hip aching on the stairs, then on the flat as well, and by now I feel it {}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LONG.format("whenever I get up from a chair"), True),
        (LONG.format("often"), False),
        ("the car park at your place is too small and my neighbours say that it is full from nine in the morning "
         "so where would I put my car", False),
    ],
)  # fmt: skip
def test_who_tells_of_the_trouble_at_length_has_told_the_story(text: str, told: bool) -> None:
    assert ("told_story" in READER.read(text, None, TODAY).facts) == told


CORRECTIONS = [
    ("sorry, I meant the right hip, not the left", None, {"side": "right"}),
    ("no, 3 weeks not 3 years", "duration", {"duration_weeks": 3.0}),
    ("scrap that, I'm not on blood thinners", None, {"anticoagulant": False}),
    ("actually I'm 55", None, {"age": 55}),
]


@pytest.mark.parametrize(("text", "asked", "facts"), CORRECTIONS)
def test_a_correction_gives_the_corrected_value_only(text: str, asked: str | None, facts: dict[str, Any]) -> None:
    read = READER.read(text, asked, TODAY)
    got = {fact: value for fact, value in read.facts.items() if fact not in IMPLIED_FACTS}
    assert (got, read.corrects) == (facts, True)


@pytest.mark.parametrize("joined", [", ", "; ", "\n"])
def test_labels_picked_state_their_facts_and_deny_the_rest(joined: str) -> None:
    picked = joined.join(["A fall, knock or accident", "Sudden, very bad pain"])
    assert READER.read(picked, "injury_screen", TODAY).facts == {
        "injury": True,
        "cannot_bear_weight": False,
        "leg_deformity": False,
        "sudden_severe_onset": True,
    }


def test_labels_of_a_set_are_all_kept() -> None:
    assert READER.read("Walking, Getting dressed", "activity_limits", TODAY).facts == {
        "activity_limits": ("walking", "dressing")
    }


def test_since_a_day_is_reckoned_from_today() -> None:
    read = READER.read("since Christmas", "duration", datetime.date(2026, 1, 8))
    assert read.facts["duration_weeks"] == pytest.approx(2, abs=0.1)


QUESTIONS = st.one_of(
    st.none(), st.sampled_from(sorted({f.question for f in FACTS.values() if f.question} | {"read_back"}))
)
WORDS = st.sampled_from(
    (
        *[
            "no",
            "not",
            "never",
            "fever",
            "numb",
            "bum",
            "can't",
            "stand",
            "fell",
            "leg",
            "hip",
            "7",
            "10",
            "/10",
            "weeks",
            "ago",
            "except",
        ],
        "not sure",
        *"½,.?£🙂’-",
        "9" * 12,
    )
)


#: Half characters too, and every kind of digit, which hypothesis seldom comes to by itself.
ANY_CHARACTERS = st.text(
    st.one_of(st.characters(), st.characters(categories=["Cs"]), st.characters(categories=["Nd", "Nl", "No"])),
    max_size=300,
)


@settings(max_examples=300, deadline=None)
@given(ANY_CHARACTERS, QUESTIONS)
def test_no_character_of_unicode_is_too_odd(text: str, question: str | None) -> None:
    reading = READER.read(text, question, TODAY)
    assert all(parse_fact(fact, value) == value for fact, value in reading.facts.items())


@pytest.mark.parametrize("text", ["\ud800", "since may ፩፪፫፬", "²³ weeks", "since ፲፱፻፹", "٤ weeks"])
@pytest.mark.parametrize("question", [None, "duration", "age", "pain_score", "injury_screen"])
def test_half_characters_and_odd_digits_are_read_without_a_fault(text: str, question: str | None) -> None:
    READER.read(text, question, TODAY)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join)), QUESTIONS)
def test_any_text_is_read_without_error_into_values_that_parse(text: str, asked: str | None) -> None:
    read = READER.read(text, asked, TODAY)
    assert all(parse_fact(fact, value) == value for fact, value in read.facts.items())
    assert read.unsure <= FACTS.keys()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), QUESTIONS)
def test_reading_twice_gives_the_same(text: str, asked: str | None) -> None:
    assert READER.read(text, asked, TODAY) == READER.read(text, asked, TODAY)


@pytest.mark.parametrize(
    ("text", "question", "told"),
    [
        ("how long does a steroid injection last?", "previous_injection", None),
        ("what is prp", "previous_injection", None),
        ("does hyaluronic acid hurt", "previous_injection", None),
        ("would a cortisone jab help", "previous_injection", None),
        ("I had a steroid one, was that wrong?", "previous_injection", "steroid"),
        ("steroid", "previous_injection", "steroid"),
        ("never", "previous_injection_weeks", "none"),
        ("never had one", "previous_injection_weeks", "none"),
    ],
)
def test_asking_about_an_injection_tells_of_none(text: str, question: str, told: str | None) -> None:
    assert READER.read(text, question, TODAY).facts.get("previous_injection") == told
