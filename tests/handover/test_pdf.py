"""The summary as a PDF, read back with another library."""

from __future__ import annotations

import importlib.util
import re

import pypdfium2
import pytest

from hip.handover.pdf import FontMissing, font_folder, write_pdf
from hip.handover.summary_layout import lay_out
from hip.handover.summary_model import Reader, Summary
from hip.triage.levels import CareLevel
from tests.handover.summaries import DESK, GIVEN, REFERENCE, make_record, make_summary


def write(summary: Summary, reader: Reader = Reader.PERSON) -> bytes:
    return write_pdf(lay_out(summary, reader), summary.reference, summary.given_at)


def pages_of(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def words_of(content: bytes) -> str:
    """All words with one blank between them, without the feet of the pages."""
    feet = rf"{REFERENCE} +Not a diagnosis\s+Page \d+ of \d+"
    return " ".join(re.sub(feet, "", "\n".join(pages_of(content))).split())


@pytest.mark.parametrize("reader", list(Reader))
def test_it_says_what_the_text_says(reader: Reader) -> None:
    summary = make_summary("Worse on stairs, since May", weight_loss=True, anticoagulant=True)
    sheet, words = lay_out(summary, reader), words_of(write(summary, reader))
    for line in (sheet.title, *sheet.lines, *summary.reasons, summary.result.safety_net):
        assert line in words
    for answer in summary.answers:
        assert answer.label in words or answer.words in words or answer.status in ("Not known",)
    assert "“Worse on stairs, since May”" in words


def test_it_has_a_title_a_language_and_bookmarks() -> None:
    content = write(make_summary(), Reader.CLINICIAN)
    document = pypdfium2.PdfDocument(content)
    about = document.get_metadata_dict()
    assert about["Title"] == f"Hip assessment: summary for the clinician, {REFERENCE}"
    assert about["CreationDate"].startswith(f"D:{GIVEN:%Y%m%d%H%M}")
    assert "Not a diagnosis" in about["Subject"]
    assert b"/Lang (en-GB)" in content
    assert b"/DisplayDocTitle true" in content
    assert b"/Marked true" in content
    titles = [bookmark.get_title() for bookmark in document.get_toc()]
    assert "Checks before an injection" in titles
    assert "In the person's own words" in titles


def test_every_page_names_reference_and_number() -> None:
    pages = pages_of(write(make_summary(*["A long story. " * 140] * 6), Reader.CLINICIAN))
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        assert REFERENCE in text
        assert f"Page {number} of {len(pages)}" in text


@pytest.mark.parametrize("said", ["w" * 2000, "word " * 4000, "a\n" * 300, "https://" + "x" * 500, "—" * 900])
def test_nothing_runs_off_the_page(said: str) -> None:
    document = pypdfium2.PdfDocument(write(make_summary(said)))
    letters = 0
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            assert left >= 0
            assert bottom >= 0
            assert right <= width
            assert top <= height
            letters += text.get_text_range(at, 1) == said[0]
    assert letters >= said.count(said[0])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Zoë’s naïve café – 50 % ½ “quoted”", "Zoë’s naïve café – 50 % ½ “quoted”"),
        ("Ελληνικά, Кириллица, Łódź", "Ελληνικά, Кириллица, Łódź"),
        ("sore 🦵\ufe0f today", "sore [leg] today"),
        ("👨\u200d🦽 in a chair", "[man][manual wheelchair] in a chair"),
        ("漢字 hurts", "□□ hurts"),
        ("ألم, כאב", "□□□, □□□"),
        ("a\tb", "a b"),
    ],
)
def test_letters_of_any_kind(said: str, shown: str) -> None:
    words = words_of(write(make_summary(said)))
    assert f"“{shown}”" in words
    assert ("stands for a letter that this file cannot show" in words) is ("□" in shown)


def test_an_emergency_since_stands_first() -> None:
    words = words_of(write(make_summary(later=CareLevel.EMERGENCY_AMBULANCE), Reader.CLINICIAN))
    assert words.index("Later in the same chat: Call 999 now") < words.index("Result:")
    assert "Later in the same chat" not in words_of(write(make_summary()))


def test_the_same_summary_gives_the_same_file() -> None:
    summary = DESK.summarise(make_record())
    assert write(summary) == write(summary)
    assert write(summary) != write(summary, Reader.CLINICIAN)


def test_the_font_comes_with_its_licence() -> None:
    assert (font_folder() / "LICENSE_DEJAVU").is_file()


def test_a_missing_font_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FontMissing, match="matplotlib"):
        write(make_summary())
