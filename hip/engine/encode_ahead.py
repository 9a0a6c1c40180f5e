"""Has the encoder read a message in a thread of its own before the event loop reads the rest of it.

ONNX Runtime holds no lock of Python's while it computes, so meanwhile the loop answers others on the other core. What
the components make of a text they remember (hip/language/remembered.py); when the loop comes to it, it is there.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from cachetools import LRUCache
from rasa.engine.constants import PLACEHOLDER_MESSAGE

from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.core.channels.channel import UserMessage

#: Nothing is replaced here but for what is put before it.
REPLACES: Final = (
    Original("rasa.core.processor", "MessageProcessor.parse_message", (702, 738), "16e3c3e89efe43c8"),
    Original("rasa.core.processor", "MessageProcessor._parse_message_with_graph", (757, 788), "bfe0e7959d5ee87f"),
)

#: Texts known to have been encoded; at most as many as ``hip.language.encoder`` remembers.
_REMEMBERED: Final = 256
#: One, so that a crowd of messages leaves a core to the event loop.
_THREADS: Final = 1


def replace(module: ModuleType) -> None:
    """Put the encoder before Rasa's ``parse_message``."""
    processor: Any = module.MessageProcessor
    parse = processor.parse_message
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="encoder")
    heard: LRUCache[bytes, bool] = LRUCache(_REMEMBERED)

    async def parse_message(self: Any, message: UserMessage, *arguments: Any, **named: Any) -> dict[str, Any]:
        """Rasa's own, with the encoder's part done."""
        text = _correct_new(self.graph_runner, message, heard)
        if text:
            # Its libraries take a second to load, which `rasa --help` need not wait for.
            from hip.language.featurizer import encode_with_parts

            await asyncio.get_running_loop().run_in_executor(threads, encode_with_parts, text)
        parsed: dict[str, Any] = await parse(self, message, *arguments, **named)
        return parsed

    processor.parse_message = parse_message


def _correct_new(runner: Any, message: UserMessage, heard: LRUCache[bytes, bool]) -> str:
    """What the encoder will be given of a message; nothing if it was heard before, or if no component corrects."""
    from hip.language.corrector import TypingCorrector, corrected_text
    from hip.language.remembered import digest

    text = digest(message.text or "")
    corrector = next((name for name, node in runner._graph_schema.nodes.items() if node.uses is TypingCorrector), None)
    if corrector is None or heard.get(text):
        return ""
    heard[text] = True
    (read,) = runner.run({PLACEHOLDER_MESSAGE: [message]}, [corrector])[corrector]
    return corrected_text(read)
