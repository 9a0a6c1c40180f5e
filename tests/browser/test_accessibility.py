"""Every state of the fixtures page: WCAG 2.2 AA by axe, in light and dark, and drawn right on small screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hip.content import ROOT
from tests.browser.conftest import Watch
from tests.browser.fake_gateway import FakeGateway, serving

NAMES = re.findall(r'\bname: "(\w+)"', (ROOT / "widget/src/fixtures/list.ts").read_text(encoding="utf-8"))
AXE = ROOT / "widget/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

#: What sticks out of the window to the right, or of the part that scrolls.
TOO_WIDE = """() => {
  const root = document.querySelector(".host").shadowRoot;
  const wide = [...root.querySelectorAll("*")].filter((e) => {
    const box = e.getBoundingClientRect();
    return !e.closest(".hidden, svg") && box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
  }).map((e) => e.className || e.tagName);
  if (document.documentElement.scrollWidth > innerWidth) wide.push("the page");
  return wide;
}"""

#: Whether both numbers are in the window and on top of all else.
IN_VIEW = """() => {
  const root = document.querySelector(".host").shadowRoot;
  return ["999", "111"].every((number) => {
    const link = root.querySelector(`.numbers a[href="tel:${number}"]`);
    const box = link.getBoundingClientRect();
    const top = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.top >= 0 && box.bottom <= innerHeight && link.contains(top);
  });
}"""

#: Targets smaller than 24 by 24 pixels. Links in a line of text may be.
TOO_SMALL = """() => {
  const root = document.querySelector(".host").shadowRoot;
  return [...root.querySelectorAll("button, a, textarea, .check, .step")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && !e.closest("p") && (box.width < 24 || box.height < 24);
  }).map((e) => e.className + e.textContent);
}"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where the fixtures page is."""
    with serving(FakeGateway().app()) as address:
        yield address + "/fixtures.html"


@pytest.fixture(scope="module")
def screen(browser: Browser) -> Iterator[Page]:
    """One watched page for all states."""
    watch = Watch()
    context = browser.new_context(viewport={"width": 420, "height": 760}, reduced_motion="reduce")
    watch.follow(context)
    yield context.new_page()
    watch.check(context)
    context.close()


def show(page: Page, url: str, name: str, width: int, height: int) -> None:
    """Show one state alone."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{url}?show={name}")
    page.wait_for_selector("[data-ready]")


def test_the_page_of_all_states_shows_each_once(screen: Page, url: str) -> None:
    screen.goto(url)
    screen.wait_for_selector("[data-ready]")
    assert screen.evaluate("[...document.querySelectorAll('section')].map((e) => e.id)") == NAMES
    assert len(NAMES) > 40
    assert screen.evaluate("scrollY") == 0, "no state took the page with it"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(screen: Page, url: str, name: str, scheme: Any) -> None:
    screen.emulate_media(color_scheme=scheme)
    show(screen, url, name, 420, 760)
    check_by_axe(screen)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page_with_the_launcher(screen: Page, url: str, scheme: Any) -> None:
    screen.emulate_media(color_scheme=scheme)
    for width in (1000, 320):
        screen.set_viewport_size({"width": width, "height": 640})
        screen.goto(url.replace("/fixtures.html", "/?display=launcher"))
        check_by_axe(screen, least=5)
        screen.get_by_role("button", name="Hip pain? Check it here").click()
        check_by_axe(screen)


def check_by_axe(page: Page, least: int = 10) -> None:
    """No violation in the whole page, shadow roots included; ``least`` rules had something to look at."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS)
    assert not [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]]
    assert len(found["passes"]) > least, "axe looked into the widget"


#: 320 px wide; a desktop of 1280 by 720 at 200 % and at 400 % zoom; a phone held sideways.
SCREENS = [(320, 640), (640, 360), (320, 256), (740, 360)]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_and_the_numbers_stay_in_view(screen: Page, url: str, name: str) -> None:
    for width, height in SCREENS:
        show(screen, url, name, width, height)
        assert screen.evaluate(TOO_WIDE) == [], (width, height)
        assert screen.evaluate(TOO_SMALL) == [], (width, height)
        if name == "delete":
            continue  # A modal window covers all else; it is short, and closes on Escape.
        assert screen.evaluate(IN_VIEW), (width, height)
        screen.mouse.move(width / 2, height / 2)
        screen.mouse.wheel(0, 4000)
        screen.wait_for_timeout(50)
        assert screen.evaluate(IN_VIEW), (width, height, "scrolled")


@pytest.mark.parametrize("name", ["checklist", "scale", "read_back", "emergency_ambulance", "comparison", "body_map"])
def test_text_of_twice_the_size_fits_too(screen: Page, url: str, name: str) -> None:
    session = screen.context.new_cdp_session(screen)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    show(screen, url, name, 420, 760)
    size = screen.locator(".said, .inside").first.evaluate("e => getComputedStyle(e).fontSize")
    assert size == "32px"
    assert screen.evaluate(TOO_WIDE) == []
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    session.detach()


#: What WCAG 2.2, 1.4.12, lets a person set, and that a shadow root takes over from the page.
SPACED = """() => Object.assign(document.querySelector(".host").style,
  {letterSpacing: ".12em", wordSpacing: ".16em", lineHeight: "1.5"})"""

#: Texts of which a part is cut off.
CUT = """() => [...document.querySelector(".host").shadowRoot.querySelectorAll("button, a, p, h3, label, span, li, dd")]
  .filter((e) => !e.closest(".hidden, svg") && getComputedStyle(e).overflow !== "visible")
  .filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map((e) => e.className + e.textContent)"""


@pytest.mark.parametrize("name", NAMES)
def test_text_that_is_spaced_out_fits_too(screen: Page, url: str, name: str) -> None:
    show(screen, url, name, 320, 640)
    screen.evaluate(SPACED)
    assert screen.evaluate(TOO_WIDE) == []
    assert screen.evaluate(CUT) == []
    assert name == "delete" or screen.evaluate(IN_VIEW)


#: What has focus, if nothing of it can be seen (WCAG 2.2, 2.4.11). A number of the scale is drawn by what follows it.
COVERED = """() => {
  const root = document.querySelector(".host").shadowRoot;
  const focus = root.activeElement;
  if (!focus) return "";
  const shown = focus.matches(".step input") ? focus.nextElementSibling : focus;
  const {x, y, width, height} = shown.getBoundingClientRect();
  const seen = [.02, .25, .5, .75, .98].some((across) => [.05, .25, .5, .75, .95].some((down) => {
    const top = root.elementFromPoint(x + width * across, y + height * down);
    return top && (shown.contains(top) || top.closest("label")?.contains(focus));
  }));
  return seen ? "" : `${focus.className} ${focus.textContent || focus.id}`;
}"""


@pytest.mark.parametrize("name", ["checklist", "read_back", "result", "menu", "body_map", "call_back_wrong", "down"])
def test_what_has_focus_is_never_covered(screen: Page, url: str, name: str) -> None:
    """Found by hand: going back by keyboard, what had focus lay below the numbers; axe does not see that."""
    for width, height in SCREENS[:3]:
        show(screen, url, name, width, height)
        for key in ("Tab", "Shift+Tab"):
            for _ in range(20):
                screen.keyboard.press(key)
                assert screen.evaluate(COVERED) == "", (width, height, key)


def test_the_menu_closes_when_the_keyboard_leaves_it(screen: Page, url: str) -> None:
    show(screen, url, "menu", 420, 760)
    menu = screen.locator(".menu li")
    expect(menu).to_have_count(6)
    screen.locator(".menu li button").last.focus()
    screen.keyboard.press("Shift+Tab")
    expect(menu).to_have_count(6)
    screen.keyboard.press("Tab")
    screen.keyboard.press("Tab")
    expect(menu).to_have_count(0)


def test_nothing_moves_where_less_motion_is_wanted(screen: Page, url: str) -> None:
    show(screen, url, "typing", 420, 760)
    running = "document.getAnimations().length + [...document.querySelector('.host').shadowRoot.querySelectorAll('*')]"
    running += ".reduce((n, e) => n + e.getAnimations().length, 0)"
    assert screen.evaluate(running) == 0
    screen.emulate_media(reduced_motion="no-preference")
    assert screen.evaluate(running) > 0, "else this test shows nothing"
    screen.emulate_media(reduced_motion="reduce")
