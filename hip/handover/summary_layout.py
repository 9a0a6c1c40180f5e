"""A summary as headings, paragraphs and lists, the same for every kind of file that people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hip.handover.summary_model import DISCLAIMER, Answer, OwnMessage, Reader, RuleLine, State, Summary, Told

#: Who answered, by reader and respondent.
_WHO: Final = {
    (Reader.PERSON, "self"): "You answered online, about your own hip",
    (Reader.PERSON, "someone_else"): "You answered online, about someone else's hip",
    (Reader.CLINICIAN, "self"): "Answered online by the patient",
    (Reader.CLINICIAN, "someone_else"): "Answered online by someone else, on the patient's behalf",
}


@dataclass(frozen=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A piece of text; a strong one stands out."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Notice:
    """What must not be overlooked; an urgent one stands out the most."""

    title: str
    text: str
    urgent: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of short lines."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Quotes:
    """What the person wrote, as it was written; each with what it answered, or nothing."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rows:
    """Names with a value each."""

    head: tuple[str, str]
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Small:
    """Small print."""

    text: str


Block = Heading | Paragraph | Notice | Bullets | Quotes | Rows | Small


@dataclass(frozen=True)
class Sheet:
    """A whole summary: its title, the lines below it, and the rest."""

    title: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]


def lay_out(summary: Summary, reader: Reader) -> Sheet:
    """Put a summary in order for whoever reads it."""
    blocks = tuple(_for_person(summary) if reader is Reader.PERSON else _for_clinician(summary))
    title = "Your hip assessment" if reader is Reader.PERSON else "Hip assessment: summary for the clinician"
    return Sheet(title, (f"Reference {summary.reference}", *_who_and_when(summary, reader)), blocks)


def day_and_time(moment: datetime) -> str:
    """Such as: 5 November 2026, 09:03 UTC."""
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _for_person(summary: Summary) -> Iterator[Block]:
    yield from _warnings(summary)
    yield Heading(f"Result: {summary.result.title}")
    yield Paragraph(summary.result.text)
    if summary.reasons:
        yield Paragraph("Why:")
        yield Bullets(summary.reasons)
    yield Heading("When to get help sooner")
    yield Paragraph(summary.result.safety_net)
    if summary.services and summary.later is None:
        yield Heading("How to reach the clinic")
        yield Bullets(_services(summary))
    yield Heading("What you told us")
    yield from _answers(summary, "You said that these do not apply:", "You were not sure about these:")
    if summary.own_words:
        yield Heading("What you wrote")
        yield _quotes(summary.own_words)
    if summary.corrections:
        yield Heading("What you changed")
        yield _corrections(summary)
    yield Heading("For the clinic")
    rules = ", ".join(rule.id for rule in summary.rules)
    sources = ", ".join(sorted({source.key for rule in summary.rules for source in rule.sources}))
    yield Small(f"Rules: {rules}. Sources: {sources or 'none'}.")
    yield Small(_versions(summary))


def _for_clinician(summary: Summary) -> Iterator[Block]:
    yield from _warnings(summary)
    yield Heading(f"Result: {summary.result.title}")
    yield Paragraph(f"Care level: {summary.result.level.value}.", strong=True)
    yield Heading("Rules that fired, the deciding one first")
    yield Bullets(tuple(_rule(rule) for rule in summary.rules))
    yield Heading("What would have to be otherwise for a less urgent result")
    yield _counterfactuals(summary)
    yield Heading("Checks before an injection")
    yield Rows(("Check", "Answer"), tuple((check.label, check.status) for check in summary.checks))
    yield Heading("What was told")
    yield from _answers(summary, "Said not to be so:", "Not sure:")
    if left := summary.in_state(State.OPEN):
        yield Paragraph("Not asked or not answered; unknown, which is not the same as no:", strong=True)
        yield _labels(left)
    yield Heading("In the person's own words")
    if summary.own_words:
        yield _quotes(summary.own_words)
    elif summary.own_words is None:
        yield Paragraph("Not kept: the conversation did not come through the website, or was deleted.")
    else:
        yield Paragraph("Nothing: every answer was picked from those offered.")
    if summary.corrections:
        yield Heading("Corrections")
        yield _corrections(summary)
    yield Heading("What the person was told")
    yield from _told(summary)
    yield Heading("Sources")
    sources = {source.key: source for rule in summary.rules for source in rule.sources}
    yield Bullets(
        tuple(f"{key}: {each.title}{f', {each.address}' if each.address else ''}" for key, each in sources.items())
        or ("None: the rules that fired are general knowledge or a design judgement.",)
    )
    yield Heading("Versions")
    yield Small(_versions(summary))


def _warnings(summary: Summary) -> Iterator[Block]:
    if summary.later is not None:
        yield Notice(f"Later in the same chat: {summary.later.title}", summary.later.text, urgent=True)
    yield Notice("Not a diagnosis", DISCLAIMER)


def _who_and_when(summary: Summary, reader: Reader) -> Iterator[str]:
    yield f"Result given on {day_and_time(summary.given_at)}"
    yield _WHO.get((reader, summary.respondent or ""), "Answered online; whose hip it is was not told")


def _answers(summary: Summary, denial: str, doubt: str) -> Iterator[Block]:
    if told := summary.in_state(State.TOLD):
        yield Bullets(tuple(answer.words for answer in told))
    if denied := summary.in_state(State.DENIED):
        yield Paragraph(denial, strong=True)
        yield _labels(denied)
    if unsure := summary.in_state(State.NOT_SURE):
        yield Paragraph(doubt, strong=True)
        yield _labels(unsure)


def _told(summary: Summary) -> Iterator[Block]:
    told: Told = summary.result
    yield Paragraph(f"{told.title}. {told.text}")
    if summary.reasons:
        yield Bullets(summary.reasons)
    yield Paragraph(told.safety_net)
    if summary.services:
        yield Bullets(_services(summary))


def _counterfactuals(summary: Summary) -> Block:
    if summary.counterfactuals is None:
        return Paragraph("Not worked out: the rules of today give these answers another level.")
    return Bullets(summary.counterfactuals or ("No one answer, and no two together, would make it less urgent.",))


def _rule(rule: RuleLine) -> str:
    words = f"{rule.name}. {rule.clinician}" if rule.name else "no longer among the rules."
    sources = ", ".join(source.key for source in rule.sources) or "none"
    return f"{rule.id}, {rule.level.value}: {words} Sources: {sources}."


def _services(summary: Summary) -> tuple[str, ...]:
    return tuple(f"{service.name}: phone {service.phone}" for service in summary.services)


def _labels(answers: Iterable[Answer]) -> Bullets:
    """One line a question: its title and what it asks about."""
    by_topic: dict[str, list[str]] = {}
    for answer in answers:
        by_topic.setdefault(answer.topic or "Not asked for", []).append(answer.label)
    return Bullets(
        tuple(
            f"{topic}." if labels == [topic] else f"{topic}: {'; '.join(labels)}." for topic, labels in by_topic.items()
        )
    )


def _quotes(messages: Iterable[OwnMessage]) -> Quotes:
    return Quotes(tuple((message.asked or "", message.text) for message in messages))


def _corrections(summary: Summary) -> Bullets:
    return Bullets(
        tuple(
            f"{each.label}: {each.before}, then {each.after} ({each.made_at:%H:%M} UTC)."
            for each in summary.corrections
        )
    )


def _versions(summary: Summary) -> str:
    text = f"Versions: rules {summary.versions.rules}, content {summary.versions.content}."
    if summary.wording_changed:
        text += " Rules or texts have been changed since: the level, the rules' ids and the answers are as they were"
        text += " given, the wording is today's."
    return text
