"""Whoever waits outside waits longer: settings, servers, widget and proxies, all against the one list."""

from __future__ import annotations

import re

import pytest

from hip.engine import timeouts
from hip.gateway import turns
from hip.gateway.conversations import LEASE
from hip.records.database import CONNECT_TIMEOUT, STATEMENT_TIMEOUT
from hip.settings import ROOT, VARIABLES

#: What a person waits for, from the inside out.
IN_FRONT = ("ACTION_MOST", "TURN", "ANSWER", "LOCK", "OUTER_PROXY", "WIDGET")
#: What goes on behind.
BEHIND = ("WIDGET", "LOCK_WAIT", "RASA", "INNER_PROXY", "STOP", "LEASE")


@pytest.mark.parametrize("names", [IN_FRONT, BEHIND], ids=["in front", "behind"])
def test_each_waits_longer_than_the_one_behind(names: tuple[str, ...]) -> None:
    values = [getattr(timeouts, name) for name in names]
    assert values == sorted(set(values)), dict(zip(names, values, strict=True))


def test_a_person_hears_something_within_ten_seconds() -> None:
    assert turns.ANSWER_SECONDS == timeouts.ANSWER < 10


def test_a_store_that_fails_is_noticed_within_the_turn() -> None:
    assert STATEMENT_TIMEOUT / 1000 + CONNECT_TIMEOUT < timeouts.TURN
    # A lock is asked for and then given back, each for one and a half of it.
    assert 2 * 1.5 * timeouts.REDIS < timeouts.TURN


def test_a_turn_is_not_taken_over_while_it_is_worked_on() -> None:
    assert LEASE.total_seconds() > turns.ANSWER_SECONDS + turns.RASA_SECONDS


def test_no_action_may_be_allowed_more() -> None:
    (action,) = (variable for variable in VARIABLES if variable.name == "ACTION_TIMEOUT_SECONDS")
    assert action.parse(f"{timeouts.ACTION_MOST:g}") == timeouts.ACTION_MOST
    with pytest.raises(ValueError, match=r"from 0\.5 to 8"):
        action.parse(f"{timeouts.ACTION_MOST + 0.1}")


def test_the_widget_says_the_same() -> None:
    client = (ROOT / "widget" / "src" / "client.ts").read_text(encoding="utf-8")
    (milliseconds,) = re.findall(r"^const TIMEOUT_MS = ([\d_]+);", client, re.MULTILINE)
    assert int(milliseconds.replace("_", "")) / 1000 == timeouts.WIDGET
