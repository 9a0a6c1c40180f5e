"""The encoder as a graph that multiplies by the published integers themselves, for several texts in one run.

The published graph turns every weight into a 32-bit number before it multiplies, and ONNX Runtime does that once, while
it loads: 42 MB that are read from memory for every message, however short. Here the same model, all-MiniLM-L6-v2 (a
BERT of six layers), is put together of ONNX Runtime's own fused operators and of ``MatMulIntegerToFloat``, which takes
the integers as they are. The weights stay exactly what they were; the numbers they are multiplied with are rounded to
7 bits, each word piece by a range of its own (docs/decisions/0014-integer-weights.md).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from hip.language.weights import UnknownGraphError, Weights

#: Inputs: word pieces of all texts, one behind the other, shape (pieces,); the place of each in its own text, shape
#: (pieces,); and whether a piece sees another, shape (1, 1, pieces, pieces). The output has shape (pieces, width).
PIECES: Final = "pieces"
POSITIONS: Final = "positions"
MASK: Final = "mask"
HIDDEN: Final = "hidden"

LAYERS: Final = 6
HEADS: Final = 12
#: A word piece's numbers are rounded to so many steps between its least and its greatest. Seven bits, since a processor
#: without VNNI adds two products in 16 bits: 2 * 127 * 128 fits there, so every machine computes the same.
STEPS: Final = 127
#: The least step, so that a row of equal numbers divides by no zero.
_LEAST: Final = 1e-9
#: Added to the score of a piece that is not seen.
_UNSEEN: Final = -1e9
#: Of the norms, as published.
_EPSILON: Final = 1e-12
_RUNTIME: Final = "com.microsoft"
#: Operators of ONNX Runtime's own.
_FUSED: Final = frozenset({"BiasGelu", "MatMulIntegerToFloat", "MultiHeadAttention", "SkipLayerNormalization"})


def build(weights: Weights) -> bytes:
    """The ONNX model.

    Args:
        weights: of the published model.

    Raises:
        UnknownGraphError: weights are missing, or there are more than this graph has places for.
    """
    graph = _Graph(weights)
    hidden = graph.embed()
    for number in range(LAYERS):
        hidden = graph.transform(hidden, f"encoder.layer.{number}")
    graph.add("Identity", [hidden], HIDDEN)
    if len(weights.layers) != len(graph.used):
        raise UnknownGraphError(f"the encoder's model has {len(weights.layers)} layers instead of {len(graph.used)}")
    return graph.finish()


class _Graph:
    """A graph in the making; tensors go by their names."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self.used: set[str] = set()
        self._one = self._keep("one", np.array(1.0, dtype=np.float32))
        self._share = self._keep("share", np.array(1 / STEPS, dtype=np.float32))
        self._least = self._keep("least", np.array(_LEAST, dtype=np.float32))
        self._flat = self._keep("flat", np.array([-1], dtype=np.int64))
        self._first = self._keep("first", np.array([0], dtype=np.int64))

    def embed(self) -> str:
        """Word, place and kind of each piece (there is one kind), and what each may see."""
        seen = self._keep("seen", np.array(0.0, dtype=np.float32))
        unseen = self._keep("unseen", np.array(_UNSEEN, dtype=np.float32))
        self.add("Where", [MASK, seen, unseen], "scores")
        rows = [
            self._take_rows("embeddings.word_embeddings", PIECES),
            self._take_rows("embeddings.position_embeddings", POSITIONS),
            self._keep("kind", self._weights.number("embeddings.token_type_embeddings.weight")[0]),
        ]
        told = self.add("Add", [self.add("Add", rows[:2], "placed"), rows[2]], "told")
        norm = self._norm("embeddings.LayerNorm")
        return self.add("LayerNormalization", [told, *norm], "embedded", axis=-1, epsilon=_EPSILON)

    def transform(self, hidden: str, name: str) -> str:
        """One layer: each piece attends to those it sees, then is fed on by itself."""
        seekers = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        told = self.add("Unsqueeze", [self._multiply(hidden, seekers), self._first], f"{name}.told")
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._nodes.append(helper.make_node("Split", [told, self._widths(seekers, name)], parts, axis=-1))
        biases = np.concatenate([self._weights.number(f"{seeker}.bias") for seeker in seekers])
        inputs = [*parts, self._keep(f"{name}.biases", biases), "", "scores"]
        attended = self.add("MultiHeadAttention", inputs, f"{name}.attended", num_heads=HEADS)
        hidden = self._join(self.add("Squeeze", [attended, self._first], f"{name}.heads"), hidden, f"{name}.attention")
        wide = self._multiply(hidden, [f"{name}.intermediate.dense"])
        bias = self._keep(f"{name}.wide", self._weights.number(f"{name}.intermediate.dense.bias"))
        return self._join(self.add("BiasGelu", [wide, bias], f"{name}.active"), hidden, name)

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node of one output, whose name is given back."""
        domain = _RUNTIME if operator in _FUSED else ""
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def finish(self) -> bytes:
        """The model of all that was added."""
        inputs = [
            helper.make_tensor_value_info(PIECES, onnx.TensorProto.INT64, ["pieces"]),
            helper.make_tensor_value_info(POSITIONS, onnx.TensorProto.INT64, ["pieces"]),
            helper.make_tensor_value_info(MASK, onnx.TensorProto.BOOL, [1, 1, "pieces", "pieces"]),
        ]
        outputs = [helper.make_tensor_value_info(HIDDEN, onnx.TensorProto.FLOAT, ["pieces", None])]
        graph = helper.make_graph(self._nodes, "encoder", inputs, outputs, self._constants)
        operators = [helper.make_opsetid("", 17), helper.make_opsetid(_RUNTIME, 1)]
        model: bytes = helper.make_model(graph, opset_imports=operators, ir_version=8).SerializeToString()
        return model

    def _take_rows(self, name: str, chosen: str) -> str:
        """Rows of a table of embeddings: ``Cast(rows of integers) * their scales``."""
        table = self._weights.table(name)
        rows = self.add("Gather", [self._keep(f"{name}.integers", table.integers), chosen], f"{name}.rows")
        scales = self.add("Gather", [self._keep(f"{name}.scales", table.scales), chosen], f"{name}.row_scales")
        wide = self.add("Cast", [rows], f"{name}.wide", to=onnx.TensorProto.FLOAT)
        return self.add("Mul", [wide, scales], f"{name}.embedded")

    def _multiply(self, x: str, names: list[str]) -> str:
        """The product of rows with one weight, or with several side by side.

        A row x of least number a and width w is rounded to steps s = w / STEPS, x = s (q - z) with integers q and z,
        where z = -a / s. Its product with weights W is s (q W - z times the sums of the columns of W).
        """
        self.used.update(names)
        layers = [self._weights.layer(name) for name in names]
        integers = np.concatenate([layer.integers for layer in layers], axis=1)
        scales = np.concatenate([layer.scales for layer in layers], axis=1)
        sums = integers.sum(axis=0, keepdims=True, dtype=np.int64) * scales.astype(np.float64)
        name = f"{names[0]}.product"
        least = self.add("ReduceMin", [x], f"{name}.least", axes=[-1], keepdims=1)
        most = self.add("ReduceMax", [x], f"{name}.most", axes=[-1], keepdims=1)
        width = self.add("Sub", [most, least], f"{name}.width")
        step = self.add("Mul", [width, self._share], f"{name}.found")
        step = self.add("Max", [step, self._least], f"{name}.step")
        below = self.add("Round", [self.add("Div", [least, step], f"{name}.share")], f"{name}.below")
        zero = self.add("Reshape", [self.add("Neg", [below], f"{name}.above"), self._flat], f"{name}.zero")
        zero = self.add("Cast", [zero], f"{name}.zero_step", to=onnx.TensorProto.UINT8)
        steps = self.add("Reshape", [step, self._flat], f"{name}.steps")
        rounded = self.add("QuantizeLinear", [x, steps, zero], f"{name}.rounded", axis=0)
        weight = [self._keep(f"{name}.integers", integers), self._one, self._keep(f"{name}.scales", scales.ravel())]
        product = self.add("MatMulIntegerToFloat", [rounded, *weight], f"{name}.counted")
        shift = self.add("Mul", [below, self._keep(f"{name}.sums", sums.astype(np.float32))], f"{name}.shift")
        return self.add("Mul", [self.add("Add", [product, shift], f"{name}.shifted"), step], name)

    def _join(self, x: str, before: str, name: str) -> str:
        """The dense layer at the end of a block, added to what went in, and normed."""
        dense = f"{name}.output.dense"
        bias = self._keep(f"{dense}.kept", self._weights.number(f"{dense}.bias"))
        inputs = [self._multiply(x, [dense]), before, *self._norm(f"{name}.output.LayerNorm"), bias]
        return self.add("SkipLayerNormalization", inputs, f"{name}.joined", epsilon=_EPSILON)

    def _norm(self, name: str) -> list[str]:
        return [self._keep(f"{name}.{part}", self._weights.number(f"{name}.{part}")) for part in ("weight", "bias")]

    def _widths(self, names: list[str], name: str) -> str:
        widths = [self._weights.layer(each).integers.shape[1] for each in names]
        return self._keep(f"{name}.widths", np.array(widths, dtype=np.int64))

    def _keep(self, name: str, values: npt.NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name
