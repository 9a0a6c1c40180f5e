"""What a message costs at turn 10 and at turn 300, in our tracker store and in Rasa's, in one run.

``python -m benchmarks.length`` plays the assistant itself, with its actions in the same process
(``benchmarks.in_process``) and SQLite files of its own. Two conversations are brought to the two places, then get the
same messages in turn, so that a busy machine slows both alike. The last line is JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

#: Asked again and again after a result: an answer, two questions in the middle, a correction, small talk.
ROUND = ("hello", "how long does a steroid injection last?", "thanks", "what does it cost?", "I take apixaban")
#: How the conversation comes to where the round can go on for ever.
OPENING = ("hello", "yes", "it's for me", "63", "none of these")
TURNS = (10, 300)
#: Rounds measured at each place; the median of all their messages counts.
ROUNDS = 4


@dataclass(frozen=True)
class Cost:
    """Of one message, the median.

    Attributes:
        milliseconds: until the reply is there and stored.
        cpu: milliseconds of processor time, which other programs on the machine lengthen less.
        sent: bytes to the action server, all calls together.
        stored: bytes in the database that belong to the conversation, after it.
        events: that the next message will find.
    """

    milliseconds: float
    cpu: float
    sent: float
    stored: float
    events: float


async def measure(talk: Any, stored: Callable[[str], int]) -> dict[int, Cost]:
    """Bring one conversation to just before each of ``TURNS``, then go on with them message by message.

    Args:
        talk: the assistant with a store.
        stored: gives the bytes stored of a conversation.
    """
    for turns in TURNS:
        for turn in range(1, turns):
            await talk.say(_text(turn), f"to {turns}")
    noted: dict[int, list[Cost]] = {turns: [] for turns in TURNS}
    for number in range(ROUNDS * len(ROUND)):
        for turns, costs in noted.items():
            sender = f"to {turns}"
            talk.actions.sent.clear()
            begun = time.perf_counter(), time.process_time()
            await talk.say(_text(turns + number), sender)
            took = [
                (end - start) * 1000
                for start, end in zip(begun, (time.perf_counter(), time.process_time()), strict=True)
            ]
            events = len((await talk.tracker(sender)).events)
            costs.append(Cost(*took, sum(talk.actions.sent), stored(sender), events))
    return {
        turns: Cost(*map(statistics.median, zip(*map(astuple, costs), strict=True))) for turns, costs in noted.items()
    }


def _text(turn: int) -> str:
    return OPENING[turn - 1] if turn <= len(OPENING) else ROUND[turn % len(ROUND)]


async def compare(folder: Path) -> dict[str, dict[int, Cost]]:
    """Both stores, each with an agent of its own."""
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog
    from sqlalchemy import func, select

    from benchmarks.in_process import InProcessActions, Talk, run_actions
    from hip.engine.tracker_store import ConversationStore
    from hip.launch.training import Model, train_if_changed
    from hip.records.keys import conversation_key
    from hip.records.migration import migrate
    from hip.records.trackers import tracker

    configure_logging_and_warnings(logging.ERROR, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(logging.ERROR)
    model = Model()
    train_if_changed(model, say=lambda text: print(text, file=sys.stderr))
    migrate(os.environ["DATABASE_URL"])
    actions = InProcessActions(run_actions("actions"))
    nlg = EndpointConfig(type="hip.dialogue.responses.ResponseGenerator")
    ours = ConversationStore(host=f"sqlite:///{folder}/ours.db")
    rasas = SQLTrackerStore(db=f"{folder}/rasas.db")

    def in_ours(sender: str) -> int:
        content = func.length(tracker.c.content)
        with ours.rows.engine.connect() as connection:
            mine = tracker.c.conversation_hash == conversation_key(sender)
            return int(connection.execute(select(content).where(mine)).scalar_one())

    def in_rasas(sender: str) -> int:
        table = rasas.SQLEvent.__table__
        with rasas.engine.connect() as connection:
            size = func.sum(func.length(table.c.data))
            return int(connection.execute(select(size).where(table.c.sender_id == sender)).scalar_one())

    costs = {}
    for name, store, stored in (("ours", ours, in_ours), ("Rasa's", rasas, in_rasas)):
        costs[name] = await measure(Talk(str(model.file), store, actions, nlg), stored)
    return costs


def main() -> None:
    """Print the table and the JSON."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/hip.db", "LOG_LEVEL": "ERROR"}
        costs = asyncio.run(compare(Path(folder)))
    first, last = TURNS
    print(f"{'store':8}{'turn':>6}{'ms':>9}{'CPU ms':>9}{'bytes sent':>12}{'bytes stored':>14}{'events':>8}")
    ratios: dict[str, dict[str, float]] = {}
    for name, by_turn in costs.items():
        for turn, cost in by_turn.items():
            times = f"{cost.milliseconds:9.1f}{cost.cpu:9.1f}"
            print(f"{name:8}{turn:6}{times}{cost.sent:12.0f}{cost.stored:14.0f}{cost.events:8.0f}")
        pairs = zip(asdict(by_turn[first]).items(), asdict(by_turn[last]).values(), strict=True)
        ratios[name] = {key: round(after / before, 3) for (key, before), after in pairs}
        print(f"{name:8}{'ratio':>6}" + "{:9.2f}{:9.2f}{:12.2f}{:14.2f}{:8.2f}".format(*ratios[name].values()))
    figures = {name: {turn: asdict(cost) for turn, cost in by_turn.items()} for name, by_turn in costs.items()}
    print(json.dumps({"length_ratio": ratios["ours"], "rasas_ratio": ratios["Rasa's"], "figures": figures}))


if __name__ == "__main__":
    main()
