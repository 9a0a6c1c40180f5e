"""Booking links and phone numbers of the clinic's services, from ``clinic/booking.yml``.

Which service fits which care level is decided by ``clinic/rules.yml``, not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hip.content import CLINIC, ContentError, read_content
from hip.handover.hours import PhoneHours
from hip.handover.reference import parse_reference
from hip.handover.systems import template_for
from hip.handover.template import LinkTemplate

FILE: Final = "booking.yml"
PLACEHOLDER: Final = "placeholder, the clinic must supply"

#: Every service a care level can name; the file must describe them all.
SERVICES: Final = ("consultation", "physiotherapy", "private_gp", "clinic_phone")

#: The one service that is reached by phone alone.
PHONE_ONLY: Final = "clinic_phone"

#: UK geographic, non-geographic, mobile and business numbers; not premium rate (09), short codes or personal (070).
_UK_PHONE: Final = re.compile(r"0(?:1[0-9]{8,9}|[23][0-9]{9}|7[1-9][0-9]{8}|800[0-9]{6}|8[0-9]{9})")

#: Ofcom keeps 020 7946 0000 to 0999 for drama: nobody answers there.
_DRAMA_PHONE: Final = re.compile(r"02079460[0-9]{3}")

_SOURCE: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True)
class Service:
    """One thing that a person can be handed over to. ``link`` is None for what is reached by phone alone."""

    id: str
    name: str
    description: str
    link: LinkTemplate | None
    phone: str


@dataclass(frozen=True)
class BookingLink:
    """How one service is reached."""

    service: str
    name: str
    url: str | None
    phone: str

    def counted(self, gateway: str, reference: str | None) -> BookingLink:
        """The same link by way of the gateway, which counts its use and sends on (``GET /go/{reference}``).

        Args:
            gateway: the gateway's public address, without a slash at the end.
            reference: the person's reference code; without one there is nothing to count by, and the link stays.
        """
        if self.url is None or reference is None:
            return self
        return replace(self, url=counted_address(gateway, reference, self.service))

    def as_custom(self) -> dict[str, str | None]:
        """The entry for ``outcome.booking`` of a message's custom part."""
        return {"service": self.service, "url": self.url, "phone": self.phone}


@dataclass(frozen=True)
class BookingDesk:
    """The clinic and its services.

    Attributes:
        clinic: the clinic's name.
        phone: its main number.
        services: id to service.
        link_failed: what to do when a booking page does not open.
        hours: when the clinic's phone is answered; None while the clinic has not said.
        placeholders: one line for each entry the clinic has yet to supply; warn of them at every start.
    """

    clinic: str
    phone: str
    services: Mapping[str, Service]
    placeholders: tuple[str, ...]
    link_failed: str
    hours: PhoneHours | None = None

    @classmethod
    def load(cls, folder: Path = CLINIC) -> BookingDesk:
        """Read and check ``booking.yml``.

        Raises:
            ContentError: naming the service and what is wrong with it.
        """
        path, content = folder / FILE, read_content(FILE, "booking", folder)
        clinic = content["clinic"]
        _check_phone(path, "clinic", clinic)
        services: dict[str, Service] = {}
        for entry in content["services"]:
            if entry["id"] in services:
                raise ContentError(f"{path}: service {entry['id']}: stands twice")
            services[entry["id"]] = _read_service(path, entry)
        missing = [service for service in SERVICES if service not in services]
        if missing:
            raise ContentError(f"{path}: service {missing[0]}: is missing")
        entries = [("clinic", clinic)] + [(f"service {entry['id']}", entry) for entry in content["services"]]
        try:
            hours = PhoneHours.from_content(clinic)
        except ValueError as error:
            raise ContentError(f"{path}: clinic: hours: {error}") from error
        return cls(
            hours=hours,
            link_failed=clinic["link_failed"],
            clinic=clinic["name"],
            phone=clinic["phone"],
            services=services,
            placeholders=tuple(f"{FILE}: {name}: {PLACEHOLDER}" for name, e in entries if e["status"] == PLACEHOLDER),
        )

    def links(
        self, services: Sequence[str], reference: str | None, source: str = "assistant"
    ) -> tuple[BookingLink, ...]:
        """How to reach each of these services, in this order.

        Args:
            services: ids of services.
            reference: the person's reference code; None leaves it out of the links.
            source: where the person comes from, one short word.

        Raises:
            ValueError: an unknown service, a reference that is not valid, or a source that is not one short word.
        """
        if reference is not None and parse_reference(reference) != reference:
            raise ValueError("booking: the reference is not a code as new_reference() gives it")
        if not _SOURCE.fullmatch(source):
            raise ValueError("booking: the source must be one short word of small letters, digits, '-' and '_'")
        return tuple(self._link(service, reference, source) for service in services)

    def notes(self, moment: datetime, *, linked: bool) -> tuple[str, ...]:
        """What stands below the ways to book: what to do when a page does not open, and when the phone is answered.

        Args:
            moment: now, with a time zone: it decides whether the phone is said to be answered.
            linked: there is a link beside the phone.
        """
        failed = (self.link_failed,) if linked else ()
        return failed if self.hours is None else (*failed, self.hours.line(moment))

    def _link(self, service_id: str, reference: str | None, source: str) -> BookingLink:
        service = self.services.get(service_id)
        if service is None:
            raise ValueError(f"booking: unknown service {service_id!r}")
        values = {"ref": reference, "service": service.id, "source": source}
        url = service.link.fill(values) if service.link else None
        return BookingLink(service.id, service.name, url, service.phone)


def counted_address(gateway: str, reference: str, service: str) -> str:
    """Where the gateway counts the use of a service's link."""
    return f"{gateway}/go/{reference}?service={service}"


def _read_service(path: Path, entry: Mapping[str, Any]) -> Service:
    name = f"service {entry['id']}"
    _check_phone(path, name, entry)
    return Service(
        id=entry["id"],
        name=entry["name"],
        description=entry["description"],
        link=_read_link(path, name, entry),
        phone=entry["phone"],
    )


def _read_link(path: Path, name: str, entry: Mapping[str, Any]) -> LinkTemplate | None:
    text, system = entry.get("url_template"), entry.get("system")
    place = f"{path}: {name}: {'url_template' if system is None else 'page'}"
    if entry["id"] == PHONE_ONLY:
        if text is not None or system is not None:
            raise ContentError(f"{place}: is reached by phone and has no link")
        return None
    if system is not None:
        text = _system_template(f"{path}: {name}", entry)
    if text is None:
        raise ContentError(f"{place}: is missing")
    try:
        link = LinkTemplate(text)
    except ValueError as error:
        raise ContentError(f"{place}: {error}") from error
    if link.reaches_nobody and entry["status"] != PLACEHOLDER:
        raise ContentError(f"{place}: is on a reserved domain, yet its status says supplied")
    return link


def _system_template(place: str, entry: Mapping[str, Any]) -> str:
    if "url_template" in entry:
        raise ContentError(f"{place}: url_template: follows from the system; give one of the two")
    if "page" not in entry:
        raise ContentError(f"{place}: page: is missing; it is the address that {entry['system']} gives out")
    try:
        return template_for(entry["system"], entry["page"], entry.get("reference_field"))
    except ValueError as error:
        raise ContentError(f"{place}: {error}") from error


def _check_phone(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    digits = re.sub(r"^\+44", "0", entry["phone"].replace(" ", ""))
    if not _UK_PHONE.fullmatch(digits):
        raise ContentError(f"{path}: {name}: phone: {entry['phone']!r} is not a UK telephone number")
    if _DRAMA_PHONE.fullmatch(digits) and entry["status"] != PLACEHOLDER:
        raise ContentError(f"{path}: {name}: phone: is in Ofcom's range for drama, yet its status says supplied")
