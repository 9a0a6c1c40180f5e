"""Other languages are told from English, and from English as it is really typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from py3langid.langid import LanguageIdentifier

from hip.language.foreign import LANGUAGE_MODEL, LANGUAGES, is_foreign, read_languages
from hip.language.model_files import ModelFileError

FOREIGN = [
    "je ne peux plus marcher",
    "tengo mucho dolor en el lado izquierdo",
    "ich kann nicht atmen",
    "nie moge oddychac",
    "non riesco a respirare",
    "mi-e greu sa respir, ajutor",
    "помогите",
    "我的腿很疼",
    "میری ٹانگ سوج گئی ہے",
    "ਮੇਰਾ ਪੈਰ ਸੁੱਜ ਗਿਆ ਹੈ",
]
ENGLISH = [
    "my hip hurts",
    "dunno innit mate",
    "owt else duck, am clemmed",
    "nae bother pal, cannae walk far",
    "hiya",
    "ta ra",
    "aye",
    "yh defo m8",
    "hurst when i wlak",
    "naproxen 500mg bd, apixaban",
    "FAI impingement L hip",
    "ｍｙ ｈｉｐ ｈｕｒｔｓ",
]
NEITHER = ["", "🦆🦆", "!!", "10", "\ud800", "zxqw plkj vbnm", "asdf jkl"]


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_as_typed(text: str) -> None:
    assert not is_foreign(text)


@pytest.mark.parametrize("text", NEITHER)
def test_no_language_at_all(text: str) -> None:
    assert not is_foreign(text)


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    changed = tmp_path / "model.npz.xz"
    changed.write_bytes(LANGUAGE_MODEL.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelFileError, match=r"model\.npz\.xz: sha256 is .* expected"):
        read_languages(changed)


def test_reading_only_our_languages_changes_no_chance() -> None:
    whole = LanguageIdentifier.from_model_file(LANGUAGE_MODEL, norm_probs=True)
    whole.set_languages(list(LANGUAGES))
    ours = read_languages(LANGUAGE_MODEL)
    assert sorted(ours.labels) == sorted(LANGUAGES)
    for text in (*FOREIGN, *ENGLISH, "", "10"):
        assert ours.rank(text) == whole.rank(text)
