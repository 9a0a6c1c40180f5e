"""Whole conversations by keyboard alone with the really started assistant: widget, gateway, Rasa and actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from hip.handover.reference import parse_reference
from tests.browser.keyboard import answer, focused, press, question, say, settled, start, tab_to, walk
from tests.browser.test_conversation import ANSWERS
from tests.conftest import Servers
from tests.site.real_page import staff_page
from tests.whole_assistant import gateway_in_front


@pytest.fixture(scope="module")
def gateway(servers: Servers, browser: Browser) -> Iterator[Servers]:
    """The gateway's process in front of the shared servers; ``browser`` has built the widget that it serves."""
    with gateway_in_front(servers) as alone:
        yield alone


@pytest.fixture
def chat(page: Page, gateway: Servers) -> Page:
    """A chat that has just begun."""
    page.goto(gateway.settings.gateway_url)
    start(page)
    return page


def said_by_person(page: Page) -> list[str]:
    """What the log shows of the person's own messages."""
    return page.locator(".from-person .said").all_inner_texts()


def test_a_routine_patient_gets_a_result_a_way_to_book_and_a_summary(chat: Page, gateway: Servers) -> None:
    addresses: list[str] = []
    chat.on("request", lambda request: addresses.append(request.url))
    asked = walk(chat, ANSWERS)
    assert asked[:3] == ["consent", "respondent", "age"]
    assert len(asked) == len(set(asked)), "no question twice"
    card = chat.locator("[data-level]")
    expect(card).to_have_attribute("data-level", "consultation")
    reference = card.locator("code").inner_text()
    assert parse_reference(reference) == reference
    link = card.get_by_role("link", name=re.compile("Book online ?: Hip pain consultation"))
    counted = f"{gateway.settings.public_url}/go/{reference}?service=consultation"
    expect(link).to_have_attribute("href", counted)
    # Where it leads; the browser itself is not sent there, since the clinic's pages are still placeholders.
    gone = httpx2.get(counted, follow_redirects=False)
    assert gone.status_code == 302
    assert gone.headers["location"].startswith("https://booking.ravenscroft.example/consultation?")
    expect(card.get_by_role("link", name=re.compile("Phone 0")).first).to_be_visible()
    expect(chat.get_by_role("log").get_by_text("://")).to_have_count(0)
    expect(chat.locator("[aria-live=polite] p")).not_to_contain_text("://")
    for button, name, beginning in (
        ("Download my summary (PDF)", f"hip-summary-{reference}.pdf", b"%PDF-"),
        ("Download my summary (plain text)", f"hip-summary-{reference}.txt", b"Your hip assessment"),
    ):
        with chat.expect_download() as download:
            press(chat, button)
        assert download.value.suggested_filename == name
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(beginning)
        assert beginning == b"%PDF-" or reference.encode() in content
    expect(card.get_by_text("If a booking page does not open")).to_be_visible()
    ask_for_a_call(chat, gateway, reference)
    assert chat.url.rstrip("/") == gateway.settings.gateway_url
    # No answer, name or level in any address that the browser asked for; what is downloaded is made in the page.
    own = {address.removeprefix(gateway.settings.gateway_url) for address in addresses if address.startswith("http")}
    summaries = {"/api/v1/summary?format=pdf", "/api/v1/summary?format=text"}
    assert own == {"/api/v1/messages", "/api/v1/callback"} | summaries


def ask_for_a_call(chat: Page, gateway: Servers, reference: str) -> None:
    """By keyboard, first with a number that only the server knows to be none; the clinic then reads who it is."""
    press(chat, "Ask us to phone you")
    chat.keyboard.type("Sam Example")
    tab_to(chat, "Your phone number", "INPUT")
    chat.keyboard.type("1234567890123")
    chat.keyboard.press("Tab")
    chat.keyboard.press("Space")
    press(chat, "Ask for a call")
    expect(chat.locator("[data-problem=bad_request]")).to_contain_text("That does not look like a phone number")
    tab_to(chat, "Your phone number", "INPUT")
    chat.keyboard.press("Control+A")
    chat.keyboard.type("020 7946 0123")
    press(chat, "Ask for a call")
    expect(chat.get_by_text("We have your number")).to_be_visible()
    expect(chat.locator("[data-problem]")).to_have_count(0)
    with staff_page(gateway) as staff:
        page = staff.get(f"/hand-overs/{reference}").text
    assert "Sam Example" in page
    assert "+44 20 7946 0123" in page
    assert "Sam Example" not in gateway.log("gateway") + gateway.log("site")


def test_an_emergency_in_the_middle_takes_focus_and_leaves_no_way_to_book(chat: Page) -> None:
    for words in ("Yes, go ahead", "My own hip", "63"):
        answer(chat, words)
        settled(chat)
    assert question(chat), "in the middle of the questions"
    say(chat, "I have crushing chest pain and cannot breathe")
    card = chat.locator("[data-level=emergency_ambulance]")
    expect(card).to_be_focused()
    expect(card.get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(chat.get_by_role("alert").filter(has_text="999")).to_have_count(1)
    chat.keyboard.press("Tab")
    assert focused(chat)["name"] == "Call 999", "the next thing that Tab reaches is the call"
    expect(chat.locator("a[href*='/go/'], a[href*='booking']")).to_have_count(0)
    expect(chat.get_by_role("button", name=re.compile("Download|phone you"))).to_have_count(0)
    press(chat, "More choices")
    expect(chat.get_by_role("link", name="Phone the clinic")).to_have_count(0)


def test_a_reload_in_the_middle_goes_on_at_the_same_question(chat: Page) -> None:
    for words in ("Yes, go ahead", "My own hip", "63"):
        answer(chat, words)
        settled(chat)
    before, said = question(chat), said_by_person(chat)
    assert before
    chat.reload()
    settled(chat)
    assert question(chat) == before
    assert said_by_person(chat) == said
    asked = walk(chat, ANSWERS)
    assert asked[0] == before["id"]
    assert not {"consent", "respondent", "age"} & set(asked), "nothing that was answered is asked again"
    expect(chat.locator("[data-level=consultation]")).to_be_visible()


def test_delete_my_data_ends_the_chat_here_and_on_the_server(chat: Page, gateway: Servers) -> None:
    answer(chat, "Yes, go ahead")
    settled(chat)
    token = chat.evaluate("Object.values(sessionStorage).join(' ')")
    assert token
    press(chat, "More choices")
    press(chat, "Delete my data")
    expect(chat.get_by_role("dialog")).to_be_visible()
    press(chat, "Yes, delete everything")
    expect(chat.get_by_text("Your data is deleted")).to_be_visible()
    assert chat.evaluate("sessionStorage.length") == 0
    expect(chat.get_by_role("log").locator(".said")).to_have_count(0)
    found = re.search(r"[\w-]+\.[\w-]+(?:\.[\w-]+)?", token)
    assert found, token
    headers = {"Authorization": f"Bearer {found[0]}"}
    left = httpx2.get(f"{gateway.settings.gateway_url}/api/v1/messages", headers=headers)
    assert left.status_code == 401
    chat.reload()
    expect(chat.get_by_role("button", name="Start")).to_be_visible()
    start(chat)
    assert question(chat) is not None
