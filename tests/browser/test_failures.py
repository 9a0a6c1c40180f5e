"""What a person sees when something breaks: said plainly, with a phone number, and nothing sent twice or lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.fake_gateway import PHONE, FakeGateway
from tests.browser.keyboard import answer, focused, press, say, settled, start, tab_to, walk
from tests.browser.test_conversation import ANSWERS


def expect_notice(page: Page, code: str) -> None:
    """A notice that names 999, 111 or the clinic."""
    notice = page.locator(f"[data-problem={code}]")
    expect(notice).to_be_visible()
    for number in ("999", "111"):
        expect(notice).to_contain_text(number)


API = "**/api/v1/**"


@pytest.mark.parametrize("code", ["unavailable", "unreachable"])
def test_a_server_that_is_down_is_said_and_tried_again_without_doubling(
    page: Page, fake: FakeGateway, code: str
) -> None:
    page.goto(fake.url)
    start(page)
    if code == "unavailable":
        fake.fault = code
    else:
        page.route(API, lambda route: route.abort())
    answer(page, "Yes, go ahead")
    expect_notice(page, code)
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    fake.fault = None
    page.unroute_all()
    press(page, "Try again")
    settled(page)
    assert "answers" in focused(page)["class"], "the button is gone, and focus is where the next ones came"
    assert fake.received == ["Yes, go ahead"]
    expect(page.get_by_text("Not sent yet")).to_have_count(0)


def test_a_message_whose_answer_was_lost_is_not_taken_twice(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(API, lose)
    answer(page, "Yes, go ahead")
    expect_notice(page, "unreachable")
    page.unroute_all()
    press(page, "Try again")
    settled(page)
    assert fake.received == ["Yes, go ahead"]
    assert len(fake.attempts) == 2
    assert len(set(fake.attempts)) == 1
    expect(page.get_by_role("log").get_by_text("Yes, go ahead")).to_have_count(1)


def test_what_is_typed_while_a_message_waits_is_sent_after_it(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    fake.fault = "unavailable"
    answer(page, "Yes, go ahead")
    expect_notice(page, "unavailable")
    fake.fault = None
    say(page, "My own hip")
    settled(page)
    assert fake.received == ["Yes, go ahead", "My own hip"]


def test_offline_is_said_and_the_message_goes_when_back_online(
    page: Page, context: BrowserContext, fake: FakeGateway
) -> None:
    page.goto(fake.url)
    start(page)
    context.set_offline(True)
    expect_notice(page, "offline")
    answer(page, "Yes, go ahead")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    expect(page.locator("[data-problem=offline]")).to_contain_text(PHONE)
    context.set_offline(False)
    settled(page)
    assert fake.received == ["Yes, go ahead"]
    expect(page.locator("[data-problem]")).to_have_count(0)


def test_a_slow_answer_is_said_to_be_slow(page: Page, fake: FakeGateway) -> None:
    page.clock.install()
    page.goto(fake.url)
    start(page)
    fake.fault, fake.delay = "slow", 3.0
    answer(page, "Yes, go ahead")
    page.clock.fast_forward(6_000)
    expect_notice(page, "slow")
    settled(page)
    expect(page.locator("[data-problem]")).to_have_count(0)


def test_too_many_messages_are_sent_by_themselves_after_the_wait(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    fake.fault = "too_many"
    answer(page, "Yes, go ahead")
    expect_notice(page, "too_many")
    expect(page.locator("[data-problem]")).to_contain_text("1 seconds")
    fake.fault = None
    settled(page)
    assert fake.received == ["Yes, go ahead"]


def test_a_chat_that_cannot_be_opened_says_so(page: Page, fake: FakeGateway) -> None:
    page.route(API, lambda route: route.abort())
    page.goto(fake.url)
    press(page, "Start")
    expect_notice(page, "unreachable")
    expect(page.locator("[data-problem]")).to_contain_text(PHONE)
    page.unroute_all()
    press(page, "Try again")
    expect(page.locator("[data-question=consent]")).to_be_visible()


def test_a_chat_the_server_forgot_ends_and_a_new_one_can_start(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    fake.sessions.clear()
    answer(page, "Yes, go ahead")
    expect_notice(page, "bad_token")
    press(page, "Start a new chat")
    expect(page.locator("[data-question=consent]")).to_be_visible()


def test_a_call_back_or_a_summary_that_fails_is_said_where_the_person_is(page: Page, fake: FakeGateway) -> None:
    """Found by hand: the view went to the top of the result, and what was wrong stood far below, out of sight."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(fake.url)
    start(page)
    walk(page, ANSWERS)
    fake.fault = "unavailable"
    press(page, "Download my summary (PDF)")
    notice = page.locator("[data-problem=unavailable]")
    expect(notice).to_be_in_viewport(ratio=0.9)
    # The server's own words name 999 and 111; the clinic stands below them.
    expect(notice.get_by_role("link", name=PHONE)).to_be_visible()
    press(page, "Ask us to phone you")
    page.keyboard.type("Sam Example")
    tab_to(page, "Your phone number")
    page.keyboard.type("020 7946 0123")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press(page, "Ask for a call")
    expect(notice).to_be_in_viewport(ratio=0.9)
    expect(page.get_by_label("Your name")).to_have_value("Sam Example")
    fake.fault = None
    press(page, "Ask for a call")
    expect(page.get_by_text("We have your number")).to_be_in_viewport()
    assert len(fake.callbacks) == 1


def test_a_reload_while_the_server_is_down_can_be_tried_again(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    fake.fault = "unavailable"
    page.reload()
    expect_notice(page, "unavailable")
    fake.fault = None
    press(page, "Try again")
    expect(page.locator("[data-question=consent]")).to_be_visible()


def test_a_reload_in_the_middle_of_an_answer_finds_it(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    token = next(iter(fake.sessions))
    late = fake.sessions[token].pop()
    fake.sessions[token].append(fake._message("person", "hello"))
    page.reload()
    expect(page.locator(".typing")).to_be_visible()
    fake.sessions[token].append(late | {"id": "999999"})
    expect(page.locator("[data-question=consent]")).to_be_visible()
    expect(page.locator(".typing")).to_have_count(0)
