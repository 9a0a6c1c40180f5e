"""Our run of the model's graph gives what dask gives; training still goes through dask."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import dask
import pytest
from rasa.engine.exceptions import GraphRunError

from hip.engine import graph_runner


class Node:
    """Names itself with what it was given."""

    def __init__(self, name: str, fail: bool = False) -> None:
        self.name, self.fail, self.calls = name, fail, 0

    def __call__(self, *inputs: Any) -> tuple[str, Any]:
        self.calls += 1
        if self.fail:
            raise RuntimeError("broken")
        return self.name, (self.name, inputs)


class Schema:
    """A graph as Rasa describes it."""

    def __init__(self, needs: dict[str, dict[str, str]], eager: bool = True) -> None:
        self.nodes = {name: SimpleNamespace(needs=each, eager=eager) for name, each in needs.items()}
        self.target_names = ["end"]

    def minimal_graph_schema(self, targets: list[str]) -> Schema:
        wanted, left = set(), list(targets)
        while left:
            name = left.pop()
            if name in self.nodes and name not in wanted:
                wanted.add(name)
                left += self.nodes[name].needs.values()
        return Schema({name: node.needs for name, node in self.nodes.items() if name in wanted})


NEEDS = {
    "end": {"first": "left", "second": "right", "third": "__tracker__"},
    "left": {"messages": "start"},
    "right": {"messages": "start", "domain": "domain"},
    "start": {"messages": "__message__"},
    "domain": {},
    "aside": {"messages": "start"},
}


def make_runner(eager: bool = True, failing: str = "") -> Any:
    class DaskGraphRunner:
        def __init__(self) -> None:
            self._graph_schema = Schema(NEEDS, eager)
            self._instantiated_nodes = {name: Node(name, name == failing) for name in NEEDS}

        def run(self, inputs: Any = None, targets: Any = None) -> Any:
            return {"by": "dask"}

    module: Any = ModuleType("module")
    module.DaskGraphRunner, module.GraphRunError = DaskGraphRunner, GraphRunError
    graph_runner.replace(module)
    return DaskGraphRunner()


@pytest.mark.parametrize("targets", [None, ["end"], ["left"], ["right", "end"], ["aside", "__message__"]])
def test_the_same_as_dask_and_nothing_twice(targets: list[str] | None) -> None:
    runner, inputs = make_runner(), {"__message__": ["hello"], "__tracker__": "a tracker"}
    wanted = targets or ["end"]
    graph = {name: (Node(name), *needs.values()) for name, needs in NEEDS.items()}
    with_dask = dict(dask.get(graph | {name: (name, value) for name, value in inputs.items()}, wanted))
    for times in (1, 2):
        assert runner.run(inputs, targets) == with_dask
        assert {node.calls for node in runner._instantiated_nodes.values()} <= {0, times}


def test_what_nothing_provides_is_left_to_the_node_to_refuse() -> None:
    runner = make_runner()
    assert runner.run({}, ["start"]) == {"start": ("start", ("__message__",))}


def test_a_broken_component_is_reported_as_rasa_does() -> None:
    with pytest.raises(GraphRunError):
        make_runner(failing="left").run({"__message__": [], "__tracker__": None})


def test_training_goes_through_dask() -> None:
    assert make_runner(eager=False).run({"__importer__": None}) == {"by": "dask"}
