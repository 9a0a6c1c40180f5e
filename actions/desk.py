"""What the actions need from the product, built once: rules, questions, wordings, records and booking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from hip.dialogue.outcome import booking_text
from hip.dialogue.planner import TurnPlanner
from hip.dialogue.questions import QuestionBook, load_questions
from hip.handover.booking import BookingDesk, BookingLink
from hip.launch.keys import provide_keys
from hip.records import Clock, RecordStore, build_engine, utc_now
from hip.records.encryption import Vault
from hip.settings import Settings, get_settings
from hip.triage.rulebook import Rulebook, load_rulebook


@dataclass(frozen=True)
class Desk:
    """The product's parts as the actions use them; ``gateway`` is its public address, if it has one."""

    rules: Rulebook
    questions: QuestionBook
    planner: TurnPlanner
    booking: BookingDesk
    records: RecordStore
    gateway: str | None = None
    clock: Clock = utc_now

    def links(self, services: Sequence[str], reference: str | None) -> tuple[BookingLink, ...]:
        """How to reach services, whatever the channel: counted on the way where the public reaches the gateway."""
        links = self.booking.links(services, reference)
        return links if self.gateway is None else tuple(link.counted(self.gateway, reference) for link in links)

    def booking_text(self, reference: str | None, links: Sequence[BookingLink]) -> str:
        """How to book, in words, and when the phone is answered, if the clinic has said."""
        text, hours = booking_text(reference, links), self.booking.hours
        return text if hours is None else f"{text}\n{hours.line(self.clock())}"


def public_gateway(settings: Settings) -> str | None:
    """The gateway's public address; None where PUBLIC_URL is not set or leads to this machine, so to nobody else."""
    host = urlsplit(settings.public_url).hostname or ""
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return None if local else settings.public_url


@cache
def open_desk() -> Desk:
    """Load the clinic's content and connect the records by the settings.

    Raises:
        ContentError, EncryptionError, LaunchError, SettingsError: naming what is wrong and where.
    """
    rules, questions, settings = load_rulebook(), load_questions(), provide_keys(get_settings())
    return Desk(
        rules=rules,
        questions=questions,
        planner=TurnPlanner(rules, questions),
        booking=BookingDesk.load(),
        records=RecordStore(build_engine(settings.database_url), Vault(settings.data_keys)),
        gateway=public_gateway(settings),
    )
