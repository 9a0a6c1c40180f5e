"""A part's own time is without that of the parts inside it, and all own times come to the whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks import metering
from benchmarks.metering import Cost, Meter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is; the processor's is half of it."""
    time = [0.0]
    monkeypatch.setattr(metering, "now", lambda: Cost(time[0], time[0] / 2))
    return time


def test_own_times_of_nested_parts(clock: list[float]) -> None:
    meter = Meter()

    def read(_this: object) -> None:
        clock[0] += 2

    def store(_this: object) -> None:
        clock[0] += 1

    reading, storing = meter.wrap("read", read), meter.wrap(lambda this: f"store {this}", store)

    async def message(this: object) -> str:
        clock[0] += 4
        reading(this)
        await asyncio.sleep(0)
        storing(this)
        reading(this)
        return "answer"

    assert asyncio.run(meter.wrap("message", message)("me")) == "answer"
    assert meter.parts == {"message": Cost(4, 2), "read": Cost(4, 2), "store me": Cost(1, 0.5)}


def test_a_part_that_raises_is_counted_too(clock: list[float]) -> None:
    meter = Meter()

    def broken(_this: object) -> Iterator[None]:
        clock[0] += 3
        raise RuntimeError

    with pytest.raises(RuntimeError):
        meter.wrap("broken", broken)(None)
    assert meter.parts == {"broken": Cost(3, 1.5)}
