"""No answer, name or care level in any address or file name that a patient gets: every patient of the evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from evaluation.cases import read_vignettes
from hip.assessment import parse_facts
from hip.handover.booking import BookingDesk
from hip.handover.summary import FORMATS, render
from hip.handover.summary_model import OwnMessage, Reader
from hip.triage.engine import assess
from tests.handover.summaries import DESK, GIVEN, REFERENCE, make_record

GATEWAY = "https://chat.clinic.example"
BOOKING = BookingDesk.load()
NAMED = "I am Zoë Zebra, 07700 900123."


def addresses_of(case: dict[str, Any], reference: str) -> Iterator[tuple[str, str]]:
    """Service and address of every link that this patient is given, over each channel."""
    level = assess(DESK.rulebook, parse_facts(case["facts"])).level
    assert level is not None
    for link in BOOKING.links(DESK.rulebook.levels[level].services, reference):
        for given in (link, link.counted(GATEWAY, reference)):
            if given.url is not None:
                yield given.service, given.url


@pytest.mark.parametrize("case", read_vignettes(), ids=lambda case: case["id"])
def test_an_address_holds_the_reference_the_service_and_where_it_came_from(case: dict[str, Any]) -> None:
    for service, address in addresses_of(case, REFERENCE):
        parts = urlsplit(address)
        assert not parts.fragment
        if address.startswith(GATEWAY):
            assert parts.path == f"/go/{REFERENCE}"
            assert parse_qs(parts.query, strict_parsing=True) == {"service": [service]}
        else:
            assert parts.path == f"/{service.replace('_', '-')}"
            expected = {"ref": [REFERENCE], "service": [service], "source": ["assistant"]}
            assert parse_qs(parts.query, strict_parsing=True) == expected


def test_two_patients_with_the_same_service_get_the_same_address() -> None:
    """Whatever else they told: so nothing else can be in it. Every service of the clinic that has a page comes up."""
    by_service: dict[str, set[str]] = {}
    for case in read_vignettes():
        for service, address in addresses_of(case, REFERENCE):
            by_service.setdefault(service, set()).add(address)
    assert set(by_service) == {service.id for service in BOOKING.services.values() if service.link is not None}
    assert {service: len(addresses) for service, addresses in by_service.items()} == dict.fromkeys(by_service, 2)


@pytest.mark.parametrize("case", read_vignettes(), ids=lambda case: case["id"])
def test_a_file_is_named_by_the_reference_alone(case: dict[str, Any]) -> None:
    facts = parse_facts(case["facts"])
    level = assess(DESK.rulebook, facts).level
    assert level is not None
    if level.urgent:  # has no reference, so no summary of its own
        assert not DESK.rulebook.levels[level].services
        return
    summary = DESK.summarise(make_record(facts), (OwnMessage(GIVEN, None, f"{case['opening']} {NAMED}"),))
    for form in ("text", "fhir"):  # a PDF takes half a second, and is named by the same line
        for reader in Reader:
            ending = {"text": "txt", "fhir": "json"}[form]
            assert render(form, summary, reader).name == f"{REFERENCE}.{ending}"
    assert set(FORMATS) == {"text", "fhir", "pdf"}


def test_without_a_reference_or_a_page_there_is_nothing_to_count() -> None:
    (phone,) = BOOKING.links(["clinic_phone"], REFERENCE)
    assert phone.counted(GATEWAY, REFERENCE) == phone
    (plain,) = BOOKING.links(["consultation"], None)
    assert plain.counted(GATEWAY, None) == plain
