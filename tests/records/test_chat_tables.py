"""The gateway's tables on both databases: a message is taken once, in order, and goes with its conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from hip.gateway.conversations import LEASE, Conversations
from hip.gateway.messages import Reply, Said
from hip.gateway.turn import NoConversation, NotOffered, State
from hip.records.chat_tables import chat_message, chat_session, chat_turn
from hip.records.encryption import Vault, new_data_key
from hip.records.erasure import erase_everything

GREETING = Reply("Which side?", (("Left", "/left"),))


@pytest.fixture
def conversations(engine: Engine, watch: Any) -> Iterator[Conversations]:
    yield Conversations(engine, Vault([new_data_key()]), watch)
    with engine.begin() as connection:
        connection.execute(chat_session.delete())


def begin(conversations: Conversations, name: str = "mine") -> None:
    conversations.begin(name)
    assert conversations.answer(name, 0, [GREETING])


def test_twenty_at_once_take_one_message_once(conversations: Conversations) -> None:
    begin(conversations)
    states: list[State] = []

    def accept() -> None:
        states.append(conversations.accept("mine", "the-same-id", Said("x")).state)

    threads = [threading.Thread(target=accept) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(state.value for state in states) == ["mine"] + ["theirs"] * 19
    assert [message.text for message in conversations.history("mine")] == ["Which side?", "x"]


def test_different_messages_at_once_get_places_of_their_own(conversations: Conversations) -> None:
    begin(conversations)
    numbers: list[int] = []

    def accept(number: int) -> None:
        numbers.append(conversations.accept("mine", f"message-{number}", Said(str(number))).number)

    threads = [threading.Thread(target=accept, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 11))
    assert [message.position for message in conversations.history("mine")] == list(range(1, 12))


def test_a_turn_is_first_when_those_before_it_have_ended(conversations: Conversations, watch: Any) -> None:
    begin(conversations)
    one = conversations.accept("mine", "message-1", Said("1"))
    two = conversations.accept("mine", "message-2", Said("2"))
    assert (one.first, two.first) == (True, False)
    assert conversations.is_busy("mine")
    conversations.fail("mine", one.number, sent=False)
    assert conversations.look("mine", two.number).first
    again = conversations.accept("mine", "message-1", Said("other"))
    assert (again.state, again.said, again.repeat) == (State.MINE, Said("1"), False)
    watch.move(seconds=LEASE.total_seconds() + 1)
    assert conversations.look("mine", one.number).state is State.FAILED
    assert conversations.accept("mine", "message-1", Said("1")).repeat is True
    assert conversations.answer("mine", two.number, [Reply("done")])
    assert conversations.accept("mine", "message-2", Said("2")).replies[0].text == "done"


def test_only_what_was_offered_last_is_taken(conversations: Conversations) -> None:
    begin(conversations)
    for said in (Said("Right", "/left"), Said("Left", "/right")):
        with pytest.raises(NotOffered):
            conversations.accept("mine", "message-1", said)
    assert conversations.accept("mine", "message-1", Said("Left", "/left")).state is State.MINE


def test_what_is_deleted_is_gone_and_takes_no_answer(conversations: Conversations, engine: Engine) -> None:
    begin(conversations)
    begin(conversations, "others")
    turn = conversations.accept("mine", "message-1", Said("x"))
    conversations.close("mine")
    conversations.close("mine")
    for use in (conversations.history, conversations.require):
        with pytest.raises(NoConversation):
            use("mine")
    with pytest.raises(NoConversation):
        conversations.accept("mine", "message-2", Said("y"))
    erase_everything("mine", engine, engine)
    assert conversations.answer("mine", turn.number, [Reply("late")]) is None
    with pytest.raises(NoConversation):
        conversations.close("mine")
    with engine.connect() as connection:
        left = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (chat_session, chat_turn, chat_message)
        ]
    assert left == [1, 1, 1]
