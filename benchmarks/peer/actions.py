"""The action server's part of Rasa's default assistant, as plain rasa-sdk: a form of sixteen questions and a database.

Copied into the project and run by ``python -m rasa_sdk``; nothing of ours in it. It does less than our actions do: no
triage, no summary, no encryption; each answer becomes one row, and the next question is asked.
"""

import os
from typing import Any

import sqlalchemy as sa
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

#: Slots of the domain that have a question, in the order asked.
QUESTIONS = (
    "consent",
    "respondent",
    "age",
    "injury",
    "cannot_bear_weight",
    "leg_deformity",
    "fever_or_unwell",
    "hot_swollen_joint",
    "saddle_numbness",
    "cold_pale_leg",
    "site",
    "side",
    "pain_score",
    "previous_injection",
    "diagnosis",
    "lifestyle_tried",
)

metadata = sa.MetaData()
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String, index=True),
    sa.Column("question", sa.String),
    sa.Column("answer", sa.String),
)
engine = sa.create_engine(os.environ["ANSWERS_DATABASE_URL"])
metadata.create_all(engine)


def keep(tracker: Tracker, question: str) -> None:
    """Write what was said to one question."""
    text = tracker.latest_message.get("text") or ""
    with engine.begin() as connection:
        connection.execute(answers.insert().values(conversation=tracker.sender_id, question=question, answer=text))


class ValidateHipAssessmentForm(Action):
    """Takes each message as the answer to the open question."""

    def name(self) -> str:
        return "validate_hip_assessment_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        asked = tracker.get_slot("requested_slot")
        if asked not in QUESTIONS:
            return [SlotSet("requested_slot", QUESTIONS[0])]
        keep(tracker, asked)
        events = [SlotSet(asked, tracker.latest_message.get("text"))]
        left = QUESTIONS[QUESTIONS.index(asked) + 1 :]
        if not left:
            dispatcher.utter_message(response="utter_after_result", json_message={"outcome": {"kept": len(QUESTIONS)}})
            events.append(SlotSet("care_level", "first_line_care"))
        return [*events, SlotSet("requested_slot", left[0] if left else None)]


class ActionAfterResult(Action):
    """Says something, whatever is said after the form."""

    def name(self) -> str:
        return "action_after_result"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        keep(tracker, "after_result")
        dispatcher.utter_message(response="utter_after_result")
        return []


class ActionRecordOutcome(Action):
    """In our domain; only our safety policy asks for it."""

    def name(self) -> str:
        return "action_record_outcome"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return []
