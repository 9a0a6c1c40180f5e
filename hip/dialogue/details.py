"""Plans the turns after a result: details for the clinician's summary, corrections, and booking once more."""

from __future__ import annotations

from dataclasses import replace

from hip.assessment import IMPLIED_FACTS, NOT_SURE, Facts, facts_of
from hip.dialogue.questions import QuestionBook
from hip.dialogue.state import Progress
from hip.dialogue.turns import (
    ANSWERS,
    End,
    Message,
    Result,
    Saying,
    Turn,
    answer_in_passing,
    ask,
    attempt,
)
from hip.language.reading import Answer
from hip.triage.engine import assess
from hip.triage.levels import CareLevel
from hip.triage.questions import list_details, next_question
from hip.triage.rulebook import Rulebook

OFFER = "more_details"
#: So many messages may try to answer the offer, or a detail, before it is let go.
_MOST_TRIES = 2


class DetailsPlanner:
    """Plans each turn once a level that is not urgent has been told."""

    def __init__(self, rules: Rulebook, questions: QuestionBook) -> None:
        self._rules = rules
        self._questions = questions

    def plan(
        self, facts: Facts, progress: Progress, told: CareLevel, open_question: str | None, message: Message
    ) -> Turn:
        """Decide the next turn; arguments as for ``TurnPlanner.plan``. Without an open question none is put."""
        # Of all that is known and not of this message alone: a rule may have answered the one that told it.
        new = [fact for fact in facts.keys() - IMPLIED_FACTS if progress.known.get(fact, NOT_SURE) != facts[fact]]
        progress = replace(progress, known=facts)
        level = assess(self._rules, facts, progress.answered).level
        if new and level is None:
            # A question is open again that may make it more urgent: until it is answered no result stands.
            taken_back = replace(progress, reopened=True)
            question = next_question(self._rules, facts, progress.answered)
            turn = Turn(taken_back, (Saying("result_open"),), result=Result.TAKEN_BACK)
            if open_question is None or question is None:
                return turn
            return replace(turn, progress=replace(taken_back, reopened=False).putting(question), ask=question)
        if new and level is not told and level is not None:
            turn = Turn(progress, (Saying("result_changed"),), result=Result.OUTCOME)
            if level.urgent:
                return replace(turn, end=End.DETAILED)
        elif open_question is None and new:
            turn = Turn(progress, (Saying("result_unchanged"),))
        elif set(new) - {fact.id for fact in facts_of(open_question or "")}:
            turn = Turn(progress, (Saying("noted"),))  # more than the open question asked for
        elif message.change is not None:
            if open_question is not None:
                return ask(progress, message.change, Saying("change"), facts=facts)
            turn = Turn(progress, (Saying("what_to_change"),))
        elif message.intent == "book" or (message.agrees and open_question is None):
            turn = Turn(progress, result=Result.BOOKING)
        elif open_question is not None and message.intent in ANSWERS:
            return ask(progress, open_question, *answer_in_passing(message), facts=facts)
        else:
            turn = Turn(progress)
        if open_question is None:
            return turn if turn.say or turn.result else Turn(progress, (Saying("after_result"),))
        return self._follow(turn, facts, level or told, open_question, message)

    def _follow(self, turn: Turn, facts: Facts, level: CareLevel, open_question: str, message: Message) -> Turn:
        """Go on with the details, or put the open question again when the message was about something else."""
        progress = attempt(turn.progress, open_question)
        tries = progress.attempts[open_question]
        if open_question == OFFER:
            if message.declines or (tries >= _MOST_TRIES and not message.agrees):
                return replace(turn, progress=progress, say=(*turn.say, Saying("after_result")), end=End.DETAILED)
            if not message.agrees:
                return self._ask(turn, progress, OFFER)
        else:
            answered = message.said & set(self._questions.questions[open_question].facts)
            left = message.answer in (Answer.NOT_SURE, Answer.SKIP, Answer.NO) or message.intent == "skip"
            if answered:
                progress = replace(progress, answered=progress.answered | {open_question})
            elif left or tries >= _MOST_TRIES:
                progress = replace(progress, skipped=progress.skipped | {open_question})
            else:
                return self._ask(turn, progress, open_question, Saying("misunderstood_1"))
        left_over = list_details(self._rules, facts, progress.answered | progress.skipped, level)
        if not left_over:
            return replace(turn, progress=progress, say=(*turn.say, Saying("details_done")), end=End.DETAILED)
        return self._ask(turn, progress, left_over[0])

    @staticmethod
    def _ask(turn: Turn, progress: Progress, question: str, *say: Saying) -> Turn:
        return replace(turn, progress=progress.putting(question), say=(*turn.say, *say), ask=question)
