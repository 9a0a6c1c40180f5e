"""Deletes everything of one conversation: the records, the gateway's tables, and Rasa's own.

It is for "delete my data" and for retention alike. Rasa's in-memory lock of a conversation goes by itself when no
message waits for it, and holds no text.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete
from sqlalchemy.engine import Engine

from hip.records.chat_tables import chat_session
from hip.records.database import IMMEDIATE, explained, scrub, sqlite_path
from hip.records.keys import conversation_key, lock_conversation
from hip.records.tables import assessment
from hip.records.trackers import delete_trackers

#: The custom part of a message by which the actions tell the gateway that the person had everything deleted.
ERASED: Final = "erased"


def erase_everything(conversation: str, records: Engine, tracker: Engine) -> None:
    """Delete everything of a conversation; it may be repeated, and may be called for one that does not exist.

    With SQLite, what was deleted is overwritten, in the file and in the write-ahead log.

    Args:
        conversation: the id that Rasa knows as the sender.
        records: the database of the records and the gateway.
        tracker: the database of Rasa's conversations; it may be the same.

    Raises:
        RecordsError: a database cannot be used. What was deleted before that stays deleted.
    """
    erase_tracker(conversation, tracker)  # first: while the session is there, a failure can be tried again
    key = conversation_key(conversation)
    with explained("erase a conversation"), records.execution_options(**IMMEDIATE).begin() as connection:
        lock_conversation(connection, key)
        # Everything else goes with these: every foreign key cascades.
        connection.execute(delete(assessment).where(assessment.c.conversation_hash == key))
        connection.execute(delete(chat_session).where(chat_session.c.conversation_hash == key))
    with explained("erase a conversation"):
        scrub(records)


def erase_tracker(conversation: str, tracker: Engine) -> None:
    """Delete what Rasa itself keeps of a conversation.

    Args:
        conversation: the sender id.
        tracker: the database of Rasa's conversations.

    Raises:
        RecordsError: the database cannot be used.
    """
    path = sqlite_path(tracker.url)
    if path is not None and not path.exists():
        return  # Rasa has kept nothing yet; connecting would make an empty file
    with explained("erase a conversation of Rasa's"):
        with tracker.execution_options(**IMMEDIATE).begin() as connection:
            delete_trackers(connection, [conversation_key(conversation)])
        scrub(tracker)
