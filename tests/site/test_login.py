"""Logging in and everything that must not get past it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import httpx2
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from hip.records.staff_tables import staff_audit, staff_session, staff_user
from hip.settings import Settings
from hip.site.accounts import MOST_FAILURES, AccountError, Accounts, LoginLocked, LoginRefused, new_password
from hip.site.app import build_app
from hip.site.audit import Act
from hip.triage.levels import CareLevel
from tests.site.conftest import PASSWORD, QUICK, Clocks, Colleague, People

PATHS = [
    "/",
    "/hand-overs.csv",
    "/search?reference=HIP",
    "/hand-overs/HIP-7K3D-9FQP",
    "/figures",
    "/audit",
    "/password",
]
PATHS += ["/hand-overs/HIP-7K3D-9FQP/summary?format=pdf"]


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_without_a_login(visitor: Colleague, people: People, path: str) -> None:
    path = path.replace("HIP-7K3D-9FQP", people.hand_over(CareLevel.CONSULTATION))
    response = await visitor.client.get(path)
    assert (response.status_code, response.headers["location"], response.text) == (303, "/login", "")


@pytest.mark.parametrize("path", ["/hand-overs/{}", "/logout", "/password"])
async def test_no_form_without_a_login(visitor: Colleague, people: People, path: str) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    response = await visitor.client.post(path.format(reference), data={"status": "closed", "revision": "0"})
    assert (response.status_code, response.headers["location"]) == (303, "/login")


async def test_logging_in_and_out(ann: Colleague) -> None:
    assert "Nobody is waiting" in await ann.get("/")
    kept = dict(ann.client.cookies)
    response = await ann.post("/logout")
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    ann.client.cookies.update(kept)  # the cookie of before is worth nothing
    assert (await ann.client.get("/")).headers["location"] == "/login?ended=1"


async def test_the_cookie_is_the_servers_alone(visitor: Colleague) -> None:
    response = await visitor.log_in()
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie
    assert "expires" not in cookie.lower()


async def test_the_database_has_neither_password_nor_token(ann: Colleague, engine: Engine) -> None:
    token = ann.client.cookies["hip-staff"]
    with engine.connect() as connection:
        rows = str(connection.execute(select(staff_user)).all()) + str(connection.execute(select(staff_session)).all())
    assert token not in rows
    assert PASSWORD not in rows
    assert "$argon2id$" in rows


async def test_a_login_ends_when_nothing_is_done(ann: Colleague, clocks: Clocks) -> None:
    for _ in range(3):
        clocks.move(minutes=29)
        await ann.get("/")
    clocks.move(minutes=30)
    response = await ann.client.get("/")
    assert (response.status_code, response.headers["location"]) == (303, "/login?ended=1")
    assert "You have been logged out" in await ann.get("/login?ended=1")


async def test_a_login_ends_at_the_end_of_the_day_whatever_is_done(ann: Colleague, clocks: Clocks) -> None:
    for _ in range(35):
        clocks.move(minutes=20)
        await ann.get("/")
    clocks.move(minutes=20)
    assert (await ann.client.get("/")).headers["location"] == "/login?ended=1"


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("nobody", PASSWORD), ("", ""), ("ann", "x" * 5000)])
async def test_what_was_wrong_is_not_said(visitor: Colleague, name: str, password: str) -> None:
    response = await visitor.log_in(name, password)
    assert response.status_code == 401
    assert "The name or the password is wrong." in response.text
    assert (await visitor.client.get("/")).headers["location"].startswith("/login")


async def test_guessing_is_stopped_and_goes_on_later(visitor: Colleague, clocks: Clocks) -> None:
    codes = [(await visitor.log_in(password=f"guess {n}")).status_code for n in range(MOST_FAILURES + 1)]
    assert codes == [401] * MOST_FAILURES + [429]
    assert (await visitor.log_in()).status_code == 429, "the right password does not help then"
    clocks.move(minutes=16)
    assert (await visitor.log_in()).status_code == 303


async def test_guessing_names_is_stopped_by_address(browser_of: Callable[..., Colleague]) -> None:
    codes = [(await browser_of().log_in(f"name{n}", "guess")).status_code for n in range(22)]
    assert codes == [401] * 20 + [429] * 2
    assert (await browser_of("192.0.2.5").log_in()).status_code == 303, "others are not kept out"


async def test_locked_outs_are_kept_by_the_database(accounts: Accounts, engine: Engine, clocks: Clocks) -> None:
    for _ in range(MOST_FAILURES):
        with pytest.raises(LoginRefused):
            accounts.log_in("ann", "guess")
    with pytest.raises(LoginLocked):
        Accounts(engine, clocks).log_in("ann", PASSWORD)  # another process, or one that was started again


async def test_a_planted_cookie_is_not_taken_over(visitor: Colleague, browser_of: Callable[..., Colleague]) -> None:
    """Session fixation: whoever planted the cookie is not logged in by the victim."""
    await visitor.get("/login")
    planted = visitor.client.cookies["hip-staff"]
    response = await visitor.post("/login", name="ann", password=PASSWORD)
    assert response.status_code == 303
    assert visitor.client.cookies["hip-staff"] != planted
    attacker = browser_of()
    attacker.client.cookies.set("hip-staff", planted)
    assert (await attacker.client.get("/")).status_code == 303


async def test_logging_in_again_ends_the_login_before(ann: Colleague, browser_of: Callable[..., Colleague]) -> None:
    before = ann.client.cookies["hip-staff"]
    await ann.get("/")
    await ann.post("/login", name="ann", password=PASSWORD)
    other = browser_of()
    other.client.cookies.set("hip-staff", before)
    assert (await other.client.get("/")).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "x" * 4000, "é"])
async def test_a_made_up_token_opens_nothing(visitor: Colleague, token: str) -> None:
    response = await visitor.client.get("/", headers={"Cookie": f"hip-staff={token}".encode()})
    assert response.status_code == 303


# --- forged forms


@pytest.mark.parametrize("key", [None, "", "0" * 64, "é"])
async def test_a_form_without_its_key_is_refused(ann: Colleague, people: People, key: str | None) -> None:
    reference = people.hand_over(CareLevel.CONSULTATION)
    form = {"status": "closed", "revision": "0", "note": "x"} | ({} if key is None else {"key": key})
    response = await ann.client.post(f"/hand-overs/{reference}", data=form)
    assert response.status_code == 403
    assert "not accepted" in response.text
    assert 'value="new" checked' in await ann.get(f"/hand-overs/{reference}")


async def test_the_key_of_another_login_is_refused(
    ann: Colleague, browser_of: Callable[..., Colleague], accounts: Accounts, people: People
) -> None:
    accounts.add("bob", "other plain words", must_change=False)
    bob = browser_of()
    await bob.log_in("bob", "other plain words")
    reference = people.hand_over(CareLevel.CONSULTATION)
    await bob.get(f"/hand-overs/{reference}")
    form = {"status": "closed", "revision": "0", "note": "", "key": bob.key}
    assert (await ann.client.post(f"/hand-overs/{reference}", data=form)).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_form_of_another_website_is_refused(ann: Colleague, headers: dict[str, str]) -> None:
    await ann.get("/")
    response = await ann.client.post("/logout", data={"key": ann.key}, headers=headers)
    assert response.status_code == 403
    await ann.get("/")


async def test_a_login_form_needs_its_key_too(visitor: Colleague) -> None:
    form = {"name": "ann", "password": PASSWORD}
    assert (await visitor.client.post("/login", data=form)).status_code == 403
    await visitor.get("/login")
    assert (await visitor.client.post("/login", data=form | {"key": "0" * 64})).status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 50, "application/x-www-form-urlencoded", 400),
        (b"note=%ff", "application/x-www-form-urlencoded", 400),
        (b"\xff\x00", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 400),
        (b"", "multipart/form-data", 400),
    ],
)
async def test_an_odd_form_is_refused(ann: Colleague, content: bytes, kind: str, code: int) -> None:
    response = await ann.client.post("/logout", content=content, headers={"Content-Type": kind})
    assert response.status_code == code
    await ann.get("/")


# --- passwords


async def test_a_printed_password_has_to_be_changed_first(
    browser_of: Callable[..., Colleague], accounts: Accounts
) -> None:
    first = new_password()
    accounts.add("cay", first, must_change=True)
    cay = browser_of()
    await cay.log_in("cay", first)
    for path in ("/", "/figures", "/audit", "/hand-overs.csv"):
        assert (await cay.client.get(path)).headers["location"] == "/password"
    page = await cay.get("/password")
    assert "Choose your own password" in page
    for form, problem in [
        ({"password": first, "new": "short", "again": "short"}, "12 to 200"),
        ({"password": first, "new": "four new plain words", "again": "others"}, "not the same"),
        (
            {"password": "wrong", "new": "four new plain words", "again": "four new plain words"},
            "old password is wrong",
        ),
        ({"password": first, "new": first, "again": first}, "is the old one"),
        ({"password": first, "new": "cay cay cay cay", "again": "cay cay cay cay"}, "too easy"),
    ]:
        response = await cay.post("/password", **form)
        assert response.status_code == 400
        assert problem in response.text
    old = cay.client.cookies["hip-staff"]
    done = await cay.post("/password", password=first, new="four new plain words", again="four new plain words")
    assert done.status_code == 303
    await cay.get("/")
    other = browser_of()
    other.client.cookies.set("hip-staff", old)
    assert (await other.client.get("/")).status_code == 303, "every login under the old password has ended"
    assert (await browser_of().log_in("cay", first)).status_code == 401


async def test_a_removed_colleague_is_out_at_once(ann: Colleague, accounts: Accounts, engine: Engine) -> None:
    await ann.get("/")
    accounts.remove("ann")
    assert (await ann.client.get("/")).status_code == 303
    with engine.connect() as connection:
        assert set(connection.execute(select(staff_audit.c.user_name)).scalars()) == {"ann"}, "the audit stays"


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "<b>", "-a", "é"])
def test_a_name_that_is_none(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="A name has"):
        accounts.add(name, PASSWORD, must_change=False)


def test_a_name_is_there_once_however_it_is_written(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="there already"):
        accounts.add(" Ann ", PASSWORD, must_change=False)
    assert accounts.log_in("ANN", PASSWORD).name == "ann"


def test_passwords_are_hashed_as_rfc_9106_advises() -> None:
    parameters = extract_parameters(PasswordHasher().hash("x"))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 64 * 1024
    assert parameters.time_cost >= 3


def test_made_passwords_are_long_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", password) for password in made)


# --- what goes with every answer


async def test_every_answer_has_safe_headers(ann: Colleague, visitor: Colleague) -> None:
    responses: list[httpx2.Response] = [
        await visitor.client.get(path) for path in ("/login", "/", "/nowhere", "/site.css", "/healthz")
    ]
    responses += [await ann.client.get(path) for path in ("/", "/figures", "/nowhere")]
    responses.append(await ann.client.request("DELETE", "/"))
    for response in responses:
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", response.text)


async def test_over_https_the_cookie_never_leaves_it(settings: Settings, accounts: Accounts, clocks: Clocks) -> None:
    settings = dataclasses.replace(settings, site_url="https://staff.clinic.example")
    app = build_app(settings, clock=clocks, hasher=QUICK)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=settings.site_url) as client:
        browser = Colleague(client)
        response = await browser.log_in()
        assert response.status_code == 303
        assert response.headers["set-cookie"].startswith("__Host-hip-staff=")
        assert "; Secure" in response.headers["set-cookie"]
        assert response.headers["strict-transport-security"].startswith("max-age=63072000")
        await browser.get("/")
        assert (await browser.post("/logout")).status_code == 303


async def test_a_page_that_is_not_there(ann: Colleague) -> None:
    assert "Nothing is here" in await ann.get("/nowhere", 404)
    assert (await ann.client.request("PUT", "/")).status_code == 405


async def test_a_broken_database_is_said_plainly(
    ann: Colleague, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE staff_audit RENAME TO gone"))
    page = await ann.get("/", 503)
    assert "does not work at the moment" in page
    assert "Traceback" not in page
    assert "gone" not in page
    assert "INSERT" not in caplog.text


async def test_too_many_requests_are_refused(visitor: Colleague, clocks: Clocks) -> None:
    codes = [(await visitor.client.get("/login")).status_code for _ in range(301)]
    assert codes == [200] * 300 + [429]
    clocks.move(minutes=2)
    await visitor.get("/login")


def test_acts_have_words() -> None:
    assert all(act.words for act in Act)


async def test_a_wrong_method_is_told_which_ones_there_are(visitor: Colleague) -> None:
    """Found by schemathesis."""
    for path, allowed in (("/login", "GET, HEAD, POST"), ("/logout", "POST"), ("/hand-overs/HIP-1", "GET, HEAD, POST")):
        response = await visitor.client.request("PATCH", path)
        assert response.status_code == 405
        assert response.headers["allow"] == allowed
