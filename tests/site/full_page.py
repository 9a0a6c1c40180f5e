"""A staff page with something on every page, served for real: for browser tests and screenshots."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import uvicorn

from hip.gateway.aftercare import Aftercare, read_contact
from hip.gateway.conversations import Conversations
from hip.gateway.messages import Said
from hip.handover.booking import BookingDesk
from hip.records import RecordStore, build_engine
from hip.records.encryption import Vault
from hip.records.tally import Count, Kind, Tally
from hip.settings import Settings
from hip.site.accounts import Accounts
from hip.site.app import build_app
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule, load_rulebook
from tests.site.conftest import PASSWORD, QUICK, TOLD, Clocks, People

_LEVELS: Final = (
    *(CareLevel.GP_SOON, CareLevel.CONSULTATION, CareLevel.CONSULTATION, CareLevel.FIRST_LINE_CARE),
    *(CareLevel.CLINICIAN_REVIEW, CareLevel.FIRST_LINE_CARE, CareLevel.CONSULTATION, CareLevel.GP_SOON),
)
_ANSWERS: Final = TOLD | {
    "side": "left",
    "duration_weeks": 30.0,
    "anticoagulant": True,
    "diabetes": "not_sure",
    "activity_limits": ("stairs", "walking"),
    "fever_or_unwell": False,
    "weight_loss": False,
}


@dataclass(frozen=True)
class FullPage:
    """Where it is, and the hand-over with most on it."""

    url: str
    reference: str


def fill(settings: Settings, clocks: Clocks) -> str:
    """Put something on every page; gives the reference of the fullest hand-over."""
    engine = build_engine(settings.database_url)
    vault = Vault(settings.data_keys)
    people = People(RecordStore(engine, vault, clocks), clocks)
    Accounts(engine, clocks, QUICK).add("ann", PASSWORD, must_change=False)
    Accounts(engine, clocks, QUICK).add("cay", PASSWORD, must_change=True)
    now = clocks.now
    pick = random.Random(7)
    for week in range(13):
        clocks.now = now - timedelta(weeks=week, minutes=1)
        tally = Tally(engine, clocks)
        counts = [Count(Kind.LEVEL, level.value) for level in CareLevel for _ in range(pick.randint(0, 12))]
        counts += [Count(Kind.STAGE, "asked")] * pick.randint(20, 30) + [Count(Kind.STAGE, "given")] * 17
        counts += [Count(Kind.STAGE, "screened")] * 14 + [Count(Kind.STAGE, "told")] * 11
        counts += [Count(Kind.STAGE, "booking")] * pick.randint(0, 5)
        for topic in ("steroid", "prp", "how_long_it_lasts", "side_effects", "cost", "after_care"):
            counts += [Count(Kind.TOPIC, f"ask_injection/{topic}")] * pick.randint(0, 4)
        for question in ("age", "injury_screen", "infection_screen", "duration", "stiffness", "injection_checks"):
            counts += [Count(Kind.UNCLEAR, question)] * pick.randint(0, 3)
            counts += [Count(Kind.STOPPED, question)] * pick.randint(0, 3)
        tally.add(*counts)
    clocks.now = now - timedelta(hours=20)
    references = [people.hand_over(level, answers=_ANSWERS, rule=_rule(level)) for level in _LEVELS]
    conversations = Conversations(engine, vault, clocks)
    conversations.begin("person-1")
    conversations.accept("person-1", "message-1", Said("My left hip aches on the stairs, <b>worse</b> at night."))
    aftercare = Aftercare(engine, RecordStore(engine, vault, clocks), vault, BookingDesk.load(), clocks)
    aftercare.ask_for_callback("person-1", read_contact("Zoë Zebra", "020 7946 0958"))
    aftercare.follow(references[0], "consultation")
    urgent = CareLevel.EMERGENCY_AMBULANCE
    people.hand_over(urgent, to="person-4", answers=_ANSWERS | {"leg_deformity": True}, rule=_rule(urgent))
    clocks.now = now
    engine.dispose()
    return references[0]


def _rule(level: CareLevel) -> Rule:
    """A rule that gives this level, so that what the pages show could be true."""
    return next(rule for rule in load_rulebook().all_rules if rule.level is level)


@contextmanager
def serving(settings: Settings, clocks: Clocks) -> Iterator[FullPage]:
    """Serve the filled page on its port until left."""
    reference = fill(settings, clocks)
    app = build_app(settings, clock=clocks, hasher=QUICK)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=settings.site_port, log_config=None, ws="none", lifespan="on")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the staff page did not start"
        thread.join(0.02)
    try:
        yield FullPage(settings.site_url, reference)
    finally:
        server.should_exit = True
        thread.join()
