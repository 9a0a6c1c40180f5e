"""One message of a conversation as the widget sees it and as it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_ID: Final = re.compile(r"m([0-9]{8})")


@dataclass(frozen=True)
class Said:
    """What a person sent.

    Attributes:
        text: as typed, or the label of the button, without control characters.
        payload: the button's payload; None for typed text.
    """

    text: str
    payload: str | None = None

    def as_stored(self) -> dict[str, Any]:
        """What is encrypted and kept."""
        return {"text": self.text, "payload": self.payload}


@dataclass(frozen=True)
class Reply:
    """What the assistant said.

    Attributes:
        text: plain text, never HTML.
        buttons: title and payload of each.
        custom: one part for the widget, such as ``question``; see ``openapi.yml``.
    """

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    custom: Mapping[str, Any] | None = None

    def as_stored(self) -> dict[str, Any]:
        """What is encrypted and kept."""
        custom = None if self.custom is None else dict(self.custom)
        return {"text": self.text, "buttons": [list(button) for button in self.buttons], "custom": custom}


@dataclass(frozen=True)
class Message:
    """A message with its place in the conversation; ``position`` counts from 1."""

    position: int
    from_person: bool
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    custom: Mapping[str, Any] | None = field(default=None)

    @classmethod
    def from_stored(cls, position: int, from_person: bool, content: Mapping[str, Any]) -> Message:
        """Read what ``Said`` or ``Reply`` stored."""
        buttons = tuple((title, payload) for title, payload in content.get("buttons", ()))
        return cls(position, from_person, content["text"], buttons, content.get("custom"))

    def as_json(self) -> dict[str, Any]:
        """The form the widget gets."""
        return {
            "id": f"m{self.position:08}",
            "from": "person" if self.from_person else "assistant",
            "text": self.text,
            "buttons": [{"title": title, "payload": payload} for title, payload in self.buttons],
            "custom": self.custom,
        }


def parse_message_id(raw: str) -> int | None:
    """The position that a message id names; None when it is not an id as ``Message.as_json`` gives it."""
    found = _ID.fullmatch(raw)
    return int(found[1]) if found and raw.isascii() else None
