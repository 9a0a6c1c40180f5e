"""The published encoder's weights, read by name."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from hip.language.weights import UnknownGraphError, read_weights

make = onnx.helper.make_node
#: A table of two rows of four numbers and a layer of four times four, as the published model writes them.
CONSTANTS = {
    "inner.table.weight_q": np.ones((2, 4), dtype=np.int8),
    "inner.table.weight_scale": np.full((2, 1), 2.0, dtype=np.float32),
    "val_1_q": np.arange(-8, 8, dtype=np.int8).reshape(4, 4),
    "val_1_scale": np.full((1, 4), 0.5, dtype=np.float32),
    "inner.layer.bias": np.arange(4, dtype=np.float32),
}


def _published(**changed: np.ndarray) -> bytes:
    """A small model in the published shape."""
    nodes = [
        make("Cast", ["inner.table.weight_q"], ["t1"], to=onnx.TensorProto.FLOAT),
        make("Mul", ["t1", "inner.table.weight_scale"], ["t2"]),
        make("Gather", ["t2", "ids"], ["x"]),
        make("Cast", ["val_1_q"], ["w1"], to=onnx.TensorProto.FLOAT),
        make("Mul", ["w1", "val_1_scale"], ["w2"]),
        make("MatMul", ["x", "w2"], ["y1"]),
        make("Add", ["y1", "inner.layer.bias"], ["y"]),
    ]
    kept = {**CONSTANTS, **changed}
    graph = onnx.helper.make_graph(
        nodes,
        "small",
        [onnx.helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, [None])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 4])],
        [onnx.numpy_helper.from_array(values, name) for name, values in kept.items()],
    )
    content: bytes = onnx.helper.make_model(graph).SerializeToString()
    return content


def test_weights_go_by_the_names_of_their_layers() -> None:
    weights = read_weights(_published())
    assert weights.layer("layer").integers.tolist() == CONSTANTS["val_1_q"].tolist()
    assert weights.layer("layer").scales.tolist() == [[0.5] * 4]
    assert weights.table("table").integers.shape == (2, 4)
    assert weights.table("table").scales.tolist() == [[2.0], [2.0]]
    assert weights.number("layer.bias").tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("val_1_q", np.ones((4, 4), dtype=np.uint8)),
        ("val_1_scale", np.ones((1, 3), dtype=np.float32)),
        ("val_1_scale", np.ones((1, 4), dtype=np.float64)),
        ("inner.table.weight_scale", np.ones((3, 1), dtype=np.float32)),
    ],
)
def test_weights_of_another_type_or_shape_are_refused(name: str, values: np.ndarray) -> None:
    with pytest.raises(UnknownGraphError, match="unexpected type or shape"):
        read_weights(_published(**{name: values}))


@pytest.mark.parametrize("look_up", ["layer", "table", "number"])
def test_what_is_not_there_is_named(look_up: str) -> None:
    with pytest.raises(UnknownGraphError, match="no other"):
        getattr(read_weights(_published()), look_up)("other")


def test_another_model_is_refused() -> None:
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    graph = onnx.helper.make_graph([make("Identity", ["x"], ["y"])], "other", ends[:1], ends[1:])
    with pytest.raises(UnknownGraphError, match="no integer weights"):
        read_weights(onnx.helper.make_model(graph).SerializeToString())
