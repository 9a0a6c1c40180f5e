"""A real browser (Debian's Chromium), and what must hold on every page it opens.

Each test that opens a page also shows, without saying so, that no content security policy was broken, that no script
failed, and that nothing was asked of any other server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import portalocker
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hip.content import ROOT
from tests.browser.fake_gateway import DIST, FakeGateway, serving

WIDGET: Final = ROOT / "widget"
#: As root, and where only the package registries can be reached.
FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update"),
)
WATCH: Final = """
window.broken = [];
addEventListener("securitypolicyviolation", (e) => window.broken.push(e.effectiveDirective + " " + e.blockedURI));
"""


def build_widget() -> None:
    """Run ``make widget`` if a source is newer than what was built."""
    with portalocker.Lock(WIDGET / "building.lock", "a", flags=portalocker.LockFlags.EXCLUSIVE):
        _build_widget()


def _build_widget() -> None:
    sources = [*WIDGET.glob("*.json"), *WIDGET.glob("*.ts"), *WIDGET.glob("src/**/*"), *WIDGET.glob("public/*")]
    built = DIST / "fixtures.js"
    if not built.exists() or max(path.stat().st_mtime for path in sources) > built.stat().st_mtime:
        done = subprocess.run(["make", "widget"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def find_chromium() -> str:
    """The browser's program."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "no Chromium: run `make browser` (as root), or apt-get install chromium"
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once a file: Playwright's event loop runs as long as it does, and no other can beside it."""
    build_widget()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def fake() -> Iterator[FakeGateway]:
    """A gateway with a fixed conversation, freshly started."""
    gateway = FakeGateway()
    with serving(gateway.app()) as url:
        gateway.url = url
        yield gateway


@pytest.fixture
def gateway_url(fake: FakeGateway) -> str:
    """Where the walks through whole conversations go: ``HIP_GATEWAY_URL`` (a running assistant), or the fake."""
    return os.environ.get("HIP_GATEWAY_URL", fake.url).rstrip("/")


class Watch:
    """Collects what went wrong in a context.

    Attributes:
        allowed: origins, besides that of the page, that may be asked for something.
        asked: origins that were asked.
        errors: what scripts of the page failed with.
    """

    def __init__(self) -> None:
        self.allowed: set[str] = set()
        self.asked: set[str] = set()
        self.errors: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        """Listen to everything a context does."""
        context.add_init_script(WATCH)
        context.on("request", lambda request: self.asked.add(origin_of(request.url)))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def check(self, context: BrowserContext) -> None:
        """Nothing was broken, nobody else was asked."""
        broken = [item for page in context.pages for item in page.evaluate("window.broken || []")]
        assert not broken, f"content security policy: {broken}"
        assert not self.errors, self.errors
        own = {origin_of(page.url) for page in context.pages} | self.allowed | {"blob:"}
        assert self.asked <= own, f"asked of others: {self.asked - own}"


def origin_of(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return "blob:" if parts.scheme == "blob" else f"{parts.scheme}://{parts.netloc}"


@pytest.fixture
def watch() -> Watch:
    """What the test's browser did."""
    return Watch()


@pytest.fixture
def context(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    """A browser of its own for a test, watched; still, so that nothing has to be waited for."""
    made = browser.new_context(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")
    made.set_default_timeout(20_000)
    watch.follow(made)
    yield made
    try:
        watch.check(made)
    finally:
        made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One page."""
    return context.new_page()
