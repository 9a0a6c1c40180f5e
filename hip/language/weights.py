"""Keeps the encoder's weights as the 8-bit integers they are published as, instead of the 32-bit numbers made of them.

The published graph turns every weight into a 32-bit number before it multiplies, and ONNX Runtime does that once, while
it loads: 42 MB that are read from memory for every message, however short. Here each such product becomes ONNX
Runtime's ``MatMulIntegerToFloat``, which multiplies by the integers themselves, and each table of embeddings is cast
after a row was taken from it and not before. The weights stay exactly what they were; the numbers they are multiplied
with are rounded to 7 bits, each word piece by a range of its own (docs/decisions/0014-integer-weights.md).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

#: Tensors of the published graph, which become inputs: the place of each word piece in its own text, shape
#: (1, pieces), and whether a piece sees another, shape (1, 1, pieces, pieces).
POSITIONS: Final = "slice_1"
MASK: Final = "bitwise_and_1"

#: A word piece's numbers are rounded to so many steps between its least and its greatest. Seven bits, since a processor
#: without VNNI adds two products in 16 bits: 2 * 127 * 127 fits there, so every machine computes the same.
STEPS: Final = 127
#: The least width of a row, so that a row of equal numbers divides by no zero.
_LEAST: Final = 1e-9
_RUNTIME: Final = "com.microsoft"


class UnknownGraphError(RuntimeError):
    """The model is not built as this module expects, so nothing was made of it."""


def prepare(content: bytes) -> bytes:
    """The published model as the encoder runs it: for several texts at once, and with its integer weights.

    Both are done to one copy of the graph: each further one is 23 MB that a server never gets rid of altogether.

    Args:
        content: the published ONNX file.

    Raises:
        UnknownGraphError: the model is another one.
    """
    model = onnx.load_from_string(content)
    take_apart(model)
    keep_integers(model)
    prepared: bytes = model.SerializeToString()
    return prepared


def take_apart(model: Any) -> None:
    """Make a model take several texts one behind the other, and be told where each begins and that none sees another.

    Args:
        model: the published ONNX model; it is changed.

    Raises:
        UnknownGraphError: it has no such tensors.
    """
    graph = model.graph
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed & set(node.output) - {POSITIONS, MASK}:
            needed.update(node.input)
            kept.append(node)
    if not needed >= {POSITIONS, MASK}:
        raise UnknownGraphError("the encoder's model does not say where its places and its mask are")
    inputs = [given for given in graph.input if given.name in needed]
    inputs.append(helper.make_tensor_value_info(POSITIONS, onnx.TensorProto.INT64, [1, "pieces"]))
    inputs.append(helper.make_tensor_value_info(MASK, onnx.TensorProto.BOOL, [1, 1, "pieces", "pieces"]))
    unused = [constant for constant in graph.initializer if constant.name not in needed]
    for constant in unused:
        graph.initializer.remove(constant)
    for field, values in ((graph.node, kept[::-1]), (graph.input, inputs)):
        values = list(values)
        del field[:]
        field.extend(values)


def keep_integers(model: Any) -> None:
    """Make a model compute with its integer weights.

    Args:
        model: an ONNX model whose weights are ``Mul(Cast(integers), scale of each column)``; it is changed.

    Raises:
        UnknownGraphError: there is no such weight.
    """
    graph = _Graph(model)
    products: dict[str, list[Any]] = {}
    for node in graph.nodes("MatMul"):
        if graph.is_weight(node.input[1]):
            products.setdefault(node.input[0], []).append(node)
    tables = [node for node in graph.nodes("Gather") if graph.is_weight(node.input[0])]
    if not products or not tables:
        raise UnknownGraphError("the encoder's model has no integer weights that can be kept")
    for nodes in products.values():
        graph.multiply_integers(nodes)
    for node in tables:
        graph.cast_after(node)
    model.opset_import.append(helper.make_opsetid(_RUNTIME, 1))


class _Graph:
    """An ONNX graph that is being changed."""

    def __init__(self, model: Any) -> None:
        self._graph = model.graph
        self._made_by = {output: node for node in self._graph.node for output in node.output}
        self._constants = {constant.name: constant for constant in self._graph.initializer}

    def nodes(self, operator: str) -> list[Any]:
        return [node for node in self._graph.node if node.op_type == operator]

    def is_weight(self, name: str) -> bool:
        """Whether an input is made of integers and their scales."""
        product = self._made_by.get(name)
        if product is None or product.op_type != "Mul" or product.input[1] not in self._constants:
            return False
        cast = self._made_by.get(product.input[0])
        return cast is not None and cast.op_type == "Cast" and cast.input[0] in self._constants

    def multiply_integers(self, nodes: list[Any]) -> None:
        """Put one product of integers in the place of all products with the same numbers, such as query, key and value.

        A row x with least number a and width w is rounded to integers q, x = a + w q / STEPS, so that its product with
        weights W is w (q W) / STEPS + a times the sums of the columns of W.
        """
        taken = [self._take(node.input[1]) for node in nodes]
        for node, (integers, scales) in zip(nodes, taken, strict=True):
            if integers.dtype != np.int8 or integers.ndim != 2 or scales.size != integers.shape[1]:
                raise UnknownGraphError(f"{node.name}: weights of an unexpected type or shape")
        weights = np.concatenate([integers for integers, _ in taken], axis=1)
        scales = np.concatenate([scales.astype(np.float32).ravel() for _, scales in taken])
        sums = (weights.sum(axis=0, dtype=np.int64) * scales.astype(np.float64)).astype(np.float32)
        x, name = nodes[0].input[0], nodes[0].name
        least, most, width, above, share, steps, product, spread, shifted = (
            f"{name}_{part}"
            for part in ("least", "most", "width", "above", "share", "steps", "product", "spread", "shifted")
        )
        step = self._add(np.array(1 / STEPS, dtype=np.float32), f"{name}_step")
        added = [
            helper.make_node("ReduceMin", [x], [least], axes=[-1], keepdims=1),
            helper.make_node("ReduceMax", [x], [most], axes=[-1], keepdims=1),
            helper.make_node("Sub", [most, least], [f"{width}_found"]),
            helper.make_node(
                "Max", [f"{width}_found", self._add(np.array(_LEAST, dtype=np.float32), f"{name}_floor")], [width]
            ),
            helper.make_node("Sub", [x, least], [above]),
            helper.make_node("Div", [above, width], [share]),
            helper.make_node(
                "QuantizeLinear", [share, step, self._add(np.array(0, dtype=np.uint8), f"{name}_zero")], [steps]
            ),
            helper.make_node(
                "MatMulIntegerToFloat",
                [steps, self._add(weights, f"{name}_integers"), step, self._add(scales, f"{name}_scales")],
                [product],
                name=name,
                domain=_RUNTIME,
            ),
            helper.make_node("Mul", [product, width], [spread]),
            helper.make_node("Mul", [least, self._add(sums, f"{name}_sums")], [shifted]),
        ]
        outputs = [node.output[0] for node in nodes]
        total = outputs[0] if len(outputs) == 1 else f"{name}_total"
        added.append(helper.make_node("Add", [spread, shifted], [total]))
        if len(outputs) > 1:
            widths = self._add(np.array([part.shape[1] for part, _ in taken], dtype=np.int64), f"{name}_widths")
            added.append(helper.make_node("Split", [total, widths], outputs, axis=-1))
        place = min(list(self._graph.node).index(node) for node in nodes)
        for node in nodes:
            self._graph.node.remove(node)
        for node in reversed(added):
            self._graph.node.insert(place, node)

    def cast_after(self, node: Any) -> None:
        """Take the row and its scale first: ``Mul(Cast(Gather(integers)), Gather(scales))``."""
        integers, scales = self._take(node.input[0])
        if integers.dtype != np.int8 or scales.shape != (len(integers), 1):
            raise UnknownGraphError(f"{node.name}: weights of an unexpected type or shape")
        chosen, output, place = node.input[1], node.output[0], list(self._graph.node).index(node)
        row, scale, number = f"{output}_integers", f"{output}_scale", f"{output}_unscaled"
        self._graph.node.remove(node)
        for added in (
            helper.make_node("Mul", [number, scale], [output], name=f"{node.name}_scaled"),
            helper.make_node("Cast", [row], [number], name=f"{node.name}_cast", to=onnx.TensorProto.FLOAT),
            helper.make_node("Gather", [self._add(scales, f"{node.name}_scales"), chosen], [scale]),
            helper.make_node("Gather", [self._add(integers, f"{node.name}_integers"), chosen], [row]),
        ):
            self._graph.node.insert(place, added)

    def _add(self, values: npt.NDArray[Any], name: str) -> str:
        self._graph.initializer.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def _take(self, name: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """The integers and scales of a weight, which leaves the graph with the nodes that made numbers of it."""
        product = self._made_by[name]
        cast = self._made_by[product.input[0]]
        taken = [self._constants[cast.input[0]], self._constants[product.input[1]]]
        for constant in taken:
            self._graph.initializer.remove(constant)
        for node in (product, cast):
            self._graph.node.remove(node)
        integers, scales = (numpy_helper.to_array(constant) for constant in taken)
        return integers, scales
