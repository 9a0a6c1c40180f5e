"""Plans each turn: what a message does to the assessment, what is said, and what is asked next.

Pure: given the rules, the questions, the state and what was understood of the message. Rasa's form calls it through
``actions``; the emergency interrupt is not here but in ``hip.dialogue.policy``, which comes first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts, FactValue, QuestionKind, facts_of
from hip.dialogue.details import DetailsPlanner
from hip.dialogue.questions import Question, QuestionBook
from hip.dialogue.state import Progress
from hip.dialogue.turns import (
    ANSWERS,
    MOST_TRIES,
    End,
    Message,
    Result,
    Saying,
    Turn,
    answer_in_passing,
    ask,
    attempt,
    list_changes,
)
from hip.language.memory import find_withdrawn
from hip.language.reading import Answer
from hip.triage.engine import GATES, assess
from hip.triage.levels import CareLevel
from hip.triage.questions import list_details, list_questions
from hip.triage.rulebook import Rulebook

#: Put as questions of their own and never read back beside another one.
_OPENING: Final = frozenset({"consent", "respondent", *GATES})
_CONFIRMING: Final = ("restart_confirm", "delete_confirm")


class TurnPlanner:
    """Plans each turn of the assessment by the rules and the questions."""

    def __init__(self, rules: Rulebook, questions: QuestionBook) -> None:
        self._rules = rules
        self._questions = questions
        self._details = DetailsPlanner(rules, questions)

    def plan(
        self,
        facts: Facts,
        progress: Progress,
        open_question: str | None,
        message: Message,
        told: CareLevel | None = None,
    ) -> Turn:
        """Decide the next turn.

        Args:
            facts: everything known, with what this message said.
            progress: the state after the last turn.
            open_question: the question that waits for an answer; None when the form is only beginning.
            message: what was understood.
            told: the care level that was given before, if any.

        Returns:
            The turn.
        """
        if message.intent == "restart" and open_question != "restart_confirm":
            return ask(progress, "restart_confirm", facts=progress.known)
        if message.intent == "delete_data" and open_question != "delete_confirm":
            return ask(progress, "delete_confirm", facts=progress.known)
        if open_question in _CONFIRMING:
            if message.asked not in (None, open_question):
                message = Message(said=message.said)  # it answered the safety policy, which asked in between
            return self._confirm(open_question, facts, progress, message, told)
        if message.intent in ("stop", "goodbye") and not message.said:
            name = "stop" if message.intent == "stop" else "goodbye"
            return Turn(replace(progress, known=facts), (Saying(name),), end=End.STOPPED)
        if told is not None:
            if message.asked not in (None, open_question):
                message = Message(said=message.said)
            return self._details.plan(facts, progress, told, open_question, message)
        if withdrawn := _list_withdrawn(facts, progress, open_question, message):
            return self._doubt(facts, progress, withdrawn)
        if open_question is None:
            if progress.reopened:
                return self._go_on(facts, replace(progress, reopened=False))
            begun = facts.get("consent") is True and len(facts) > 1
            # A rule in data/rules.yml has answered or greeted before the form began.
            return _come_back(facts, progress, message) if begun else self._go_on(facts, progress)
        if open_question == "carry_on":
            return self._carry_on(facts, progress, message)
        if message.asked is not None and message.asked != open_question:
            return self._resume(facts, progress, open_question)  # it answered a question of the safety policy
        if message.change is not None:
            return self._put_again(facts, progress, message.change, Saying("change"))
        if message.intent == "go_back" and not message.said:
            return self._go_back(facts, progress, open_question)
        if message.intent in ANSWERS:
            return self._resume(facts, progress, open_question, *answer_in_passing(message))
        if open_question in progress.doubted:
            return self._settle_doubt(facts, progress, open_question, message)
        if open_question == "read_back":
            return self._read_back(facts, progress, message)
        return self._answer(facts, progress, self._questions.questions[open_question], message)

    def _go_on(self, facts: Facts, progress: Progress, *say: Saying) -> Turn:
        """Ask what can still matter; when nothing is left, read back once, then finish."""
        if progress.doubted:
            return ask(progress, progress.doubted[0], *say, facts=facts)
        if facts.get("consent") is False:
            return Turn(Progress(), (*say, Saying("consent_declined")), end=End.DECLINED, clear=True)
        questions = list_questions(self._rules, facts, progress.answered)
        if questions:
            question = questions[0]
            along = len(questions) == 1 and question not in _OPENING and question not in progress.asked
            if not along or progress.confirmed:
                return ask(progress, question, *say, facts=facts)
            # The read-back comes with the last question, so that it costs nobody a turn.
            progress = replace(progress, confirmed=True)
            return replace(ask(progress, question, *say, Saying("read_back_along"), facts=facts), read_back=True)
        level = assess(self._rules, facts, progress.answered).level
        if level is None or level.urgent or progress.confirmed or facts.get("age", 18) == NOT_SURE:
            return self._finish(facts, progress, level, *say)
        turn = ask(progress, "read_back", *say, Saying("read_back_intro"), facts=facts)
        return replace(turn, read_back=True)

    def _resume(self, facts: Facts, progress: Progress, question: str, *say: Saying) -> Turn:
        """Put a question again that something came between, unless it was answered meanwhile."""
        asks_for = facts_of(question)
        if question in progress.answered or (asks_for and all(fact.id in facts for fact in asks_for)):
            return self._go_on(facts, progress, *say)
        return ask(progress, question, *say, facts=facts)

    def _finish(self, facts: Facts, progress: Progress, level: CareLevel | None, *say: Saying) -> Turn:
        """Give the result, and offer to take what the clinician's summary would still like to have."""
        turn = Turn(replace(progress, known=facts), say, result=Result.OUTCOME, end=End.FINISHED)
        if level is None or not list_details(self._rules, facts, progress.answered, level):
            return turn
        return replace(turn, ask="more_details", progress=turn.progress.putting("more_details"))

    def _answer(self, facts: Facts, progress: Progress, question: Question, message: Message) -> Turn:
        """Take a message as the answer to the open question."""
        say = list_changes(facts, progress, message, frozenset(question.facts))
        progress = attempt(progress, question.id)
        tries = progress.attempts[question.id]
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
            return ask(progress, question.id, *say, Saying("skip_not_allowed"), facts=facts)
        if message.answer is Answer.YES and question.kind is QuestionKind.CHECKLIST:
            if tries >= MOST_TRIES and question.not_sure:
                return self._leave_open(facts, progress, question)
            return ask(progress, question.id, *say, Saying("which_ones"), facts=facts)
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
            return self._resume(facts, progress, question.id, Saying("greeting"))
        times = min(progress.misunderstood + 1, MOST_TRIES)
        progress = replace(progress, misunderstood=times)
        saying = Saying("consent_needed" if question.id == "consent" else f"misunderstood_{times}")
        if times == MOST_TRIES:
            progress = replace(progress, misunderstood=0)
            if question.id == "consent":
                return Turn(Progress(), (Saying("consent_declined"),), end=End.DECLINED, clear=True)
            # An emergency screen is tried for longer; then it is left open, which the rules treat as unsafe.
            if not question.emergency or progress.attempts[question.id] >= 2 * MOST_TRIES:
                return self._leave_open(facts, progress, question, saying)
        return ask(progress, question.id, saying, facts=facts)

    def _read_back(self, facts: Facts, progress: Progress, message: Message) -> Turn:
        if message.agrees:
            return self._go_on(facts, replace(progress, confirmed=True))
        say = list_changes(facts, progress, message, frozenset())
        progress = attempt(progress, "read_back")
        if message.said - {"consent"}:
            return self._go_on(facts, replace(progress, misunderstood=0), *(say or (Saying("noted"),)))
        if progress.attempts["read_back"] > MOST_TRIES:
            # Nothing more can be taken from the messages; the summary carries the answers as they stand.
            return self._go_on(facts, replace(progress, confirmed=True))
        return ask(progress, "read_back", Saying("what_to_change"), facts=facts)

    def _doubt(self, facts: Facts, progress: Progress, withdrawn: tuple[str, ...]) -> Turn:
        """Keep an emergency sign that was taken back, and ask once more before it is cleared (rules, section 7)."""
        kept: dict[str, FactValue | None] = dict.fromkeys(withdrawn, True)
        doubted = tuple(dict.fromkeys((*progress.doubted, *withdrawn)))
        merged = {**facts, **dict.fromkeys(withdrawn, True)}
        return replace(ask(replace(progress, doubted=doubted), doubted[0], facts=merged), facts=kept)

    def _settle_doubt(self, facts: Facts, progress: Progress, fact_id: str, message: Message) -> Turn:
        """Only a plain no clears it; yes, not sure or another subject leaves it as it was first told."""
        rest = tuple(other for other in progress.doubted if other != fact_id)
        say = list_changes(facts, progress, message, frozenset())
        turn = self._go_on(facts, replace(progress, doubted=rest), *(say or (Saying("kept"),)))
        if facts.get(fact_id) != NOT_SURE:
            return turn
        return replace(turn, facts={**turn.facts, fact_id: True})

    def _carry_on(self, facts: Facts, progress: Progress, message: Message) -> Turn:
        if message.answer is Answer.NO:
            return self._start_again()
        return self._go_on(facts, progress)

    def _go_back(self, facts: Facts, progress: Progress, open_question: str) -> Turn:
        """Put the question before this one again and forget its answer."""
        steps = {step.id for step in self._rules.questions} - {"consent", open_question}
        before = [question for question in progress.order if question in steps]
        if not before:
            return ask(progress, open_question, Saying("nothing_to_go_back_to"), facts=facts)
        return self._put_again(facts, progress, before[-1], Saying("go_back"))

    def _put_again(self, facts: Facts, progress: Progress, question: str, *say: Saying) -> Turn:
        cleared: dict[str, FactValue | None] = {
            fact.id: None for fact in FACTS.values() if fact.question == question and fact.id in facts
        }
        kept = {fact_id: value for fact_id, value in facts.items() if fact_id not in cleared}
        progress = replace(
            progress,
            answered=progress.answered - {question},
            order=tuple(other for other in progress.order if other != question),
        )
        return replace(ask(progress, question, *say, facts=kept), facts=cleared)

    def _confirm(
        self, question: str, facts: Facts, progress: Progress, message: Message, told: CareLevel | None
    ) -> Turn:
        if message.agrees or message.intent in ("restart", "delete_data"):
            if question == "delete_confirm":
                return Turn(Progress(), (Saying("delete_done"),), end=End.DELETED, clear=True)
            return self._start_again()
        kept = (Saying("kept"),)
        if told is not None:
            return Turn(replace(progress, known=facts), kept, end=End.STOPPED)
        before = [other for other in progress.order if other not in _CONFIRMING]
        return self._resume(facts, progress, before[-1], *kept) if before else self._go_on(facts, progress, *kept)

    def _start_again(self) -> Turn:
        facts: dict[str, FactValue] = {"consent": True}
        turn = self._go_on(facts, Progress(), Saying("restarted"))
        return replace(turn, facts=dict(facts), clear=True)


def _come_back(facts: Facts, progress: Progress, message: Message) -> Turn:
    """Ask whether to carry on. What is said on coming back is kept, but no number is changed by it.

    "Ten minutes" answers a question of an hour ago, which the words alone cannot tell.
    """
    numbers = (FactKind.INT, FactKind.NUMBER)
    kept = {
        fact_id: progress.known[fact_id]
        for fact_id in message.said & progress.known.keys()
        if not message.corrects and FACTS[fact_id].kind in numbers and facts.get(fact_id) != progress.known[fact_id]
    }
    return replace(ask(progress, "carry_on", facts=progress.known), facts=kept)


def _list_withdrawn(facts: Facts, progress: Progress, open_question: str | None, message: Message) -> tuple[str, ...]:
    """The emergency signs that this message takes back, other than one that was just asked about."""
    said = {fact_id: facts[fact_id] for fact_id in message.said if fact_id in facts}
    return tuple(sorted(find_withdrawn(said, progress.known) - {open_question, message.asked}))
