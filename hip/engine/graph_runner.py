"""Runs the model's graph in an order that is worked out once, not by dask for every message and every prediction."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter
from types import ModuleType
from typing import Any, Final

from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.engine.runner.dask", "DaskGraphRunner.run", (82, 104), "339dab5dfe1aeb08"),
    Original("rasa.engine.runner.dask", "DaskGraphRunner._build_dask_graph", (67, 80), "7d55331aa3a2614a"),
    Original("rasa.engine.runner.dask", "DaskGraphRunner._add_inputs_to_graph", (107, 118), "6e92aa3675956a50"),
)

#: The attribute of a runner that holds the orders worked out so far.
_ORDERS: Final = "hip_orders"


def replace(module: ModuleType) -> None:
    """Put our ``run`` into Rasa's runner. Training goes on with dask, which forgets what is no longer needed."""
    runner: Any = module.DaskGraphRunner
    run_with_dask = runner.run

    def run(self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Rasa's own, for a graph whose components are all loaded.

        Raises:
            GraphRunError: a node needs what nothing provides, or a component raised a ``RuntimeError``.
        """
        if not all(node.eager for node in self._graph_schema.nodes.values()):
            return dict(run_with_dask(self, inputs, targets))
        wanted = targets or self._graph_schema.target_names
        orders = vars(self).setdefault(_ORDERS, {})
        order = orders.get(key := tuple(wanted))
        if order is None:
            order = orders[key] = tuple(_in_order(self._graph_schema.minimal_graph_schema(wanted)))
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in order:
                outputs[name] = self._instantiated_nodes[name](*(outputs.get(need, need) for need in needs))
        except RuntimeError as error:
            raise module.GraphRunError("Error running runner.") from error
        return dict(outputs[name] for name in wanted)

    runner.run = run


def _in_order(schema: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each node of a graph with what it needs, after all that it needs."""
    needs = {name: tuple(node.needs.values()) for name, node in schema.nodes.items()}
    yield from ((name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs)
