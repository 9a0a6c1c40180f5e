"""The summary as plain text."""

from __future__ import annotations

from hip.handover.summary_layout import Block, Bullets, Heading, Notice, Paragraph, Quotes, Rows, Sheet, Small


def write_text(sheet: Sheet) -> str:
    """Write a summary as lines; what a person wrote stands behind ``>`` and cannot pass for anything else."""
    lines = [sheet.title, *sheet.lines]
    for block in sheet.blocks:
        lines += _lines(block)
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(text):
            return ["", text]
        case Paragraph(text) | Small(text):
            return [text]
        case Notice(title, text, urgent):
            return ["", f"{title.upper() if urgent else title}: {text}"]
        case Bullets(items):
            return [f"- {item}" for item in items]
        case Quotes(items):
            return [line for asked, text in items for line in _quote(asked, text)]
        case Rows(_, items):
            return [f"- {name}: {value}" for name, value in items]


def _quote(asked: str, text: str) -> list[str]:
    return [f"> {f'({asked}) ' if asked and not at else ''}{line}" for at, line in enumerate(text.splitlines() or [""])]
