"""The list, one hand-over, searching, notes and exports."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from hip.gateway.aftercare import Aftercare, read_contact
from hip.handover.booking import BookingDesk
from hip.records import RecordStore
from hip.records.chat_tables import chat_session
from hip.records.encryption import Vault
from hip.records.keys import conversation_key
from hip.records.staff_tables import follow_up, staff_audit
from hip.settings import Settings
from hip.site.accounts import Accounts
from hip.site.queue import PAGE, write_csv
from hip.triage.levels import CareLevel
from tests.site.conftest import TOLD, Clocks, Colleague, People
from tests.vault import VAULT

NASTY = """<img src=x onerror=alert(1)>'; DROP TABLE handover; -- {{ 7*7 }} \u202e"""


def references(page: str) -> list[str]:
    return re.findall(r'<a href="/hand-overs/(HIP-[0-9A-Z]{4}-[0-9A-Z]{4})">', page)


def audited(engine: Engine) -> list[tuple[str, str, bool]]:
    with engine.connect() as connection:
        rows = connection.execute(select(staff_audit).order_by(staff_audit.c.at, staff_audit.c.action))
        return [(row.user_name, row.action, row.assessment_id is not None) for row in rows]


# --- the list


async def test_the_most_urgent_comes_first_then_the_oldest(ann: Colleague, people: People) -> None:
    first = people.hand_over(CareLevel.FIRST_LINE_CARE)
    consultation = people.hand_over(CareLevel.CONSULTATION)
    soon = people.hand_over(CareLevel.GP_SOON)
    review = people.hand_over(CareLevel.CLINICIAN_REVIEW)
    soon_too = people.hand_over(CareLevel.GP_SOON)
    assert references(await ann.get("/")) == [soon, soon_too, review, consultation, first]


async def test_an_emergency_told_later_comes_before_everything(ann: Colleague, people: People) -> None:
    people.hand_over(CareLevel.GP_SOON)
    routine = people.hand_over(CareLevel.FIRST_LINE_CARE)
    people.hand_over(CareLevel.EMERGENCY_AMBULANCE, to="person-2", answers=TOLD | {"leg_deformity": True})
    page = await ann.get("/")
    assert references(page)[0] == routine
    assert "Told to get urgent help after this hand-over" in page
    page = await ann.get(f"/hand-overs/{routine}")
    assert "Later in the same chat: " in page
    assert "no longer stands" in page


async def test_a_milder_result_later_raises_no_alarm(ann: Colleague, people: People) -> None:
    people.hand_over(CareLevel.GP_SOON)
    people.hand_over(CareLevel.FIRST_LINE_CARE, to="person-1", answers=TOLD | {"site": "thigh"})
    assert "Told to get urgent help" not in await ann.get("/")


async def test_a_long_list_has_pages(ann: Colleague, people: People) -> None:
    made = [people.hand_over(CareLevel.CONSULTATION) for _ in range(PAGE + 3)]
    assert references(await ann.get("/")) == made[:PAGE]
    assert "Page 1 of 2" in ann.page
    for page in ("2", "3", "99999999"):
        assert references(await ann.get(f"/?page={page}")) == made[PAGE:]
    for odd in ("0", "-1", "x", "9" * 40, "%00", "٣"):
        assert references(await ann.get(f"/?page={odd}")) == made[:PAGE]


async def test_the_list_can_be_narrowed(ann: Colleague, people: People) -> None:
    kept, done = people.hand_over(CareLevel.CONSULTATION), people.hand_over(CareLevel.GP_SOON)
    await ann.get(f"/hand-overs/{done}")
    await ann.post(f"/hand-overs/{done}", status="closed", note="", revision="0")
    for choice, expected in [
        ("waiting", [kept]),
        ("new", [kept]),
        ("closed", [done]),
        ("booked", []),
        ("all", [done, kept]),
        (NASTY, [kept]),
    ]:
        page = await ann.client.get("/", params={"show": choice})
        assert references(page.text) == expected, choice
    assert "There are none of these" in await ann.get("/?show=booked")


# --- searching


async def test_a_reference_is_found_however_it_is_typed(ann: Colleague, people: People) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    people.hand_over(CareLevel.CONSULTATION)
    code = reference.removeprefix("HIP-")
    for typed in (reference, reference.lower(), code.replace("-", " "), f"  hip {code.lower()} ", code, code[1:6]):
        page = await ann.client.get("/search", params={"reference": typed})
        assert reference in references(page.text), typed


@pytest.mark.parametrize("typed", [NASTY, "%", "__________", "*", "HIP", "", "zz", "HIP-0000-0000", "' OR ''='"])
async def test_anything_else_finds_nothing_and_is_shown_as_text(ann: Colleague, people: People, typed: str) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    response = await ann.client.get("/search", params={"reference": typed})
    assert response.status_code == 200
    assert references(response.text) == []
    assert "<img" not in response.text
    assert "49" not in re.sub(r'value="[0-9a-f]{64}"', "", response.text)
    assert references(await ann.get("/")) == [reference], "the table is still there"


@pytest.mark.parametrize("path", ["/hand-overs/{}", "/hand-overs/{}/summary"])
@pytest.mark.parametrize("code", ["HIP-7K3D-9FQX", "x", "..%2f..%2fetc%2fpasswd", "%00", "'--"])
async def test_an_unknown_reference(ann: Colleague, path: str, code: str) -> None:
    assert "Nothing is here" in await ann.get(path.format(code), 404)


# --- one hand-over


async def test_a_hand_over_shows_rules_sources_and_answers(ann: Colleague, people: People) -> None:
    page = await ann.get(f"/hand-overs/{people.hand_over(CareLevel.CONSULTATION)}")
    for part in ("R10", "Sources: ", "https://", "Age 61", "Not the case", "Hip pain consultation", "not a diagnosis"):
        assert part in page, part
    assert "Nobody asked to be phoned" in page


async def test_who_wants_a_call_is_shown(
    ann: Colleague, people: People, engine: Engine, settings: Settings, clocks: Clocks
) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    session = {"created_at": clocks.now, "last_used_at": clocks.now, "closed": False}
    with engine.begin() as connection:
        connection.execute(chat_session.insert().values(conversation_hash=conversation_key("person-1"), **session))
    booking, vault = BookingDesk.load(), Vault(settings.data_keys)
    aftercare = Aftercare(engine, RecordStore(engine, vault, clocks), vault, booking, clocks)
    aftercare.ask_for_callback("person-1", read_contact("Zoë <b>Zebra</b>", "020 7946 0958"))
    aftercare.follow(reference, "consultation")
    page = await ann.get("/")
    assert "Wants a call back" in page
    assert "Used a booking link" in page
    assert "Zebra" not in page
    page = await ann.get(f"/hand-overs/{reference}")
    assert "Zoë &lt;b&gt;Zebra&lt;/b&gt;" in page
    assert 'href="tel:+442079460958"' in page


async def test_status_and_note_are_kept_encrypted_and_shown_as_text(
    ann: Colleague, people: People, engine: Engine
) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    await ann.get(f"/hand-overs/{reference}")
    done = await ann.post(
        f"/hand-overs/{reference}", status="contacted", note=f"\n{NASTY}\r\nsecond line", revision="0"
    )
    assert (done.status_code, done.headers["location"]) == (303, f"/hand-overs/{reference}?saved=1#follow-up")
    page = await ann.get(f"/hand-overs/{reference}?saved=1")
    assert "Saved." in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page
    assert "second line" in page
    assert 'value="contacted" checked' in page
    with engine.connect() as connection:
        kept = str(connection.execute(select(follow_up)).all())
    assert "second line" not in kept
    assert "Status: contacted" in await ann.get("/")


async def test_nobody_overwrites_a_colleague(
    ann: Colleague, people: People, browser_of: Callable[..., Colleague], accounts: Accounts
) -> None:
    accounts.add("bob", "other plain words", must_change=False)
    bob = browser_of()
    await bob.log_in("bob", "other plain words")
    reference = people.hand_over(CareLevel.CONSULTATION)
    for each in (ann, bob):
        await each.get(f"/hand-overs/{reference}")
    await ann.post(f"/hand-overs/{reference}", status="contacted", note="ann was here", revision="0")
    refused = await bob.post(f"/hand-overs/{reference}", status="closed", note="bob was here", revision="0")
    assert refused.status_code == 409
    assert "A colleague saved something" in refused.text
    assert "ann was here" in refused.text
    assert "bob was here" in refused.text
    saved = await bob.post(f"/hand-overs/{reference}", status="closed", note="both were here", revision="1")
    assert saved.status_code == 303
    assert "both were here" in await ann.get(f"/hand-overs/{reference}")


@pytest.mark.parametrize(
    "form", [{"status": "gone", "revision": "0"}, {"status": "new"}, {"status": "new", "revision": "-1"}, {}]
)
async def test_an_incomplete_form_changes_nothing(ann: Colleague, people: People, form: dict[str, str]) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    await ann.get(f"/hand-overs/{reference}")
    assert (await ann.post(f"/hand-overs/{reference}", note="x", **form)).status_code == 400
    assert "Last saved" not in await ann.get(f"/hand-overs/{reference}")


async def test_a_note_that_is_too_long_is_not_lost(ann: Colleague, people: People) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    await ann.get(f"/hand-overs/{reference}")
    response = await ann.post(f"/hand-overs/{reference}", status="new", note="n" * 4001, revision="0")
    assert response.status_code == 400
    assert "4,001 characters long" in response.text
    assert "n" * 4001 in response.text


@pytest.mark.parametrize(
    ("form", "kind", "ending"),
    [("text", "text/plain", "txt"), ("pdf", "application/pdf", "pdf"), ("fhir", "application/fhir+json", "json")],
)
async def test_the_summary_in_each_form(ann: Colleague, people: People, form: str, kind: str, ending: str) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    assert f"/hand-overs/{reference}/summary?format={form}" in await ann.get(f"/hand-overs/{reference}")
    response = await ann.client.get(f"/hand-overs/{reference}/summary?format={form}")
    assert response.headers["content-type"].startswith(kind)
    assert response.headers["content-disposition"] == f'attachment; filename="{reference}.{ending}"'
    if form == "fhir":
        assert json.loads(response.content)["resourceType"] == "Bundle"
    await ann.get(f"/hand-overs/{reference}/summary?format=exe", 404)


# --- export


async def test_the_export_holds_the_list_and_no_words(ann: Colleague, people: People) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    await ann.get(f"/hand-overs/{reference}")
    await ann.post(f"/hand-overs/{reference}", status="contacted", note="=HYPERLINK()", revision="0")
    response = await ann.client.get("/hand-overs.csv?show=all")
    assert response.headers["content-disposition"] == 'attachment; filename="hand-overs-all-2026-11-25.csv"'
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert row == {
        "reference": reference,
        "level": "consultation",
        "later level": "",
        "handed over (UTC)": "2026-11-25 09:01",
        "status": "contacted",
        "call-back": "no",
        "link used": "no",
        "services": "consultation",
        "rules": "R10",
    }


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(write_csv([(cell, 'a "quoted", cell')]), newline=""))
    assert row == [f"'{cell}", 'a "quoted", cell']


# --- the audit


async def test_every_look_is_written_down(ann: Colleague, people: People, engine: Engine, clocks: Clocks) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    for path in ("/", f"/hand-overs/{reference}", f"/hand-overs/{reference}/summary", "/hand-overs.csv"):
        clocks.move(seconds=1)
        await ann.get(path)
    for path in (f"/search?reference={reference}", "/figures", "/audit"):
        clocks.move(seconds=1)
        await ann.get(path)
    acts = ["login", "queue", "view", "download", "export", "search", "figures", "audit"]
    assert audited(engine) == [("ann", act, act in ("view", "download")) for act in acts]
    assert "opened a hand-over" in ann.page
    assert references(ann.page) == [reference, reference]


async def test_what_is_deleted_is_no_longer_named_in_the_audit(
    ann: Colleague, people: People, engine: Engine, clocks: Clocks
) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    await ann.get(f"/hand-overs/{reference}")
    await ann.post(f"/hand-overs/{reference}", status="contacted", note="seen", revision="0")
    RecordStore(engine, VAULT, clocks).erase("person-1")
    page = await ann.get("/audit")
    assert "deleted since" in page
    assert reference not in page
    with engine.connect() as connection:
        assert connection.execute(select(follow_up)).all() == []
        names = connection.execute(text("SELECT count(*) FROM staff_audit WHERE assessment_id IS NOT NULL")).scalar()
    assert names == 0
    await ann.get(f"/hand-overs/{reference}", 404)


async def test_the_audit_has_pages(ann: Colleague, clocks: Clocks) -> None:
    for _ in range(51):
        clocks.move(seconds=1)
        await ann.get("/audit")
    assert "Older" in ann.page
    assert "logged in" in await ann.get("/audit?page=2")
    assert "Nothing on this page" in await ann.get("/audit?page=9")
