"""Whole conversations by keyboard alone, against the fake or (HIP_GATEWAY_URL) a running assistant."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.fake_gateway import EMERGENCY, NOTES, REFERENCE, FakeGateway
from tests.browser.keyboard import answer, focused, press, say, settled, start, tab_to, walk

ANSWERS = {
    "consent": "Yes, go ahead",
    "respondent": "My own hip",
    "age": "63",
    "site": "Groin",
    "side": "Left",
    "duration": "two years",
    "pain_score": "6",
    "stiffness": "ten minutes, other joints are fine",
    "pain_pattern": "Worse when moving or on my feet",
    "activity_limits": "Walking",
    "lifestyle_tried": "Exercises",
    "medicines_tried": "Paracetamol",
}


def test_a_whole_conversation_by_keyboard_ends_with_a_result(page: Page, gateway_url: str) -> None:
    page.goto(gateway_url)
    start(page)
    asked = walk(page, ANSWERS)
    assert asked[:3] == ["consent", "respondent", "age"]
    assert {"read_back", "injection_checks"} & set(asked), "the answers are read back, by themselves or along with it"
    card = page.locator("[data-level]")
    assert card.get_attribute("data-level") not in ("emergency_ambulance", "emergency_department", "same_day")
    expect(page.get_by_role("link", name=re.compile("Phone 0")).first).to_be_visible()


def test_an_emergency_typed_in_the_middle_stops_everything(page: Page, gateway_url: str) -> None:
    page.goto(gateway_url)
    start(page)
    answer(page, "Yes, go ahead")
    settled(page)
    say(page, "I have crushing chest pain and cannot breathe")
    card = page.locator("[data-level=emergency_ambulance]")
    expect(card).to_be_visible()
    expect(card).to_be_focused()
    expect(card.get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(page.get_by_role("alert").filter(has_text="Call 999 now")).to_have_count(1)
    expect(page.get_by_role("link", name="Book online")).to_have_count(0)
    # The clinic's own phone does not stand beside urgent advice either.
    press(page, "More choices")
    expect(page.get_by_role("link", name="Phone the clinic")).to_have_count(0)


def test_an_emergency_takes_back_the_booking_offered_before(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    walk(page, ANSWERS)
    links = page.get_by_role("link", name="Book online")
    expect(links).to_have_attribute("href", f"{fake.url}/go/{REFERENCE}?service=consultation")
    expect(page.get_by_role("log").get_by_text("https://")).to_have_count(0)
    card = page.locator("[data-level=consultation]")
    for note in NOTES:
        expect(card.get_by_text(note)).to_be_visible()
    say(page, "how do I book?")
    expect(links).to_have_count(2)
    say(page, "now I have chest pain")
    expect(page.locator("[data-level=emergency_ambulance]")).to_be_focused()
    expect(page.locator("a[href*='/go/']")).to_have_count(0)
    expect(page.get_by_text("booking.ravenscroft.example")).to_have_count(0)
    expect(page.get_by_text("Booking is not shown any more")).to_have_count(3)
    for note in NOTES:
        expect(page.get_by_text(note)).to_have_count(0)
    expect(page.get_by_role("button", name="Ask us to phone you")).to_have_count(0)


def test_none_of_these_excludes_the_others_and_the_others_exclude_it(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    for words in ("Yes, go ahead", "My own hip", "63"):
        answer(page, words)
        settled(page)
    boxes = page.get_by_role("checkbox")
    press(page, "Send my answer")
    expect(page.get_by_text("Pick at least one answer first.")).to_be_visible()
    assert focused(page)["name"] == "Fever, shivers or feeling very ill"
    page.keyboard.press("Space")
    tab_to(page, "None of these", "INPUT")
    page.keyboard.press("Space")
    expect(boxes.and_(page.get_by_label("None of these"))).to_be_checked()
    assert page.locator("input:checked").count() == 1
    boxes.nth(1).check()
    boxes.nth(0).check()
    assert page.locator("input:checked").count() == 2
    press(page, "Send my answer")
    settled(page)
    # In the order of the list, whichever was picked first.
    assert fake.received[-1] == "Fever, shivers or feeling very ill; The hip is hot or swollen"


def test_a_place_tapped_on_the_drawing_is_sent_after_a_second_tap(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    for words in ("Yes, go ahead", "My own hip", "63", "None of these"):
        answer(page, words)
        settled(page)
    page.locator("[data-place=Groin] ellipse").first.click()
    assert fake.received[-1] == "None of these"
    page.get_by_role("button", name="Send: Groin").click()
    settled(page)
    assert fake.received[-1] == "Groin"


def test_an_answer_read_back_is_changed_by_tapping_it(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    for words in ("Yes, go ahead", "My own hip", "63", "None of these", "Groin", "Left", "two years", "6", "Walking"):
        answer(page, words)
        settled(page)
    page.get_by_role("button", name=re.compile("Which hip.*Left")).click()
    settled(page)
    assert fake.received[-1] == "Change: Which hip"
    # The list that was answered can not be tapped any more.
    expect(page.get_by_role("button", name=re.compile("Which hip"))).to_have_count(0)


def test_only_new_messages_are_announced_and_focus_is_kept(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    answer(page, "Yes, go ahead")
    settled(page)
    spoken = page.locator("[aria-live=polite] p")
    expect(spoken).to_have_text(re.compile("your own hip.*There are 2 answers"))
    assert "answers" in focused(page)["class"], "focus is where the buttons were"
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "My own hip"
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "off")
    page.reload()
    expect(log.get_by_text("Yes, go ahead")).to_be_visible()
    expect(spoken).to_have_count(0)


def test_a_reload_goes_on_with_the_same_chat(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    answer(page, "Yes, go ahead")
    settled(page)
    page.reload()
    answer(page, "My own hip")
    settled(page)
    assert fake.received == ["Yes, go ahead", "My own hip"]
    assert len(fake.sessions) == 1
    stored = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
    assert "own hip" not in stored, "no answer is kept in the browser"


def test_start_again_is_asked_back_by_the_assistant(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    press(page, "More choices")
    press(page, "Start again")
    expect(page.locator("[data-question=restart_confirm]")).to_be_visible()
    assert fake.received == ["Start again"]


def test_everything_is_deleted_only_after_a_yes(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    press(page, "More choices")
    press(page, "Delete my data")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert focused(page)["name"] == "More choices"
    assert fake.deleted == 0
    press(page, "More choices")
    press(page, "Delete my data")
    press(page, "Yes, delete everything")
    expect(page.get_by_text("Your data is deleted")).to_be_visible()
    assert fake.deleted == 1
    assert page.evaluate("sessionStorage.length") == 0
    press(page, "Start a new chat")
    expect(page.locator("[data-question=consent]")).to_be_visible()


def test_the_summary_is_saved_under_the_reference_alone(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    walk(page, ANSWERS)
    for button, ending in (("Download my summary (PDF)", "pdf"), ("Download my summary (plain text)", "txt")):
        with page.expect_download() as download:
            press(page, button)
        assert download.value.suggested_filename == f"hip-summary-{REFERENCE}.{ending}"


def test_a_call_back_needs_name_number_and_its_own_consent(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    walk(page, ANSWERS)
    press(page, "Ask us to phone you")
    assert focused(page)["name"] == "Your name"
    press(page, "Ask for a call")
    expect(page.locator(".wrong:visible")).to_have_count(3)
    assert focused(page)["name"] == "Your name"
    page.keyboard.type("Sam Example")
    tab_to(page, "Your phone number")
    page.keyboard.type("020 7946 0123")
    press(page, "Ask for a call")
    assert not fake.callbacks, "not without consent"
    page.keyboard.press("Space")
    press(page, "Ask for a call")
    expect(page.get_by_text("We have your number")).to_be_visible()
    assert fake.callbacks == [{"name": "Sam Example", "phone": "020 7946 0123", "consent": True}]


def test_the_emergency_text_is_shown_line_for_line(page: Page, fake: FakeGateway) -> None:
    page.goto(fake.url)
    start(page)
    say(page, "chest pain")
    for line in EMERGENCY.split("\n"):
        expect(page.locator("[data-level]").get_by_text(line.removeprefix("- "), exact=True).first).to_be_visible()
