"""When the clinic's phone is answered, in words, and whether it is now; from ``clinic/booking.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

#: The clinic's clock.
ZONE: Final = ZoneInfo("Europe/London")

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Span:
    """Days of the week (0 is Monday) with the same hours; ``closes`` itself is closed."""

    days: tuple[int, ...]
    opens: time
    closes: time

    def __str__(self) -> str:
        first, last = DAYS[self.days[0]].capitalize(), DAYS[self.days[-1]].capitalize()
        in_a_row = self.days == tuple(range(self.days[0], self.days[-1] + 1))
        if len(self.days) > 2 and in_a_row:
            days = f"{first} to {last}"
        else:
            names = [DAYS[day].capitalize() for day in self.days]
            days = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
        return f"{days}, {_spoken(self.opens)} to {_spoken(self.closes)}"


@dataclass(frozen=True)
class PhoneHours:
    """When the phone is answered, and what is said of it.

    Attributes:
        spans: days and hours; they do not overlap.
        closed_on: days on which it is closed all the same, such as bank holidays.
        open_text: said while it is answered, with the hours in place of ``{hours}``.
        closed_text: said at all other times.
    """

    spans: tuple[Span, ...]
    closed_on: frozenset[date]
    open_text: str
    closed_text: str

    @classmethod
    def from_content(cls, clinic: Mapping[str, Any]) -> PhoneHours | None:
        """Read the clinic's entry; None when it has given no hours, so that nothing is said of them.

        Raises:
            ValueError: saying which days or hours are wrong.
        """
        if "hours" not in clinic:
            return None
        spans = tuple(_read_span(entry) for entry in clinic["hours"])
        days = [day for span in spans for day in span.days]
        if len(days) != len(set(days)):
            raise ValueError("a day stands twice")
        closed = frozenset(date.fromisoformat(day) for day in clinic.get("closed_on", ()))
        return cls(spans, closed, clinic["phone_open"], clinic["phone_closed"])

    def is_open(self, moment: datetime) -> bool:
        """Whether the phone is answered at a moment, which has a time zone."""
        here = moment.astimezone(ZONE)
        return here.date() not in self.closed_on and any(
            here.weekday() in span.days and span.opens <= here.time() < span.closes for span in self.spans
        )

    def line(self, moment: datetime) -> str:
        """What is said beside a phone number."""
        return self._fill(self.open_text if self.is_open(moment) else self.closed_text)

    def leave_out(self, text: str) -> str:
        """A text without the lines that ``line`` may have given it."""
        said = {self._fill(self.open_text), self._fill(self.closed_text)}
        return "\n".join(line for line in text.split("\n") if line not in said) or text

    def _fill(self, text: str) -> str:
        return text.format(hours="; ".join(map(str, self.spans)))


def _read_span(entry: Mapping[str, Any]) -> Span:
    span = Span(
        tuple(sorted({DAYS.index(day) for day in entry["days"]})),
        time.fromisoformat(entry["from"]),
        time.fromisoformat(entry["to"]),
    )
    if span.opens >= span.closes:
        raise ValueError(f"{entry['from']} to {entry['to']}: ends before it begins")
    return span


def _spoken(moment: time) -> str:
    minutes = f".{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"
