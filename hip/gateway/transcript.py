"""The messages of one conversation inside a transaction, encrypted and decrypted on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select
from sqlalchemy.engine import Connection

from hip.gateway.messages import Message, Said
from hip.records.chat_tables import chat_message
from hip.records.encryption import Vault
from hip.triage.levels import CareLevel


@dataclass(frozen=True)
class Transcript:
    """The messages of the conversation with this key."""

    connection: Connection
    key: str
    vault: Vault

    def after(self, position: int) -> tuple[Message, ...]:
        """All messages after a position, oldest first."""
        return self._read(chat_message.c.position > position)

    def replies(self, turn: int) -> tuple[Message, ...]:
        """What the assistant said in a turn."""
        return self._read(and_(chat_message.c.turn == turn, chat_message.c.from_person.is_(False)))

    def said(self, turn: int) -> Said:
        """What the person said in a turn."""
        wanted = and_(chat_message.c.turn == turn, chat_message.c.from_person)
        content = select(chat_message.c.content).where(chat_message.c.conversation_hash == self.key, wanted)
        stored = self.vault.decrypt(self.connection.execute(content).scalar_one())
        return Said(stored["text"], stored["payload"])

    def offered(self) -> frozenset[tuple[str, str]]:
        """Title and payload of every button of the last answer."""
        last = select(func.max(chat_message.c.turn)).where(
            chat_message.c.conversation_hash == self.key, chat_message.c.from_person.is_(False)
        )
        turn = self.connection.execute(last).scalar_one()
        replies = () if turn is None else self.replies(turn)
        return frozenset(button for message in replies for button in message.buttons)

    def last_level(self) -> CareLevel | None:
        """The care level that the person was told last; None before any."""
        for message in reversed(self.after(0)):
            outcome = (message.custom or {}).get("outcome")
            if outcome:
                return CareLevel(outcome["care_level"])
        return None

    def add(self, turn: int, from_person: bool, contents: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Put messages at the end."""
        last = select(func.coalesce(func.max(chat_message.c.position), 0)).where(
            chat_message.c.conversation_hash == self.key
        )
        start = int(self.connection.execute(last).scalar_one()) + 1
        rows = [
            {
                "conversation_hash": self.key,
                "position": position,
                "turn": turn,
                "from_person": from_person,
                "content": self.vault.encrypt(content),
                "created_at": now,
            }
            for position, content in enumerate(contents, start)
        ]
        self.connection.execute(insert(chat_message), rows)

    def _read(self, wanted: Any) -> tuple[Message, ...]:
        rows = self.connection.execute(
            select(chat_message.c.position, chat_message.c.from_person, chat_message.c.content)
            .where(chat_message.c.conversation_hash == self.key, wanted)
            .order_by(chat_message.c.position)
        )
        return tuple(Message.from_stored(row[0], row[1], self.vault.decrypt(row[2])) for row in rows)
