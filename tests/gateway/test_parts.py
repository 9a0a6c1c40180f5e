"""Tokens, limits, texts and messages by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from hip.gateway.guard import address_of
from hip.gateway.limits import MOST_KEYS, MinuteLimit, TooMany
from hip.gateway.messages import Message, Reply, Said, parse_message_id
from hip.gateway.text import clean, neutralise
from hip.gateway.tokens import SessionKeyError, TokenMaker

KEY, OTHER = "k" * 40, "o" * 40


def test_tokens_differ_and_are_long_enough() -> None:
    maker = TokenMaker([KEY])
    tokens = {maker.new() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token.split(".")[0]) * 6 >= 128 for token in tokens), "each character holds six bits"
    assert len({maker.read(token) for token in tokens}) == 100


def test_a_token_outlives_a_new_key_and_dies_with_its_own() -> None:
    token = TokenMaker([KEY]).new()
    conversation = TokenMaker([KEY]).read(token)
    assert conversation
    assert TokenMaker([OTHER, KEY]).read(token) == conversation
    assert TokenMaker([OTHER]).read(token) is None
    assert TokenMaker([KEY]).read(TokenMaker([OTHER, KEY]).new()) is None, "the newest key signs"


def test_there_is_no_token_without_a_key() -> None:
    with pytest.raises(SessionKeyError, match="SESSION_KEYS is not set"):
        TokenMaker([])


@given(st.text())
def test_nothing_typed_becomes_an_intent(raw: str) -> None:
    text = clean(raw)
    read = neutralise(text)
    assert read.strip()
    assert not read.strip().startswith("/")
    text.encode()
    assert clean(text) == text
    assert neutralise(read) == read


@given(st.text(alphabet="/ \t\n\u200b\u3000／⁄a"))
def test_nor_do_slashes_and_spaces_in_any_order(raw: str) -> None:
    assert not neutralise(clean(raw)).strip().startswith(("/", "／"))


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_lets_so_many_through_in_any_minute() -> None:
    ticks = Ticks()
    limit = MinuteLimit(3, ticks)
    for _ in range(3):
        limit.use("a")
        ticks.now += 10
    with pytest.raises(TooMany) as refused:
        limit.use("a")
    assert 29 <= refused.value.retry_after <= 31
    limit.use("b")
    ticks.now += 31
    limit.use("a")
    with pytest.raises(TooMany):
        limit.use("a")


def test_a_limit_remembers_no_more_than_it_can_hold() -> None:
    limit = MinuteLimit(1, Ticks())
    for number in range(MOST_KEYS + 5):
        limit.use(str(number))
    with pytest.raises(TooMany):
        limit.use(str(MOST_KEYS + 4))
    limit.use("0")  # forgotten first


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("nonsense", "unknown"),
        (None, "unknown"),
    ],
)
def test_whom_a_request_is_counted_for(host: str | None, counted_as: str) -> None:
    client = None if host is None else (host, 1)
    assert address_of(Request({"type": "http", "headers": [], "client": client})) == counted_as


def test_messages_survive_being_stored() -> None:
    reply = Reply("Which side?", (("Left", "Left"),), {"question": {"id": "side"}})
    message = Message.from_stored(7, False, reply.as_stored())
    assert (message.text, message.buttons, message.custom) == (reply.text, reply.buttons, reply.custom)
    assert Message.from_stored(8, True, Said("Left", "Left").as_stored()).as_json()["text"] == "Left"
    assert parse_message_id(message.as_json()["id"]) == 7
