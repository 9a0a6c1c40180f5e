"""One turn of the conversation: what a message does to the assessment, what is said, and what is asked next.

Pure: given the rules, the questions, the state and what was understood of the message. Rasa's form calls it through
``actions``; the emergency interrupt is not here but in ``hip.dialogue.policy``, which comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts, FactValue, QuestionKind
from hip.dialogue.questions import Question, QuestionBook
from hip.dialogue.state import Progress
from hip.language.reading import Answer
from hip.triage.engine import assess
from hip.triage.questions import next_question
from hip.triage.rulebook import Rulebook

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
    "out_of_scope": "out_of_scope",
}
#: After so many tries without a usable answer the assistant stops asking in the same way.
MOST_TRIES: Final = 3


class End(Enum):
    """How a turn ends the form, if it does."""

    FINISHED = "finished"
    DECLINED = "declined"
    STOPPED = "stopped"
    DELETED = "deleted"


@dataclass(frozen=True)
class Message:
    """What was understood of a message.

    Attributes:
        intent: its intent.
        topic: for a question about injections or practical matters, such as ``ask_injection/steroid``.
        answer: what it says to the open question as a whole.
        corrects: whether it takes back something said before.
        said: ids of the facts it states.
    """

    intent: str | None = None
    topic: str | None = None
    answer: Answer | None = None
    corrects: bool = False
    said: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Saying:
    """A wording of ``clinic/conversation.yml`` to say, with what fills its places."""

    name: str
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """What to do: say, then ask; or end. ``facts`` are values to set (None clears); ``clear`` clears them all first."""

    progress: Progress
    say: tuple[Saying, ...] = ()
    ask: str | None = None
    facts: Mapping[str, FactValue | None] = field(default_factory=dict)
    end: End | None = None
    clear: bool = False


class TurnPlanner:
    """Plans each turn of the assessment by the rules and the questions."""

    def __init__(self, rules: Rulebook, questions: QuestionBook) -> None:
        self._rules = rules
        self._questions = questions

    def plan(
        self, facts: Facts, progress: Progress, open_question: str | None, message: Message, finished: bool = False
    ) -> Turn:
        """Decide the next turn.

        Args:
            facts: everything known, with what this message said.
            progress: the state after the last turn.
            open_question: the question that waits for an answer; None when the form is only beginning.
            message: what was understood.
            finished: an outcome was given before, so the form is active only to confirm something.

        Returns:
            The turn.
        """
        if message.intent == "restart" and open_question != "restart_confirm":
            return self._ask(progress, "restart_confirm")
        if message.intent == "delete_data" and open_question != "delete_confirm":
            return self._ask(progress, "delete_confirm")
        if open_question in ("restart_confirm", "delete_confirm"):
            return self._confirm(open_question, facts, progress, message, finished)
        if message.intent in ("stop", "goodbye") and not message.said:
            name = "stop" if message.intent == "stop" else "goodbye"
            return Turn(replace(progress, known=facts), (Saying(name),), end=End.STOPPED)
        if open_question is None:
            begun = facts.get("consent") is True and len(facts) > 1
            # A rule in data/rules.yml has answered or greeted before the form began.
            return self._ask(progress, "carry_on") if begun else self._go_on(facts, progress)
        if open_question == "carry_on":
            return self._carry_on(facts, progress, message)
        if message.intent == "go_back" and not message.said:
            return self._go_back(facts, progress, open_question)
        if message.intent in ANSWERS:
            return self._go_on(facts, progress, *_answers(message))
        if open_question == "read_back":
            return self._read_back(facts, progress, message)
        return self._answer(facts, progress, self._questions.questions[open_question], message)

    def _ask(self, progress: Progress, question: str, *say: Saying, facts: Facts | None = None) -> Turn:
        known = progress.known if facts is None else facts
        return Turn(replace(progress.putting(question), known=known), say, question)

    def _go_on(self, facts: Facts, progress: Progress, *say: Saying) -> Turn:
        """Ask what can still matter; when nothing is left, read back once, then finish."""
        if facts.get("consent") is False:
            return Turn(Progress(), (*say, Saying("consent_declined")), end=End.DECLINED, clear=True)
        question = next_question(self._rules, facts, progress.answered)
        if question:
            return self._ask(progress, question, *say, facts=facts)
        level = assess(self._rules, facts, progress.answered).level
        if level is None or level.urgent or progress.confirmed or facts.get("age", 18) == NOT_SURE:
            return Turn(replace(progress, known=facts), say, end=End.FINISHED)
        return self._ask(progress, "read_back", *say, Saying("read_back_intro"), facts=facts)

    def _answer(self, facts: Facts, progress: Progress, question: Question, message: Message) -> Turn:
        """Take a message as the answer to the open question."""
        progress = _attempt(progress, question.id)
        tries = progress.attempts[question.id]
        say = self._corrections(facts, progress, question, message)
        if message.said & set(question.facts):
            if self._settles(facts, question, tries):
                progress = replace(progress, answered=progress.answered | {question.id})
            if question.emergency and any(facts.get(fact_id) == NOT_SURE for fact_id in question.facts):
                say = (*say, Saying("not_sure_screen"))
            return self._go_on(facts, replace(progress, misunderstood=0), *say)
        if message.answer is Answer.NOT_SURE:
            return self._leave_open(facts, progress, question, *say)
        if message.answer is Answer.SKIP or message.intent == "skip":
            if question.skip:
                return self._leave_open(facts, progress, question, Saying("skipped"))
            # A safety question cannot be skipped: the second refusal is taken as "not sure", which counts as yes.
            if question.not_sure and tries >= 2:
                return self._leave_open(facts, progress, question)
            return self._ask(progress, question.id, *say, Saying("skip_not_allowed"), facts=facts)
        if message.answer is Answer.YES and question.kind is QuestionKind.CHECKLIST:
            if tries >= MOST_TRIES and question.not_sure:
                return self._leave_open(facts, progress, question)
            return self._ask(progress, question.id, *say, Saying("which_ones"), facts=facts)
        if message.said:
            if question.id == "respondent":
                # The story itself was told instead; whose it is changes only the wording, so it is not asked again.
                progress = replace(progress, answered=progress.answered | {question.id})
            return self._go_on(facts, replace(progress, misunderstood=0), *say)
        return self._misunderstood(facts, progress, question, message)

    @staticmethod
    def _settles(facts: Facts, question: Question, tries: int) -> bool:
        """Whether the question needs no second look at what it left open.

        Unknown is never "no": a checklist that was answered only in part is asked again for what remains, an emergency
        screen twice. What is then still open counts as not known to the person, which the rules treat as unsafe.
        """
        if question.kind is not QuestionKind.CHECKLIST or question.id == "pain_pattern":
            return True
        if all(fact_id in facts for fact_id in question.facts):
            return True
        return tries >= (MOST_TRIES if question.emergency else MOST_TRIES - 1)

    def _leave_open(self, facts: Facts, progress: Progress, question: Question, *say: Saying) -> Turn:
        """Record "not sure" for what the question leaves unknown, and go on."""
        unknown: dict[str, FactValue | None] = {fact_id: NOT_SURE for fact_id in question.facts if fact_id not in facts}
        if question.emergency:
            say = (*say, Saying("not_sure_screen"))
        progress = replace(progress, answered=progress.answered | {question.id}, misunderstood=0)
        merged = {**facts, **{fact_id: value for fact_id, value in unknown.items() if value is not None}}
        return replace(self._go_on(merged, progress, *say), facts=unknown)

    def _misunderstood(self, facts: Facts, progress: Progress, question: Question, message: Message) -> Turn:
        if message.intent == "greet":
            return self._ask(progress, question.id, Saying("greeting"), facts=facts)
        times = min(progress.misunderstood + 1, MOST_TRIES)
        progress = replace(progress, misunderstood=times)
        saying = Saying("consent_needed" if question.id == "consent" else f"misunderstood_{times}")
        if times == MOST_TRIES:
            progress = replace(progress, misunderstood=0)
            if question.id == "consent":
                return Turn(Progress(), (Saying("consent_declined"),), end=End.DECLINED, clear=True)
            if question.not_sure and not question.emergency:
                return self._leave_open(facts, progress, question, saying)
        return self._ask(progress, question.id, saying, facts=facts)

    def _corrections(
        self, facts: Facts, progress: Progress, question: Question, message: Message
    ) -> tuple[Saying, ...]:
        """Say back what a message changed that was known before."""
        changed = [
            fact_id
            for fact_id in sorted(message.said)
            if progress.known.get(fact_id, NOT_SURE) != NOT_SURE
            and facts.get(fact_id) != progress.known[fact_id]
            and (message.corrects or fact_id not in question.facts)
            and FACTS[fact_id].kind is not FactKind.SET
        ]
        return (Saying("corrected", {"what": ",".join(changed)}),) if changed else ()

    def _read_back(self, facts: Facts, progress: Progress, message: Message) -> Turn:
        if message.answer is Answer.YES or message.intent == "affirm":
            return self._go_on(facts, replace(progress, confirmed=True))
        progress = _attempt(progress, "read_back")
        if message.said - {"consent"}:
            say = self._corrections(facts, progress, self._questions.questions["read_back"], message)
            return self._go_on(facts, replace(progress, misunderstood=0), *(say or (Saying("noted"),)))
        if progress.attempts["read_back"] > MOST_TRIES:
            # Nothing more can be taken from the messages; the summary carries the answers as they stand.
            return self._go_on(facts, replace(progress, confirmed=True))
        return Turn(replace(progress.putting("read_back"), known=facts), (Saying("what_to_change"),), "read_back")

    def _carry_on(self, facts: Facts, progress: Progress, message: Message) -> Turn:
        if message.answer is Answer.NO:
            return self._start_again(keep_consent=True)
        return self._go_on(facts, progress)

    def _go_back(self, facts: Facts, progress: Progress, open_question: str) -> Turn:
        """Put the question before this one again and forget its answer."""
        before = [question for question in progress.order if question != open_question and question != "consent"]
        if not before:
            return self._ask(progress, open_question, Saying("nothing_to_go_back_to"), facts=facts)
        back = before[-1]
        cleared: dict[str, FactValue | None] = {
            fact.id: None for fact in FACTS.values() if fact.question == back and fact.id in facts
        }
        kept = {fact_id: value for fact_id, value in facts.items() if fact_id not in cleared}
        progress = replace(
            progress, answered=progress.answered - {back}, order=tuple(q for q in progress.order if q != back)
        )
        return replace(self._ask(progress, back, Saying("go_back"), facts=kept), facts=cleared)

    def _confirm(self, question: str, facts: Facts, progress: Progress, message: Message, finished: bool) -> Turn:
        if message.answer is Answer.YES or message.intent in ("affirm", "restart", "delete_data"):
            if question == "delete_confirm":
                return Turn(Progress(), (Saying("delete_done"),), end=End.DELETED, clear=True)
            return self._start_again(keep_consent=True)
        kept = (Saying("kept"),)
        if finished:
            return Turn(replace(progress, known=facts), kept, end=End.STOPPED)
        return self._go_on(facts, progress, *kept)

    def _start_again(self, keep_consent: bool) -> Turn:
        facts: dict[str, FactValue] = {"consent": True} if keep_consent else {}
        turn = self._go_on(facts, Progress(), Saying("restarted"))
        return replace(turn, facts=dict(facts), clear=True)


def _attempt(progress: Progress, question: str) -> Progress:
    return replace(progress, attempts={**progress.attempts, question: progress.attempts.get(question, 0) + 1})


def _answers(message: Message) -> tuple[Saying, ...]:
    """What answers a question in the middle; nothing for one whose topic was not understood."""
    name = message.topic or ANSWERS[message.intent or ""]
    return (Saying(name),) if name else ()
