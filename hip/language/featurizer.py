"""A message as numbers: its meaning and its groups of letters, as one Rasa featurizer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from hip.language import encoder, encoder_graph, parts, weights
from hip.language.corrector import corrected_text
from hip.language.encoder import MAX_CHARACTERS, REMEMBERED, Vector, shared_encoder
from hip.language.parts import MOST, split_parts
from hip.language.remembered import digest, remember

_GROUPS_FILE: Final = "letters.json"
#: Groups of so many letters inside words, used by this many examples, are counted.
SHORTEST_GROUP: Final = 3
LONGEST_GROUP: Final = 4
FEWEST_EXAMPLES: Final = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence vector and the counts of its letter groups to each message, and nothing per word.

    They are of the text that ``TypingCorrector`` put right. Rasa's own ``CountVectorsFeaturizer`` counts every word and
    every attribute as well, which took more time than the rest of the reading of a short message.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["onnx", "onnxruntime", "tokenizers", "sklearn"]

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        letters: CountVectorizer,
    ) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._storage = storage
        self._resource = resource
        self._letters = letters
        self._numbers = remember(REMEMBERED, digest, self._find_numbers)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Make the untrained component, as Rasa's graph asks."""
        return cls(config, execution_context.node_name, model_storage, resource, count_letters())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceFeaturizer:
        """Read the letter groups collected in training, and the encoder: a damaged one fails here, at the start."""
        shared_encoder()
        with model_storage.read_from(resource) as folder:
            groups = json.loads((folder / _GROUPS_FILE).read_text(encoding="utf-8"))
        return cls(config, execution_context.node_name, model_storage, resource, count_letters(groups))

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be set, so nothing can be wrong."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache knows this class alone; another encoder must train anew as well."""
        sources = [Path(str(module.__file__)).read_bytes() for module in (encoder, encoder_graph, parts, weights)]
        return hashlib.sha256(b"".join(sources)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the letter groups of the examples."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        self._letters.fit([corrected_text(message) for message in examples])
        with self._storage.write_to(self._resource) as folder:
            groups = self._letters.get_feature_names_out().tolist()
            (folder / _GROUPS_FILE).write_text(json.dumps(groups), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vector and counts to each message that has a text."""
        for message in messages:
            if message.get(TEXT) is not None:
                alias = self._config[FEATURIZER_CLASS_ALIAS]
                for numbers in self._numbers(corrected_text(message)):
                    message.add_features(Features(numbers, FEATURE_TYPE_SENTENCE, TEXT, alias))
        return messages

    def _find_numbers(self, text: str) -> tuple[Vector, csr_matrix]:
        return encode_with_parts(text)[0][None, :], self._letters.transform([text[:MAX_CHARACTERS]])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data


def encode_with_parts(text: str) -> Sequence[Vector]:
    """The vector of a message, then those of its parts if it tells several things, but not too many to read them all.

    One run of the encoder does for this featurizer and for ``PossibleRedFlagFinder``, which asks for the same again.
    """
    told = split_parts(text)
    return shared_encoder().encode_all([text, *told] if 1 < len(told) <= MOST else [text])


def count_letters(groups: list[str] | None = None) -> CountVectorizer:
    """Counts groups of letters inside words: those given, or those that ``fit`` finds."""
    return CountVectorizer(
        analyzer="char_wb", ngram_range=(SHORTEST_GROUP, LONGEST_GROUP), min_df=FEWEST_EXAMPLES, vocabulary=groups
    )
