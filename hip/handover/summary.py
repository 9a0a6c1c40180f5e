"""The summary of one handed-over assessment as a file, for the person and the clinic alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hip.handover.summary_layout import lay_out
from hip.handover.summary_model import Reader, Summary
from hip.handover.summary_text import write_text


class UnknownFormat(ValueError):
    """There is no such format of a summary."""


@dataclass(frozen=True)
class Document:
    """A file to hand out; its name holds the reference and nothing else about anybody."""

    name: str
    media_type: str
    content: bytes


def render(form: str, summary: Summary, reader: Reader = Reader.PERSON) -> Document:
    """Write the summary.

    Args:
        form: one of ``FORMATS``.
        summary: the assessment.
        reader: whom it is for. The FHIR form is for record systems and the same for both.

    Raises:
        UnknownFormat: for any other form.
    """
    if form not in FORMATS:
        raise UnknownFormat(f"a summary can be {', '.join(FORMATS)}")
    return FORMATS[form](summary, reader)


def _as_text(summary: Summary, reader: Reader) -> Document:
    content = write_text(lay_out(summary, reader)).encode()
    return Document(f"{summary.reference}.txt", "text/plain; charset=utf-8", content)


# The next two libraries take 3 s and 60 MB to import, which no process should pay that writes neither file.


def _as_pdf(summary: Summary, reader: Reader) -> Document:
    from hip.handover.pdf import write_pdf

    content = write_pdf(lay_out(summary, reader), summary.reference, summary.given_at)
    return Document(f"{summary.reference}.pdf", "application/pdf", content)


def _as_fhir(summary: Summary, _reader: Reader) -> Document:
    from hip.handover.fhir import write_fhir

    return Document(f"{summary.reference}.json", "application/fhir+json", write_fhir(summary).encode())


FORMATS: Final[Mapping[str, Callable[[Summary, Reader], Document]]] = {
    "text": _as_text,
    "pdf": _as_pdf,
    "fhir": _as_fhir,
}
