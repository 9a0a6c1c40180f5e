"""Typing errors made on purpose."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from hip.language.slips import SHARE, mistype

TEXT = "is the injection painful and how long does it take to wear off again " * 20


def test_about_the_share_asked_for() -> None:
    slips = OSA.distance(TEXT, mistype(TEXT))
    assert 0.7 * SHARE * len(TEXT) < slips < 1.2 * SHARE * len(TEXT)


def test_the_same_text_is_mistyped_the_same_way() -> None:
    assert mistype(TEXT) == mistype(TEXT) != mistype(TEXT + "x")[: len(TEXT)]


def test_nothing_disturbed_and_all_disturbed() -> None:
    assert mistype(TEXT, share=0) == TEXT
    assert mistype("", share=1) == ""
    assert mistype("hip", share=1) != "hip"
