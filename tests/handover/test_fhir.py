"""The summary as FHIR R4B, held against HL7's own value sets (``benchmarks/fhir``) and a list written here by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources import __fhir_version__
from fhir.resources.bundle import Bundle
from fhir.resources.observation import Observation

from hip.assessment import FACTS, FactValue
from hip.content import ROOT, read_content
from hip.handover.fhir import WrongCode, _Writer, write_fhir
from hip.handover.fhir_codes import UNITS, load_codes
from hip.handover.summary_model import OwnMessage, State, Summary
from hip.triage.levels import CareLevel
from tests.handover.summaries import (
    DESK,
    GIVEN,
    REFERENCE,
    change,
    every_value,
    facts_of_patient,
    handed_over,
    make_record,
    make_summary,
)

#: HL7's own definitions, as far as they are used; `python -m benchmarks.fhir` takes them from its package.
HL7: dict[str, Any] = json.loads((ROOT / "benchmarks/fhir/definitions.json").read_text(encoding="utf-8"))

#: The FHIR R4B value sets of every coded element that may stand in a summary, and where each is published.
VALUE_SETS: dict[tuple[str, str], set[str]] = {
    # http://hl7.org/fhir/R4B/valueset-bundle-type.html
    ("Bundle", "type"): {
        *("document", "message", "transaction", "transaction-response", "batch", "batch-response", "history"),
        *("searchset", "collection"),
    },
    # http://hl7.org/fhir/R4B/valueset-questionnaire-answers-status.html
    ("QuestionnaireResponse", "status"): {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    # http://hl7.org/fhir/R4B/valueset-observation-status.html
    ("Observation", "status"): {
        *("registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"),
    },
    # http://hl7.org/fhir/R4B/valueset-event-status.html
    ("Communication", "status"): {
        *("preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"),
    },
    # http://hl7.org/fhir/R4B/valueset-device-status.html
    ("Device", "status"): {"active", "inactive", "entered-in-error", "unknown"},
    # http://hl7.org/fhir/R4B/valueset-device-nametype.html
    ("Device.deviceName", "type"): {
        *("udi-label-name", "user-friendly-name", "patient-reported-name", "manufacturer-name", "model-name", "other"),
    },
    # http://hl7.org/fhir/R4B/valueset-narrative-status.html
    ("Observation.text", "status"): {"generated", "extensions", "additional", "empty"},
    # http://hl7.org/fhir/R4B/valueset-languages.html, of which a summary is only ever written in one
    ("Bundle", "language"): {"en-GB"},
}

SYSTEMS: dict[str, set[str]] = {
    # http://hl7.org/fhir/R4B/codesystem-observation-category.html
    "http://terminology.hl7.org/CodeSystem/observation-category": {
        *("social-history", "vital-signs", "imaging", "laboratory", "procedure", "survey", "exam", "therapy"),
        "activity",
    },
    # http://hl7.org/fhir/R4B/codesystem-data-absent-reason.html
    "http://terminology.hl7.org/CodeSystem/data-absent-reason": {
        *("unknown", "asked-unknown", "temp-unknown", "not-asked", "asked-declined", "masked", "not-applicable"),
        *("unsupported", "as-text", "error", "not-a-number", "negative-infinity", "positive-infinity"),
        *("not-performed", "not-permitted"),
    },
    # https://ucum.org/ucum: year, week, minute
    "http://unitsofmeasure.org": {"a", "wk", "min"},
    "https://fhir.ravenscroft.example/CodeSystem/care-level": {level.value for level in CareLevel},
    "https://fhir.ravenscroft.example/CodeSystem/triage-rule": {rule.id for rule in DESK.rulebook.all_rules},
    "https://fhir.ravenscroft.example/CodeSystem/observation": {"care-level", "later-care-level"},
} | {
    f"https://fhir.ravenscroft.example/CodeSystem/{fact.id.replace('_', '-')}": set(fact.values)
    for fact in FACTS.values()
    if fact.values
}

#: Names that are codes wherever they stand in the resources used here.
CODED = {"status", "type", "language", "use", "gender", "priority", "intent", "mode", "statusReason"}


def bundle_of(summary: Summary) -> dict[str, Any]:
    return dict(json.loads(write_fhir(summary)))


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def codes_in(node: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Every code: the place or system, the element, and the code itself."""
    if isinstance(node, list):
        for item in node:
            yield from codes_in(item, place)
    elif isinstance(node, dict):
        place = node.get("resourceType", place)
        if "code" in node and isinstance(node["code"], str):
            yield node["system"], "", node["code"]
        for name, value in node.items():
            if name in CODED and isinstance(value, str):
                yield place, name, value
            else:
                yield from codes_in(value, f"{place}.{name}" if place else name)


def items_of(summary: Summary) -> dict[str, dict[str, Any]]:
    (response,) = resources(bundle_of(summary), "QuestionnaireResponse")
    return {item["linkId"]: item for group in response["item"] for item in group["item"]}


def check(summary: Summary) -> int:
    seen = 0
    for place, name, code in codes_in(bundle_of(summary)):
        seen += 1
        assert code in (VALUE_SETS[place, name] if name else SYSTEMS[place]), f"{place} {name}: {code}"
    return seen


def test_the_library_is_the_release_that_is_claimed() -> None:
    assert __fhir_version__ == "4.3.0"


@pytest.mark.parametrize("summary", list(handed_over()), ids=lambda summary: summary.rules[0].id)
def test_every_code_of_every_rule_and_level_is_in_its_value_set(summary: Summary) -> None:
    assert check(summary) > 10


@pytest.mark.parametrize(("fact", "value"), list(every_value()))
def test_every_value_of_every_fact_has_a_valid_code(fact: str, value: FactValue) -> None:
    record = replace(make_record(), answers={**facts_of_patient(), fact: value}, respondent="someone_else")
    check(DESK.summarise(record, told_since=CareLevel.SAME_DAY))


def test_the_list_in_the_product_is_the_list_here() -> None:
    book = load_codes()
    names = {("Device.deviceName", "type"): "DeviceDeviceName.type", ("Observation.text", "status"): "Narrative.status"}
    expected = {names.get(place, ".".join(place)): codes for place, codes in VALUE_SETS.items()}
    assert {name: set(codes) for name, codes in book.elements.items()} == expected
    others = {system: codes for system, codes in SYSTEMS.items() if not system.startswith(book.base)}
    assert {system: set(codes) for system, codes in book.systems.items()} == others


def test_the_list_is_hl7s_own() -> None:
    """Element by element and code by code, as HL7 publishes them."""
    book, content = load_codes(), read_content("fhir_codes.yml", "fhir_codes", ROOT / "hip" / "handover")
    assert HL7["package"] == f"hl7.fhir.r4b.core@{__fhir_version__}"
    assert set(HL7["elements"]) == set(book.elements)
    for element, binding in HL7["elements"].items():
        published = set(HL7["valueSets"][binding["valueSet"]])
        assert content["elements"][element]["in"] == binding["valueSet"], element
        assert book.elements[element] <= published, element
        assert book.elements[element] == published or element == "Bundle.language", "only ever written in one"
    assert {system: frozenset(codes) for system, codes in HL7["codeSystems"].items()} == {
        system: codes for system, codes in book.systems.items() if system != UNITS
    }
    assert set(HL7["units"]) == book.systems[UNITS]
    assert HL7["units"] == {"a": "year", "wk": "week", "min": "minute"}


def test_what_stands_beside_a_code_is_what_hl7_displays() -> None:
    shown = set()
    for coding in codings_in(bundle_of(make_summary(weight_loss="not_sure"))):
        published = HL7["codeSystems"].get(coding["system"])
        if published is not None:
            shown.add(coding["code"])
            assert coding["display"] == published[coding["code"]]
    assert shown == {"survey", "asked-unknown"}


def codings_in(node: Any) -> Iterator[dict[str, Any]]:
    """Every coding that names a system."""
    if isinstance(node, list):
        for item in node:
            yield from codings_in(item)
    elif isinstance(node, dict):
        if "code" in node and "system" in node:
            yield node
        for value in node.values():
            yield from codings_in(value)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"status": "banana"}, "Observation.status"),
        ({"language": "xx"}, "Observation.language"),
        ({"code": {"coding": [{"system": "http://snomed.info/sct", "code": "57676002"}]}}, "Coding.code"),
        ({"valueCodeableConcept": {"coding": [{"code": "gp_soon"}]}}, "Coding.code"),
        ({"valueQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": "week"}}, "Quantity.code"),
    ],
)
def test_a_wrong_code_is_found_and_not_repeated(wrong: dict[str, Any], place: str) -> None:
    right: dict[str, Any] = {"status": "final", "code": {"text": "x"}}
    assert list(load_codes().find_wrong(Observation.parse_obj(right))) == []
    assert list(load_codes().find_wrong(Observation.parse_obj(right | wrong))) == [place]


def test_a_bundle_with_a_wrong_code_is_never_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    level = _Writer._level
    monkeypatch.setattr(_Writer, "_level", lambda self: level(self) | {"status": "secret"})
    with pytest.raises(WrongCode, match=r"Observation\.status") as error:
        write_fhir(make_summary())
    assert "secret" not in str(error.value)


def test_the_bundle_is_valid_and_complete() -> None:
    bundle = bundle_of(make_summary("It hurts", weight_loss=True))
    assert Bundle.parse_obj(bundle).resource_type == "Bundle"
    assert bundle["type"] == "collection"
    assert bundle["timestamp"] == "2026-11-05T09:03:00+00:00"
    assert bundle["identifier"]["value"] == REFERENCE
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds == ["Patient", "Device", "QuestionnaireResponse", "Observation", "Communication"]
    names = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(names)) == len(names)
    text = json.dumps(bundle)
    for reference in {part.split('"')[0] for part in text.split('"reference": "')[1:]}:
        assert reference in names


def test_the_patient_is_known_by_the_reference_alone() -> None:
    (patient,) = resources(bundle_of(make_summary("I am Zoë Zebra, 07700 900123")), "Patient")
    assert set(patient) == {"resourceType", "identifier"}
    assert patient["identifier"] == [
        {"system": "https://fhir.ravenscroft.example/sid/hand-over-reference", "value": REFERENCE}
    ]


def test_yes_no_not_sure_and_not_asked_are_four_things() -> None:
    items = items_of(make_summary(weight_loss="not_sure", anticoagulant=True, diabetes=None))
    assert items["anticoagulant"]["answer"] == [{"valueBoolean": True}]
    assert items["cancer_history"]["answer"] == [{"valueBoolean": False}]
    (unsure,) = items["weight_loss"]["answer"]
    assert unsure["valueCoding"]["code"] == "asked-unknown"
    assert "answer" not in items["diabetes"]


@pytest.mark.parametrize(
    ("fact", "value", "answers"),
    [
        ("age", 63, [{"value": 63, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}]),
        ("duration_weeks", 6.5, [{"value": 6.5, "unit": "weeks", "system": "http://unitsofmeasure.org", "code": "wk"}]),
        ("pain_score", 0, [0]),
        ("side", "both", ["both"]),
        ("medicines_tried", ("paracetamol", "gel"), ["paracetamol", "gel"]),
        ("medicines_tried", (), ["none"]),
        ("recent_hip_procedure", "none", ["none"]),
    ],
)
def test_values_keep_their_type_and_unit(fact: str, value: Any, answers: list[Any]) -> None:
    record = replace(make_record(), answers={**facts_of_patient(), fact: value})
    given = items_of(DESK.summarise(record))[fact]["answer"]
    plain = [one.get("valueQuantity", one.get("valueInteger", one.get("valueCoding", {}))) for one in given]
    assert [one["code"] if isinstance(one, dict) and "value" not in one else one for one in plain] == answers


def test_what_was_said_without_being_asked_has_a_place_of_its_own() -> None:
    (response,) = resources(bundle_of(make_summary(limp=True)), "QuestionnaireResponse")
    (group,) = [group for group in response["item"] if group["linkId"] == "question.volunteered"]
    assert [item["linkId"] for item in group["item"]] == ["limp"]
    links = [item["linkId"] for group in response["item"] for item in (group, *group["item"])]
    assert len(set(links)) == len(links)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("worse on stairs\nsince May", "worse on stairs\nsince May"),
        ("\u00a0sore\u2003hip\u0007 ", "sore hip"),
        ("<script>alert(1)</script> 😀", "<script>alert(1)</script> 😀"),
    ],
)
def test_own_words_are_kept(said: str, kept: str) -> None:
    summary = DESK.summarise(make_record(), (OwnMessage(GIVEN, "Stiffness", said),))
    item = items_of(summary)["own_words.1"]
    assert item["text"] == "Stiffness"
    assert item["answer"] == [{"valueString": kept}]


def test_without_own_words_there_is_no_such_item() -> None:
    for own in (None, (), (OwnMessage(GIVEN, None, "\u2003"),)):
        assert not any(name.startswith("own_words") for name in items_of(DESK.summarise(make_record(), own)))


def test_the_level_and_its_rules_are_unreviewed_observations() -> None:
    summary = make_summary(constant_night_pain=True)
    summary = replace(
        summary, corrections=DESK.summarise(make_record(history=change("side", "left", "right"))).corrections
    )
    bundle = bundle_of(summary)
    (level,) = resources(bundle, "Observation")
    assert level["status"] == "preliminary"
    assert level["valueCodeableConcept"]["coding"][0]["code"] == "gp_soon"
    assert [part["code"]["coding"][0]["code"] for part in level["component"]] == [rule.id for rule in summary.rules]
    notes = "\n".join(note["text"] for note in level["note"])
    for words in ("not a diagnosis", "Would be “", "Source of R6: ", "Which hip: Left, then Right"):
        assert words in notes


def test_an_emergency_since_is_an_observation_of_its_own() -> None:
    bundle = bundle_of(make_summary(later=CareLevel.EMERGENCY_AMBULANCE))
    later = [
        each["valueCodeableConcept"]["coding"][0]["code"]
        for each in resources(bundle, "Observation")
        if each["code"]["coding"][0]["code"] == "later-care-level"
    ]
    assert later == ["emergency_ambulance"]


def test_what_was_told_is_a_communication() -> None:
    summary = make_summary()
    (told,) = resources(bundle_of(summary), "Communication")
    said = [part["contentString"] for part in told["payload"]]
    assert summary.result.safety_net in said
    assert any(summary.result.text in part for part in said)
    assert set(summary.reasons) <= set(said)


@pytest.mark.parametrize("respondent", ["self", "someone_else", None])
def test_whoever_answered_is_the_source(respondent: str | None) -> None:
    bundle = bundle_of(DESK.summarise(make_record(respondent=respondent)))
    (response,) = resources(bundle, "QuestionnaireResponse")
    assert len(resources(bundle, "RelatedPerson")) == (respondent == "someone_else")
    kind = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    source = response.get("source", {}).get("reference")
    assert kind.get(source) == {"self": "Patient", "someone_else": "RelatedPerson", None: None}[respondent]


def test_nothing_that_is_not_known_is_given_a_value() -> None:
    summary = make_summary(pain_score=None, side=None, limp=True)
    items = items_of(summary)
    for answer in summary.answers:
        assert ("answer" in items[answer.fact]) is (answer.state is not State.OPEN)
