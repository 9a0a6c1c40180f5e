"""A server looks for garbage seldom while it starts, and as usual once its model is loaded, but not among that."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from hip.engine import memory


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


async def test_what_a_start_has_made_is_not_looked_through_again() -> None:
    run: Any = ModuleType("run")

    async def load_agent_on_start(model: str) -> tuple[str, int]:
        return model, gc.get_threshold()[0]

    run.load_agent_on_start = load_agent_on_start
    memory.replace(run)
    usual = memory._SERVING
    memory.begin_start()
    assert await run.load_agent_on_start("model.tar.gz") == ("model.tar.gz", 100_000)
    assert gc.get_threshold() == usual
    assert gc.isenabled()
    assert gc.get_freeze_count() > 100_000


def test_a_system_without_malloc_trim_starts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())
    memory.end_start()
    assert gc.get_freeze_count() > 0
