"""How a message is split into parts, and which are chosen among many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hip.language.parts import MOST, choose_parts, split_parts, weigh_words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("my hip aches", ["my hip aches"]),
        ("My hip aches. My foot is like ice.", ["My hip aches", "My foot is like ice"]),
        ("my hip aches and my foot is like ice", ["my hip aches", "my foot is like ice"]),
        ("hip is sore, it started last week", ["hip is sore", "it started last week"]),
        ("the hip is bad but walking is fine", ["the hip is bad", "walking is fine"]),
        # A denial stays with everything it denies.
        ("no fever, chest pain or numbness", ["no fever, chest pain or numbness"]),
        ("I have no fever and no chills", ["I have no fever and no chills"]),
        # A scrap goes with its neighbour.
        ("sore. my foot is like ice", ["sore, my foot is like ice"]),
        ("temperature of 38.5 today", ["temperature of 38.5 today"]),
        ("it’s stiff now and it’s sore too", ["it's stiff now", "it's sore too"]),
        ("", []),
        ("?!", []),
        ("🦆", []),
    ],
)
def test_a_message_is_split_where_something_new_is_told(text: str, parts: list[str]) -> None:
    assert split_parts(text) == parts


def test_of_many_parts_the_telling_ones_are_chosen_in_their_order() -> None:
    weights = weigh_words(["my foot is ice"], ["my hip is sore", "my hip is stiff"])
    assert set(weights) == {"foot", "ice"}
    dull = [f"my hip is sore on day {day}" for day in ("one", "two", "three", "four", "five")]
    chosen = choose_parts([*dull[:3], "my foot is ice", *dull[3:]], weights)
    assert chosen == [*dull[:3], "my foot is ice"]


@given(st.text())
def test_any_text_is_split_into_parts_with_words(text: str) -> None:
    parts = split_parts(text)
    assert all(any(sign.isalnum() for sign in part) for part in parts)
    assert len(choose_parts(parts, {})) == min(len(parts), MOST)
