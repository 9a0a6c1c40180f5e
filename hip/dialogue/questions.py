"""The questions of ``clinic/questions.yml`` and how each is put, given what is already known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hip.assessment import (
    EMERGENCY_SCREENS,
    FACTS,
    NOT_SURE,
    FactKind,
    Facts,
    FactValue,
    QuestionKind,
    facts_of,
    parse_fact,
)
from hip.content import ContentError, read_content


@dataclass(frozen=True)
class Option:
    """One choice of a question: its label, and the fact and value it states, if it states any."""

    label: str
    fact: str | None = None
    value: FactValue = True


@dataclass(frozen=True)
class Question:
    """A question in the clinic's words; see the head of ``clinic/questions.yml`` for each field."""

    id: str
    name: str
    kind: QuestionKind
    text: str
    text_other: str
    again: tuple[str, ...]
    again_other: tuple[str, ...]
    remaining: str | None
    why: str
    options: tuple[Option, ...]
    none_label: str | None
    not_sure: bool
    skip: bool

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts it asks for."""
        return tuple(fact.id for fact in facts_of(self.id))

    @property
    def emergency(self) -> bool:
        """Whether "not sure" counts as yes here."""
        return self.id in EMERGENCY_SCREENS


@dataclass(frozen=True)
class Utterance:
    """A bot message: text, the labels offered as buttons, and the custom part a channel sees."""

    text: str
    buttons: tuple[str, ...] = ()
    custom: Mapping[str, Any] | None = None

    def as_message(self) -> dict[str, Any]:
        """The message in the form of a Rasa response; every button sends its label as plain text."""
        message: dict[str, Any] = {"text": self.text}
        if self.buttons:
            message["buttons"] = [{"title": label, "payload": label} for label in self.buttons]
        if self.custom is not None:
            message["custom"] = dict(self.custom)
        return message


@dataclass(frozen=True)
class QuestionBook:
    """All questions by id, and the labels common to them."""

    questions: Mapping[str, Question]
    not_sure_label: str
    skip_label: str
    returns: tuple[str, ...]
    other_names: Mapping[str, str]

    def put(self, question_id: str, facts: Facts, times: int, progress: tuple[int, int] | None = None) -> Utterance:
        """Say a question.

        Args:
            question_id: which one.
            facts: what is known; a checklist then asks only for what is still open.
            times: how often it has been put before; it is put in other words each time.
            progress: how many questions are answered and how many are left at most, for a channel to show.

        Returns:
            The message with its buttons and ``question`` part.
        """
        return self.put_question(self.questions[question_id], facts, times, progress)

    def put_question(
        self, question: Question, facts: Facts, times: int, progress: tuple[int, int] | None = None
    ) -> Utterance:
        """Say a question that need not be one of this book's; arguments as above."""
        other = facts.get("respondent") == "someone_else"
        wordings = (question.text_other, *question.again_other) if other else (question.text, *question.again)
        options = self._open_options(question, facts)
        if question.remaining and len(options) < len(question.options):
            wordings = (question.remaining + " " + "; ".join(option.label for option in options) + ".",)
        text = wordings[times % len(wordings)]
        if times >= len(wordings):
            text = f"{self.returns[(times // len(wordings) - 1) % len(self.returns)]} {text}"
        labels = [option.label for option in options]
        part: dict[str, Any] = {"id": question.id, "kind": question.kind.value}
        for key, label in (
            ("none", question.none_label),
            ("not_sure", self.not_sure_label if question.not_sure else None),
            ("skip", self.skip_label if question.skip else None),
        ):
            if label:
                labels.append(label)
                part[key] = label
        if labels:
            part["options"] = labels
        if progress is not None:
            part["progress"] = {"done": progress[0], "left_at_most": progress[1]}
        return Utterance(text, tuple(labels), {"question": part})

    def _open_options(self, question: Question, facts: Facts) -> tuple[Option, ...]:
        if question.kind is not QuestionKind.CHECKLIST:
            return question.options
        still_open = tuple(option for option in question.options if option.fact not in facts)
        return still_open or question.options

    def words_for(self, fact_id: str, value: FactValue) -> str | None:
        """The label that states this value, in the clinic's words; None where no question has one."""
        for question in self.questions.values():
            for option in question.options:
                if option.fact == fact_id and option.value == value:
                    return option.label
        return self.other_names.get(fact_id) if value is True else None


@cache
def load_questions() -> QuestionBook:
    """Read ``clinic/questions.yml``.

    Raises:
        ContentError: naming the question and what is wrong with it.
    """
    content = read_content("questions.yml", "questions")
    questions: dict[str, Question] = {}
    for entry in content["questions"]:
        question = _question(entry)
        if question.id in questions:
            raise ContentError(f"clinic/questions.yml: {question.id}: is there twice")
        questions[question.id] = question
    asked = {fact.question for fact in FACTS.values() if fact.question}
    if missing := sorted(asked - set(questions)):
        raise ContentError(f"clinic/questions.yml: no entry for {', '.join(missing)}")
    named = {option.fact for question in questions.values() for option in question.options}
    nameless = {fact.id for fact in FACTS.values() if fact.kind is FactKind.BOOL} - named
    if odd := sorted(nameless ^ set(content["other_names"])):
        raise ContentError(f"clinic/questions.yml: other_names: missing, or named by an option: {', '.join(odd)}")
    return QuestionBook(
        questions, content["not_sure_label"], content["skip_label"], tuple(content["returns"]), content["other_names"]
    )


def _question(entry: Mapping[str, Any]) -> Question:
    again = tuple(entry["again"])
    return Question(
        id=entry["id"],
        name=entry["name"],
        kind=QuestionKind(entry["kind"]),
        text=entry["text"],
        text_other=entry.get("text_other", entry["text"]),
        again=again,
        again_other=tuple(entry.get("again_other", again)),
        remaining=entry.get("remaining"),
        why=entry["why"],
        options=tuple(_option(entry["id"], option) for option in entry["options"]),
        none_label=entry.get("none_label"),
        not_sure=entry["not_sure"],
        skip=entry["skip"],
    )


def _option(question_id: str, entry: Mapping[str, Any]) -> Option:
    fact_id = entry.get("fact")
    if fact_id is None:
        return Option(entry["label"])
    place = f"clinic/questions.yml: {question_id}: option {entry['label']!r}"
    if fact_id not in FACTS:
        raise ContentError(f"{place}: unknown fact {fact_id!r}")
    if FACTS[fact_id].question != question_id:
        raise ContentError(f"{place}: {fact_id} is asked by {FACTS[fact_id].question}")
    raw = entry.get("value", True)
    try:
        value = parse_fact(fact_id, [raw] if FACTS[fact_id].kind.value == "set" else raw)
    except ValueError as error:
        raise ContentError(f"{place}: {error}") from error
    if value == NOT_SURE:
        raise ContentError(f"{place}: {NOT_SURE} is offered by not_sure, not by an option")
    return Option(entry["label"], fact_id, value)
