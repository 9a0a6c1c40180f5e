"""What the dialogue knows of its past: how often each thing was said, and what may be repeated of a person's words.

The tracker store folds old events away (``hip.engine.fold``). What is read here from events is taken out of them first
and goes on the one event that stands for them, so that it comes to the same whether they are there or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered

from hip.own_words import OwnWords, read_own_words

#: In the metadata of the event that stands for folded ones.
FOLDED: Final = "folded"
#: A message may be sent again only when its answer was lost on the way, which is soon; of so many the id is kept.
IDS_KEPT: Final = 32


@dataclass(frozen=True)
class History:
    """What earlier events say.

    Attributes:
        said: how often, by the name of the response.
        own_words: what the person called things; the latest message only where it is among the events.
        message_ids: the gateway's ids of the messages, oldest first; of folded messages the last ``IDS_KEPT``.
    """

    said: dict[str, int] = field(default_factory=dict)
    own_words: OwnWords = field(default_factory=OwnWords)
    message_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, events: Iterable[Event]) -> History:
        """Read it from a conversation's events, oldest first."""
        history, said, ids = cls(), dict[str, int](), list[str]()
        messages: list[tuple[str, set[str]]] = []
        for event in events:
            if isinstance(event, BotUttered):
                name = event.metadata.get("utter_action")
                if name is not None:
                    said[name] = said.get(name, 0) + 1
            elif isinstance(event, UserUttered):
                true = {each["entity"] for each in event.entities if each.get("value") is True}
                messages.append((event.text or "", true))
                if event.metadata.get("message_id") is not None:
                    ids.append(str(event.metadata["message_id"]))
            elif isinstance(event, SessionStarted) and FOLDED in event.metadata:
                history = cls._from_json(event.metadata[FOLDED])
        return cls(
            said={name: history.said.get(name, 0) + said.get(name, 0) for name in {**history.said, **said}},
            own_words=read_own_words(messages, history.own_words),
            message_ids=(*history.message_ids, *ids),
        )

    def as_event(self, timestamp: float, length: int) -> SessionStarted:
        """The event that stands for those it was read from; it begins the conversation.

        Args:
            timestamp: of the last of them, in seconds since 1970.
            length: how many events stand for them, this one included.
        """
        words = self.own_words
        folded = {
            "length": length,
            "said": self.said,
            "medicines": dict(words.medicines),
            "severity": words.severity,
            "message_ids": self.message_ids[-IDS_KEPT:],
        }
        return SessionStarted(timestamp, {FOLDED: folded})

    @classmethod
    def _from_json(cls, folded: dict[str, Any]) -> History:
        words = OwnWords(folded["medicines"], folded["severity"])
        return cls(dict(folded["said"]), words, tuple(folded["message_ids"]))


def count_said(events: Iterable[Event], response: str) -> int:
    """How often a response has been said in a conversation."""
    times = 0
    for event in events:
        if isinstance(event, BotUttered):
            times += event.metadata.get("utter_action") == response
        elif isinstance(event, SessionStarted):
            times += event.metadata.get(FOLDED, {}).get("said", {}).get(response, 0)
    return times


def length_of_fold(events: Sequence[Event]) -> int:
    """How many events at the beginning stand for folded ones."""
    first = events[0] if events else None
    return int(first.metadata.get(FOLDED, {}).get("length", 0)) if isinstance(first, SessionStarted) else 0
