"""The files themselves: named by reference, without an answer in any address, and silent in the log."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from hip.assessment import FACTS
from hip.handover.fhir_codes import load_codes
from hip.handover.summary import FORMATS, UnknownFormat, render
from hip.handover.summary_model import Reader, Summary
from tests.handover.summaries import DESK, REFERENCE, handed_over, make_record, make_summary

ADDRESS = re.compile(r"(?:https?://|www\.|urn:)[^\s\"'<>]+")
NAME = "Zoë Zebra-Quartz"
SAID = (f"I am {NAME}, 071 946 0000, and my hip is a zebraquartz 𒀀", "Call me zebraquartz")


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def addresses(form: str, content: bytes) -> set[str]:
    if form == "fhir":
        return {found for text in strings(json.loads(content)) for found in ADDRESS.findall(text)}
    if form == "pdf":
        assert b"/URI" not in content
        pages = pypdfium2.PdfDocument(content)
        text = "\n".join(page.get_textpage().get_text_range() for page in pages)
        return set(ADDRESS.findall(re.sub(r"\s+", "\n", text)))
    return set(ADDRESS.findall(content.decode()))


def possible_addresses() -> set[str]:
    """Every address that can stand in a summary, made without any patient."""
    codes = load_codes()
    found = {codes.levels, codes.rules, codes.topics, codes.references, *codes.systems, "http://www.w3.org/1999/xhtml"}
    found |= {codes.values(fact) for fact in FACTS.values()}
    found.add(f"{codes.base}/Questionnaire/hip-assessment|{DESK.versions.content}")
    for source in DESK.rulebook.sources.values():
        found |= {source.address} if source.address else set()
    return found


@pytest.mark.parametrize("reader", list(Reader))
@pytest.mark.parametrize("form", list(FORMATS))
def test_a_file_is_named_by_the_reference_and_nothing_else(form: str, reader: Reader) -> None:
    summary = make_summary(*SAID)
    document = render(form, summary, reader)
    assert document.name == REFERENCE + {"text": ".txt", "pdf": ".pdf", "fhir": ".json"}[form]
    assert re.fullmatch(r"HIP-[0-9A-Z]{4}-[0-9A-Z]{4}\.[a-z]+", document.name)
    assert document.name == render(form, make_summary(age=91, side="right"), reader).name


@pytest.mark.parametrize("name", [NAME, f"{REFERENCE} {NAME}", f"{REFERENCE}/../{NAME}", "", REFERENCE.lower()])
def test_a_file_cannot_be_named_by_anything_else(name: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        DESK.summarise(make_record(reference=name))


@pytest.mark.parametrize("form", ["text", "fhir"])
@pytest.mark.parametrize("summary", list(handed_over()), ids=lambda summary: summary.rules[0].id)
def test_no_address_holds_an_answer(form: str, summary: Summary) -> None:
    for reader in Reader:
        found = addresses(form, render(form, summary, reader).content)
        for address in found - possible_addresses():
            # What is left: the ids of the bundle's entries, and addresses in a sentence with its full stop.
            assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", address) or address.rstrip(".,") in possible_addresses()


def test_no_address_of_the_pdf_holds_an_answer() -> None:
    possible = "\n".join(possible_addresses())
    for address in addresses("pdf", render("pdf", make_summary(*SAID, weight_loss=True), Reader.CLINICIAN).content):
        assert address.rstrip(".,") in possible  # the end of a long one stands on the next line


def test_the_ids_of_the_bundle_do_not_depend_on_the_answers() -> None:
    def ids(**facts: Any) -> list[str]:
        bundle = json.loads(render("fhir", make_summary(*SAID, **facts)).content)
        return [entry["fullUrl"] for entry in bundle["entry"]]

    assert ids(age=40) == ids(age=80, side="right")


@pytest.mark.parametrize("form", list(FORMATS))
def test_nothing_that_was_said_reaches_a_log(form: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert render(form, make_summary(*SAID), Reader.CLINICIAN).content
    assert "zebra" not in caplog.text.lower()
    assert "𒀀" not in caplog.text


@pytest.mark.parametrize("form", list(FORMATS))
def test_own_words_are_in_the_file(form: str) -> None:
    content = render(form, make_summary(*SAID), Reader.CLINICIAN).content
    if form == "pdf":
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    elif form == "fhir":
        text = "\n".join(strings(json.loads(content)))
    else:
        text = content.decode()
    assert NAME in text
    assert "Call me zebraquartz" in text


@pytest.mark.parametrize("form", ["docx", "", "TEXT", "../text"])
def test_another_format_is_refused(form: str) -> None:
    with pytest.raises(UnknownFormat, match="text, pdf, fhir"):
        render(form, make_summary())


def test_a_summary_says_the_same_each_time() -> None:
    summary = make_summary(*SAID)
    for form in FORMATS:
        assert render(form, summary) == render(form, replace(summary))
