"""Corrects a message once, before anything reads it, as a Rasa component."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from hip.content import CLINIC
from hip.language import decoder, keyboard, typos, word_pairs
from hip.language.decoder import TypingDecoder
from hip.language.facts import shared_reader
from hip.language.foreign import is_foreign
from hip.language.red_flag_examples import EXAMPLES_FILE, load_examples
from hip.language.word_pairs import WordPairs

#: Internal message property: the text with typing errors put right; not stored. ``TEXT`` stays what was typed.
CORRECTED: Final = "corrected_text"
#: Characters corrected: a longer message is only screened (hip/gateway), and further on what was typed is read.
LONGEST: Final = 2_000
_PAIRS_FILE: Final = "word_pairs.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TypingCorrector(GraphComponent):
    """Learns which words follow each other in the examples, and sets ``corrected_text`` of each message."""

    def __init__(self, storage: ModelStorage, resource: Resource, known: TypingDecoder | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._decoder = known

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TypingCorrector:
        """Make the untrained component, as Rasa's graph asks."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TypingCorrector:
        """Read the words collected in training."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, make_decoder(WordPairs.load(folder / _PAIRS_FILE)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache knows this file alone; another way to correct must train anew as well."""
        files = [Path(str(module.__file__)) for module in (decoder, keyboard, typos, word_pairs)]
        return hashlib.sha256(b"".join(file.read_bytes() for file in (*files, CLINIC / EXAMPLES_FILE))).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the words of the training data and of the red flags' example sentences."""
        pairs = WordPairs.fit(collect_texts(training_data))
        self._decoder = make_decoder(pairs)
        with self._storage.write_to(self._resource) as folder:
            pairs.save(folder / _PAIRS_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``corrected_text`` of each message that has a text.

        Raises:
            RuntimeError: when the component was neither trained nor loaded.
        """
        if self._decoder is None:
            raise RuntimeError("TypingCorrector: is not trained")
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                message.set(CORRECTED, correct(self._decoder, text))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data


def correct(known: TypingDecoder, text: str) -> str:
    """The text with typing errors put right; another language is left alone, and so is the end of a long text."""
    head, tail = text[:LONGEST], text[LONGEST:]
    corrected = known.correct(head)
    if corrected == head or (is_foreign(head) and is_foreign(corrected)):
        return text
    return corrected + tail


def make_decoder(pairs: WordPairs) -> TypingDecoder:
    """A decoder that knows the words of the lexicon and of the buttons too."""
    return TypingDecoder(pairs, shared_reader().vocabulary)


def collect_texts(training_data: TrainingData) -> list[str]:
    """What the pairs are learnt from."""
    examples = load_examples()
    said = [message.get(TEXT) for message in training_data.intent_examples if message.get(TEXT)]
    return [*said, *(sentence for sentence, _ in examples.red), *examples.harmless]


def corrected_text(message: Message) -> str:
    """What ``TypingCorrector`` made of a message."""
    text: str = message.get(CORRECTED) or message.get(TEXT) or ""
    return text
