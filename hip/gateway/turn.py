"""One message of a person and how far its answer has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from hip.gateway.messages import Message, Said

_NOTHING_SAID: Final = Said("")


class NoConversation(Exception):
    """The conversation does not exist, or is being deleted."""


class NotOffered(Exception):
    """The payload is not one of those offered last."""


class State(Enum):
    """Who works on a turn."""

    MINE = "mine"
    THEIRS = "theirs"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True)
class Turn:
    """One message of the person, as it was first sent.

    Attributes:
        number: its place in the conversation.
        state: whether the caller is to work on it.
        said: the message; of the first attempt, whatever a repeat holds.
        repeat: Rasa may have read it already.
        first: no earlier turn is being worked on.
        replies: the answer, once there is one.
    """

    number: int
    state: State
    said: Said = _NOTHING_SAID
    repeat: bool = False
    first: bool = True
    replies: tuple[Message, ...] = ()
