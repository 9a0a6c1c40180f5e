"""The intent classifier and the topic selector as Rasa components."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.validators import default_recipe_validator
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import (
    RESPONSE_SELECTOR_PREDICTION_KEY,
    RESPONSE_SELECTOR_PROPERTY_NAME,
    RESPONSE_SELECTOR_RANKING_KEY,
    RESPONSE_SELECTOR_RESPONSES_KEY,
    RESPONSE_SELECTOR_RETRIEVAL_INTENTS,
    RESPONSE_SELECTOR_UTTER_ACTION_KEY,
)
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    PREDICTED_CONFIDENCE_KEY,
    RESPONSE_IDENTIFIER_DELIMITER,
    TEXT,
)
from rasa.shared.nlu.training_data import util
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from hip.language import kernel, pairwise
from hip.language.corrector import corrected_text
from hip.language.encoder import REMEMBERED
from hip.language.foreign import is_foreign, load_languages
from hip.language.hearing import OUT_OF_SCOPE
from hip.language.kernel import Guess, KernelClassifier, rows_of
from hip.language.remembered import digest, remember

#: Kept of a ranking: every one of them is stored with every message.
RANKING_LENGTH: Final = 5
#: Internal message property: the whole ranking with closeness, for ``IntentResolver``; not stored.
GUESSES: Final = "intent_guesses"
#: A kind of out of scope has an answer of its own; below this confidence the answer that fits all is given.
KIND_CONFIDENCE: Final = 0.45
ANOTHER_LANGUAGE: Final = "out_of_scope/another_language"
SOMETHING_ELSE: Final = "out_of_scope/something_else"
LEANS_ON: Final = (
    "rasa.graph_components.validators.default_recipe_validator",
    "DefaultV1RecipeValidator._warn_if_some_training_data_is_unused",
)


class _Trained(GraphComponent):
    """What both components share: one machine for each group of labels, kept in Rasa's model storage."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, machines: dict[str, KernelClassifier]) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._machines = machines
        self._rank = remember(REMEMBERED, _labels_of, self._rank_anew)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Trained:
        """Make the untrained component, as Rasa's graph asks."""
        return cls(model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Trained:
        """Read the trained machines; a damaged model fails here, at the start, and not at the first message."""
        load_languages()
        with model_storage.read_from(resource) as folder:
            machines = {path.stem: KernelClassifier.load(path) for path in sorted(folder.glob("*.npz"))}
        return cls(model_storage, resource, machines)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache knows this file alone; a change of the machine's own file must train anew as well."""
        sources = [Path(str(module.__file__)).read_bytes() for module in (kernel, pairwise)]
        return hashlib.sha256(b"".join(sources)).hexdigest()

    def _rank_anew(self, group: str, message: Message) -> Sequence[Guess]:
        return tuple(self._machines[group].rank(rows_of([message])))

    def _fit(self, groups: dict[str, list[tuple[Message, str]]]) -> Resource:
        for name, examples in groups.items():
            rows, labels = rows_of([message for message, _ in examples]), [label for _, label in examples]
            self._machines[name] = KernelClassifier.fit(rows, labels)
        with self._model_storage.write_to(self._resource) as folder:
            for name, machine in self._machines.items():
                machine.save(folder / f"{name}.npz")
        return self._resource


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(_Trained, IntentClassifier):
    """Ranks the intents of a message by its words alone; ``IntentResolver`` settles which one it is."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs both kinds of features."""
        return [Featurizer]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents; a retrieval intent counts as one."""
        examples = [
            (message, str(message.get(INTENT))) for message in training_data.intent_examples if message.get(TEXT)
        ]
        return self._fit({"intents": examples})

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent`` and ``intent_ranking``."""
        for message in messages:
            guesses = self._rank("intents", message)
            ranking = [_as_intent(guess) for guess in guesses[:RANKING_LENGTH]]
            message.set(GUESSES, guesses)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in training reads the ranking."""
        return training_data


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicSelector(_Trained):
    """Picks the topic of a retrieval intent, such as ``ask_injection/steroid`` or ``out_of_scope/medicines``.

    Stands in for Rasa's ``ResponseSelector``, which needs TensorFlow: it fills the same message property in the same
    shape, so that Rasa's own ``utter_ask_injection`` finds ``utter_ask_injection/steroid``. The texts themselves
    (``responses``) are left out: the domain has them, and each copy would be stored with every message.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs both kinds of features; the settled intent too, but no intent is predicted while Rasa trains."""
        return [Featurizer]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn one machine for each retrieval intent."""
        groups: dict[str, list[tuple[Message, str]]] = {}
        for message in training_data.response_examples:
            full = str(message.get(INTENT_RESPONSE_KEY))
            groups.setdefault(str(message.get(INTENT)), []).append((message, full))
        return self._fit(groups)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``response_selector`` on a message whose intent has topics."""
        for message in messages:
            intent: str = message.get(INTENT)[INTENT_NAME_KEY]
            if intent in self._machines:
                guesses = self._rank(intent, message)
                if intent == OUT_OF_SCOPE:
                    guesses = _rank_kinds(guesses, message.get(TEXT) or "")
                ranking = [_as_topic(guess) for guess in guesses[:RANKING_LENGTH]]
                message.set(RESPONSE_SELECTOR_PROPERTY_NAME, self._selected(intent, ranking), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in training reads the topics."""
        return training_data

    def _selected(self, intent: str, ranking: list[dict[str, Any]]) -> dict[str, Any]:
        best = ranking[0]
        prediction = {
            RESPONSE_SELECTOR_RESPONSES_KEY: [],
            PREDICTED_CONFIDENCE_KEY: best[PREDICTED_CONFIDENCE_KEY],
            INTENT_RESPONSE_KEY: best[INTENT_RESPONSE_KEY],
            RESPONSE_SELECTOR_UTTER_ACTION_KEY: util.intent_response_key_to_template_key(best[INTENT_RESPONSE_KEY]),
        }
        return {
            RESPONSE_SELECTOR_RETRIEVAL_INTENTS: sorted(self._machines),
            intent: {RESPONSE_SELECTOR_PREDICTION_KEY: prediction, RESPONSE_SELECTOR_RANKING_KEY: ranking},
        }


def topic_of(parsed: dict[str, Any]) -> str | None:
    """The topic in a parsed message, without its intent; None when the intent has no topics.

    Out of scope has kinds, which choose the answer; none of them is a topic that a person could ask about.
    """
    intent = (parsed.get(INTENT) or {}).get(INTENT_NAME_KEY)
    selected = (parsed.get(RESPONSE_SELECTOR_PROPERTY_NAME) or {}).get(intent)
    if selected is None or intent == OUT_OF_SCOPE:
        return None
    full: str = selected[RESPONSE_SELECTOR_PREDICTION_KEY][INTENT_RESPONSE_KEY]
    return full.partition(RESPONSE_IDENTIFIER_DELIMITER)[2]


def _rank_kinds(guesses: Sequence[Guess], text: str) -> Sequence[Guess]:
    """The kinds of out of scope with the one to answer first: by language, by words, or the one that fits all."""
    if is_foreign(text):
        chosen = ANOTHER_LANGUAGE
    else:
        chosen = guesses[0].label if guesses[0].confidence >= KIND_CONFIDENCE else SOMETHING_ELSE
    return sorted(guesses, key=lambda guess: guess.label != chosen)


def _labels_of(group: str, message: Message) -> bytes:
    """What a ranking hangs on: all features of a message are made of its corrected text."""
    return digest(group, corrected_text(message))


def _as_intent(guess: Guess) -> dict[str, Any]:
    return {INTENT_NAME_KEY: guess.label, PREDICTED_CONFIDENCE_KEY: guess.confidence}


def _as_topic(guess: Guess) -> dict[str, Any]:
    return {INTENT_RESPONSE_KEY: guess.label, PREDICTED_CONFIDENCE_KEY: guess.confidence}


# Rasa warns of topics that no component learns, and looks for its own class alone. Ours is the component that learns
# them. A test fails when the method named in ``LEANS_ON`` changes.
default_recipe_validator.ResponseSelector = TopicSelector
