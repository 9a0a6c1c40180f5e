"""What a turn adds to the counts."""

from __future__ import annotations

import pytest

from actions.counting import is_screened, list_counts
from hip.assessment import EMERGENCY_SCREENS, facts_of
from hip.dialogue.state import Progress
from hip.dialogue.turns import Saying, Turn
from hip.records.tally import Count, Kind

BEGUN = Progress(asked={"consent": 1})


def turn(*names: str, ask: str | None = "age") -> Turn:
    return Turn(BEGUN, tuple(Saying(name) for name in names), ask)


@pytest.mark.parametrize(
    ("before", "open_question", "planned", "counts"),
    [
        (Progress(), None, turn(ask="consent"), [Count(Kind.STAGE, "asked")]),
        (Progress(), None, turn("ask_injection/steroid", ask="consent"), [Count(Kind.STAGE, "asked")]),
        (Progress(), None, turn("ask_injection/steroid", ask="restart_confirm"), []),
        (BEGUN, "consent", turn("consent_needed", ask="consent"), [Count(Kind.UNCLEAR, "consent")]),
        (BEGUN, "age", turn("misunderstood_2"), [Count(Kind.UNCLEAR, "age")]),
        (BEGUN, None, turn("misunderstood_2"), []),
        (BEGUN, "age", turn("ask_injection/steroid"), [Count(Kind.TOPIC, "ask_injection/steroid")]),
        (BEGUN, "age", turn("ask_logistics/cost"), [Count(Kind.TOPIC, "ask_logistics/cost")]),
        (BEGUN, "age", turn("thank", "noted", "out_of_scope/something_else"), []),
        (BEGUN, "age", turn(), []),
    ],
)
def test_counts(before: Progress, open_question: str | None, planned: Turn, counts: list[Count]) -> None:
    assert list(list_counts(before, open_question, planned)) == counts


def test_screened_means_every_emergency_question() -> None:
    facts = {fact.id: False for screen in EMERGENCY_SCREENS for fact in facts_of(screen)}
    assert is_screened(facts, Progress())
    assert is_screened({}, Progress(answered=frozenset(EMERGENCY_SCREENS)))
    for screen in EMERGENCY_SCREENS:
        left = {fact: value for fact, value in facts.items() if fact != facts_of(screen)[0].id}
        assert not is_screened(left, Progress())
        assert is_screened(left, Progress(answered=frozenset({screen})))
