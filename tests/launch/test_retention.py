"""The purge that runs every day by itself."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from hip.gateway.conversations import Conversations
from hip.launch.retention import AGAIN, DAY, serve
from hip.records import build_engine, utc_now
from hip.records.migration import migrate
from hip.settings import ROOT
from tests.conftest import make_settings
from tests.vault import VAULT


class Stopped(Exception):
    """As a signal would end it."""


def test_it_purges_at_once_and_every_day_and_sooner_after_a_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, waits = make_settings(tmp_path), []
    caplog.set_level(logging.INFO)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            migrate(settings.database_url)  # the database comes
            engine = build_engine(settings.database_url)
            for name, days in (("old", 31), ("new", 29)):
                Conversations(engine, VAULT, lambda days=days: utc_now() - timedelta(days=days)).begin(name)
            engine.dispose()
        if len(waits) == 3:
            raise Stopped

    with pytest.raises(Stopped):
        serve(settings, wait)
    assert waits == [AGAIN, DAY, DAY]
    said = [record.getMessage() for record in caplog.records if record.name == "hip.launch.retention"]
    assert said[0].startswith("Nothing more was purged, and will be in an hour: records: there is no database at ")
    nothing = "0 with a result, 0 lines of the audit"
    assert said[1:] == [f"Purged 1 abandoned chats, {nothing}", f"Purged 0 abandoned chats, {nothing}"]


def test_make_run_starts_it() -> None:
    assert "retention: exec python -m hip.launch retention" in (ROOT / "Procfile").read_text(encoding="utf-8")
