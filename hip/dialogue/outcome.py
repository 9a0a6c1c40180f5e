"""The message that ends an assessment: what to do, why, what to watch for, and how to book where booking is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hip.dialogue.questions import Utterance
from hip.handover.booking import BookingLink
from hip.triage.engine import Assessment
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rulebook

#: A person reads at most so many reasons; the clinician's record has all of them.
MOST_REASONS: Final = 4


def urgent_message(rulebook: Rulebook, assessment: Assessment, level: CareLevel) -> Utterance:
    """The message of an urgent level: one bubble, every number that is needed, and never a link.

    Args:
        rulebook: the rules.
        assessment: where the reasons come from.
        level: the level to tell.
    """
    lines = [*_advice(rulebook, level)]
    # One number must not hide another: an overdose beside thoughts of suicide names both.
    for other in assessment.urgent_levels:
        if other is not level and other.interrupts:
            lines.append(rulebook.levels[other].text)
    lines += _reasons(assessment)
    lines.append(rulebook.levels[level].safety_net)
    return Utterance("\n".join(lines), custom={"outcome": _part(assessment, level, None, ())})


def reminder_text(rulebook: Rulebook, level: CareLevel) -> str:
    """The advice of an urgent level again, without new reasons."""
    return "\n".join(_advice(rulebook, level))


def reminder_name(level: CareLevel) -> str:
    """The response that repeats an urgent level's advice."""
    return f"utter_reminder_{level.value}"


def outcome_message(
    rulebook: Rulebook, assessment: Assessment, reference: str | None, links: Sequence[BookingLink]
) -> Utterance:
    """The message of any other outcome, with the booking links its level allows."""
    level = assessment.level
    if level is None:
        raise ValueError("an assessment without a care level cannot be told")
    lines = [*_advice(rulebook, level), *_reasons(assessment), rulebook.levels[level].safety_net]
    return Utterance("\n".join(lines), custom={"outcome": _part(assessment, level, reference, links)})


def booking_text(reference: str | None, links: Sequence[BookingLink]) -> str:
    """How to book, in words: every link with a phone number beside it."""
    lines = []
    for link in links:
        where = f"{link.url} or phone {link.phone}" if link.url else f"phone {link.phone}"
        lines.append(f"{link.name}: {where}")
    if reference:
        lines.append(f"Your reference is {reference}. The clinic can find your answers by it, so please quote it.")
    return "\n".join(lines)


def one_bubble(text: str) -> str:
    """A text as one message: Rasa's channels make a new message at every blank line."""
    return text.replace("\n\n", "\n")


def _advice(rulebook: Rulebook, level: CareLevel) -> tuple[str, str]:
    return rulebook.levels[level].title, rulebook.levels[level].text


def _reasons(assessment: Assessment) -> list[str]:
    """The patient's reasons, most urgent first, each once; none that another one overtakes in the same matter."""
    says = list(dict.fromkeys(rule.says for rule in assessment.said))[:MOST_REASONS]
    return ["Why I say this:", *(f"- {reason}" for reason in says)] if says else []


def _part(
    assessment: Assessment, level: CareLevel, reference: str | None, links: Sequence[BookingLink]
) -> dict[str, Any]:
    return {
        "care_level": level.value,
        "reasons": [rule.id for rule in assessment.fired],
        "reference": reference,
        "booking": [link.as_custom() for link in links],
    }
