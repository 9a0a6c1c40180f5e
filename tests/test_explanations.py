"""The answers: built from usable statements only, short, plain, fitted to the person, and never too bold."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
import yaml

from hip.assessment import NOT_SURE, Facts
from hip.content import CLINIC
from hip.explanations import Topic, load_first_line, load_topics
from hip.own_words import OwnWords
from hip.remarks import MAX_WORDS, count_words

TOPICS = [*load_topics().values(), load_first_line()]

#: What a person may have told to hear each remark.
TELLING: dict[str, tuple[Facts, OwnWords]] = {
    "pregnancy": ({"pregnant_or_breastfeeding": True}, OwnWords()),
    "replacement": ({"hip_replacement": True}, OwnWords()),
    "infection": ({"current_infection": True}, OwnWords()),
    "allergy": ({"steroid_or_anaesthetic_allergy": True}, OwnWords()),
    "blood_thinner": ({"anticoagulant": True}, OwnWords()),
    "surgery_planned": ({"surgery_planned": True}, OwnWords()),
    "bone_supply": ({"avascular_risk": True}, OwnWords()),
    "immune": ({"immunosuppressed": True}, OwnWords()),
    "recent_injection_weeks": ({"previous_injection_weeks": 6.0}, OwnWords()),
    "recent_injection": ({"recent_hip_procedure": "injection"}, OwnWords()),
    "many_injections": ({"injections_past_year": 4}, OwnWords()),
    "vaccine": ({"recent_vaccine": True}, OwnWords()),
    "normal_scan": ({"normal_imaging": True}, OwnWords()),
    "high_sugar": ({"diabetes": True, "diabetes_poor_control": True}, OwnWords()),
    "diabetes": ({"diabetes": True}, OwnWords()),
    "pressure": ({"uncontrolled_hypertension": True}, OwnWords()),
    "mood": ({"mood_disorder_history": True}, OwnWords()),
    "egg_allergy": ({"egg_protein_allergy": True}, OwnWords()),
    "cancer": ({"cancer_history": True}, OwnWords()),
    "mild_prp": ({}, OwnWords(severity="mild")),
    "moderate_prp": ({}, OwnWords(severity="moderate")),
    "severe_prp": ({}, OwnWords(severity="severe")),
    "severe_surgery": ({}, OwnWords(severity="severe")),
    "mild_relief": ({}, OwnWords(severity="mild")),
    "moderate_relief": ({}, OwnWords(severity="moderate")),
    "severe_relief": ({}, OwnWords(severity="severe")),
}
#: The cautions of clinical rules, section 3, with R7 and R14; and the answers in which each must be heard.
ABOUT_HAVING_ONE = [
    f"ask_injection/{name}"
    for name in (
        "what_is_it",
        "benefits",
        "steroid",
        "hyaluronic_acid",
        "prp",
        "which_option",
        "side_effects",
        "how_long_it_lasts",
        "lifestyle_first",
    )
]
ABOUT_STEROID = [f"ask_injection/{name}" for name in ("benefits", "steroid", "which_option", "side_effects")]
CAUTIONS = {
    "current_infection": ABOUT_HAVING_ONE,
    "steroid_or_anaesthetic_allergy": [*ABOUT_HAVING_ONE, "ask_injection/anaesthetic"],
    "hip_replacement": [*ABOUT_HAVING_ONE, "ask_injection/if_it_does_not_work", "ask_injection/surgery_alternative"],
    "surgery_planned": [*ABOUT_HAVING_ONE, "ask_injection/surgery_alternative"],
    "anticoagulant": [*ABOUT_HAVING_ONE, "ask_injection/aftercare"],
    "diabetes": [*ABOUT_STEROID, "ask_injection/aftercare", "ask_injection/recovery"],
    "diabetes_poor_control": [*ABOUT_STEROID, "ask_injection/aftercare", "ask_injection/recovery"],
    "immunosuppressed": [*ABOUT_HAVING_ONE, "ask_injection/recovery"],
    "recent_vaccine": ABOUT_HAVING_ONE,
    "pregnant_or_breastfeeding": [*ABOUT_HAVING_ONE, "ask_injection/radiation", "ask_logistics/referral"],
    "normal_imaging": [*ABOUT_HAVING_ONE, "ask_injection/if_it_does_not_work"],
    "uncontrolled_hypertension": ABOUT_STEROID,
    "mood_disorder_history": ABOUT_STEROID,
    "egg_protein_allergy": ["ask_injection/hyaluronic_acid", "ask_injection/which_option"],
    "cancer_history": ["ask_injection/prp", "ask_injection/which_option"],
    "avascular_risk": ABOUT_HAVING_ONE,
}

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


def test_every_agreed_topic_has_an_answer() -> None:
    expected = [f"ask_injection/{name}" for name in INJECTION_TOPICS]
    expected += [f"ask_logistics/{name}" for name in LOGISTICS_TOPICS]
    assert sorted(load_topics()) == sorted(expected)


def remarks_of(topic: Topic) -> list[str]:
    return [remark.id for remark in topic.remarks]


def test_every_remark_has_a_telling_and_is_used() -> None:
    raw = yaml.safe_load((CLINIC / "topics.yml").read_text(encoding="utf-8"))
    assert [remark["id"] for remark in raw["remarks"]] == list(TELLING)
    assert {name for topic in TOPICS for name in remarks_of(topic)} == set(TELLING)


def merge(names: tuple[str, ...], **more: Any) -> tuple[Facts, OwnWords]:
    facts: dict[str, Any] = dict(more)
    severity = None
    for name in names:
        told, own = TELLING[name]
        facts |= told
        severity = own.severity or severity
    return facts, OwnWords(severity=severity)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_answer_is_short_whatever_was_told(topic: Topic) -> None:
    """Nothing told, each thing, each two things and everything, for the patient and for somebody else."""
    names = remarks_of(topic)
    told = [(), *((name,) for name in names), *combinations(names, 2), tuple(names)]
    for each in told:
        for respondent in ("self", "someone_else"):
            text = topic.text_for(*merge(each, respondent=respondent))
            assert count_words(text) <= MAX_WORDS, (each, text)
            assert re.findall(r"\{(\w+)\}", text) in ([], ["clinic_phone"]), text


@pytest.mark.parametrize(("topic", "name"), [(topic, name) for topic in TOPICS for name in remarks_of(topic)])
def test_what_was_told_is_answered_in_full_when_it_is_all_that_was_told(topic: Topic, name: str) -> None:
    facts, own = TELLING[name]
    (remark,) = [each for each in topic.remarks if each.id == name]
    added = remark.apply(facts, own, topic.lead_ins)
    assert added is not None
    assert added.text in topic.text_for(facts, own)


@pytest.mark.parametrize(("fact", "topic"), [(fact, topic) for fact, topics in CAUTIONS.items() for topic in topics])
def test_every_caution_is_said_where_it_matters(fact: str, topic: str) -> None:
    plain = load_topics()[topic].text_for({})
    cautioned = load_topics()[topic].text_for({fact: True})
    denied = load_topics()[topic].text_for({fact: False})
    assert "You told me about" in cautioned
    assert plain == denied


@pytest.mark.parametrize("topic", ABOUT_HAVING_ONE)
@pytest.mark.parametrize(
    "facts",
    [
        {"previous_injection_weeks": 12.0},
        {"recent_hip_procedure": "injection"},
        {"injections_past_year": 3},
    ],
    ids=str,
)
def test_injections_close_together_are_said_where_they_matter(topic: str, facts: Facts) -> None:
    assert "a clinician looks at how often it was done" in load_topics()[topic].text_for(facts)


@pytest.mark.parametrize(
    "fact",
    [
        "anticoagulant",
        "diabetes",
        "steroid_or_anaesthetic_allergy",
        "current_infection",
        "pregnant_or_breastfeeding",
        "immunosuppressed",
        "recent_vaccine",
        "hip_replacement",
        "surgery_planned",
        "avascular_risk",
    ],
)
def test_not_sure_is_answered_as_a_caution(fact: str) -> None:
    assert "You were not sure about" in load_topics()["ask_injection/steroid"].text_for({fact: NOT_SURE})


@pytest.mark.parametrize(
    ("latest", "facts", "said"),
    [
        ("is it all right in pregnancy?", {}, "You asked about pregnancy or breastfeeding: an injection is not booked"),
        ("what about people with diabetes", {}, "You asked about diabetes: a steroid can lift your blood sugar"),
        ("does it go with blood thinners", {}, "You asked about a blood thinner or bleeding problem: your medicines"),
        ("can you inject a replaced hip", {}, "such a joint is not injected this way"),
        ("and with a flu jab the same week?", {}, "You asked about a vaccine: it stays."),
        ("does it matter with high blood pressure", {}, "You asked about high blood pressure"),
        ("is diabetes a problem", {"diabetes": True}, "You told me about diabetes"),
        ("is diabetes a problem", {"diabetes": NOT_SURE}, "You were not sure about diabetes"),
    ],
)
def test_a_caution_that_is_asked_about_is_said(latest: str, facts: Facts, said: str) -> None:
    assert said in load_topics()["ask_injection/steroid"].text_for(facts, OwnWords(latest=latest))


@pytest.mark.parametrize(
    ("latest", "facts"),
    [
        ("I am not diabetic, is it safe", {"diabetes": False}),
        ("can it save me from a hip replacement", {}),
        ("can it cause an infection", {}),
        ("how does the steroid work", {}),
    ],
)
def test_no_caution_is_said_that_was_not_asked_about(latest: str, facts: Facts) -> None:
    answer = load_topics()["ask_injection/steroid"].text_for(facts, OwnWords(latest=latest))
    assert answer == load_topics()["ask_injection/steroid"].text_for({})


def test_cautions_that_do_not_fit_in_full_are_named() -> None:
    told = merge(("blood_thinner", "immune", "diabetes", "vaccine"))
    answer = load_topics()["ask_injection/steroid"].text_for(*told)
    for named in ("blood thinner", "weak immune system", "diabetes", "vaccine"):
        assert named in answer


def test_more_cautions_than_can_be_named_are_left_to_a_clinician() -> None:
    topic = load_topics()["ask_injection/side_effects"]
    answer = topic.text_for(*merge(tuple(remarks_of(topic))))
    assert "A clinician goes through it before any injection." in answer


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
        ("ask_injection/steroid", {"anticoagulant": True}, "You told me about a blood thinner or bleeding problem"),
        ("ask_injection/steroid", {"anticoagulant": True}, "your medicines are taken as prescribed"),
        ("ask_injection/steroid", {"anticoagulant": True, "respondent": "someone_else"}, "their medicines are taken"),
        ("ask_injection/steroid", {"anticoagulant": NOT_SURE}, "You were not sure about a blood thinner"),
        ("ask_injection/aftercare", {"diabetes": True}, "a steroid can lift your blood sugar"),
        ("ask_injection/aftercare", {"diabetes": True, "diabetes_poor_control": True}, "blood sugar that runs high"),
        ("ask_injection/what_is_it", {"hip_replacement": True}, "not injected this way"),
        ("ask_injection/radiation", {"pregnant_or_breastfeeding": True}, "midwife or GP"),
        ("ask_injection/how_long_it_lasts", {"recent_hip_procedure": "injection"}, "about a recent injection"),
        ("ask_injection/steroid", {"previous_injection_weeks": 6.0}, "the last injection, about 6 weeks ago"),
        ("ask_injection/steroid", {"injections_past_year": 4}, "4 injections in a year"),
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
    ("topic", "own", "expected"),
    [
        (
            "ask_injection/steroid",
            OwnWords({"anticoagulant": "apixaban"}),
            "You told me about apixaban: your medicines",
        ),
        ("ask_injection/steroid", OwnWords({"immunosuppressed": "methotrexate"}), "about methotrexate: it can hide"),
        ("ask_injection/prp", OwnWords(severity="mild"), "about mild arthritis: the article has PRP in mind for this"),
        ("ask_injection/prp", OwnWords(severity="severe"), "speaks of PRP for mild or moderate"),
        ("ask_injection/surgery_alternative", OwnWords(severity="severe"), "surgery may be needed then"),
        ("ask_injection/how_long_it_lasts", OwnWords(severity="moderate"), "how long relief lasts depends on that"),
    ],
)
def test_answer_repeats_the_persons_own_words(topic: str, own: OwnWords, expected: str) -> None:
    assert expected in load_topics()[topic].text_for(dict.fromkeys(own.medicines, True), own)


@pytest.mark.parametrize(
    ("topic", "facts", "unsaid"),
    [
        ("ask_injection/steroid", {}, "blood thinner"),
        ("ask_injection/steroid", {"anticoagulant": False}, "blood thinner"),
        ("ask_injection/aftercare", {"diabetes": False}, "sugar"),
        ("ask_injection/how_long_it_lasts", {"recent_hip_procedure": "operation"}, "recent injection"),
        ("ask_injection/how_long_it_lasts", {"previous_injection_weeks": 13.0}, "You told me"),
        ("ask_injection/how_long_it_lasts", {"injections_past_year": 2}, "You told me"),
        ("ask_injection/prp", {}, "arthritis:"),
    ],
)
def test_answer_leaves_out(topic: str, facts: Facts, unsaid: str) -> None:
    assert unsaid not in load_topics()[topic].text_for(facts)


def test_remark_brings_its_own_source() -> None:
    answer = load_topics()["ask_injection/steroid"].text_for({"anticoagulant": True})
    assert answer.endswith("From the clinic's article, patient leaflets, research and joint injection guidance.")
