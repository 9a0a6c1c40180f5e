"""The numbers of the published encoder: its weights as the 8-bit integers they are published as, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

#: What every name of the published model begins with, and how those of its tables of embeddings end.
_PREFIX: Final = "inner."
_BIAS: Final = ".bias"
_TABLE: Final = ".weight_q"
_TABLE_SCALE: Final = ".weight_scale"

_Kept = TypeVar("_Kept")

Integers = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.float32]


class UnknownGraphError(RuntimeError):
    """The model is not built as this package expects, so nothing was made of it."""


@dataclass(frozen=True)
class IntegerWeight:
    """A matrix kept as integers; the matrix itself is ``integers * scales``.

    Attributes:
        integers: shape (inputs, outputs) of a layer, (rows, width) of a table of embeddings.
        scales: shape (1, outputs) of a layer, (rows, 1) of a table.
    """

    integers: Integers
    scales: Numbers


@dataclass(frozen=True)
class Weights:
    """All that the encoder has learned, by the names of the published model without their common beginning.

    Attributes:
        layers: name of a dense layer, such as ``encoder.layer.0.intermediate.dense``, to its weight.
        tables: name of a table of embeddings, such as ``embeddings.word_embeddings``, to its weight.
        numbers: biases and norms, kept as they are.
    """

    layers: Mapping[str, IntegerWeight]
    tables: Mapping[str, IntegerWeight]
    numbers: Mapping[str, Numbers]

    def number(self, name: str) -> Numbers:
        """A bias or norm.

        Raises:
            UnknownGraphError: there is none of this name.
        """
        return _look_up(self.numbers, name)

    def layer(self, name: str) -> IntegerWeight:
        """A dense layer; raises as ``number``."""
        return _look_up(self.layers, name)

    def table(self, name: str) -> IntegerWeight:
        """A table of embeddings; raises as ``number``."""
        return _look_up(self.tables, name)


def read_weights(content: bytes) -> Weights:
    """Take the weights out of a published model, where each is written ``Mul(Cast(integers), scales)``.

    Args:
        content: the ONNX file.

    Raises:
        UnknownGraphError: it has no such weights, or weights of another type or shape.
    """
    graph = onnx.load_from_string(content).graph
    constants = {constant.name: constant for constant in graph.initializer}
    made_by = {output: node for node in graph.node for output in node.output}
    layers = {}
    for node in graph.node:
        if node.op_type == "Add" and node.input[1].endswith(_BIAS):
            weight = _weight_of(made_by.get(node.input[0]), made_by, constants)
            if weight is not None:
                layers[_short(node.input[1]).removesuffix(_BIAS)] = _checked(node.input[1], *weight)
    tables = {}
    for name in constants:
        if name.endswith(_TABLE):
            scale = name.removesuffix(_TABLE) + _TABLE_SCALE
            pair = numpy_helper.to_array(constants[name]), numpy_helper.to_array(_look_up(constants, scale))
            tables[_short(name).removesuffix(_TABLE)] = _checked(name, *pair, by_row=True)
    if not layers or not tables:
        raise UnknownGraphError("the encoder's model has no integer weights that can be kept")
    numbers = {
        _short(name): numpy_helper.to_array(constant)
        for name, constant in constants.items()
        if constant.data_type == onnx.TensorProto.FLOAT and name.startswith(_PREFIX)
    }
    return Weights(layers, tables, numbers)


def _weight_of(product: Any, made_by: Mapping[str, Any], constants: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Integers and scales of the weight that a node multiplies by; None when it is no such product."""
    if product is None or product.op_type != "MatMul":
        return None
    scaled = made_by.get(product.input[1])
    if scaled is None or scaled.op_type != "Mul":
        return None
    cast = made_by.get(scaled.input[0])
    if cast is None or cast.op_type != "Cast":
        return None
    integers, scales = constants.get(cast.input[0]), constants.get(scaled.input[1])
    if integers is None or scales is None:
        return None
    return numpy_helper.to_array(integers), numpy_helper.to_array(scales)


def _checked(name: str, integers: npt.NDArray[Any], scales: npt.NDArray[Any], by_row: bool = False) -> IntegerWeight:
    shape = (len(integers), 1) if by_row else (1, integers.shape[-1])
    if integers.dtype != np.int8 or integers.ndim != 2 or scales.dtype != np.float32 or scales.shape != shape:
        raise UnknownGraphError(f"{name}: weights of an unexpected type or shape")
    return IntegerWeight(integers, scales)


def _short(name: str) -> str:
    return name.removeprefix(_PREFIX)


def _look_up(kept: Mapping[str, _Kept], name: str) -> _Kept:
    found = kept.get(name)
    if found is None:
        raise UnknownGraphError(f"the encoder's model has no {name}")
    return found
