"""A folded conversation goes on like one that is kept whole, and stays short."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    AllSlotsReset,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError
from sqlalchemy import event, select

from benchmarks.in_process import InProcessActions, Talk
from hip.engine import fold
from hip.engine.tracker_store import ConversationStore
from hip.records.keys import conversation_key
from hip.records.migration import migrate
from hip.records.trackers import tracker
from hip.settings import get_settings
from tests.databases import BACKENDS
from tests.engine.conftest import proper_answer

ACTIONS = ("action_read_mood", "action_explain", "action_ask_score", "validate_little_form")
TEXTS = [
    "hello",
    "good day",
    "why",
    "what for",
    "left",
    "7",
    "",
    "😀",
    "/greet",
    "/why",
    '/greet{"side": "x"}',
    "/nonsense",
]
#: Seconds after which the tiny project begins a new session, and a minute more.
LONG = 61 * 60
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Step:
    """One message: after how many seconds, which actions fail at it, and whether the server was restarted before it."""

    text: str
    pause: float = 1
    failing: frozenset[str] = frozenset()
    restarted: bool = False


STEPS = st.lists(
    st.builds(
        Step,
        text=st.sampled_from(TEXTS) | st.text(max_size=12),
        pause=st.sampled_from([1.0] * 15 + [LONG]),
        failing=st.just(frozenset()) | st.frozensets(st.sampled_from(ACTIONS), max_size=2),
        restarted=st.booleans(),
    ),
    min_size=15,
    max_size=50,
)


@dataclass
class Clock:
    """``time.time``, with pauses that nobody has to wait for."""

    ahead: float = 0
    real: Callable[[], float] = time.time

    def __call__(self) -> float:
        return self.real() + self.ahead


@dataclass
class Player:
    """Plays the tiny project in one store."""

    model: str
    make_store: Callable[[], TrackerStore]
    failing: frozenset[str] = frozenset()
    talk: Talk = field(init=False)

    def __post_init__(self) -> None:
        self.talk = Talk(self.model, self.make_store(), InProcessActions(self.answer))

    async def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        if call["next_action"] in self.failing:
            raise ClientResponseError(500, "failed", "{}")
        return proper_answer(call["next_action"], call["tracker"]["slots"])

    def close(self) -> None:
        """Give back the connections, as a server does that ends."""
        store = self.talk.agent.tracker_store
        if isinstance(store, ConversationStore):
            store.rows.engine.dispose()

    async def play(self, step: Step, sender: str) -> tuple[Any, ...]:
        """What comes back, and what the next message will find."""
        if step.restarted:
            self.close()
            self.talk.keep_in(self.make_store())
        self.failing = step.failing
        replies = await self.talk.say(step.text, sender)
        return replies, *state_of(await self.talk.tracker(sender))


def state_of(tracker: DialogueStateTracker) -> tuple[Any, ...]:
    """All that the next prediction may depend on, besides the events."""
    loop = tracker.active_loop
    assert tracker.latest_message
    return (
        tracker.current_slot_values(),
        loop and (loop.name, loop.rejected, loop.is_interrupted),
        (tracker.latest_message.text, tracker.latest_message.intent_name, tracker.latest_message.entities),
        tracker.latest_action,
        tracker.followup_action,
        tracker.is_paused(),
    )


@pytest.fixture(scope="module", autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys for every store of this file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('keys')}/hip.db")
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@pytest.fixture(scope="module")
def model(tiny_project: Path) -> str:
    return str(tiny_project / "models" / "tiny.tar.gz")


@pytest.fixture(scope="module")
def rasas(model: str, tmp_path_factory: pytest.TempPathFactory) -> list[Player]:
    """Rasa's own stores."""
    memory, file = InMemoryTrackerStore(None), str(tmp_path_factory.mktemp("rasas") / "rasas.db")
    return [Player(model, lambda: SQLTrackerStore(db=file)), Player(model, lambda: memory)]


@pytest.fixture(scope="module", params=BACKENDS)
def ours(request: pytest.FixtureRequest, model: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """Our store, on each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('ours')}/ours.db"
    else:
        url = request.getfixturevalue("postgresql").get_uri()
        migrate(url)
    player = Player(model, lambda: ConversationStore(host=url))
    yield player
    player.close()


@pytest.mark.parametrize("bounds", [(fold.FOLD_ABOVE, fold.KEEP), (12, 6), (1, 1)])
def test_it_goes_on_as_if_nothing_were_folded(ours: Player, rasas: list[Player], bounds: tuple[int, int]) -> None:
    # Not shrunk: a conversation takes seconds.
    @settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(steps=STEPS)
    def play(steps: list[Step]) -> None:
        sender, clock = f"conversation {next(NUMBERS)}", Clock()

        async def both() -> None:
            for step in steps:
                clock.ahead += step.pause
                expected = [await rasa.play(step, sender) for rasa in rasas]
                assert await ours.play(step, sender) == expected[0]
                # Rasa's store in memory leaves out of the latest message what a form has taken.
                assert expected[1][:3] == expected[0][:3], "Rasa's own stores agree on replies, slots and loop"

        with mock.patch("time.time", clock), mock.patch.multiple(fold, FOLD_ABOVE=bounds[0], KEEP=bounds[1]):
            asyncio.run(both())

    play()


LONG_TALK = ["hello", "why", "left", "what for", "7"] * 60


async def test_turn_300_is_no_larger_than_turn_10(ours: Player) -> None:
    kept, sent = [], []
    for text in LONG_TALK:
        ours.talk.actions.sent.clear()
        await ours.play(Step(text), "long")
        store = ours.talk.agent.tracker_store
        assert isinstance(store, ConversationStore)
        with store.rows.engine.connect() as connection:
            mine = tracker.c.conversation_hash == conversation_key("long")
            kept.append(len(connection.execute(select(tracker.c.content).where(mine)).scalar_one()))
        sent.append(sum(ours.talk.actions.sent))
    # One round of the same five messages, at the beginning and at the end.
    assert sum(sent[295:]) <= 1.02 * sum(sent[5:10]), "to the action server"
    assert max(kept[250:]) <= 1.15 * max(kept[5:30]), "in the database"
    assert len((await ours.talk.tracker("long")).events) < fold.FOLD_ABOVE + 20


async def test_each_message_is_one_read_and_one_write(ours: Player) -> None:
    statements: list[str] = []
    for turn, text in enumerate(LONG_TALK[:40]):
        store = ours.talk.agent.tracker_store
        assert isinstance(store, ConversationStore)
        note = lambda _c, _u, statement, *_: statements.append(statement.split()[0])  # noqa: E731
        event.listen(store.rows.engine, "before_cursor_execute", note)
        await ours.talk.say(text, "counted")
        event.remove(store.rows.engine, "before_cursor_execute", note)
        assert statements == ["SELECT", "UPDATE" if turn else "INSERT"]
        statements.clear()


async def test_rasas_own_store_makes_more_of_them(rasas: list[Player]) -> None:
    """What the module's head says of it."""
    store, statements = rasas[0].talk.agent.tracker_store, list[str]()
    assert isinstance(store, SQLTrackerStore)
    event.listen(store.engine, "before_cursor_execute", lambda _c, _u, sql, *_: statements.append(sql.split()[0]))
    counts = []
    for text in LONG_TALK[:3]:
        await rasas[0].talk.say(text, "counted")
        counts.append((statements.count("SELECT"), statements.count("INSERT")))
        statements.clear()
    assert all(reads == 2 and writes > 5 for reads, writes in counts[1:]), counts


async def test_what_may_not_be_known_to_this_model_is_kept(ours: Player) -> None:
    """Two versions of a model serve one conversation while a new one is rolled out."""
    events = [SlotSet("of_another_model", 5), *[ActionExecuted("action_listen"), UserUttered("x")] * 60]
    kept = fold.fold(events, ours.talk.agent.domain.slots)
    assert len(kept) < 40
    assert [each.value for each in kept if isinstance(each, SlotSet)] == [5]


@pytest.mark.parametrize(
    "change",
    [
        [ActiveLoop("little_form")],
        [ActiveLoop("little_form"), ActionExecutionRejected("little_form")],
        [ActiveLoop("little_form"), ActiveLoop(None)],
        [ConversationPaused()],
        [SlotSet("side", "left"), SlotSet("side", None)],
        [SlotSet("side", "left"), AllSlotsReset()],
        [SlotSet("side", "left"), Restarted()],
        [SlotSet("side", "left"), SessionStarted()],
    ],
    ids=lambda change: " ".join(type(each).__name__ for each in change),
)
def test_every_state_is_kept(ours: Player, change: list[Event]) -> None:
    slots = ours.talk.agent.domain.slots
    events = [*change, *[ActionExecuted("action_listen"), UserUttered("x")] * 60]
    kept = fold.fold(events, slots)
    assert len(kept) < 40
    whole, folded = (DialogueStateTracker.from_events("x", each, slots) for each in (events, kept))
    assert state_of(folded) == state_of(whole)
    again = fold.fold([*kept, *[ActionExecuted("action_listen"), UserUttered("x")] * 60], slots)
    assert state_of(DialogueStateTracker.from_events("x", again, slots)) == state_of(whole)
