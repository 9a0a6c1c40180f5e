"""``python -m evaluation.cross_validate``: how well intents and topics are told apart on the training examples.

Each example is read by a model that did not learn it. By the words alone: facts and the question asked, which settle
many messages, play no part. Also prints how many words must be sure for a message to count at all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import StratifiedKFold

from hip.content import ROOT
from hip.language.corrector import correct, make_decoder
from hip.language.encoder import SentenceEncoder
from hip.language.featurizer import count_letters
from hip.language.hearing import CLOSENESS, CONFIDENCE
from hip.language.kernel import KernelClassifier, Rows, scale
from hip.language.word_pairs import WordPairs

NLU: Final = ROOT / "data" / "nlu"
FOLDS: Final = 5
SEED: Final = 20


@dataclass(frozen=True)
class Result:
    """How examples were labelled by models that had not seen them.

    Attributes:
        accuracy: share labelled right, 0 to 1.
        heard: share whose label passed the thresholds of ``hip.language.hearing``, 0 to 1.
        confusions: (right, given) label to count, the most frequent first.
    """

    accuracy: float
    heard: float
    confusions: tuple[tuple[tuple[str, str], int], ...]


def load_examples(folder: Path = NLU) -> list[Message]:
    """The training examples, in a fixed order."""
    examples: list[Message] = load_data(str(folder)).intent_examples
    return sorted(examples, key=lambda message: (str(message.get(INTENT)), str(message.get(TEXT))))


def cross_validate(texts: Sequence[str], labels: Sequence[str], folds: int = FOLDS) -> Result:
    """Label each text by a model trained on the other folds; the same data give the same result."""
    decoder = make_decoder(WordPairs.fit(texts))
    corrected = [correct(decoder, text) for text in texts]
    encoder = SentenceEncoder(memory=2 * len(texts))
    given: list[str] = [""] * len(texts)
    heard = 0
    for learn, hold in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(texts, labels):
        learnt = [corrected[index] for index in learn]
        letters = count_letters().fit(learnt)
        model = KernelClassifier.fit(_rows(learnt, encoder, letters), [labels[index] for index in learn])
        for index in hold:
            best = model.rank(_rows([corrected[index]], encoder, letters))[0]
            given[index] = best.label
            heard += best.confidence >= CONFIDENCE and best.closeness >= CLOSENESS
    wrong = Counter((right, got) for right, got in zip(labels, given, strict=True) if right != got)
    return Result(1 - sum(wrong.values()) / len(texts), heard / len(texts), tuple(wrong.most_common(12)))


def _rows(texts: Sequence[str], encoder: SentenceEncoder, letters: CountVectorizer) -> Rows:
    vectors = np.stack([encoder.encode(text) for text in texts]).astype(np.float64)
    return Rows(vectors, scale(letters.transform(texts).astype(np.float64)))


def evaluate() -> dict[str, float | int]:
    """The figures, for `make evaluate`."""
    intents, topics = _intents_and_topics()
    return {
        "examples": len(load_examples()),
        "intent_accuracy": intents.accuracy,
        "heard": intents.heard,
        **{f"topic_accuracy_{intent}": result.accuracy for intent, result in topics.items()},
    }


def _intents_and_topics() -> tuple[Result, dict[str, Result]]:
    examples = load_examples()
    intents = cross_validate([m.get(TEXT) for m in examples], [m.get(INTENT) for m in examples])
    topics = {}
    for intent in sorted({m.get(INTENT) for m in examples if m.get(INTENT_RESPONSE_KEY)}):
        chosen = [m for m in examples if m.get(INTENT) == intent]
        topics[intent] = cross_validate([m.get(TEXT) for m in chosen], [m.get(INTENT_RESPONSE_KEY) for m in chosen])
    return intents, topics


def main() -> None:
    """Print the figures and the commonest confusions."""
    intents, topics = _intents_and_topics()
    for name, result in {"intents": intents, **topics}.items():
        print(json.dumps({"labels": name, "accuracy": round(result.accuracy, 4), "heard": round(result.heard, 4)}))
        for (right, got), count in result.confusions:
            print(f"  {count:3} {right} taken for {got}")


if __name__ == "__main__":
    main()
