"""The lexicon is checked when it is loaded, and the notation does what words.yml says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hip.content import ContentError
from hip.language.lexicon import FOLDER, Lexicon
from hip.language.patterns import parse_pattern

LEXICON = Lexicon()


def _changed(folder: Path, name: str, old: str, new: str) -> Path:
    copy = folder / "lexicon"
    shutil.copytree(FOLDER, copy)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("injury.yml", "- fact: injury\n", "- fact: injry\n", "injry"),
        ("injury.yml", '"{fell}"', '"{fel}"', "{fel}"),
        ("injury.yml", '"{fell}"', '".. {fell}"', "must begin"),
        ("injury.yml", "reviewed: ", "checked: ", "checked"),
        ("choices.yml", "      left: [", "      lefft: [", "lefft"),
        ("dialect.yml", "of: scots", "of: scotch", "scotch"),
        ("dialect.yml", "    cannae: cant", "    cannae: can't", "can't"),
        ("words.yml", '"{leg}", ', '"{leeg}", ', "leeg"),
    ],
)
def test_a_mistake_in_the_lexicon_is_named(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    with pytest.raises(ContentError, match=told.replace("{", r"\{").replace("}", r"\}")):
        Lexicon(_changed(tmp_path, name, old, new))


@pytest.mark.parametrize("text", ["", "..", "a ..", "a?", "a||b"])
def test_a_pattern_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        parse_pattern(text)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("I can’t   stand", ["i", "cant", "stand"]),
        ("weight bare", ["weight", "bare"]),
        ("my hipp payn", ["my", "hip", "pain"]),
        ("pit ma fit doon", ["put", "my", "foot", "down"]),
        ("ma's no weel", ["ma", "s", "unwell"]),
        ("my ma had a fit", ["my", "ma", "had", "a", "fit"]),
        ("up t'stairs, t'other leg", ["up", "the", "stairs", ",", "the", "other", "leg"]),
        ("me 'ip's bad n I can't", ["me", "hip", "s", "bad", "and", "i", "cant"]),
        ("in an ambulance, on iv antibiotics", ["in", "an", "ambulance", ",", "on", "iv", "antibiotics"]),
        ("an hour, red an sore", ["an", "hour", ",", "red", "and", "sore"]),
        ("artheritis replasment injecton", ["arthritis", "replacement", "injection"]),
        ("cortizone hyluronic lidocane warferin", ["cortisone", "hyaluronic", "lidocaine", "warfarin"]),
        (
            "alergic sciatca numness incontinant testical nite",
            ["allergic", "sciatica", "numbness", "incontinent", "testicle", "night"],
        ),
        ("7/10, 6-7", ["7", "/", "10", ",", "6", "-", "7"]),
        ("20mg", ["20", "mg"]),
        ("co-codamol x-ray", ["co", "codamol", "x", "ray"]),
        ("nooooo", ["no"]),
    ],
)
def test_typing_is_put_right(typed: str, words: list[str]) -> None:
    assert LEXICON.normaliser.split(typed) == words


@pytest.mark.parametrize(
    "word", ["heaving", "falling", "warm", "swallow", "numbers", "bottle", "growing", "coffee", "staffs"]
)
def test_good_words_are_left_alone(word: str) -> None:
    assert LEXICON.normaliser.split(word) == [word]
