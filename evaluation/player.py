"""Plays one patient against a running assistant over Rasa's REST channel, as that person would answer."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

MOST_TURNS = 60
NO_TO_ALL = "none of these"

#: How a patient names a value that has no plain name of its own.
SPOKEN = {
    "outer_hip": "the outer side of the hip",
    "anti_inflammatory": "ibuprofen",
    "opioid": "codeine",
    "gel": "a gel",
    "hyaluronic_acid": "hyaluronic acid",
    "work_or_sport": "work",
    "weight_loss": "losing weight",
    "self": "it is for me",
    "someone_else": "I am asking for someone else",
    "none": "none",
}

Send = Callable[[str], list[dict[str, Any]]]


@dataclass
class Talk:
    """What came of one conversation."""

    outcome: Mapping[str, Any] | None = None
    turns: int = 0
    asked: list[str] = field(default_factory=list)
    transcript: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)


def rest_sender(url: str, conversation: str | None = None) -> Send:
    """Sends messages of one new conversation to a REST channel, and gives the replies."""
    sender = conversation or uuid.uuid4().hex
    session = requests.Session()

    def send(text: str) -> list[dict[str, Any]]:
        response = session.post(url, json={"sender": sender, "message": text}, timeout=60)
        response.raise_for_status()
        replies: list[dict[str, Any]] = response.json()
        return replies

    return send


def custom_parts(replies: list[dict[str, Any]], key: str) -> list[Any]:
    """The custom parts of this kind among the replies."""
    return [reply["custom"][key] for reply in replies if key in (reply.get("custom") or {})]


def play(case: Mapping[str, Any], send: Send) -> Talk:
    """One conversation: hello, consent, the opening message, then an answer to each question, until an outcome."""
    talk, counts = Talk(), Counter[str]()
    text, opened = "hello", False
    while talk.turns < MOST_TURNS:
        replies = send(text)
        talk.turns += 1
        talk.transcript.append((text, replies))
        if outcomes := custom_parts(replies, "outcome"):
            talk.outcome = outcomes[-1]
            return talk
        if not replies:
            return talk
        questions = custom_parts(replies, "question")
        question = questions[-1]["id"] if questions else None
        if question == "consent":
            text = "yes"
        elif not opened:
            opened, text = True, case["opening"]
            continue
        elif question is None:
            text = "what now?"
        else:
            text = "not sure" if counts[question] > 1 else reply(case, question, counts[question])
        if question:
            counts[question] += 1
            talk.asked.append(question)
    return talk


def reply(case: Mapping[str, Any], question: str, times: int) -> str:
    """What this patient says to a question: their own words the first time, else what follows from their facts."""
    if not times and question in case["replies"]:
        return str(case["replies"][question])
    facts = case["facts"]
    if question.endswith("_screen") or question in ("hip_history", "injection_checks"):
        return NO_TO_ALL
    if question == "read_back":
        return "yes that is right"
    if question == "duration":
        return _spoken_duration(facts.get("duration_weeks", 30))
    if question == "stiffness":
        return f"{facts.get('morning_stiffness_minutes', 15)} minutes"
    if question == "pain_pattern":
        return "worse with moving about" if facts.get("worse_with_activity", True) else "activity makes no difference"
    if question == "previous_injection_weeks":
        return f"{round(facts.get(question) or 30)} weeks ago"
    return _spoken(facts.get(question, {"age": 58, "injections_past_year": 1}.get(question, False)))


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(map(_spoken, value)) or "none"
    return SPOKEN.get(value, str(value).replace("_", " ")) if isinstance(value, str) else str(value)


def _spoken_duration(weeks: float) -> str:
    return f"{round(weeks)} weeks" if weeks >= 1 else f"{max(1, round(weeks * 7))} days"
