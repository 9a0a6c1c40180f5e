"""Keeps the encoder's weights as the 8-bit integers they are published as, instead of the 32-bit numbers made of them.

The published graph turns every weight into a 32-bit number before it multiplies, and ONNX Runtime does that once, while
it loads: 42 MB that are read from memory for every message, however short. Here each such product becomes ONNX
Runtime's ``MatMulNBits``, which multiplies by the integers themselves, and each table of embeddings is cast after a row
was taken from it and not before. The weights stay exactly what they were; the activations are rounded to 8 bits in
blocks, each with a scale of its own, so a vector has a cosine of 0.997 or more to the unrounded one
(docs/decisions/0014-integer-weights.md).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

#: Neighbouring activations that share a scale; divides both widths of the model, 384 and 1536.
BLOCK: Final = 64
#: ``MatMulNBits``: compute with integers of 8 bits.
_WITH_INTEGERS: Final = 4
_RUNTIME: Final = "com.microsoft"
#: ``MatMulNBits`` reads unsigned weights with this zero.
_ZERO: Final = 128


class UnknownGraphError(RuntimeError):
    """The model is not built as this module expects, so nothing was made of it."""


def keep_integers(model: bytes) -> bytes:
    """The same model, computing with its integer weights.

    Args:
        model: an ONNX file whose weights are ``Mul(Cast(integers), scale of each column)``.

    Raises:
        UnknownGraphError: there is no such weight.
    """
    graph = _Graph(onnx.load_from_string(model))
    products = [node for node in graph.nodes("MatMul") if graph.is_weight(node.input[1])]
    tables = [node for node in graph.nodes("Gather") if graph.is_weight(node.input[0])]
    if not products or not tables:
        raise UnknownGraphError("the encoder's model has no integer weights that can be kept")
    for node in products:
        graph.multiply_integers(node)
    for node in tables:
        graph.cast_after(node)
    return graph.finish()


class _Graph:
    """An ONNX graph that is being changed."""

    def __init__(self, model: Any) -> None:
        self._model = model
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

    def multiply_integers(self, node: Any) -> None:
        integers, scales = self._take(node.input[1])
        rows, columns = integers.shape
        if integers.dtype != np.int8 or rows % BLOCK or scales.size != columns:
            raise UnknownGraphError(f"{node.name}: weights of an unexpected type or shape")
        blocks = rows // BLOCK
        shifted = (integers.T.astype(np.int16) + _ZERO).astype(np.uint8).reshape(columns, blocks, BLOCK)
        inputs = [node.input[0], self._add(shifted, f"{node.name}_integers")]
        inputs.append(self._add(np.repeat(scales.astype(np.float32).ravel(), blocks), f"{node.name}_scales"))
        sizes = {"K": rows, "N": columns, "bits": 8, "block_size": BLOCK, "accuracy_level": _WITH_INTEGERS}
        node.CopyFrom(
            helper.make_node("MatMulNBits", inputs, list(node.output), name=node.name, domain=_RUNTIME, **sizes)
        )

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

    def finish(self) -> bytes:
        self._model.opset_import.append(helper.make_opsetid(_RUNTIME, 1))
        content: bytes = self._model.SerializeToString()
        return content

    def _add(self, values: npt.NDArray[Any], name: str) -> str:
        self._graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
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
