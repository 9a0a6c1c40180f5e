"""Mistyped words put right by their letters and by the words beside them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hip.dialogue.importer import ClinicImporter
from hip.language.corrector import LONGEST, collect_texts, correct, make_decoder
from hip.language.cues import cue
from hip.language.decoder import TypingDecoder
from hip.language.facts import shared_reader
from hip.language.labels import load_choices
from hip.language.word_pairs import START, WordPairs
from hip.settings import ROOT


@pytest.fixture(scope="module")
def pairs() -> WordPairs:
    importer = ClinicImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    return WordPairs.fit(collect_texts(importer.get_nlu_data()))


@pytest.fixture(scope="module")
def decoder(pairs: WordPairs) -> TypingDecoder:
    return make_decoder(pairs)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # A key beside the one meant, a letter more or less, two swapped.
        ("my hip hirts at night", "my hip hurts at night"),
        ("is the injecton painfull", "is the injection painful"),
        ("where is teh clnic?", "where is the clinic?"),
        # A letter held down is nobody's slip: every reader takes it for what it is.
        ("no fever or chilllls", "no fever or chilllls"),
        # Two slips in a long word.
        ("i take paracetmoll for it", "i take paracetamol for it"),
        # The same typed word by what stands around it.
        ("i cant wlak at al today", "i cant walk at all today"),
        ("the pain came frim nowhere", "the pain came from nowhere"),
        # A real word that was not meant, beside a mistyped one.
        ("ned to sppeak t a nurse", "need to speak to a nurse"),
        # What is known stays, however rare.
        ("warfarin 5mg", "warfarin 5mg"),
        ("i am on apixaban and methotrexate", "i am on apixaban and methotrexate"),
        ("do you take vitality", "do you take vitality"),
        ("a music lesson", "a music lesson"),
        # Nothing to go by: too short, and no other word is known.
        ("hj", "hj"),
        ("qpz wvx", "qpz wvx"),
        ("sdkjfhskdjfh", "sdkjfhskdjfh"),
        # Two slips in a short word, beside words that say which it is.
        ("ndoe of these", "none of these"),
        ("", ""),
        ("🦆 !!", "🦆 !!"),
    ],
)
def test_corrects(decoder: TypingDecoder, typed: str, meant: str) -> None:
    assert decoder.correct(typed) == meant


@pytest.mark.parametrize("text", ["wibble wobble flurb", "it is flurb minutes", "for about nibr of them"])
def test_a_guess_is_never_a_number(decoder: TypingDecoder, text: str) -> None:
    """It would be an answer that nobody gave."""
    assert not set(decoder.correct(text).split()) & (cue("number") | cue("tens"))


def test_what_a_button_sends_is_never_changed(decoder: TypingDecoder) -> None:
    for choices in load_choices().values():
        for label in choices.labels:
            assert decoder.correct(label) == label


def test_no_word_of_the_lexicon_is_changed(decoder: TypingDecoder) -> None:
    """Alone, so that nothing beside it is a reason to."""
    words = [word for word in shared_reader().vocabulary if word.isalpha()]
    assert [word for word in words if decoder.correct(word) != word] == []


@pytest.mark.parametrize(
    "text", ["mam silny ból biodra i gorączkę", "me duele mucho la cadera", "j'ai mal à la hanche depuis hier"]
)
def test_another_language_is_left_alone(decoder: TypingDecoder, text: str) -> None:
    assert correct(decoder, text) == text


def test_the_end_of_a_long_text_is_left_as_it_is(decoder: TypingDecoder) -> None:
    text = "my hip hirts " + "and so on " * LONGEST
    assert correct(decoder, text) == text.replace("hirts", "hurts")
    assert correct(decoder, "x " * LONGEST + "hirts").endswith("hirts")


@given(st.text())
def test_any_text_keeps_what_is_no_word(decoder: TypingDecoder, text: str) -> None:
    corrected = decoder.correct(text)
    assert [c for c in corrected if not c.isalnum() and c not in "'’_"] == [
        c for c in text if not c.isalnum() and c not in "'’_"
    ]


def test_mistyped_examples_come_back(decoder: TypingDecoder, pairs: WordPairs) -> None:
    """One swapped pair of letters in one long word of a red flag's example: nearly all are put right."""
    importer = ClinicImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    dice, total, right = random.Random(5), 0, 0
    for text in sorted(set(collect_texts(importer.get_nlu_data())))[::40]:
        words = text.split()
        long = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha() and word.islower()]
        if not long or len(words) < 3:
            continue
        place = dice.choice(long)
        word = words[place]
        at = dice.randrange(1, len(word) - 1)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if swapped == word or pairs.counts.get(swapped):
            continue
        total += 1
        right += decoder.correct(" ".join([*words[:place], swapped, *words[place + 1 :]])) == text
    assert total > 100
    assert right / total > 0.9


def test_pairs_are_kept_as_they_are(pairs: WordPairs, tmp_path: Path) -> None:
    pairs.save(tmp_path / "pairs.json")
    kept = WordPairs.load(tmp_path / "pairs.json")
    assert kept.written == pairs.written
    for before, word in [(START, "my"), ("my", "hip"), ("hip", "nowhere"), ("unheard", "unheard")]:
        assert kept.surprise(before, word) == pairs.surprise(before, word)


def test_what_followed_a_word_is_expected_after_it() -> None:
    pairs = WordPairs.fit(["my hip hurts", "my hip aches", "the knee hurts"])
    assert pairs.surprise("my", "hip") < pairs.surprise("the", "hip")
    assert pairs.surprise("hip", "zebra") > pairs.surprise("hip", "aches")
