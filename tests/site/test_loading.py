"""A page that is not ready soon says that it is loading, and follows in the same answer."""

from __future__ import annotations

import pytest

from hip.records.database import RecordsError
from hip.site import visit
from hip.site.figures import FigureReader, Figures
from hip.site.queue import Listing, Queue
from hip.triage.levels import CareLevel
from tests.site.conftest import Colleague, People

SAID = "This takes longer than usual."
ONCE = ("<!doctype html>", "<main", "</main>", "</body>", "<h1>")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a page: each counts as late."""
    monkeypatch.setattr(visit, "PATIENCE", 0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("address", "title", "found"),
    [
        ("/", "Hand-overs", "hand-overs/HIP-"),
        ("/search?reference=HIP", "Search", 'name="reference"'),
        ("/figures", "Figures", "How far people come"),
        ("/audit", "Audit", "logged in"),
    ],
)
async def test_the_head_comes_first_then_the_page(
    ann: Colleague, people: People, address: str, title: str, found: str
) -> None:
    people.hand_over(CareLevel.CONSULTATION)
    page = await ann.get(address)
    assert f"{title}: loading. {SAID}" in page
    assert page.index("loading. ") < page.index(found)
    assert [page.count(part) for part in ONCE] == [1] * len(ONCE), "one whole page"
    assert ann.key, "its forms are valid"


async def test_a_page_that_is_ready_soon_is_a_page_alone(ann: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "PATIENCE", 60)
    assert SAID not in await ann.get("/figures")


@pytest.mark.usefixtures("at_once")
async def test_what_fails_late_is_said_in_the_page(ann: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Queue, _choice: str, _page: int) -> Listing:
        raise RecordsError("the database is away")

    monkeypatch.setattr(Queue, "list", broken)
    page = await ann.get("/")
    assert "does not work at the moment" in page
    assert "the database is away" not in page
    assert page.count("</main>") == 1


@pytest.mark.usefixtures("at_once")
async def test_nobody_sees_more_than_before_without_a_login(
    visitor: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_self: FigureReader, _span: int) -> Figures:
        raise AssertionError("nothing may be read")

    monkeypatch.setattr(FigureReader, "read", read)
    response = await visitor.client.get("/figures")
    assert (response.status_code, response.headers["location"]) == (303, "/login")
