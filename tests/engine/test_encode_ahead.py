"""The encoder reads a message in its own thread first; what is read of it is the same."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from hip.engine import encode_ahead
from hip.language import featurizer
from hip.language.corrector import CORRECTED, TypingCorrector


class Runner:
    """A graph whose corrector writes in lower case."""

    def __init__(self, *components: type) -> None:
        nodes = {f"run_{number}": SimpleNamespace(uses=each) for number, each in enumerate(components)}
        self._graph_schema = SimpleNamespace(nodes=nodes)
        self.runs: list[list[str]] = []

    def run(self, inputs: dict[str, Any], targets: list[str]) -> dict[str, Any]:
        self.runs.append(targets)
        (message,) = inputs["__message__"]
        text = message.text
        return {targets[0]: [Message({TEXT: text, CORRECTED: text.lower()} if text else {})]}


class Encoded:
    """What was encoded, and in which thread."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.threads: set[str] = set()

    def __call__(self, text: str) -> None:
        self.texts.append(text)
        self.threads.add(threading.current_thread().name)
        if text == "broken":
            raise RuntimeError("broken")


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> Encoded:
    recorded = Encoded()
    monkeypatch.setattr(featurizer, "encode_with_parts", recorded)
    return recorded


def make_processor(*components: type) -> Any:
    class MessageProcessor:
        def __init__(self) -> None:
            self.graph_runner = Runner(*components)

        async def parse_message(self, message: UserMessage, tracker: Any = None, only: bool = True) -> dict[str, Any]:
            return {"text": message.text, "tracker": tracker, "only": only}

    module: Any = SimpleNamespace(MessageProcessor=MessageProcessor)
    encode_ahead.replace(module)
    return MessageProcessor()


@pytest.fixture
def processor() -> Any:
    return make_processor(Runner, TypingCorrector)


async def read(processor: Any, *texts: str | None) -> list[dict[str, Any]]:
    return [await processor.parse_message(UserMessage(text), "a tracker", only=False) for text in texts]


async def test_what_was_meant_is_encoded_in_another_thread(processor: Any, encoded: Encoded) -> None:
    (parsed,) = await read(processor, "My HIP")
    assert parsed == {"text": "My HIP", "tracker": "a tracker", "only": False}
    assert encoded.texts == ["my hip"]
    assert threading.current_thread().name not in encoded.threads
    assert processor.graph_runner.runs == [["run_1"]]


async def test_what_was_heard_before_goes_straight_on(processor: Any, encoded: Encoded) -> None:
    await read(processor, "yes", "yes", "no", "yes")
    assert encoded.texts == ["yes", "no"]


@pytest.mark.parametrize("text", ["", None])
async def test_nothing_needs_no_encoder(processor: Any, encoded: Encoded, text: str | None) -> None:
    (parsed,) = await read(processor, text)
    assert parsed["tracker"] == "a tracker"
    assert encoded.texts == []


async def test_a_model_of_other_components_is_read_as_ever(encoded: Encoded) -> None:
    (parsed,) = await read(make_processor(Runner), "hello")
    assert parsed["text"] == "hello"
    assert encoded.texts == []


async def test_what_breaks_is_told_to_rasa(processor: Any, encoded: Encoded) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        await read(processor, "broken")
