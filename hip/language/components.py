"""Clinical facts and the settled intent as Rasa components."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from hip.assessment import NOT_SURE
from hip.language.classifiers import GUESSES
from hip.language.corrector import corrected_text
from hip.language.facts import FactReader, shared_reader
from hip.language.hearing import Settled
from hip.language.labels import find_change, load_titles
from hip.language.memory import recall
from hip.language.reading import FactReading
from hip.language.red_flag_examples import find_red_flags
from hip.language.resolver import settle_intent
from hip.language.words import share_mistyped
from hip.triage.rulebook import load_rulebook

#: What reaches the action server beside the entities: ``{"answer": str | None, "corrects": bool, "unsure": [id],
#: "question": id | None, "change": id | None}``.
FACT_READING: Final = "fact_reading"
#: Internal message properties, for ``IntentResolver``; not stored.
_READING: Final = "fact_reading_object"
_QUESTION: Final = "question_asked"

Clock = Callable[[], datetime.date]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ClinicalFactExtractor(GraphComponent):
    """Turns the facts of a message into entities: one a fact, ``not_sure`` for what the person says not to know.

    Each entity spans the whole message, since a fact often rests on words far apart.
    """

    def __init__(self, reader: FactReader, today: Clock = datetime.date.today) -> None:
        self._reader = reader
        self._today = today
        self._titles = load_titles()
        self._red_flags = find_red_flags(load_rulebook())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClinicalFactExtractor:
        """Make the component, as Rasa's graph asks."""
        return cls(shared_reader())

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set ``entities`` and ``fact_reading``; Rasa passes the tracker to a parameter of this name."""
        question = question_asked(tracker)
        for message in messages:
            text = message.get(TEXT) or ""
            change = find_change(text, self._titles)
            reading = FactReading() if change else self._read(text, corrected_text(message), question)
            facts, unsure = recall(reading, tracker.current_slot_values())
            found = [_as_entity(fact_id, value, len(text)) for fact_id, value in facts.items()]
            found += [_as_entity(fact_id, NOT_SURE, len(text)) for fact_id in sorted(unsure)]
            details = {
                "answer": reading.answer.value if reading.answer else None,
                "corrects": reading.corrects,
                "unsure": sorted(reading.unsure),
                "question": question,
                "change": change,
            }
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            message.set(FACT_READING, details, add_to_output=True)
            message.set(_READING, reading)
            message.set(_QUESTION, question)
        return messages

    def _read(self, text: str, corrected: str, question: str | None) -> FactReading:
        """The facts of what was meant; a red flag that what was typed states is kept, whatever was made of it.

        States by its words, whatever was asked: "nok to alk of those" is no yes to the whole list.
        """
        reading = self._reader.read(corrected, question, self._today())
        if corrected == text:
            return reading
        typed = self._reader.read(text, None, self._today()).facts
        heard = {fact: True for fact in self._red_flags if typed.get(fact) is True}
        return replace(reading, facts={**reading.facts, **heard}, unsure=reading.unsure - heard.keys())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentResolver(GraphComponent, IntentClassifier):
    """Settles the intent from ranking, facts and question; comes after all three and before ``TopicSelector``."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentResolver:
        """Make the component, as Rasa's graph asks."""
        return cls()

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs a ranking and the facts."""
        return [IntentClassifier, ClinicalFactExtractor]

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace ``intent`` and put it first in ``intent_ranking``."""
        for message in messages:
            reading: FactReading = message.get(_READING)
            typed = message.get(TEXT) or ""
            meant, guesses = corrected_text(message), message.get(GUESSES)
            settled = settle_intent(meant, guesses, reading, message.get(_QUESTION), share_mistyped(typed), typed)
            if message.get(FACT_READING)["change"]:
                settled = Settled("correct", 1.0)
            intent = {INTENT_NAME_KEY: settled.intent, PREDICTED_CONFIDENCE_KEY: settled.confidence}
            others = [other for other in message.get(INTENT_RANKING_KEY) if other[INTENT_NAME_KEY] != settled.intent]
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
        return messages


def question_asked(tracker: DialogueStateTracker) -> str | None:
    """Id of the question asked last: a clarifying one, or the running form's; ``requested_slot`` may be stale."""
    clarifying = tracker.get_slot("clarifying")
    if isinstance(clarifying, dict) and clarifying.get("fact"):
        return str(clarifying["fact"])
    if not tracker.active_loop_name:
        return None
    question: str | None = tracker.get_slot(REQUESTED_SLOT)
    return question


def _as_entity(fact_id: str, value: Any, end: int) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: fact_id,
        ENTITY_ATTRIBUTE_VALUE: list(value) if isinstance(value, tuple) else value,
        ENTITY_ATTRIBUTE_START: 0,
        ENTITY_ATTRIBUTE_END: end,
        EXTRACTOR: ClinicalFactExtractor.__name__,
    }
