"""Results are given again by the digest of a text, from any thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hip.language.remembered import digest, remember


def test_the_one_asked_for_longest_ago_is_forgotten() -> None:
    found: list[str] = []

    def find(text: str) -> list[str]:
        found.append(text)
        return [text]

    remembering = remember(2, digest, find)
    first = remembering("a")
    remembering("b")
    assert remembering("a") is first
    remembering("c")
    assert remembering("a") is first
    remembering("b")
    assert found == ["a", "b", "c", "b"]


def test_an_error_is_not_remembered() -> None:
    answers = iter([ValueError("once"), None])

    def find(_text: str) -> str:
        error = next(answers)
        if error:
            raise error
        return "found"

    remembering = remember(2, digest, find)
    with pytest.raises(ValueError, match="once"):
        remembering("a")
    assert remembering("a") == "found"


def test_threads_share_it() -> None:
    remembering = remember(8, digest, lambda text: text.upper())
    with ThreadPoolExecutor(4) as threads:
        texts = [str(number % 12) for number in range(2_000)]
        assert list(threads.map(remembering, texts)) == texts


@given(st.lists(st.text()), st.lists(st.text()))
@example(["a", "b"], ["a\0b"])
@example(["1:a", ""], ["", "1:a"])
def test_texts_stand_apart(some: list[str], others: list[str]) -> None:
    """But for half characters, which are alike to every reader."""
    written, also = ([text.encode("utf-8", "replace") for text in texts] for texts in (some, others))
    assert (digest(*some) == digest(*others)) == (written == also)
