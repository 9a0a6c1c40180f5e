"""A person at the keyboard: says things to the really started assistant and looks at what comes back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from evaluation.player import custom_parts
from tests.conftest import Servers

#: A person whose answers lead to a consultation: nothing urgent, no caution, first-line care tried. In the order in
#: which the questions come.
ROUTINE = {
    "consent": "yes",
    "respondent": "it's for me",
    "age": "63",
    "injury_screen": "none of these",
    "infection_screen": "none of these",
    "nerve_screen": "none of these",
    "circulation_screen": "none of these",
    "health_screen": "none of these",
    "hip_history": "none of these",
    "duration": "two years",
    "pain_pattern": "worse when I walk, not getting worse fast",
    "stiffness": "ten minutes, other joints are fine",
    "lifestyle_tried": "physiotherapy",
    "medicines_tried": "paracetamol",
    "site": "groin",
    "injection_checks": "none of these",
}
#: What is answered only in some conversations.
OTHERWISE = {
    "read_back": "yes, that is right",
    "diabetes_poor_control": "no",
}
#: The same person's details for the clinician, after the result.
DETAILS = {
    "more_details": "Yes, ask me",
    "previous_injection": "never",
    "diagnosis": "osteoarthritis",
    "side": "left",
    "pain_score": "6",
    "activity_limits": "walking and stairs",
}


@dataclass
class Chat:
    """One conversation."""

    servers: Servers
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)
    replies: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send a message; there is always a reply."""
        self.replies = self.servers.say(self.sender, text)
        assert self.replies, f"silence after {text!r}"
        return self.replies

    @property
    def text(self) -> str:
        """Everything the assistant said to the last message."""
        return "\n".join(reply["text"] for reply in self.replies if "text" in reply)

    @property
    def questions(self) -> list[str]:
        """Ids of the questions put in reply to the last message."""
        return [part["id"] for part in custom_parts(self.replies, "question")]

    @property
    def question(self) -> str | None:
        """The open question."""
        return self.questions[-1] if self.questions else None

    @property
    def outcome(self) -> dict[str, Any] | None:
        """The outcome part of the last reply."""
        outcomes = custom_parts(self.replies, "outcome")
        return outcomes[-1] if outcomes else None

    def answer_until(self, question: str | None, answers: dict[str, str] | None = None) -> None:
        """Answer as a routine patient, or as given, until this question is open or an outcome is given."""
        if not self.replies:
            self.say("hello")
        for _ in range(40):
            if self.outcome is not None or (question is not None and self.question == question):
                return
            assert self.question, self.text
            self.say({**ROUTINE, **OTHERWISE, **(answers or {})}[self.question])
        raise AssertionError(f"{question} is never asked")

    def detail_until(self, question: str) -> None:
        """Give the details that are asked for after the result, until this question is open."""
        self.answer_until(None)
        for _ in range(12):
            if self.question == question:
                return
            assert self.question, self.text
            self.say(DETAILS[self.question])
        raise AssertionError(f"{question} is never asked")

    @property
    def read_back(self) -> list[dict[str, Any]]:
        """The lines read back in the last reply."""
        return [line for lines in custom_parts(self.replies, "read_back") for line in lines]
