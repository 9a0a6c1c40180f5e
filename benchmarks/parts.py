"""Where a message's time goes: each part inside a message, and the same part alone.

``python -m benchmarks.parts`` runs Rasa's agent in this process, one conversation at a time, with a real action server
over HTTP and a real database. The time of a part is its own: what it calls and stands in the table is taken off. Then
each part is run alone, the readers on as many messages of other patients, so that what they remember of a text does not
count. Processor time is that of this process, which a busy machine disturbs least. The last line is JSON.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import logging
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from benchmarks.bench.script import Conversation, load_conversations
from evaluation.results import in_table

WARM, COUNTED = 3, 24
WHOLE: Final = "everything else: tracker, domain, events, logging"
RUNNER: Final = "running the graph of components (dask)"
STORE: Final = "conversation: read and write, with its database"
ACTION: Final = "calls to the action server"
SERVERS: Final = "action server and database, their own processes"
_TIMES: Final = 5


#: Costs by part.
Costs = dict[str, "Cost"]


@dataclass(frozen=True)
class Cost:
    """In seconds, or milliseconds a message: by the clock, and of the processor."""

    elapsed: float = 0.0
    processor: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.elapsed + other.elapsed, self.processor + other.processor)

    def __sub__(self, other: Cost) -> Cost:
        return self + other.times(-1)

    def times(self, factor: float) -> Cost:
        """So many times as much."""
        return Cost(self.elapsed * factor, self.processor * factor)


def now() -> Cost:
    """Both clocks."""
    return Cost(time.perf_counter(), time.process_time())


class Meter:
    """Adds up the own time of parts; one conversation at a time, so that they nest.

    Attributes:
        parts: name to seconds by the clock, and of the processor.
    """

    def __init__(self) -> None:
        self.parts: dict[str, Cost] = defaultdict(Cost)
        self._within: list[Cost] = []

    def wrap(self, name: str | Callable[..., str], function: Callable[..., Any]) -> Callable[..., Any]:
        """A function, or a coroutine function, whose own time is added up under a name, or what names its self."""

        @contextmanager
        def timed(part: str) -> Iterator[None]:
            self._within.append(Cost())
            began = now()
            try:
                yield
            finally:
                took = now() - began
                self.parts[part] += took - self._within.pop()
                if self._within:
                    self._within[-1] += took

        def named(this: Any) -> str:
            return name if isinstance(name, str) else name(this)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(this: Any, *arguments: Any, **options: Any) -> Any:
                with timed(named(this)):
                    return await function(this, *arguments, **options)

            return awaited

        @functools.wraps(function)
        def called(this: Any, *arguments: Any, **options: Any) -> Any:
            with timed(named(this)):
                return function(this, *arguments, **options)

        return called


@contextmanager
def metered(meter: Meter, nodes: dict[str, tuple[Any, ...]], calls: list[dict[str, Any]]) -> Iterator[None]:
    """Measure all parts of a message until the block ends.

    Args:
        meter: adds up.
        nodes: gets the last inputs of each component and policy.
        calls: gets what is sent to the action server.
    """
    from rasa.core.actions.action import ActionExtractSlots
    from rasa.core.actions.loops import LoopAction
    from rasa.core.processor import MessageProcessor
    from rasa.engine.graph import GraphNode
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.utils.endpoints import EndpointConfig

    from hip.dialogue.responses import ResponseGenerator
    from hip.engine.tracker_store import ConversationStore

    original_node, original_request = GraphNode.__call__, EndpointConfig.request

    def node(this: Any, *inputs: Any) -> Any:
        nodes[this._node_name] = (this, *inputs)
        return original_node(this, *inputs)

    async def request(this: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(options["json"])
        return await original_request(this, *arguments, **options)

    parts = [
        (GraphNode, "__call__", lambda this: this._component_class.__name__, node),
        (DaskGraphRunner, "run", RUNNER, DaskGraphRunner.run),
        (ConversationStore, "retrieve", STORE, ConversationStore.retrieve),
        (ConversationStore, "save", STORE, ConversationStore.save),
        (EndpointConfig, "request", ACTION, request),
        (ResponseGenerator, "generate", "wording of responses", ResponseGenerator.generate),
        (ActionExtractSlots, "run", "slots from entities", ActionExtractSlots.run),
        (LoopAction, "run", "Rasa's form", LoopAction.run),
        (MessageProcessor, "handle_message", WHOLE, MessageProcessor.handle_message),
    ]
    with ExitStack() as stack:
        for owner, name, part, function in parts:
            stack.enter_context(patch.object(owner, name, meter.wrap(part, function)))
        yield


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

    from hip.engine.tracker_store import ConversationStore
    from hip.launch.training import Model

    configure_logging_and_warnings(logging.ERROR, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(logging.ERROR)
    actions = EndpointConfig(f"http://127.0.0.1:{action_port}/webhook", enable_selective_domain=True)
    nlg = EndpointConfig(type="hip.dialogue.responses.ResponseGenerator")
    agent = Agent.load(str(Model().file), action_endpoint=actions, generator=nlg)
    store = ConversationStore(domain=agent.domain, host=url)
    agent.tracker_store = agent.processor.tracker_store = store
    return await measure(agent, servers)


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
