"""The widget on another website, under the strictest policy, and with people's text shown as text."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Route

from hip.content import ROOT
from tests.browser.conftest import Watch, build_widget
from tests.browser.fake_gateway import DIST, FakeGateway, host_page, serving
from tests.browser.keyboard import answer, focused, press, say, settled, start

MOST_BYTES = 20_000


def test_the_whole_widget_is_at_most_20_kb() -> None:
    build_widget()
    script = (DIST / "widget.js").read_bytes()
    assert b":host" in script, "the style is in it"
    assert len(gzip.compress(script, 9)) <= MOST_BYTES


def test_it_works_on_another_website_that_allows_one_script_and_one_server(
    page: Page, fake: FakeGateway, watch: Watch
) -> None:
    policy = f"default-src 'none'; script-src {fake.url}; connect-src {fake.url}; require-trusted-types-for 'script'"

    async def home(_request: object) -> object:
        return host_page(f"{fake.url}/widget.js", f'server="{fake.url}" phone="020 7946 0199"', policy)

    with serving(Starlette(routes=[Route("/", home)])) as site:
        watch.allowed = {fake.url, site}
        page.goto(site)
        start(page)
        answer(page, "Yes, go ahead")
        settled(page)
        assert fake.received == ["Yes, go ahead"]
        # Drawn with its style, which the site's policy allows no stylesheet for.
        assert page.locator(".from-person .said").first.evaluate("e => getComputedStyle(e).borderRadius") != "0px"
        page.goto("about:blank")


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=document.title='broken'>", "<script>document.title='broken'</script>"]
)
def test_markup_is_shown_as_text(page: Page, fake: FakeGateway, text: str) -> None:
    page.goto(fake.url)
    start(page)
    say(page, text)
    settled(page)
    log = page.get_by_role("log")
    expect(log.get_by_text(text, exact=True)).to_be_visible()
    expect(log.get_by_text(f"You wrote {text}")).to_be_visible()
    assert page.locator("ravenscroft-hip-assistant img, ravenscroft-hip-assistant script").count() == 0
    assert page.title() == "A clinic"


def test_the_launcher_opens_a_window_and_escape_closes_it(page: Page, fake: FakeGateway) -> None:
    page.goto(f"{fake.url}/?display=launcher")
    press(page, "Hip pain? Check it here")
    assert focused(page)["name"] == "Start"
    start(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page)["name"] == "Hip pain? Check it here"
    press(page, "Hip pain? Check it here")
    expect(page.locator("[data-question=consent]")).to_be_visible()


def test_texts_and_colours_are_the_sites_to_choose(page: Page, fake: FakeGateway) -> None:
    page.goto(f"{fake.url}/?theme=dark&clinic=Test+Clinic&strings=%7B%26quot;start%26quot;:%26quot;Go%26quot;%7D")
    expect(page.get_by_role("button", name="Go")).to_be_visible()
    expect(page.get_by_text("Test Clinic")).to_be_visible()
    frame = page.locator(".frame")
    expect(frame).to_have_attribute("lang", "en-GB")  # whatever the site speaks: its words are read out right
    assert frame.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(14, 25, 28)"
    page.locator("ravenscroft-hip-assistant").evaluate("e => e.style.setProperty('--hip-radius', '3px')")
    assert frame.evaluate("e => getComputedStyle(e).borderRadius") == "3px"


def test_the_readme_names_every_attribute_and_property() -> None:
    readme = (ROOT / "widget" / "README.md").read_text(encoding="utf-8")
    script = (ROOT / "widget/src/widget.ts").read_text(encoding="utf-8")
    style = (ROOT / "widget/src/style.css").read_text(encoding="utf-8")
    attributes = set(re.findall(r'getAttribute\("(\w+)"\)', script)) | {"theme"}
    for name in attributes | set(re.findall(r"var\((--hip-[\w-]+)", style)):
        assert f"`{name}`" in readme, name
