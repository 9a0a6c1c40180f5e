"""The summary as a PDF: A4, in a font that covers most alphabets, with a title, a language and bookmarks."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF, FontFace, TextStyle
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import CoreFont, TTFFont
from fpdf.prefs import ViewerPreferences
from fpdf.util import Padding

from hip.handover.summary_layout import Block, Bullets, Heading, Notice, Paragraph, Quotes, Rows, Sheet, Small

_MARGIN: Final = 20.0  # mm
_INDENT: Final = 5.0  # mm
_FONT: Final = "DejaVu"
_SIZE: Final = 10.5  # points
_SMALL: Final = 8.5
_LINE: Final = 5.4  # mm, half as high again as the letters
_DARK: Final = (29, 42, 48)
_ACCENT: Final = (0, 82, 96)
_GREY: Final = (88, 98, 104)
_ALERT: Final = (162, 20, 20)
_PALE: Final = (235, 243, 244)
_PALE_ALERT: Final = (253, 236, 236)

#: Stands for a letter that the font does not have.
_NO_GLYPH: Final = "□"
_NO_GLYPH_NOTE: Final = f"{_NO_GLYPH} stands for a letter that this file cannot show. The text version has it."


#: Letters of right-to-left scripts: fpdf would write them in the wrong order without a shaping engine.
_LEFTWARD: Final = ("R", "AL")

#: Asks for the coloured form of the sign before it.
_EMOJI_VARIANT: Final = "\N{VARIATION SELECTOR-16}"


class FontMissing(RuntimeError):
    """The font that comes with matplotlib, which Rasa needs, is not where it should be."""


def write_pdf(sheet: Sheet, reference: str, written_at: datetime) -> bytes:
    """Write a summary as a PDF.

    Args:
        sheet: the summary.
        reference: its code, at the foot of every page.
        written_at: when the result was given; the file's date.

    Returns:
        The file. The same summary gives the same bytes.

    Raises:
        FontMissing: there is no font to write it in.
    """
    pdf = _Page(sheet.title, reference, written_at)
    for block in (*map(Small, sheet.lines), *sheet.blocks):
        pdf.put(block)
    if pdf.lacked_glyph:
        pdf.put(Small(_NO_GLYPH_NOTE))
    return bytes(pdf.output())


def font_folder() -> Path:
    """Where the DejaVu fonts are, with their licence: in matplotlib, without importing it.

    Raises:
        FontMissing: they are not there.
    """
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FontMissing("the summary's font comes with matplotlib, which is not installed")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        if not (folder / name).is_file():
            raise FontMissing(f"{folder / name}: the summary's font is missing")
    return folder


def _glyphs(fonts: Iterable[CoreFont | TTFFont]) -> frozenset[int]:
    """The letters that every one of these fonts has."""
    return frozenset.intersection(*(frozenset(font.cmap) for font in fonts if isinstance(font, TTFFont)))


class _Page(FPDF):
    def __init__(self, title: str, reference: str, written_at: datetime) -> None:
        super().__init__(format="A4")
        self.lacked_glyph = False
        self._reference = reference
        folder = font_folder()
        self.add_font(_FONT, "", folder / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", folder / "DejaVuSans-Bold.ttf")
        self._glyphs = _glyphs(self.fonts.values())
        self.set_title(f"{title}, {reference}")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_lang("en-GB")
        self.set_author("Ravenscroft Health, automated assistant")
        self.set_subject("Not a diagnosis. Not checked by anybody at the clinic yet.")
        self.set_creator("Ravenscroft hip assistant")
        self.set_creation_date(written_at)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + 5)
        self.set_section_title_styles(
            TextStyle(_FONT, "B", 17, _ACCENT, b_margin=2),
            TextStyle(_FONT, "B", 12.5, _ACCENT, t_margin=5, b_margin=1.5),
        )
        self.add_page()
        self.set_font(_FONT, "", _SIZE)
        self.start_section(title)

    def footer(self) -> None:
        """Reference, a word of caution and the page's number."""
        self.set_y(-_MARGIN + 3)
        self.set_font(_FONT, "", _SMALL)
        self.set_text_color(*_GREY)
        self.cell(0, 5, f"{self._reference}   Not a diagnosis", new_x=XPos.LMARGIN, new_y=YPos.TOP)
        self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    def put(self, block: Block) -> None:
        """Write one block below the last one."""
        match block:
            case Heading(text):
                self._keep_together(30)
                self.start_section(self._shown(text), level=1)
            case Paragraph(text, strong):
                if strong:  # it names what follows
                    self._keep_together(2 * _LINE)
                    self.ln(1.5)
                self._write(text, bold=strong)
            case Small(text):
                self._write(text, size=_SMALL, colour=_GREY)
            case Notice(title, text, urgent):
                self._notice(title, text, urgent)
            case Bullets(items):
                for item in items:
                    self._bullet(item)
            case Quotes(items):
                for asked, text in items:
                    self._quote(asked, text)
            case Rows(head, items):
                self._rows(head, items)

    def _write(
        self,
        text: str,
        *,
        bold: bool = False,
        size: float = _SIZE,
        colour: tuple[int, int, int] = _DARK,
        indent: float = 0,
    ) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*colour)
        self.set_x(_MARGIN + indent)
        self.multi_cell(self.epw - indent, _LINE * size / _SIZE, self._shown(text), align="L", new_x=XPos.LMARGIN)
        self.ln(0.8)

    def _bullet(self, text: str) -> None:
        self._keep_together(_LINE)
        self.set_font(_FONT, "", _SIZE)
        self.set_text_color(*_ACCENT)
        self.cell(_INDENT, _LINE, "•")
        self._write(text, indent=_INDENT)

    def _quote(self, asked: str, text: str) -> None:
        if asked:
            self._keep_together(2 * _LINE)
            self._write(asked, size=_SMALL, colour=_GREY, indent=_INDENT)
        self._write(f"“{text}”", indent=_INDENT)

    def _notice(self, title: str, text: str, urgent: bool) -> None:
        self._keep_together(30)
        colour = _ALERT if urgent else _ACCENT
        self.ln(2)
        self.set_fill_color(*(_PALE_ALERT if urgent else _PALE))
        self.set_draw_color(*colour)
        self.set_line_width(0.8)
        for words, bold, shade, padding in (
            (title, True, colour, Padding(2.5, 4, 0, 4)),
            (text, False, _DARK, Padding(1, 4, 2.5, 4)),
        ):
            self.set_font(_FONT, "B" if bold else "", _SIZE)
            self.set_text_color(*shade)
            self.multi_cell(
                0, _LINE, self._shown(words), border="L", fill=True, align="L", padding=padding, new_x=XPos.LMARGIN
            )
        self.ln(2)

    def _rows(self, head: tuple[str, str], items: tuple[tuple[str, str], ...]) -> None:
        self.set_font(_FONT, "", _SIZE)
        self.set_text_color(*_DARK)
        self.set_draw_color(*_GREY)
        self.set_fill_color(255)  # else the rows are as pale as the last notice
        self.set_line_width(0.2)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=(62, 38),
            headings_style=FontFace(emphasis="BOLD", color=_ACCENT),
            line_height=_LINE,
            padding=(0.8, 1.5),
            text_align="LEFT",
        ) as table:
            for name, value in (head, *items):
                row = table.row()
                row.cell(self._shown(name))
                row.cell(self._shown(value))
        self.ln(1)

    def _keep_together(self, height: float) -> None:
        """Begin a new page unless so many mm are left on this one."""
        if self.will_page_break(height):
            self.add_page()

    def _shown(self, text: str) -> str:
        """The text in letters that can be shown: the name of an emoji, nothing for what has no width, else a box.

        fpdf would write a letter that it lacks into the log, and no word of anybody's may stand there.
        """
        return "".join(self._letter(char) for char in text)

    def _letter(self, char: str) -> str:
        category = unicodedata.category(char)
        if category == "Cf" or char == _EMOJI_VARIANT:
            return ""
        leftward = unicodedata.bidirectional(char) in _LEFTWARD
        if char == "\n" or (ord(char) in self._glyphs and not leftward):
            return char
        if category == "Cc":
            return " "
        if category == "So" and (name := unicodedata.name(char, "")):
            return f"[{name.lower()}]"
        self.lacked_glyph = True
        return _NO_GLYPH
