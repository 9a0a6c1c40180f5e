"""The way to Rasa's REST channel and back: what was said becomes replies, or a clear failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx2

from hip.gateway.messages import Reply
from hip.handover.booking import counted_address
from hip.records.erasure import ERASED

#: The parts of a message that the widget knows.
PARTS: Final = ("question", "read_back", "outcome", "comparison")
#: The connection was lost in the middle, so Rasa may or may not have got the message.
_BROKEN: Final = (httpx2.ReadError, httpx2.WriteError, httpx2.CloseError, httpx2.RemoteProtocolError)


class NotSent(Exception):
    """Rasa was not reached, so it has not read the message."""


class NoAnswer(Exception):
    """Rasa gave no answer that can be used. It may have read the message."""


@dataclass(frozen=True)
class Answer:
    """Rasa's answer to one message.

    Attributes:
        replies: at least one.
        erased: the person asked to delete everything, and it was done.
    """

    replies: tuple[Reply, ...]
    erased: bool = False

    @property
    def urgent(self) -> bool:
        """Whether it names 999, so that nothing may distract from it."""
        return any("999" in reply.text for reply in self.replies)


class Rasa:
    """A Rasa server.

    Args:
        client: with timeouts of its own; used for every request.
        url: of the server, such as ``http://127.0.0.1:5005``.
        links: where booking links are counted: the public address of the gateway.
    """

    def __init__(self, client: httpx2.AsyncClient, url: str, links: str) -> None:
        self._client = client
        self._url = f"{url}/webhooks/rest/webhook"
        self._links = links

    async def send(self, conversation: str, text: str, message_id: str, *, repeat: bool) -> Answer:
        """Send one message and wait for the whole answer.

        Args:
            conversation: Rasa's sender id.
            text: what Rasa reads.
            message_id: names the message within the conversation.
            repeat: it may have been sent before; Rasa then answers as it did (``hip.engine.channel``).

        Raises:
            NotSent: Rasa has not got the message.
            NoAnswer: it may have got it.
        """
        body = {"sender": conversation, "message": text, "metadata": {"message_id": message_id, "repeat": repeat}}
        try:
            response = await self._client.post(self._url, json=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from None
        except _BROKEN:
            response = await self._send_again(body | {"metadata": {"message_id": message_id, "repeat": True}})
        except httpx2.HTTPError as error:
            raise NoAnswer(type(error).__name__) from None
        if response.status_code != httpx2.codes.OK:
            raise NoAnswer(f"HTTP {response.status_code}")
        try:
            return parse_answer(response.json(), self._links)
        except (ValueError, KeyError, TypeError):  # whatever it holds may be what a person wrote
            raise NoAnswer("an answer of another shape") from None

    async def _send_again(self, body: Mapping[str, Any]) -> httpx2.Response:
        """Once, as a repeat: a proxy that is told of a new server closes connections that were kept open.

        Raises:
            NoAnswer: this failed as well.
        """
        try:
            return await self._client.post(self._url, json=body)
        except httpx2.HTTPError as error:
            raise NoAnswer(type(error).__name__) from None


def parse_answer(raw: Any, links: str) -> Answer:
    """Rasa's list of messages as replies; a part without text belongs to the text before it.

    Args:
        raw: the JSON of Rasa's REST channel.
        links: see ``Rasa``.

    Raises:
        ValueError, KeyError, TypeError: it is no such list, or says nothing.
    """
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise ValueError("not a list of messages")
    replies: list[Reply] = []
    erased = False
    for entry in raw:
        custom = entry.get("custom")
        erased = erased or (isinstance(custom, dict) and custom.get(ERASED) is True)
        part = _part(custom, links)
        if entry.get("text"):
            replies.append(Reply(str(entry["text"]), _buttons(entry.get("buttons")), part))
        elif part and replies:
            replies[-1] = replace(replies[-1], custom={**(replies[-1].custom or {}), **part})
    if not replies:
        raise ValueError("no message with a text")
    return Answer(tuple(replies), erased)


def _buttons(raw: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, list):
        return ()
    return tuple((str(button["title"]), str(button["payload"])) for button in raw if "payload" in button)


def _part(custom: Any, links: str) -> dict[str, Any] | None:
    """The parts that the widget knows, with booking links that are counted on the way."""
    if not isinstance(custom, Mapping):
        return None
    part = {name: custom[name] for name in PARTS if name in custom}
    outcome = part.get("outcome")
    if isinstance(outcome, Mapping) and outcome.get("reference"):
        part["outcome"] = {**outcome, "booking": _counted(outcome["booking"], outcome["reference"], links)}
    return part or None


def _counted(booking: Sequence[Mapping[str, Any]], reference: str, links: str) -> list[dict[str, Any]]:
    return [{**link, "url": link["url"] and counted_address(links, reference, link["service"])} for link in booking]
