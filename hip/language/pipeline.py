"""Reads single messages with a trained model outside a server, through the very components the server runs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.model import get_latest_model
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from hip.assessment import NOT_SURE
from hip.content import ROOT
from hip.engine.threads import limit_threads
from hip.language.classifiers import topic_of

MODELS: Final = ROOT / "models"
_FORM: Final = "hip_assessment_form"


class ModelMissingError(RuntimeError):
    """There is no trained model to read with."""


@dataclass(frozen=True)
class Reading:
    """What was understood of one message.

    Attributes:
        intent: one of the domain's intents.
        confidence: 0 to 1.
        facts: fact id to JSON value; without what the person is not sure of.
        topic: topic of an ``ask_*`` intent, else None.
    """

    intent: str
    confidence: float
    facts: dict[str, Any]
    topic: str | None


class Pipeline:
    """The language part of a trained model; the dialogue part is not loaded."""

    def __init__(self, runner: GraphRunner, target: str) -> None:
        self._runner = runner
        self._target = target

    @classmethod
    def load(cls, models: Path = MODELS) -> Pipeline:
        """Load the newest model of a folder.

        Raises:
            ModelMissingError: the folder has none.
        """
        archive = get_latest_model(str(models)) if models.is_dir() else None
        if archive is None:
            raise ModelMissingError(f"no trained model in {models}: run `make train`")
        with tempfile.TemporaryDirectory() as folder:
            storage, metadata = LocalModelStorage.from_model_archive(Path(folder), archive)
            schema = metadata.predict_schema.minimal_graph_schema([metadata.nlu_target])
            runner = DaskGraphRunner.create(schema, storage, ExecutionContext(schema, metadata.model_id))
        limit_threads()
        return cls(runner, metadata.nlu_target)

    def parse(self, text: str, question: str | None = None) -> dict[str, Any]:
        """Rasa's own parse data of one message.

        Args:
            text: what the person typed.
            question: id of the question just asked, or None.
        """
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: _tracker(question)}
        (message,) = self._runner.run(inputs, targets=[self._target])[self._target]
        parsed: dict[str, Any] = message.as_dict(only_output_properties=True)
        return parsed

    def read(self, text: str, question: str | None = None) -> Reading:
        """What was understood of one message."""
        parsed = self.parse(text, question)
        facts = {entity["entity"]: entity["value"] for entity in parsed["entities"] if entity["value"] != NOT_SURE}
        return Reading(parsed["intent"]["name"], parsed["intent"]["confidence"], facts, topic_of(parsed))


def _tracker(question: str | None) -> DialogueStateTracker:
    """A conversation in which the question was just asked."""
    tracker = DialogueStateTracker("language", slots=[AnySlot(REQUESTED_SLOT, mappings=[])])
    if question is not None:
        tracker.update(ActiveLoop(_FORM))
        tracker.update(SlotSet(REQUESTED_SLOT, question))
    return tracker
