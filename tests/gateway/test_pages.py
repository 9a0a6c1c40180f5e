"""Pages, files and health."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from hip.gateway.app import build_app
from hip.gateway.description import load_description
from hip.gateway.health import Health
from hip.gateway.wording import STATUSES, load_words
from hip.handover.booking import BookingDesk
from hip.settings import Settings
from tests.gateway.conftest import Gateways, error_of
from tests.gateway.description import DESCRIBED
from tests.gateway.fake_rasa import FakeRasa


@pytest.fixture
async def built(gateways: Gateways, tmp_path: Path) -> httpx2.AsyncClient:
    """A gateway with a widget that has been built."""
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "widget.js").write_text("// widget")
    (dist / "fixtures.html").write_text("<!doctype html><title>States</title>")
    (dist / "fixtures.js").write_text("// fixtures")
    (dist / "notes.txt").write_text("secret")
    (tmp_path / "outside.js").write_text("secret")
    return await gateways.start(dist=dist)


async def test_the_page_holds_the_widget(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert '<script src="/widget.js" defer></script>' in page
    assert f'phone="{BookingDesk.load().phone}"' in page
    for words in ("<noscript>", "999", "111", 'lang="en-GB"', "<h1>"):
        assert words in page
    assert "style=" not in page
    assert '<link rel="icon" href="data:,">' in page, "else every browser asks for an icon that is not there"
    assert "$" not in page


async def test_nothing_of_the_pages_comes_from_elsewhere(built: httpx2.AsyncClient) -> None:
    for path in ("/", "/page.css", "/go/x"):
        assert "//" not in (await built.get(path)).text


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/widget.js", "text/javascript", "// widget"),
        ("/fixtures", "text/html", "States"),
        ("/fixtures.js", "text/javascript", "// fixtures"),
        ("/page.css", "text/css", "color-scheme"),
    ],
)
async def test_the_widgets_files(built: httpx2.AsyncClient, path: str, kind: str, text: str) -> None:
    response = await built.get(path, headers={"Origin": "https://www.clinic.example"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)
    assert text in response.text
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["access-control-allow-origin"] == "https://www.clinic.example"


@pytest.mark.parametrize("path", ["/notes.txt", "/..%2foutside.js", "/%2e%2e/outside.js", "/.keys", "/nothing.js"])
async def test_no_other_file_is_given(built: httpx2.AsyncClient, path: str) -> None:
    response = await built.get(path)
    assert error_of(response) == (404, "not_found")
    assert "secret" not in response.text


async def test_a_widget_that_was_not_built(gateways: Gateways, tmp_path: Path) -> None:
    client = await gateways.start(dist=tmp_path / "nothing")
    assert error_of(await client.get("/widget.js")) == (404, "not_found")


async def test_health_is_not_readiness(client: httpx2.AsyncClient, rasa: FakeRasa) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert error_of(await client.get("/readyz")) == (503, "unavailable"), "there is no action server"


async def test_readiness_is_asked_anew_after_a_while_only(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(_health: Health) -> bool:
        asked.append(1)
        return True

    monkeypatch.setattr(Health, "_ask", ask)
    for _ in range(5):
        assert (await client.get("/readyz")).json() == {"status": "ok"}
    assert len(asked) == 1


# --- the description


async def test_it_is_served(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json() == load_description()


def test_it_has_every_route_and_no_other(settings: Settings) -> None:
    routes = {(route.path, method.lower()) for route in build_app(settings).routes for method in route.methods or ()}
    assert {route for route in routes if route[1] != "head"} == DESCRIBED.operations()


def test_it_names_every_refusal_of_the_code() -> None:
    schema = load_description()["components"]["schemas"]["Error"]
    codes = set(schema["properties"]["error"]["properties"]["code"]["enum"])
    assert codes == {code for _, code in STATUSES.values()}
    statuses = {
        status
        for methods in load_description()["paths"].values()
        for one in methods.values()
        for status in one["responses"]
    }
    assert {str(status) for status, _ in STATUSES.values()} <= statuses


def test_its_references_lead_somewhere() -> None:
    DESCRIBED.resolve_all()


def test_every_refusal_is_worded() -> None:
    assert set(load_words().problems) == set(STATUSES)
