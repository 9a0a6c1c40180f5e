"""Takes the pictures in ``docs/screenshots/`` anew: ``python -m tests.browser.screenshots``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, sync_playwright

from hip.content import ROOT
from hip.launch.keys import provide_keys
from hip.records.migration import migrate
from tests.browser.conftest import FLAGS, build_widget, find_chromium
from tests.browser.fake_gateway import FakeGateway, serving
from tests.browser.keyboard import answer, press, settled, start
from tests.conftest import make_settings
from tests.site.conftest import PASSWORD, Clocks
from tests.site.full_page import serving as serving_staff

FOLDER: Final = ROOT / "docs" / "screenshots"
PHONE: Final = (390, 844)
DESKTOP: Final = (1280, 800)
Scheme = Literal["light", "dark"]

#: File name, state of the fixtures page, window, colours.
STATES: Final[tuple[tuple[str, str, tuple[int, int], Scheme], ...]] = (
    ("phone-welcome", "welcome", PHONE, "light"),
    ("phone-checklist", "checklist", PHONE, "light"),
    ("phone-body-map", "body_map", PHONE, "light"),
    ("phone-body-map-dark", "body_map", PHONE, "dark"),
    ("phone-read-back", "read_back", PHONE, "light"),
    ("phone-emergency", "emergency_ambulance", PHONE, "light"),
    ("phone-crisis-dark", "mental_health_crisis", PHONE, "dark"),
    ("phone-result", "result", PHONE, "light"),
    ("phone-call-back", "call_back", PHONE, "light"),
    ("phone-booking", "how_to_book", PHONE, "light"),
    ("phone-offline", "offline", PHONE, "light"),
    ("desktop-comparison", "comparison", (900, 800), "light"),
    ("desktop-emergency-dark", "emergency_department", (900, 800), "dark"),
)


def main() -> None:
    """Take all of them."""
    build_widget()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serving(FakeGateway().app()) as url:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for name, state, (width, height), scheme in STATES:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            page.goto(f"{url}/fixtures.html?show={state}")
            page.wait_for_selector("[data-ready]")
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, reduced_motion="reduce")
        page.goto(f"{url}/?display=launcher")
        page.screenshot(path=FOLDER / "desktop-launcher.png")
        press(page, "Hip pain? Check it here")
        start(page)
        for words in ("Yes, go ahead", "My own hip", "63"):
            answer(page, words)
            settled(page)
        page.screenshot(path=FOLDER / "desktop-window.png")
        take_staff_pages(browser)
        browser.close()


def take_staff_pages(browser: Browser) -> None:
    """The staff page, filled with invented people."""
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/hip.db")
        with serving_staff(provide_keys(make_settings(Path(folder))), Clocks()) as full:
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(f"{full.url}/login")
            page.fill("#name", "ann")
            page.fill("#password", PASSWORD)
            page.click("button.main")
            page.wait_for_url(f"{full.url}/")
            for name, address, width in (
                ("staff-list", "/", 1200),
                ("staff-list-phone", "/", PHONE[0]),
                ("staff-hand-over", f"/hand-overs/{full.reference}", 1200),
                ("staff-figures", "/figures", 1200),
                ("staff-audit", "/audit", 1200),
            ):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(full.url + address)
                page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


if __name__ == "__main__":
    main()
