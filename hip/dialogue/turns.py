"""What a turn of the conversation is: what was understood, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts, FactValue
from hip.dialogue.state import Progress
from hip.language.reading import Answer

#: Intents that are answered before the open question is put again, and the wording that answers each; the two that
#: ask for an explanation are answered by topic.
ANSWERS: Final = {
    "ask_injection": None,
    "ask_logistics": None,
    "why_ask": "why_ask",
    "thank": "thank",
    "bot_challenge": "bot_challenge",
    "human": "human",
    "book": "book_before_result",
    "help": "help",
    "out_of_scope": "out_of_scope/something_else",
}
#: After so many tries without a usable answer the assistant stops asking in the same way.
MOST_TRIES: Final = 3


class End(Enum):
    """How a turn ends the form, if it does."""

    FINISHED = "finished"
    DECLINED = "declined"
    STOPPED = "stopped"
    DELETED = "deleted"
    DETAILED = "detailed"


class Result(Enum):
    """What of a result a turn gives."""

    OUTCOME = "outcome"
    BOOKING = "booking"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class Message:
    """What was understood of a message.

    Attributes:
        intent: its intent.
        topic: for a question about injections or practical matters, such as ``ask_injection/steroid``.
        answer: what it says to the open question as a whole.
        corrects: whether it takes back something said before.
        said: ids of the facts it states.
        asked: id of the question that it was read as answering; None when none was open.
        change: id of the question whose answer it asks to change ("Change: Which hip").
    """

    intent: str | None = None
    topic: str | None = None
    answer: Answer | None = None
    corrects: bool = False
    said: frozenset[str] = frozenset()
    asked: str | None = None
    change: str | None = None

    @property
    def agrees(self) -> bool:
        """A plain yes."""
        return self.answer is Answer.YES or (self.answer is None and self.intent == "affirm")

    @property
    def declines(self) -> bool:
        """A plain no."""
        return self.answer is Answer.NO or (self.answer is None and self.intent == "deny")


@dataclass(frozen=True)
class Saying:
    """A wording of ``clinic/conversation.yml`` to say, with what fills its places."""

    name: str
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """What to do: say, give a result, then ask or end.

    Attributes:
        progress: the state after the turn.
        say: wordings to say, in order.
        ask: id of the question to put.
        facts: fact id to the value to set; None clears it.
        clear: whether all facts are cleared first.
        read_back: whether the answers are read back before the question.
        result: what of the result is given after the sayings.
        end: how the form ends.
    """

    progress: Progress
    say: tuple[Saying, ...] = ()
    ask: str | None = None
    facts: Mapping[str, FactValue | None] = field(default_factory=dict)
    clear: bool = False
    read_back: bool = False
    result: Result | None = None
    end: End | None = None


def ask(progress: Progress, question: str, *say: Saying, facts: Facts) -> Turn:
    """A turn that puts a question, with the facts as they now stand remembered."""
    return Turn(replace(progress.putting(question), known=facts), say, question)


def attempt(progress: Progress, question: str) -> Progress:
    """The progress with one more message that tried to answer this question."""
    return replace(progress, attempts={**progress.attempts, question: progress.attempts.get(question, 0) + 1})


def answer_in_passing(message: Message) -> tuple[Saying, ...]:
    """What answers a question in the middle; nothing for one whose topic was not understood."""
    name = message.topic or ANSWERS[message.intent or ""]
    return (Saying(name),) if name else ()


def list_changes(facts: Facts, progress: Progress, message: Message, expected: frozenset[str]) -> tuple[Saying, ...]:
    """Say back what a message changed that was known before.

    Args:
        facts: everything known now.
        progress: the state before the message.
        message: what was understood of it.
        expected: the facts that the open question asks for; they change without comment unless the message corrects.
    """
    changed = [
        fact_id
        for fact_id in sorted(message.said)
        if progress.known.get(fact_id, NOT_SURE) != NOT_SURE
        and facts.get(fact_id) != progress.known[fact_id]
        and (message.corrects or fact_id not in expected)
        and FACTS[fact_id].kind is not FactKind.SET
    ]
    return (Saying("corrected", {"what": ",".join(changed)}),) if changed else ()
