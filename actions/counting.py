"""What of a turn is counted for the staff page: no words, no person, and nothing before consent was asked for."""

from __future__ import annotations

from typing import Final

from hip.assessment import EMERGENCY_SCREENS, Facts, facts_of
from hip.dialogue.state import Progress
from hip.dialogue.turns import Turn
from hip.records.tally import ASKED, Count, Kind

#: A wording that answers a question begins so, and goes on with its topic.
_TOPICS: Final = ("ask_injection/", "ask_logistics/")
_UNCLEAR: Final = ("misunderstood_", "consent_needed")


def list_counts(before: Progress, open_question: str | None, turn: Turn) -> tuple[Count, ...]:
    """What a turn adds to the counts.

    Args:
        before: the state before the turn.
        open_question: id of the question that the message came after.
        turn: what was planned.
    """
    if not before.asked:
        return (Count(Kind.STAGE, ASKED),) if turn.ask == "consent" else ()
    said = [saying.name for saying in turn.say]
    counts = [Count(Kind.TOPIC, name) for name in said if name.startswith(_TOPICS)]
    if open_question is not None and any(name.startswith(_UNCLEAR) for name in said):
        counts.append(Count(Kind.UNCLEAR, open_question))
    return tuple(counts)


def is_screened(known: Facts, progress: Progress) -> bool:
    """Whether every emergency question is settled."""
    return all(
        question in progress.answered or all(fact.id in known for fact in facts_of(question))
        for question in EMERGENCY_SCREENS
    )
