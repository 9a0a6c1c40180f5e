"""The staff page in a real browser: WCAG 2.2 AA by axe in light and dark, small screens, keyboard, and no script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hip.launch.keys import provide_keys
from hip.records.migration import migrate
from hip.site.figures import FigureReader, Figures
from tests.browser.conftest import Watch
from tests.browser.test_accessibility import AXE, TAGS
from tests.conftest import make_settings
from tests.site.conftest import PASSWORD, Clocks
from tests.site.full_page import FullPage, serving

#: Name to address; "{}" is the reference of the fullest hand-over.
PAGES = {
    "list": "/",
    "list_empty": "/?show=booked",
    "hand_over": "/hand-overs/{}",
    "hand_over_saved": "/hand-overs/{}?saved=1",
    "search": "/search?reference=HIP",
    "figures": "/figures",
    "figures_short": "/figures?weeks=4",
    "audit": "/audit",
    "password": "/password",
    "not_found": "/nowhere",
}
OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const box = e.getBoundingClientRect();
  const out = box.right > innerWidth + 0.5 || box.left < -0.5;
  return out && box.width > 0 && !e.closest(".skip, .unseen, .scroll, svg");
}).map((e) => e.className || e.tagName).concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])"""
TOO_SMALL = """() =>
  [...document.querySelectorAll("button, input:not([type=hidden]), textarea, summary, .tabs a, .top a")]
  .filter((e) => { const box = e.getBoundingClientRect(); return box.width && (box.height < 24 || box.width < 20); })
  .filter((e) => !e.closest("label")).map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullPage]:
    """A staff page with something on every page."""
    folder = tmp_path_factory.mktemp("site")
    migrate(f"sqlite:///{folder}/hip.db")
    with serving(provide_keys(make_settings(folder)), Clocks()) as page:
        yield page


def log_in(page: Page, full: FullPage) -> None:
    """As ann, by keyboard alone."""
    page.goto(f"{full.url}/login")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{full.url}/")


@pytest.fixture(scope="module")
def staff(browser: Browser, full: FullPage) -> Iterator[Page]:
    """One watched page, logged in."""
    watch = Watch()
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(20_000)
    watch.follow(context)
    page = context.new_page()
    log_in(page, full)
    yield page
    watch.check(context)
    context.close()


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS)
    assert len(found["passes"]) > 8, "axe looked at the page"
    return [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(staff: Page, full: FullPage, name: str, scheme: Any) -> None:
    staff.emulate_media(color_scheme=scheme)
    staff.set_viewport_size({"width": 1200, "height": 800})
    staff.goto(full.url + PAGES[name].format(full.reference))
    staff.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    assert violations(staff) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["/login", "/login?ended=1", "wrong"])
def test_axe_finds_nothing_at_the_door(browser: Browser, full: FullPage, state: str, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(full.url + (state if state != "wrong" else "/login"))
    if state == "wrong":
        page.fill("#name", "nobody")
        page.fill("#password", "wrong")
        page.click("button.main")
        page.wait_for_selector("[role=alert]")
    assert violations(page) == []
    assert page.evaluate(OUTSIDE) == []
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_everything_fits_a_phone_and_a_zoomed_screen(staff: Page, full: FullPage, name: str) -> None:
    for width, height in [(320, 640), (640, 360), (1280, 720)]:
        staff.set_viewport_size({"width": width, "height": height})
        staff.goto(full.url + PAGES[name].format(full.reference))
        staff.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        assert staff.evaluate(OUTSIDE) == [], (width, height)
        assert staff.evaluate(TOO_SMALL) == [], (width, height)


def test_a_hand_over_is_dealt_with_without_script_and_by_keyboard(browser: Browser, full: FullPage) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(20_000)
    page = context.new_page()
    log_in(page, full)
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible()
    page.focus("#reference")
    page.keyboard.type(full.reference.lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.focus(".entry h2 a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/hand-overs/{full.reference}")
    page.focus("input[name=status]:checked")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Phoned <b>twice</b>.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**?saved=1#follow-up")
    assert page.locator("[role=status]").inner_text() == "Saved."
    assert page.locator("#note").input_value() == "Phoned <b>twice</b>."
    assert page.locator("input[name=status]:checked").get_attribute("value") == "contacted"
    page.click("text=Log out")
    page.wait_for_url("**/login")
    page.go_back()
    assert full.reference not in page.content(), "nothing is kept for the back button"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_that_takes_long_says_that_it_is_loading(
    staff: Page, full: FullPage, monkeypatch: pytest.MonkeyPatch, scheme: Any
) -> None:
    ready, read = threading.Event(), FigureReader.read

    def late(reader: FigureReader, span: int) -> Figures:
        assert ready.wait(20)
        return read(reader, span)

    monkeypatch.setattr(FigureReader, "read", late)
    staff.emulate_media(color_scheme=scheme)
    staff.set_viewport_size({"width": 320, "height": 640})
    try:
        staff.goto(f"{full.url}/figures", wait_until="commit")
        loading = staff.get_by_role("status")
        expect(loading).to_have_text("Figures: loading. This takes longer than usual.")
        expect(staff.get_by_role("link", name="Hand-overs")).to_be_visible()
        assert staff.evaluate(OUTSIDE) == []
    finally:
        ready.set()
    expect(staff.get_by_role("img")).to_have_count(5)
    expect(loading).to_have_count(0)
    assert violations(staff) == []


def test_the_charts_say_in_words_what_they_show(staff: Page, full: FullPage) -> None:
    staff.goto(f"{full.url}/figures")
    charts = staff.get_by_role("img")
    assert charts.count() == 5
    for chart in charts.all():
        name = chart.evaluate(
            "(e) => e.getAttribute('aria-labelledby').split(' ')"
            ".map((id) => document.getElementById(id).textContent).join(' ')"
        )
        assert ": " in name
