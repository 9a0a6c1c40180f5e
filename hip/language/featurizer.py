"""The sentence encoder as a Rasa featurizer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
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

from hip.language import encoder, spelling
from hip.language.encoder import shared_encoder
from hip.language.spelling import Speller, words_of

_WORDS_FILE: Final = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence vector to each message; no vector per word, since nothing downstream reads them.

    Training collects the words of the examples; typing errors are corrected towards them before encoding. The message
    itself keeps what was typed.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["onnxruntime", "tokenizers", "rapidfuzz"]

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource, words: Iterable[str]
    ) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._storage = storage
        self._resource = resource
        self._speller = Speller(words)
        self._encoder = shared_encoder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Make the untrained component, as Rasa's graph asks."""
        return cls(config, execution_context.node_name, model_storage, resource, ())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceFeaturizer:
        """Read the words collected in training."""
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / _WORDS_FILE).read_text(encoding="utf-8"))
        return cls(config, execution_context.node_name, model_storage, resource, words)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be set, so nothing can be wrong."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache knows this class alone; another encoder or speller must train anew as well."""
        sources = [Path(str(module.__file__)).read_bytes() for module in (encoder, spelling)]
        return hashlib.sha256(b"".join(sources)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the words of the examples."""
        words = words_of(message.get(TEXT) for message in training_data.intent_examples if message.get(TEXT))
        with self._storage.write_to(self._resource) as folder:
            (folder / _WORDS_FILE).write_text(json.dumps(words), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message that has a text."""
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                vector = self._encoder.encode(self._speller.correct(text))[None, :]
                alias = self._config[FEATURIZER_CLASS_ALIAS]
                message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, alias))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data
