"""Adds to ``domain.yml`` what other files hold: a slot and an entity for each fact, and every response.

Rasa builds it from ``importers`` in ``config.yml``, so `rasa train`, `rasa test` and `rasa data validate` all see the
same domain. The texts in a response are its first wording; ``hip.dialogue.responses`` chooses among them at run time.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter

from hip.assessment import FACTS
from hip.dialogue.clarifying import load_clarifying
from hip.dialogue.outcome import reminder_name
from hip.dialogue.policy import ASK
from hip.dialogue.questions import load_questions
from hip.dialogue.responses import URGENT, topic_message
from hip.dialogue.wording import load_wordings
from hip.explanations import load_topics
from hip.triage.rulebook import load_rulebook


class ClinicImporter(RasaFileImporter):
    """Rasa's own importer, with the clinic's content merged into the domain."""

    def get_domain(self) -> Domain:
        """The domain of ``domain.yml`` with fact slots and all responses."""
        domain: Domain = super().get_domain().merge(Domain.from_dict(clinic_domain()))
        return domain


def clinic_domain() -> dict[str, Any]:
    """The part of the domain that comes from ``hip.assessment`` and ``clinic/``, as Rasa's YAML would hold it."""
    slots = {
        fact_id: {
            "type": "any",
            "influence_conversation": False,
            "mappings": [{"type": "from_entity", "entity": fact_id}],
        }
        for fact_id in FACTS
    }
    return {"version": "3.1", "entities": list(FACTS), "slots": slots, "responses": _responses()}


def _responses() -> dict[str, list[dict[str, Any]]]:
    questions, wordings, rules = load_questions(), load_wordings(), load_rulebook()
    responses: dict[str, list[dict[str, Any]]] = {}
    for question_id in questions.questions:
        responses[f"{ASK}{question_id}"] = [questions.put(question_id, {}, 0).as_message()]
    for fact_id, question in load_clarifying().items():
        responses[f"{ASK}{fact_id}"] = [questions.put_question(question, {}, 0).as_message()]
    for topic_id, topic in load_topics().items():
        responses[f"utter_{topic_id}"] = [topic_message(topic, wordings.fill(topic.text_for({})))]
    for name in wordings.names:
        responses[f"utter_{name}"] = [{"text": wordings.text(name, 0, False, {})}]
    for response, level in URGENT.items():
        text = rules.levels[level].text
        responses[response] = [{"text": text}]
        responses[reminder_name(level)] = [{"text": text}]
    responses["utter_why_ask"] = [{"text": "Each question has a reason of its own."}]
    return responses
