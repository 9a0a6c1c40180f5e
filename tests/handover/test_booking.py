"""Booking links: the clinic's file is checked when read, and nothing of the assessment can get into a link."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from hip.assessment import FACTS
from hip.content import CLINIC, SCHEMAS, ContentError
from hip.handover.booking import PLACEHOLDER, SERVICES, BookingDesk
from hip.handover.reference import new_reference
from hip.handover.systems import SYSTEMS
from hip.triage.levels import CareLevel

REFERENCE = new_reference(lambda alphabet: alphabet[3])
CONTENT = yaml.safe_load((CLINIC / "booking.yml").read_text(encoding="utf-8"))


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Any], BookingDesk]:
    def write(content: Any) -> BookingDesk:
        (tmp_path / "booking.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        return BookingDesk.load(tmp_path)

    return write


def change(service: str, **fields: Any) -> Any:
    """The clinic's file with some fields of one service changed; None takes a field away."""
    content = copy.deepcopy(CONTENT)
    entry = content["clinic"] if service == "clinic" else next(e for e in content["services"] if e["id"] == service)
    entry.update(fields)
    for field in [field for field, value in fields.items() if value is None]:
        del entry[field]
    return content


def test_the_clinics_file_is_complete() -> None:
    desk = BookingDesk.load()
    assert tuple(desk.services) == SERVICES
    assert (desk.clinic, desk.phone) == ("Ravenscroft Health", "020 7946 0100")
    assert all(service.description and service.name for service in desk.services.values())


def test_every_placeholder_is_named_so_that_start_up_can_warn() -> None:
    expected = ("clinic", *(f"service {service}" for service in SERVICES))
    assert BookingDesk.load().placeholders == tuple(f"booking.yml: {name}: {PLACEHOLDER}" for name in expected)


def test_what_the_clinic_has_supplied_is_no_placeholder(load: Callable[[Any], BookingDesk]) -> None:
    link = "https://book.ravenscroft-clinic.co.uk/hip?r={ref}"
    desk = load(change("consultation", url_template=link, phone="+44 20 7123 4567", status="supplied"))
    assert "booking.yml: service consultation: " + PLACEHOLDER not in desk.placeholders
    assert len(desk.placeholders) == 4
    assert desk.links(["consultation"], REFERENCE)[0].phone == "+44 20 7123 4567"


def test_links_come_in_the_order_asked_with_reference_service_and_source() -> None:
    links = BookingDesk.load().links(["physiotherapy", "consultation"], REFERENCE, "shell")
    assert [link.service for link in links] == ["physiotherapy", "consultation"]
    assert [link.name for link in links] == ["Physiotherapy appointment", "Hip pain consultation"]
    for link in links:
        assert link.url is not None
        query = {"ref": [REFERENCE], "service": [link.service], "source": ["shell"]}
        assert parse_qs(urlsplit(link.url).query, strict_parsing=True) == query
        assert link.as_custom() == {"service": link.service, "url": link.url, "phone": link.phone}


def test_the_phone_has_no_link() -> None:
    [link] = BookingDesk.load().links(["clinic_phone"], REFERENCE)
    assert link.as_custom() == {"service": "clinic_phone", "url": None, "phone": "020 7946 0100"}


def test_without_a_reference_its_parameter_is_left_out() -> None:
    [link] = BookingDesk.load().links(["private_gp"], None)
    assert link.url == "https://booking.ravenscroft.example/private-gp?service=private_gp&source=assistant"


def test_a_link_may_name_service_and_source_in_its_path(load: Callable[[Any], BookingDesk]) -> None:
    desk = load(change("consultation", url_template="https://book.example/{source}/{service}?{ref}"))
    assert desk.links(["consultation"], None)[0].url == "https://book.example/assistant/consultation"
    assert desk.links(["consultation"], REFERENCE)[0].url == f"https://book.example/assistant/consultation?{REFERENCE}"


def test_no_fact_and_no_care_level_is_in_any_link() -> None:
    for link in BookingDesk.load().links(SERVICES, REFERENCE):
        query = parse_qs(urlsplit(link.url or "").query)
        assert not set(query) & set(FACTS)
        values = {value for found in query.values() for value in found}
        # "consultation" is the id of a service and of a level; it stands there as the service asked for
        assert not (values - {link.service}) & {level.value for level in CareLevel}


@pytest.mark.parametrize("reference", ["", "HIP-2345-6789", REFERENCE.lower(), "Jane Smith", f"{REFERENCE}&age=44"])
def test_only_a_valid_reference_gets_into_a_link(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        BookingDesk.load().links(["consultation"], reference)


@pytest.mark.parametrize("source", ["", "A", "jane smith", "x&age=44", "groin/left", "é", "a" * 33])
def test_only_one_short_word_is_a_source(source: str) -> None:
    with pytest.raises(ValueError, match="source"):
        BookingDesk.load().links(["consultation"], None, source)


def test_an_unknown_service_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown service 'injection'"):
        BookingDesk.load().links(["injection"], None)


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("http://book.example/?r={ref}", "must begin with https://"),
        ("javascript:alert(1)", "must begin with https://"),
        ("//book.example/", "must begin with https://"),
        ("https:///hip", "is not the name of a website"),
        ("https://bookings/hip", "is not the name of a website"),
        ("https://{source}.book.example/", "is not the name of a website"),
        ("https://me:pw@book.example/", "user name"),
        ("https://book.example/?a={age}", "holds {age}; only {ref}, {service}, {source}"),
        ("https://book.example/?a={}", "holds {}"),
        ("https://book.example/?a={ref.__class__}", "holds {ref.__class__}"),
        ("https://book.example/?a={ref!r}", "only a plain name"),
        ("https://book.example/?a={ref:>20}", "only a plain name"),
        ("https://book.example/?a={{ref}}", "only a plain name"),
        ("https://book.example/?a={ref", "braces do not match"),
        ("https://book.example/?a=ref}", "braces do not match"),
        ("https://book.example/{ref}", "behind the '?'"),
        ("https://book.example/?r={ref}#form", "'#' part"),
        ("https://book.example/hip pain", "holds a space"),
        ("https://book.exämple/", "character that no web address has"),
        (None, "is missing"),
    ],
)
def test_a_wrong_link_is_named_with_its_service(load: Callable[[Any], BookingDesk], link: str, problem: str) -> None:
    with pytest.raises(ContentError) as error:
        load(change("private_gp", url_template=link))
    assert "booking.yml: service private_gp: url_template: " in str(error.value)
    assert problem in str(error.value)


def of_system(**fields: Any) -> Any:
    return change("consultation", url_template=None, **fields)


UTM = f"utm_source=assistant&utm_campaign=consultation&utm_content={REFERENCE}"


@pytest.mark.parametrize(
    ("system", "page", "field", "address"),
    [
        ("calendly", "https://calendly.com/clinic/hip", None, f"https://calendly.com/clinic/hip?{UTM}"),
        ("calendly", "https://calendly.com/clinic/hip?a=1", None, f"https://calendly.com/clinic/hip?a=1&{UTM}"),
        ("cal_com", "https://cal.com/clinic/hip", None, f"https://cal.com/clinic/hip?{UTM}"),
        ("acuity", "https://clinic.as.me/hip", 7, f"https://clinic.as.me/hip?field:7={REFERENCE}"),
        (
            *("acuity", "https://acuityscheduling.com/schedule.php?owner=1&appointmentType=2", 345),
            f"https://acuityscheduling.com/schedule.php?owner=1&appointmentType=2&field:345={REFERENCE}",
        ),
    ],
)
def test_the_usual_booking_systems_get_the_reference_as_they_take_it(
    load: Callable[[Any], BookingDesk], system: str, page: str, field: int | None, address: str
) -> None:
    more = {} if field is None else {"reference_field": field}
    desk = load(of_system(system=system, page=page, status="supplied", phone="020 7123 4567", **more))
    [link] = desk.links(["consultation"], REFERENCE)
    assert (link.url, link.phone) == (address, "020 7123 4567")
    [without] = desk.links(["consultation"], None)
    assert without.url is not None
    assert "ref" not in without.url
    assert "utm_content" not in without.url
    assert "field" not in without.url


def test_every_system_of_the_schema_has_its_link() -> None:
    schema = json.loads((SCHEMAS / "booking.schema.json").read_text(encoding="utf-8"))
    assert schema["properties"]["services"]["items"]["properties"]["system"]["enum"] == list(SYSTEMS)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (of_system(system="calendly"), "service consultation: page: is missing"),
        (of_system(system="acuity", page="https://x.as.me"), "reference_field: acuity needs the number"),
        (
            of_system(system="cal_com", page="https://cal.com/x", reference_field=3),
            "reference_field: cal_com takes no number",
        ),
        (of_system(system="calendly", page="https://calendly.com/{ref}"), "page: is the plain address"),
        (of_system(system="calendly", page="http://calendly.com/x"), "page: the link must begin with https://"),
        (of_system(system="calendly", page="https://calendly.com/x#y"), "page: the link must not hold a '#' part"),
        (of_system(system="doodle", page="https://doodle.com/x"), "'doodle' is not one of"),
        (of_system(page="https://calendly.com/x"), "'system' is a dependency of 'page'"),
        (change("consultation", system="calendly", page="https://calendly.com/x"), "give one of the two"),
        (change("clinic_phone", system="calendly", page="https://calendly.com/x"), "is reached by phone and has no"),
        (of_system(system="calendly", page="https://clinic.example/x", status="supplied"), "on a reserved domain"),
    ],
)
def test_a_wrong_booking_system_is_named(load: Callable[[Any], BookingDesk], content: Any, problem: str) -> None:
    if content["services"][0].get("status") == "supplied":
        content["services"][0]["phone"] = "020 7123 4567"
    with pytest.raises(ContentError) as error:
        load(content)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    "phone", ["020 7946 010", "12345", "999", "111", "0909 879 0000", "+1 202 555 0100", "٠٢٠٧٩٤٦٠١٠٠", "call us"]
)
@pytest.mark.parametrize(("entry", "name"), [("clinic", "clinic"), ("physiotherapy", "service physiotherapy")])
def test_a_wrong_phone_number_is_named(load: Callable[[Any], BookingDesk], phone: str, entry: str, name: str) -> None:
    with pytest.raises(ContentError, match=rf"booking\.yml: {name}: phone: .* is not a UK telephone number"):
        load(change(entry, phone=phone))


@pytest.mark.parametrize(
    "phone", ["020 7123 4567", "0161 496 0000", "01697 73000", "0300 123 4567", "07700 900461", "0800 111111"]
)
def test_uk_phone_numbers_are_accepted(load: Callable[[Any], BookingDesk], phone: str) -> None:
    assert load(change("clinic_phone", phone=phone)).links(["clinic_phone"], None)[0].phone == phone


@pytest.mark.parametrize(
    ("service", "fields", "problem"),
    [
        ("consultation", {"phone": "020 7123 4567"}, "service consultation: url_template: is on a reserved domain"),
        ("consultation", {"url_template": "https://www.clinic.co.uk/"}, "service consultation: phone: is in Ofcom's"),
        ("clinic_phone", {}, "service clinic_phone: phone: is in Ofcom's"),
        ("clinic", {}, "clinic: phone: is in Ofcom's"),
    ],
)
def test_a_placeholder_cannot_pass_as_supplied(
    load: Callable[[Any], BookingDesk], service: str, fields: dict[str, str], problem: str
) -> None:
    with pytest.raises(ContentError, match=problem):
        load(change(service, status="supplied", **fields))


def test_the_phone_service_takes_no_link(load: Callable[[Any], BookingDesk]) -> None:
    with pytest.raises(ContentError, match="service clinic_phone: url_template: is reached by phone"):
        load(change("clinic_phone", url_template="https://book.example/"))


def test_a_missing_service_is_named(load: Callable[[Any], BookingDesk]) -> None:
    content = copy.deepcopy(CONTENT)
    content["services"] = [entry for entry in content["services"] if entry["id"] != "private_gp"]
    with pytest.raises(ContentError, match="service private_gp: is missing"):
        load(content)


def test_a_service_that_stands_twice_is_named(load: Callable[[Any], BookingDesk]) -> None:
    content = copy.deepcopy(CONTENT)
    content["services"].append(content["services"][0])
    with pytest.raises(ContentError, match="service consultation: stands twice"):
        load(content)


@pytest.mark.parametrize("field", ["name", "description", "phone", "status", "source", "reviewed"])
def test_a_missing_field_is_named(load: Callable[[Any], BookingDesk], field: str) -> None:
    with pytest.raises(ContentError, match=rf"\(physiotherapy\).*'{field}' is a required property"):
        load(change("physiotherapy", **{field: None}))
