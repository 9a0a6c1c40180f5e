"""Times the parts of a message: each gets its own time, without that of the parts which it calls."""

from __future__ import annotations

import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

WHOLE: Final = "everything else: tracker, domain, events, logging"
RUNNER: Final = "running the graph of components"
STORE: Final = "conversation: read and write, with its database"
ACTION: Final = "calls to the action server"

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
