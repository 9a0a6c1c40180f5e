"""When the clinic's phone is answered: by the clock in the UK, and in words."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.content import CLINIC, ContentError
from hip.handover.booking import BookingDesk
from hip.handover.hours import PhoneHours

CONTENT = yaml.safe_load((CLINIC / "booking.yml").read_text(encoding="utf-8"))
WEEK = {"days": ["monday", "tuesday", "wednesday", "thursday", "friday"], "from": "09:00", "to": "17:30"}
SATURDAY = {"days": ["saturday"], "from": "10:00", "to": "12:00"}


def load(folder: Path, **clinic: Any) -> BookingDesk:
    content = copy.deepcopy(CONTENT)
    content["clinic"].update(clinic)
    (folder / "booking.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return BookingDesk.load(folder)


def read(folder: Path, **clinic: Any) -> PhoneHours:
    hours = load(folder, **clinic).hours
    assert hours is not None
    return hours


@pytest.mark.parametrize(
    ("moment", "answered"),
    [
        (datetime(2026, 11, 27, 9, 0, tzinfo=UTC), True),  # a Friday
        (datetime(2026, 11, 27, 8, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 27, 17, 29, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 17, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 28, 11, 0, tzinfo=UTC), True),  # Saturday
        (datetime(2026, 11, 28, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 29, 11, 0, tzinfo=UTC), False),  # Sunday
        (datetime(2026, 7, 3, 8, 30, tzinfo=UTC), True),  # summer time: 9.30 in London
        (datetime(2026, 7, 3, 16, 45, tzinfo=UTC), False),
        (datetime(2026, 11, 27, 20, 0, tzinfo=timezone(timedelta(hours=10))), True),  # 10.00 in London
        (datetime(2026, 12, 25, 11, 0, tzinfo=UTC), False),  # a Friday, and Christmas
    ],
)
def test_it_is_answered_by_the_clock_in_the_uk(tmp_path: Path, moment: datetime, answered: bool) -> None:
    hours = read(tmp_path, hours=[WEEK, SATURDAY], closed_on=["2026-12-25"])
    assert hours.is_open(moment) is answered
    said = hours.line(moment)
    assert "Monday to Friday, 9 am to 5.30 pm; Saturday, 10 am to 12 pm" in said
    assert ("not answered right now" in said) is not answered


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["monday"], "Monday"),
        (["tuesday", "monday"], "Monday and Tuesday"),
        (["monday", "wednesday", "friday"], "Monday, Wednesday and Friday"),
        (["saturday", "sunday", "friday"], "Friday to Sunday"),
    ],
)
def test_days_are_said_as_people_say_them(tmp_path: Path, days: list[str], said: str) -> None:
    (span,) = read(tmp_path, hours=[{"days": days, "from": "00:00", "to": "23:59"}]).spans
    assert str(span) == f"{said}, 12 am to 11.59 pm"


def test_until_the_clinic_has_said_it_nothing_is_said(tmp_path: Path) -> None:
    desk = load(tmp_path)
    assert desk.hours is None
    assert desk.notes(datetime.now(UTC), linked=False) == ()


def test_what_was_said_of_the_hours_can_be_left_out_again(tmp_path: Path) -> None:
    hours = read(tmp_path, hours=[WEEK, SATURDAY])
    for moment in (datetime(2026, 11, 27, 10, tzinfo=UTC), datetime(2026, 11, 29, 10, tzinfo=UTC)):
        assert hours.leave_out(f"Book here.\n{hours.line(moment)}\nGoodbye.") == "Book here.\nGoodbye."
        assert hours.leave_out(hours.line(moment)) == hours.line(moment), "never nothing at all"


def test_what_stands_below_the_ways_to_book(tmp_path: Path) -> None:
    desk = load(tmp_path, hours=[WEEK], link_failed="If the page does not open, phone us.")
    by_day, at_night = datetime(2026, 11, 27, 10, tzinfo=UTC), datetime(2026, 11, 27, 22, tzinfo=UTC)
    answered = "Our phone is answered Monday to Friday, 9 am to 5.30 pm."
    assert desk.notes(by_day, linked=True) == ("If the page does not open, phone us.", answered)
    assert desk.notes(by_day, linked=False) == (answered,), "there is no page that could fail"
    (closed,) = desk.notes(at_night, linked=False)
    assert closed.startswith("Our phone is not answered right now.")
    assert "111" in closed


def test_the_topic_and_the_hours_agree() -> None:
    """The topic says that the clinic has given none: when it does, that answer has to be changed as well."""
    topics = (CLINIC / "topics.yml").read_text(encoding="utf-8")
    assert ("the clinic has given me none" in " ".join(topics.split())) is (BookingDesk.load().hours is None)


@pytest.mark.parametrize(
    ("clinic", "problem"),
    [
        ({"hours": []}, "hours"),
        ({"hours": [WEEK, SATURDAY | {"days": ["friday"]}]}, "clinic: hours: a day stands twice"),
        ({"hours": [WEEK | {"to": "08:00"}]}, "clinic: hours: 09:00 to 08:00: ends before it begins"),
        ({"hours": [WEEK | {"from": "9"}]}, "does not match"),
        ({"hours": [WEEK | {"days": ["Monday"]}]}, "'Monday' is not one of"),
        ({"hours": [WEEK], "closed_on": ["2026-13-01"]}, "clinic: hours: month must be in"),
        ({"hours": [WEEK], "closed_on": ["2026-11-31"]}, "clinic: hours: day is out of range"),
        ({"closed_on": ["2026-12-25"]}, "'hours' is a dependency of 'closed_on'"),
        ({"phone_open": "Always."}, "does not match"),
        ({"phone_open": "{hours} {name}"}, "does not match"),
    ],
)
def test_wrong_hours_are_named(tmp_path: Path, clinic: dict[str, Any], problem: str) -> None:
    with pytest.raises(ContentError) as error:
        load(tmp_path, **clinic)
    assert problem in str(error.value)
