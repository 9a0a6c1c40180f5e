"""Counts as charts: right, and never of so few people that one could be recognised."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from hip.records import RecordStore
from hip.records.tally import Count, Kind, Tally
from hip.site.charts import WIDTH, lay_out_bars, lay_out_rows
from hip.site.figures import SMALLEST, FigureReader, Series, figure
from hip.triage.levels import CareLevel
from tests.site.conftest import Clocks, Colleague, People
from tests.vault import VAULT


@pytest.fixture
def reader(engine: Engine, clocks: Clocks) -> FigureReader:
    return FigureReader(engine, clocks)


def test_small_groups_are_never_counted_out() -> None:
    shown = {count: figure("x", count).shown for count in (0, 1, 2, 3, 4, 5, 1234)}
    assert shown == {0: "0", 1: "under 5", 2: "under 5", 3: "under 5", 4: "under 5", 5: "5", 1234: "1,234"}
    assert len({figure("x", count).height for count in range(1, SMALLEST)}) == 1, "nor by the length of a bar"


def test_the_way_through_a_chat_is_counted_once_each(people: People, reader: FigureReader, engine: Engine) -> None:
    for _ in range(7):
        people.hand_over(CareLevel.CONSULTATION)
    for number in range(1, 7):
        people.hand_over(CareLevel.GP_SOON, to=f"person-{number}")  # once more, in the same chats
    Tally(engine, people.clocks).add(*[Count(Kind.STAGE, "asked")] * 9)
    stages = {each.label: each.shown for each in reader.read(4).stages}
    assert stages == {
        "Asked for consent": "9",
        "Gave consent": "7",
        "Safety questions done": "7",
        "Told a result": "7",
        "Used a booking link": "0",
    }


def test_results_are_counted_by_week(people: People, reader: FigureReader, clocks: Clocks) -> None:
    for _ in range(6):
        people.hand_over(CareLevel.CONSULTATION)
    clocks.move(days=7)
    for _ in range(3):
        people.hand_over(CareLevel.CONSULTATION)
    levels = {each.label: [week.shown for week in each.weeks] for each in reader.read(4).levels}
    assert levels["Hip consultation"] == ["0", "0", "6", "under 5"]
    assert levels["Call 999"] == ["0"] * 4


def test_where_people_stop(reader: FigureReader, engine: Engine, clocks: Clocks) -> None:
    store = RecordStore(engine, VAULT, clocks)
    for number in range(8):
        store.save_progress(f"p{number}", {"consent": True}, "consent", asks="age")
        if number < 6:
            store.save_progress(f"p{number}", {"age": 61}, "age", asks="side")
    clocks.move(minutes=59)
    assert reader.read(4).stops == (), "they may still be thinking"
    clocks.move(minutes=2)
    stops = [(each.label, each.shown) for each in reader.read(4).stops]
    assert stops == [("Which hip", "6"), ("Age", "under 5")]


def test_what_was_counted_before_a_deletion_stays(reader: FigureReader, engine: Engine, clocks: Clocks) -> None:
    Tally(engine, clocks).add(*[Count(Kind.STOPPED, "age")] * 5)
    assert [(each.label, each.shown) for each in reader.read(4).stops] == [("Age", "5")]


def test_only_the_time_asked_for_counts(reader: FigureReader, engine: Engine, clocks: Clocks) -> None:
    Tally(engine, lambda: clocks.now - timedelta(weeks=20)).add(*[Count(Kind.TOPIC, "ask_injection/steroid")] * 6)
    assert reader.read(13).topics == ()
    assert [(each.label, each.shown) for each in reader.read(52).topics] == [("Steroid", "6")]


async def test_the_page_with_nothing_to_show(ann: Colleague) -> None:
    page = await ann.get("/figures")
    assert "Nobody has used the assistant in this time." in page
    assert "No results in this time." in page
    assert "<svg" not in page


async def test_the_page_shows_charts_each_with_its_table(
    ann: Colleague, people: People, engine: Engine, clocks: Clocks
) -> None:
    for _ in range(5):
        people.hand_over(CareLevel.CONSULTATION)
    Tally(engine, clocks).add(
        *[Count(Kind.STAGE, "asked")] * 5,
        *[Count(Kind.TOPIC, "ask_injection/steroid")] * 3,
        *[Count(Kind.UNCLEAR, "<script>")] * 2,
    )
    for weeks in ("4", "13", "52", "999", "x"):
        page = await ann.get(f"/figures?weeks={weeks}")
        assert page.count("<svg") == page.count("<table>") == 4  # nobody stopped halfway
        assert page.count("<title id=") == page.count("<desc id=") == 4
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    numbers = re.findall(r"<td class=\"number\">([^<]+)</td>", page)
    assert set(numbers) <= {"0", "5", "under 5"}


def test_bars_stay_inside_and_nobody_has_no_bar() -> None:
    laid = lay_out_bars([figure("a", 90), figure("b", 2), figure("c", 0), figure("d", 45)])
    assert [bar.width for bar in laid.bars][2] == 0
    assert laid.bars[0].width == 2 * laid.bars[3].width
    assert max(bar.x + bar.width for bar in laid.bars) <= WIDTH
    assert lay_out_bars([]).bars == ()


def test_rows_leave_out_what_was_never_told() -> None:
    weeks = tuple(figure(str(week), count) for week, count in enumerate((0, 10, 3)))
    rows = lay_out_rows([Series("told", weeks), Series("never", (figure("0", 0),) * 3)])
    assert [row.label for row in rows.rows] == ["told"]
    assert rows.rows[0].most == "most in a week: 10"
    assert max(bar.x + bar.width for bar in rows.rows[0].columns) <= WIDTH


def test_weeks_begin_on_monday(reader: FigureReader, clocks: Clocks) -> None:
    clocks.now = datetime(2027, 1, 1, 12, tzinfo=UTC)  # a Friday
    weeks = reader.read(4).weeks
    assert [str(week) for week in weeks] == ["2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"]
