"""The actions as the action server calls them, with real records in a file of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import text

from actions import assessment_form, desk, handover, outcome
from actions.assessment_form import ValidateHipAssessmentForm
from actions.outcome import ActionAfterResult, ActionRecordOutcome
from hip.dialogue.outcome import booking_text
from hip.dialogue.state import Progress
from hip.handover.hours import PhoneHours, Span
from hip.records import RecordStore, build_engine
from hip.records.migration import migrate
from hip.settings import read_settings
from tests.dialogue.test_turns import ROUTINE
from tests.handover.summaries import REFERENCE
from tests.vault import VAULT

FORM = "hip_assessment_form"


@pytest.fixture
def records(tmp_path, monkeypatch) -> Iterator[Any]:
    url = f"sqlite:///{tmp_path}/hip.db"
    migrate(url)
    engine = build_engine(url)
    opened = desk.open_desk()
    own = desk.Desk(opened.rules, opened.questions, opened.planner, opened.booking, RecordStore(engine, VAULT))
    for module in (assessment_form, outcome):
        monkeypatch.setattr(module, "open_desk", lambda: own)
    yield engine
    engine.dispose()


def tracker(slots: dict[str, Any], question: str | None, said: dict[str, Any] | None = None, **reading: Any) -> Tracker:
    slots = {name: list(value) if isinstance(value, tuple) else value for name, value in slots.items()}
    entities = [{"entity": fact, "value": value} for fact, value in (said or {}).items()]
    message = {
        "intent": {"name": reading.pop("intent", "inform")},
        "entities": entities,
        "fact_reading": {"answer": reading.pop("answer", None), "corrects": reading.pop("corrects", False)},
    }
    loop = {"name": FORM} if question else {}
    state = {**slots, **(said or {}), "requested_slot": question}
    return Tracker("someone", state, message, [], False, None, loop, "action_listen")


async def run(action: Any, state: Tracker) -> tuple[CollectingDispatcher, dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, state, {})
    return dispatcher, {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def said(dispatcher: CollectingDispatcher) -> list[str]:
    return [message.get("response") or message["text"] for message in dispatcher.messages]


async def test_nothing_is_recorded_before_consent(records) -> None:
    _, slots = await run(ValidateHipAssessmentForm(), tracker({}, None, {"age": 60, "side": "left"}))
    assert slots["requested_slot"] == "consent"
    with records.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM assessment")).scalar() == 0


async def test_turns_are_counted_from_the_consent_question_on(records) -> None:
    counted = text("SELECT kind, key, count FROM tally ORDER BY kind, key")
    first = tracker({}, None, {"age": 60}, intent="ask_injection")
    _, slots = await run(ValidateHipAssessmentForm(), first)
    with records.connect() as connection:
        assert connection.execute(counted).all() == [("stage", "asked", 1)]
    await run(ValidateHipAssessmentForm(), tracker({"progress": slots["progress"]}, "consent", intent="nonsense"))
    await run(ValidateHipAssessmentForm(), tracker({"progress": slots["progress"]}, "consent", {"consent": True}))
    with records.connect() as connection:
        assert connection.execute(counted).all() == [
            *[("stage", "asked", 1), ("stage", "given", 1), ("unclear", "consent", 1)],
        ]
        assert connection.execute(text("SELECT open_question FROM assessment")).scalar_one() == "respondent"


async def test_every_answer_is_recorded_as_it_comes(records) -> None:
    known = {"consent": True, "respondent": "self"}
    _, slots = await run(ValidateHipAssessmentForm(), tracker(known, "age", {"age": 60}))
    assert slots["requested_slot"] == "injury_screen"
    with records.connect() as connection:
        rows = connection.execute(text("SELECT fact_id FROM answer")).scalars().all()
    assert sorted(rows) == ["age", "consent", "respondent"]


async def test_a_confirmed_read_back_gives_outcome_reference_and_booking(records) -> None:
    state = tracker(
        {**ROUTINE, "progress": Progress(known=ROUTINE).as_slot()}, "read_back", answer="yes", intent="affirm"
    )
    dispatcher, slots = await run(ValidateHipAssessmentForm(), state)
    assert slots["requested_slot"] == "more_details"
    assert slots["care_level"] == "consultation"
    part = dispatcher.messages[0]["custom"]["outcome"]
    assert part["reference"] == slots["reference"]
    assert [booking["service"] for booking in part["booking"]] == ["consultation"]
    with records.connect() as connection:
        assert connection.execute(text("SELECT reference FROM handover")).scalar_one() == slots["reference"]


async def test_an_urgent_answer_gives_no_reference(records) -> None:
    facts = {**ROUTINE, "leg_swelling": True}
    state = tracker(
        {**facts, "progress": Progress(known=ROUTINE).as_slot()}, "circulation_screen", {"leg_swelling": True}
    )
    dispatcher, slots = await run(ValidateHipAssessmentForm(), state)
    assert slots["care_level"] == "same_day"
    part = dispatcher.messages[0]["custom"]["outcome"]
    assert (part["reference"], part["booking"]) == (None, [])
    with records.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM handover")).scalar() == 0


async def test_deleting_empties_the_records_and_the_slots(records) -> None:
    known = {"consent": True, "respondent": "self", "age": 60}
    await run(ValidateHipAssessmentForm(), tracker(known, "age", {"age": 60}))
    _, slots = await run(ValidateHipAssessmentForm(), tracker(known, "delete_confirm", answer="yes", intent="affirm"))
    assert slots["age"] is None
    assert slots["consent"] is None
    with records.connect() as connection:
        for table in ("assessment", "answer", "rule_fired", "handover"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


async def test_an_interrupted_assessment_is_recorded_with_its_rules(records) -> None:
    known = {"consent": True, "chest_pain_or_breathless": True, "care_level": "emergency_ambulance"}
    dispatcher, _ = await run(ActionRecordOutcome(), tracker(known, None))
    assert dispatcher.messages == []
    with records.connect() as connection:
        assert connection.execute(text("SELECT care_level FROM assessment")).scalar_one() == "emergency_ambulance"
        assert "R8b" in connection.execute(text("SELECT rule_id FROM rule_fired")).scalars().all()


async def test_an_emergency_before_consent_is_not_recorded(records) -> None:
    await run(ActionRecordOutcome(), tracker({"chest_pain_or_breathless": True}, None))
    with records.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM assessment")).scalar() == 0


async def test_a_fact_told_after_the_result_may_change_it(records) -> None:
    told = {**ROUTINE, "care_level": "consultation", "progress": Progress(known=ROUTINE).as_slot()}
    dispatcher, slots = await run(ActionAfterResult(), tracker(told, None, {"anticoagulant": True}))
    assert slots["care_level"] == "clinician_review"
    assert said(dispatcher)[0] == "utter_result_changed"


async def test_details_told_after_the_result_are_added_to_it(records) -> None:
    state = tracker(
        {**ROUTINE, "progress": Progress(known=ROUTINE).as_slot()}, "read_back", answer="yes", intent="affirm"
    )
    _, slots = await run(ValidateHipAssessmentForm(), state)
    told = {**ROUTINE, **{name: slots[name] for name in ("progress", "care_level", "reference")}}
    _, after = await run(ValidateHipAssessmentForm(), tracker(told, "more_details", answer="yes", intent="affirm"))
    assert after["requested_slot"] == "previous_injection"
    told |= {"progress": after["progress"]}
    answer = {"previous_injection": "none"}
    _, after = await run(ValidateHipAssessmentForm(), tracker(told, "previous_injection", answer))
    assert after["requested_slot"] == "diagnosis"
    with records.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM assessment")).scalar() == 1
        recorded = connection.execute(text("SELECT fact_id FROM answer")).scalars().all()
    assert "previous_injection" in recorded


async def test_booking_again_after_the_result_gives_the_same_reference(records) -> None:
    told = {**ROUTINE, "care_level": "consultation", "reference": None, "progress": Progress(known=ROUTINE).as_slot()}
    dispatcher, _ = await run(ActionAfterResult(), tracker(told, None, intent="book"))
    assert "https://" in said(dispatcher)[0]


@pytest.mark.parametrize("action", [ValidateHipAssessmentForm(), ActionAfterResult()])
@pytest.mark.parametrize(
    ("level", "response"),
    [(None, "utter_technical_problem"), ("emergency_department", "utter_technical_problem_urgent")],
)
async def test_whatever_breaks_the_person_hears_of_it_and_the_question_stays_open(
    action, level, response, monkeypatch, caplog
) -> None:
    def broken() -> None:
        raise RuntimeError("Zebedee wrote this")

    for module in (assessment_form, outcome):
        monkeypatch.setattr(module, "open_desk", broken)
    dispatcher, slots = await run(action, tracker({"care_level": level}, "age"))
    assert said(dispatcher) == [response]
    assert slots == {"requested_slot": "age"}
    assert "RuntimeError" in caplog.text
    assert "Zebedee" not in caplog.text


async def test_what_was_said_before_the_break_is_not_said(monkeypatch, records) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(handover, "record_outcome", broken)
    state = tracker(
        {**ROUTINE, "progress": Progress(known=ROUTINE).as_slot()}, "read_back", answer="yes", intent="affirm"
    )
    dispatcher, _ = await run(ValidateHipAssessmentForm(), state)
    assert said(dispatcher) == ["utter_technical_problem"]


@pytest.mark.parametrize(
    ("public_url", "counted"),
    [
        ("https://chat.clinic.example", True),
        ("http://chat.clinic.example:8080", True),
        ("http://203.0.113.7", True),
        ("http://127.0.0.1:8080", False),
        ("http://localhost:8080", False),
        ("http://[::1]:8080", False),
    ],
)
def test_a_booking_link_is_counted_on_every_channel_once_the_gateway_is_public(public_url: str, counted: bool) -> None:
    settings = read_settings({"PUBLIC_URL": public_url})
    own = replace(desk.open_desk(), gateway=desk.public_gateway(settings))
    (link,) = own.links(["consultation"], REFERENCE)
    expected = f"{public_url}/go/{REFERENCE}?service=consultation"
    assert (link.url == expected) is counted
    assert counted or str(link.url).startswith("https://booking.ravenscroft.example/")
    assert str(link.url) in booking_text(REFERENCE, [link])
    (phone,) = own.links(["clinic_phone"], REFERENCE)
    assert phone.url is None


def test_when_the_phone_is_answered_is_said_once_the_clinic_has_said_it() -> None:
    opened = desk.open_desk()
    links = opened.links(["consultation"], REFERENCE)
    assert opened.booking_text(REFERENCE, links) == booking_text(REFERENCE, links), "the clinic has said nothing yet"
    nine_to_five = Span((0, 1, 2, 3, 4), time(9), time(17, 30))
    hours = PhoneHours((nine_to_five,), frozenset(), "Answered {hours}.", "Closed. Answered {hours}.")
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    own = replace(opened, booking=replace(opened.booking, hours=hours), clock=lambda: friday)
    said = own.booking_text(REFERENCE, links)
    assert said == booking_text(REFERENCE, links) + "\nAnswered Monday to Friday, 9 am to 5.30 pm."
    late = replace(own, clock=lambda: friday.replace(hour=22))
    assert late.booking_text(REFERENCE, links).endswith("\nClosed. Answered Monday to Friday, 9 am to 5.30 pm.")
