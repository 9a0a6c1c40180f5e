"""The counts that staff see as charts. A group of one to four people is only ever shown as "under 5"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from hip.dialogue.questions import load_questions
from hip.records.database import explained
from hip.records.record import Clock, Status, utc_now
from hip.records.tables import assessment
from hip.records.tally import ASKED, BOOKING, GIVEN, SCREENED, TOLD, Kind, Tally
from hip.site.wording import LEVEL_NAMES

#: The smallest group whose size is shown.
SMALLEST: Final = 5

#: So long after the last message somebody counts as gone.
GONE: Final = timedelta(hours=1)

#: How far back one may look, in weeks.
SPANS: Final[Mapping[int, str]] = {4: "4 weeks", 13: "3 months", 52: "12 months"}

_STAGES: Final = {
    ASKED: "Asked for consent",
    GIVEN: "Gave consent",
    SCREENED: "Safety questions done",
    TOLD: "Told a result",
    BOOKING: "Used a booking link",
}
_MOST_BARS: Final = 12


@dataclass(frozen=True)
class Figure:
    """How many; the true number of a small group never leaves this module."""

    label: str
    shown: str
    height: float

    @property
    def none(self) -> bool:
        """Nobody at all."""
        return self.shown == "0"

    @property
    def small(self) -> bool:
        """A group too small to be counted out."""
        return self.shown.startswith("under")


def figure(label: str, count: int) -> Figure:
    """What may be shown of a count; a small group is drawn at half of the smallest size that is shown."""
    if 0 < count < SMALLEST:
        return Figure(label, f"under {SMALLEST}", SMALLEST / 2)
    return Figure(label, f"{count:,}", float(count))


@dataclass(frozen=True)
class Series:
    """One care level, week by week."""

    label: str
    weeks: tuple[Figure, ...]


@dataclass(frozen=True)
class Figures:
    """Everything on the page; ``weeks`` are the Mondays, oldest first."""

    since: date
    stages: tuple[Figure, ...]
    weeks: tuple[date, ...]
    levels: tuple[Series, ...]
    stops: tuple[Figure, ...]
    topics: tuple[Figure, ...]
    unclear: tuple[Figure, ...]


class FigureReader:
    """Reads the counts. ``read`` raises ``RecordsError`` when the database cannot be used."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._tally = Tally(engine, clock)

    def read(self, span: int) -> Figures:
        """The counts of the last weeks, this one included; ``span`` is a key of ``SPANS``."""
        today = self._clock().date()
        monday = today - timedelta(days=today.weekday())
        weeks = tuple(monday - timedelta(weeks=back) for back in reversed(range(span)))
        since = weeks[0]
        stages = self._tally.by_key(Kind.STAGE, since)
        return Figures(
            since=since,
            stages=tuple(figure(label, stages.get(stage, 0)) for stage, label in _STAGES.items()),
            weeks=weeks,
            levels=self._levels(weeks),
            stops=_ordered(self._stops(since), _question_name),
            topics=_ordered(self._tally.by_key(Kind.TOPIC, since), _topic_name),
            unclear=_ordered(self._tally.by_key(Kind.UNCLEAR, since), _question_name),
        )

    def _levels(self, weeks: tuple[date, ...]) -> tuple[Series, ...]:
        counts: dict[tuple[str, date], int] = {}
        for day, level, count in self._tally.by_day(Kind.LEVEL, weeks[0]):
            place = (level, day - timedelta(days=day.weekday()))
            counts[place] = counts.get(place, 0) + count
        return tuple(
            Series(label, tuple(figure(f"{week:%-d %b}", counts.get((level, week), 0)) for week in weeks))
            for level, label in LEVEL_NAMES.items()
        )

    def _stops(self, since: date) -> dict[str, int]:
        """Question to how many people were last seen at it: those still kept, and those counted on their deletion."""
        now = self._clock()
        left = assessment.c.status.in_([Status.OPEN.value, Status.STOPPED.value])
        start = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=(now.date() - since).days)
        wanted = (
            select(assessment.c.open_question, func.count())
            .where(left, assessment.c.open_question.is_not(None))
            .where(assessment.c.updated_at >= start, assessment.c.updated_at < now - GONE)
            .group_by(assessment.c.open_question)
        )
        stops = self._tally.by_key(Kind.STOPPED, since)
        with explained("read counts"), self._engine.connect() as connection:
            for question, count in connection.execute(wanted):
                stops[question] = stops.get(question, 0) + int(count)
        return stops


def _ordered(counts: Mapping[str, int], name: Callable[[str], str]) -> tuple[Figure, ...]:
    """The largest groups first; those too small to be told apart come last, by name."""
    figures = [figure(name(key), count) for key, count in counts.items() if count > 0]
    return tuple(sorted(figures, key=lambda each: (-each.height, each.label))[:_MOST_BARS])


def _question_name(question: str) -> str:
    known = load_questions().questions.get(question)
    return known.name if known else question.replace("_", " ").capitalize()


def _topic_name(topic: str) -> str:
    kind, _, name = topic.partition("/")
    words = name.upper() if len(name) <= 3 else name.replace("_", " ").capitalize()  # such as PRP
    return f"{words} (practical)" if kind == "ask_logistics" else words
