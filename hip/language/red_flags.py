"""The second tier of red flags: a message close in meaning to one, without words that state it.

Matched words interrupt at once (``hip.language.facts``). Here a possible red flag is only named, and the dialogue asks
one clarifying question about it (``clinic/clarifying.yml``).
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from hip.assessment import facts_of
from hip.content import CLINIC
from hip.language import encoder, encoder_graph, nearness, parts, red_flag_examples, weights
from hip.language.components import FACT_READING
from hip.language.corrector import corrected_text
from hip.language.encoder import REMEMBERED, Vector, shared_encoder
from hip.language.facts import shared_reader
from hip.language.featurizer import encode_with_parts
from hip.language.nearness import Nearness, NearnessJudge, Thresholds, find_possible
from hip.language.parts import MOST, choose_parts, split_parts, weigh_words
from hip.language.red_flag_examples import EXAMPLES_FILE, RedFlagExamples, check_facts, load_examples
from hip.language.remembered import digest, remember
from hip.triage.rulebook import RULES_FILE, load_rulebook

#: Message property, in the parse data too: id of the fact to ask about; absent when there is nothing to ask.
POSSIBLE_RED_FLAG: Final = "possible_red_flag"
_JUDGE_FILE: Final = "judge.npz"
_WEIGHTS_FILE: Final = "weights.json"
#: The examples are read for their words alone, so the day does not matter; a fixed one trains the same model every day.
_ANY_DAY: Final = datetime.date(2026, 1, 1)


@dataclass(frozen=True)
class RedFlagFinder:
    """What was learned from the examples, and how a message is judged by it; pure but for the encoder it runs.

    Attributes:
        judge: from a vector to the nearest red flag.
        thresholds: from where on that is near.
        weights: how telling a word is, to choose among many parts.
    """

    judge: NearnessJudge
    thresholds: Thresholds
    weights: Mapping[str, float]

    @classmethod
    def fit(
        cls, examples: RedFlagExamples, red: Sequence[Vector], harmless: Sequence[Vector], usual: Sequence[str]
    ) -> RedFlagFinder:
        """Learn from the examples.

        Args:
            examples: the example sentences.
            red: the vectors of those that tell a red flag.
            harmless: the vectors of those that tell none, then of ``usual``.
            usual: further harmless messages.
        """
        sentences, safe = [sentence for sentence, _ in examples.red], [*examples.harmless, *usual]
        judge = NearnessJudge.fit(red, [fact for _, fact in examples.red], harmless)
        return cls(judge, examples.thresholds, weigh_words(sentences, safe))

    def find(self, text: str, vector: Vector, known: Collection[str], asked: Collection[str] = ()) -> str | None:
        """The red flag to ask about, or None.

        Args:
            text: the message, typing errors put right.
            vector: its sentence vector; all that is needed of a message that tells one thing.
            known: ids of the facts that the message states or the person has told before.
            asked: ids of the facts that the question just put asks for; one of them is named rather than a neighbour.
        """
        return self.choose(self.judge_message(text, vector, asked), known)

    def judge_message(self, text: str, vector: Vector, asked: Collection[str] = ()) -> list[Nearness]:
        """What the message is nearest to, or each of its parts when it tells several things; arguments as above."""
        told = split_parts(text)
        if len(told) < 2:
            return self.judge.judge([vector], asked)
        if len(told) <= MOST:
            return self.judge.judge(encode_with_parts(text)[1:], asked)
        return self.judge.judge(shared_encoder().encode_all(choose_parts(told, self.weights)), asked)

    def choose(self, judged: Sequence[Nearness], known: Collection[str]) -> str | None:
        """The red flag to ask about of what ``judge_message`` found, or None."""
        margin = self.thresholds.whole if len(judged) == 1 else self.thresholds.part
        return find_possible(judged, margin, self.thresholds.closeness, known)

    def save(self, folder: Path) -> None:
        """Write to a folder: arrays and JSON, no pickled code."""
        self.judge.save(folder / _JUDGE_FILE)
        kept = {"thresholds": vars(self.thresholds), "weights": dict(self.weights)}
        (folder / _WEIGHTS_FILE).write_text(json.dumps(kept), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> RedFlagFinder:
        """Read what ``save`` wrote.

        Raises:
            OSError, KeyError, ValueError: when a file is missing or damaged.
        """
        kept = json.loads((folder / _WEIGHTS_FILE).read_text(encoding="utf-8"))
        judge = NearnessJudge.load(folder / _JUDGE_FILE)
        return cls(judge, Thresholds(**kept["thresholds"]), kept["weights"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PossibleRedFlagFinder(GraphComponent):
    """Sets ``possible_red_flag`` to the fact that a message is near to, when neither it nor any before told that fact.

    A message that tells one thing is judged by the vector it already has, one that tells several part by part.
    """

    def __init__(self, storage: ModelStorage, resource: Resource, finder: RedFlagFinder | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._finder = finder
        self._judge = remember(REMEMBERED, _judged_by, self._judge_anew)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PossibleRedFlagFinder:
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
    ) -> PossibleRedFlagFinder:
        """Read what training kept; no sentence is encoded at a start, and a damaged model fails here."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, RedFlagFinder.load(folder))

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs the vector of a message; its facts too, but Rasa finds none while it trains."""
        return [Featurizer]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache knows this file alone; its data and the code below it must train anew as well."""
        files = [
            Path(str(module.__file__))
            for module in (encoder, encoder_graph, nearness, parts, red_flag_examples, weights)
        ]
        files += [CLINIC / EXAMPLES_FILE, CLINIC / RULES_FILE]
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the example sentences, and from the training data of the intents as further harmless ones.

        Raises:
            ContentError: when ``red_flag_examples.yml`` and the rules disagree on which facts are red flags.
        """
        examples = load_examples()
        red_flags = check_facts(examples, load_rulebook())
        said = [message for message in training_data.intent_examples if message.get(TEXT)]
        usual = [
            message for message in said if not tells_red_flag(corrected_text(message), message.get(INTENT), red_flags)
        ]
        encode = shared_encoder().encode
        self._finder = RedFlagFinder.fit(
            examples,
            [encode(sentence) for sentence, _ in examples.red],
            [*map(encode, examples.harmless), *map(_vector_of, usual)],
            [corrected_text(message) for message in usual],
        )
        with self._storage.write_to(self._resource) as folder:
            self._finder.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in training reads the property."""
        return training_data

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set ``possible_red_flag``; Rasa passes the tracker to a parameter of this name.

        Raises:
            RuntimeError: when the component was neither trained nor loaded.
        """
        if self._finder is None:
            raise RuntimeError("PossibleRedFlagFinder: is not trained")
        # What was only ticked as absent from a list is asked about all the same when the words now come near it.
        told = {fact_id for fact_id, value in tracker.current_slot_values().items() if value not in (None, False)}
        for message in messages:
            text = corrected_text(message)
            if text:
                stated = {entity[ENTITY_ATTRIBUTE_TYPE] for entity in message.get(ENTITIES, [])}
                question = (message.get(FACT_READING) or {}).get("question")
                asked = tuple(fact.id for fact in facts_of(question)) if question else ()
                possible = self._finder.choose(self._judge(text, _vector_of(message), asked), told | stated)
                if possible is not None:
                    message.set(POSSIBLE_RED_FLAG, possible, add_to_output=True)
        return messages

    def _judge_anew(self, text: str, vector: Vector, asked: tuple[str, ...]) -> tuple[Nearness, ...]:
        if self._finder is None:
            raise RuntimeError("PossibleRedFlagFinder: is not trained")
        return tuple(self._finder.judge_message(text, vector, asked))


def tells_red_flag(text: str, intent: str, red_flags: Collection[str]) -> bool:
    """Whether a training example tells a red flag, and so is not harmless."""
    if intent == "crisis":
        return True
    facts = shared_reader().read(text, None, _ANY_DAY).facts
    return any(facts.get(fact) is True for fact in red_flags)


def _judged_by(text: str, vector: Vector, asked: tuple[str, ...]) -> bytes:
    """What a judgement hangs on; the vector is made of the text."""
    return digest(text, *asked)


def _vector_of(message: Message) -> Vector:
    _, dense = message.get_dense_features(TEXT)
    if dense is None:
        raise ValueError("the pipeline needs SentenceFeaturizer before PossibleRedFlagFinder")
    vector: Vector = np.asarray(dense.features)[0]
    return vector
