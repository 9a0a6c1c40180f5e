"""The safety policy: an emergency interrupts whatever the conversation is doing, and stays in force after it.

It outranks every other policy. The response it predicts is a plain domain response, so it reaches the person even
when the action server is down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import (
    ACTION_DEACTIVATE_LOOP_NAME,
    ACTION_EXTRACT_SLOTS,
    ACTION_LISTEN_NAME,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from hip.assessment import NOT_SURE, FactValue
from hip.dialogue.clarifying import load_clarifying
from hip.dialogue.state import CARE_LEVEL_SLOT, CLARIFYING_SLOT, Clarifying, facts_from_slots
from hip.triage.engine import Assessment, assess
from hip.triage.levels import CareLevel
from hip.triage.rulebook import load_rulebook

#: Records an interrupted assessment; when the action server is down the message has already been said.
RECORD_ACTION = "action_record_outcome"
#: What comes before a question's id in the name of the response that puts it.
ASK = "utter_ask_"
#: Asked at a clarifying question, these are answered once before the question is put again.
EXPLAINED = frozenset({"why_ask", "help"})
#: After an urgent outcome these intents are still served by the ordinary rules; everything else repeats the advice.
SERVED_AFTER_URGENT = frozenset({"restart", "delete_data"})
#: These are answered first, and the advice is repeated after the answer.
ANSWERED_AFTER_URGENT = {
    "ask_injection": "utter_ask_injection",
    "ask_logistics": "utter_ask_logistics",
    "thank": "utter_thank",
    "goodbye": "utter_goodbye",
    "bot_challenge": "utter_bot_challenge",
    "human": "utter_human_urgent",
    "book": "utter_book_after_urgent",
    "out_of_scope": "utter_out_of_scope",
}


#: Assessments kept: a turn asks for the same one again, and other conversations come in between.
_REMEMBERED: Final = 64


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(Policy):
    """Predicts the emergency response as soon as the facts hold a red flag, in any state."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> None:
        """Loads the rules; see the parent class for the arguments."""
        super().__init__(config, model_storage, resource, execution_context)
        self._rules = load_rulebook()
        self._clarifying = load_clarifying()
        # Asked for every action of a turn, and mostly nothing was told in between.
        self._assess = lru_cache(_REMEMBERED)(lambda known: assess(self._rules, dict(known)))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyPolicy:
        """Nothing was stored in training; see the parent class for the arguments."""
        return cls(config, model_storage, resource, execution_context)

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns from nothing: neither stories nor rules."""
        return SupportedData.RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Above RulePolicy (6) and every other policy."""
        return {"priority": 100}

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing to train: the rules are data of the clinic. See the parent class for the arguments."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the next action, or abstain with all probabilities zero."""
        if not _waits_for_reply(tracker):
            return self._abstain(domain)
        clarifying = Clarifying.from_slot(tracker.get_slot(CLARIFYING_SLOT))
        facts, found = _facts(tracker)
        if clarifying.fact is not None:
            if not clarifying.explained and clarifying.fact not in facts and _intent(tracker) in EXPLAINED:
                return self._explain(clarifying, tracker, domain)
            facts, clarifying, answered = _settle(clarifying.fact, facts, clarifying)
            found += answered
        assessment = self._assess(frozenset(facts.items()))
        told = tracker.get_slot(CARE_LEVEL_SLOT)
        run = _actions_since_message(tracker)
        # Before a result, what needs care the same day waits for the screens, which may find worse. After one it is
        # told at once, so that nobody is left with a way to book.
        must_tell = assessment.interrupts or told is not None
        if must_tell and self._is_news(assessment, told, run):
            return self._interrupt(assessment, tracker, domain, run, found)
        if told is not None and CareLevel(told).urgent and not _confirming(tracker):
            return self._remind(CareLevel(told), tracker, domain, run)
        possible = _possible_red_flag(tracker)
        if (
            possible is not None
            and possible in self._clarifying
            and not facts.get(possible)
            and possible not in clarifying.denied
        ):
            return self._clarify(replace(clarifying, fact=possible), domain, run, found)
        return self._abstain(domain, found)

    @staticmethod
    def _is_news(assessment: Assessment, told: str | None, run: list[str]) -> bool:
        """Whether this urgent level was not yet told, or is being told in this very turn."""
        level = assessment.level
        if level is None or not level.urgent:
            return False
        return told is None or level.outranks(CareLevel(told)) or f"utter_{level.value}" in run

    def _interrupt(
        self,
        assessment: Assessment,
        tracker: DialogueStateTracker,
        domain: Domain,
        run: list[str],
        found: list[Event],
    ) -> PolicyPrediction:
        level = assessment.level
        assert level is not None
        steps = [f"utter_{level.value}"]
        if tracker.active_loop_name is not None or ACTION_DEACTIVATE_LOOP_NAME in run:
            steps.append(ACTION_DEACTIVATE_LOOP_NAME)
        steps.append(RECORD_ACTION)
        events = [] if run else [SlotSet(CARE_LEVEL_SLOT, level.value), *found]
        return self._next(steps, run, domain, events)

    def _remind(
        self, level: CareLevel, tracker: DialogueStateTracker, domain: Domain, run: list[str]
    ) -> PolicyPrediction:
        """After an urgent outcome nothing but the advice stands: no question, no booking."""
        intent = _intent(tracker)
        if intent in SERVED_AFTER_URGENT:
            return self._abstain(domain)
        answer = ANSWERED_AFTER_URGENT.get(intent or "")
        steps = [answer] if answer else []
        if tracker.active_loop_name is not None or ACTION_DEACTIVATE_LOOP_NAME in run:
            steps.append(ACTION_DEACTIVATE_LOOP_NAME)
        steps.append(f"utter_reminder_{level.value}")
        return self._next(steps, run, domain, [])

    def _clarify(self, clarifying: Clarifying, domain: Domain, run: list[str], found: list[Event]) -> PolicyPrediction:
        """Ask about a possible red flag; the form, if one is active, waits with its own question."""
        asked = SlotSet(CLARIFYING_SLOT, clarifying.as_slot())
        return self._next([f"{ASK}{clarifying.fact}"], run, domain, found, [asked])

    def _explain(self, clarifying: Clarifying, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        """Say why it is asked, and ask once more."""
        steps = ["utter_why_ask", f"{ASK}{clarifying.fact}"]
        again = SlotSet(CLARIFYING_SLOT, replace(clarifying, explained=True).as_slot())
        return self._next(steps, _actions_since_message(tracker), domain, [], [again])

    def _next(
        self, steps: list[str], run: list[str], domain: Domain, events: list[Event], last: Sequence[Event] = ()
    ) -> PolicyPrediction:
        """The first step that has not run since the message, then listen; ``last`` are the events of listening."""
        action = next((step for step in steps if step not in run), ACTION_LISTEN_NAME)
        if action == ACTION_LISTEN_NAME:
            events = [*events, *last]
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        # A form's own prediction is a "no user" prediction and overrules all others; only another one can beat it,
        # by priority (rasa.core.policies.ensemble).
        return self._prediction_of(probabilities, events)

    def _prediction_of(self, probabilities: list[float], events: list[Event]) -> PolicyPrediction:
        return PolicyPrediction(
            probabilities,
            self.__class__.__name__,
            self.priority,
            optional_events=events,
            is_no_user_prediction=True,
        )

    def _abstain(self, domain: Domain, events: list[Event] | None = None) -> PolicyPrediction:
        """Leave it to the other policies; ``events`` are applied whichever of them is followed."""
        return self._prediction(self._default_predictions(domain), events=events or [])


def _waits_for_reply(tracker: DialogueStateTracker) -> bool:
    """Whether a person has said something that is not answered yet."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return True
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return False
    return False


def _actions_since_message(tracker: DialogueStateTracker) -> list[str]:
    run: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_EXTRACT_SLOTS:
            run.append(str(event.action_name))
    return run


def _facts(tracker: DialogueStateTracker) -> tuple[dict[str, FactValue], list[Event]]:
    """The facts, and the events that complete them.

    A message that reads as a crisis without any matched word is taken as one: a disclosure is never left unanswered.
    """
    facts = facts_from_slots(tracker.current_slot_values())
    if _intent(tracker) == "crisis" and not {"suicidal", "overdose"} & set(facts):
        return {**facts, "suicidal": True}, [SlotSet("suicidal", True)]
    return facts, []


def _intent(tracker: DialogueStateTracker) -> str | None:
    message = tracker.latest_message
    return message.intent.get("name") if message is not None else None


def _settle(
    fact: str, facts: Mapping[str, FactValue], clarifying: Clarifying
) -> tuple[dict[str, FactValue], Clarifying, list[Event]]:
    """Take the message as the answer: only a plain no is one; not sure, or another subject, counts as yes."""
    settled, events = dict(facts), []
    if settled.get(fact, NOT_SURE) == NOT_SURE:
        settled[fact] = True
        events.append(SlotSet(fact, True))
    denied = clarifying.denied | ({fact} if settled[fact] is False else set())
    after = Clarifying(denied=frozenset(denied))
    return settled, after, [*events, SlotSet(CLARIFYING_SLOT, after.as_slot())]


def _possible_red_flag(tracker: DialogueStateTracker) -> str | None:
    """The fact that ``hip.language`` finds a message close to, though no word of it matched."""
    message = tracker.latest_message
    return message.parse_data.get("possible_red_flag") if message is not None else None


def _confirming(tracker: DialogueStateTracker) -> bool:
    """Whether the person is being asked to confirm starting again or deleting."""
    return tracker.get_slot("requested_slot") in ("restart_confirm", "delete_confirm")
