"""Where a message's time goes: each part inside a message, and the same part alone.

``python -m benchmarks.parts`` runs Rasa's agent in this process, one conversation at a time, with a real action server
over HTTP and a real database. The time of a part is its own: what it calls and stands in the table is taken off. Then
each part is run alone, the readers on as many messages of other patients, so that what they remember of a text does not
count. Processor time is that of this process, which a busy machine disturbs least. The last line is JSON.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.bench.script import Conversation, load_conversations
from benchmarks.metering import ACTION, STORE, Cost, Costs, Meter, metered, now
from evaluation.results import in_table

WARM, COUNTED = 3, 24
SERVERS: Final = "action server and database, their own processes"
_TIMES: Final = 5


async def measure(agent: Any, servers: Callable[[], float]) -> tuple[Costs, Costs, Cost]:
    """Milliseconds a message of each part inside a message and alone, and of the whole message.

    Args:
        agent: answers.
        servers: seconds of processor time of the action server and of the database so far.
    """
    conversations = load_conversations()
    warm, counted, others = (
        conversations[:WARM],
        conversations[WARM:][:COUNTED],
        conversations[WARM + COUNTED :][:COUNTED],
    )
    nodes: dict[str, tuple[Any, ...]] = {}
    calls: list[dict[str, Any]] = []
    for conversation in warm:
        await talk(agent, conversation)
    meter, began, elsewhere = Meter(), now(), servers()
    with metered(meter, nodes, calls):
        for conversation in counted:
            await talk(agent, conversation)
    a_message = 1000 / sum(len(conversation.lines) for conversation in counted)
    whole = (now() - began).times(a_message)
    inside = {name: cost.times(a_message) for name, cost in meter.parts.items()}
    inside[SERVERS] = Cost(processor=(servers() - elsewhere) * a_message)
    alone = read_alone(nodes, others) | decide_alone(nodes)
    alone[STORE] = await store_alone(agent, counted)
    elsewhere = servers()
    alone[ACTION] = (await act_alone(agent, calls)).times(a_message)
    alone[SERVERS] = Cost(processor=(servers() - elsewhere) * a_message)
    return inside, alone, whole


async def talk(agent: Any, conversation: Conversation) -> None:
    """Say all lines."""
    for line in conversation.lines:
        await agent.handle_text(line, sender_id=f"parts-{conversation.name}")


def read_alone(nodes: dict[str, tuple[Any, ...]], conversations: list[Conversation]) -> Costs:
    """The language components, one after the other, each over all messages, with the last conversation's question."""
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.shared.nlu.constants import TEXT
    from rasa.shared.nlu.training_data.message import Message

    messages = [Message({TEXT: line}) for conversation in conversations for line in conversation.lines]
    took = {}
    for node, *inputs in nodes.values():
        if "process" in node._fn_name:
            more = [value for _, value in inputs if isinstance(value, DialogueStateTracker)]
            began = now()
            for message in messages:
                node._component.process([message], *more)
            took[node._component_class.__name__] = (now() - began).times(1000 / len(messages))
    return took


def decide_alone(nodes: dict[str, tuple[Any, ...]], times: int = 200) -> Costs:
    """The policies, again and again on the last conversation; a message asks each about twice."""
    took = {}
    for node, *inputs in nodes.values():
        if "predict" in node._fn_name:
            began = now()
            for _ in range(times):
                node(*inputs)
            took[node._component_class.__name__] = (now() - began).times(2 * 1000 / times)
    return took


async def act_alone(agent: Any, calls: list[dict[str, Any]]) -> Cost:
    """The action server, sent the same calls again."""
    began = now()
    for call in calls:
        await agent.processor.action_endpoint.request(json=call, method="post")
    return now() - began


async def store_alone(agent: Any, conversations: list[Conversation]) -> Cost:
    """A read and a write of every conversation as it is at its end."""
    from rasa.shared.core.events import ActionExecuted

    store, took = agent.tracker_store, Cost()
    for conversation in conversations:
        for _ in range(_TIMES):
            began = now()
            tracker = await store.retrieve(f"parts-{conversation.name}")
            tracker.update(ActionExecuted("action_listen"), agent.domain)
            await store.save(tracker)
            took += now() - began
    return took.times(1000 / _TIMES / len(conversations))


def write_table(inside: Costs, alone: Costs, whole: Cost) -> str:
    """The dearest part first, and the sums."""
    parts = sorted(inside, key=lambda name: -inside[name].processor)
    rows = [(name, *_cells(inside[name]), *_cells(alone.get(name))) for name in parts]
    both = [name for name in parts if name in alone]
    pair = (sum((each[name] for name in both), Cost()) for each in (inside, alone))
    rows.append(("sum of those also measured alone", *(cell for cost in pair for cell in _cells(cost))))
    rows.append(("sum of all", *_cells(sum(inside.values(), Cost())), "", ""))
    rows.append(("the whole message, this process", *_cells(whole), "", ""))
    return in_table(("part", "elapsed ms", "processor ms", "alone: elapsed", "alone: processor"), rows)


def _cells(cost: Cost | None) -> tuple[str, str]:
    return ("", "") if cost is None else (f"{cost.elapsed:.2f}", f"{cost.processor:.2f}")


async def run(url: str, action_port: int, servers: Callable[[], float]) -> tuple[Costs, Costs, Cost]:
    """Load the agent, and measure."""
    from rasa.core.agent import Agent
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog
    from threadpoolctl import threadpool_limits

    from hip.engine import connections
    from hip.engine.tracker_store import ConversationStore
    from hip.launch.training import Model

    configure_logging_and_warnings(logging.ERROR, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(logging.ERROR)
    actions = EndpointConfig(f"http://127.0.0.1:{action_port}/webhook", enable_selective_domain=True)
    nlg = EndpointConfig(type="hip.dialogue.responses.ResponseGenerator")
    agent = Agent.load(str(Model().file), action_endpoint=actions, generator=nlg)
    threadpool_limits(limits=1, user_api="blas")  # as hip.engine.threads has it in the server
    store = ConversationStore(domain=agent.domain, host=url)
    agent.tracker_store = agent.processor.tracker_store = store
    try:
        return await measure(agent, servers)
    finally:
        await connections.close()


def main() -> None:
    """Print the table and the JSON."""
    from benchmarks.bench.databases import open_databases
    from benchmarks.bench.servers import Servers
    from hip.launch.keys import new_keys
    from hip.launch.readiness import free_port
    from hip.launch.training import Model, train_if_changed
    from hip.records.migration import migrate

    train_if_changed(Model(), say=lambda text: print(text, file=sys.stderr))
    with tempfile.TemporaryDirectory() as name, open_databases(Path(name)) as databases, Servers(Path(name)) as servers:
        url, port = databases.new(), free_port()
        os.environ |= {"DATABASE_URL": url, "TRACKER_DATABASE_URL": url, "ACTION_PORT": str(port), **new_keys()}
        migrate(url)
        servers.start("actions", [sys.executable, "-m", "hip.launch", "actions"], Path.cwd(), os.environ)
        servers.wait_for(f"http://127.0.0.1:{port}/ready")
        used = functools.partial(servers.processor_time, *databases.processes)
        inside, alone, whole = asyncio.run(run(url, port, used))
        kind = databases.kind
    pairs = {"inside": inside, "alone": alone}
    print(write_table(inside, alone, whole))
    print(f"\n{kind}; load average {os.getloadavg()[0]:.1f}\n")
    figures = {name: {part: asdict(cost) for part, cost in each.items()} for name, each in pairs.items()}
    print(json.dumps({"whole": asdict(whole), **figures}))


if __name__ == "__main__":
    main()
