"""What goes to the action server: one turn, and no domain."""

from __future__ import annotations

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from hip.dialogue.importer import ClinicImporter
from hip.settings import ROOT

TURN: list[Event] = [ActionExecuted("action_listen"), UserUttered("no"), ActionExecuted("utter_x"), BotUttered("x")]


def call(events: list[Event], name: str = "action_x", domain: Domain | None = None) -> dict[str, object]:
    """The call as Rasa would send it to the endpoint of endpoints.yml."""
    endpoint = read_endpoint_config(str(ROOT / "endpoints.yml"), "action_endpoint")
    assert isinstance(endpoint, EndpointConfig)
    tracker = DialogueStateTracker.from_events("x", events)
    sent: dict[str, object] = RemoteAction(name, endpoint)._action_call_format(tracker, domain or Domain.empty())
    return sent


def kinds(sent: dict[str, object]) -> list[str]:
    tracker = sent["tracker"]
    assert isinstance(tracker, dict)
    return [event["event"] for event in tracker["events"]]


def test_only_the_turn_is_sent_and_every_slot() -> None:
    sent = call(
        [SlotSet("side", "left"), *TURN * 50, ActionExecuted("action_listen"), UserUttered("yes"), SlotSet("y", 1)]
    )
    assert kinds(sent) == ["action", "user", "slot"]
    tracker = sent["tracker"]
    assert isinstance(tracker, dict)
    assert tracker["slots"] == {"side": "left", "y": 1}
    assert tracker["latest_message"]["text"] == "yes"


def test_before_any_message_all_is_sent() -> None:
    assert kinds(call([SlotSet("side", "left"), ActionExecuted("action_listen")])) == ["slot", "action"]


def test_our_own_form_is_called_without_the_domain() -> None:
    """Rasa sends it to every action that is named ``validate_...``, whatever the endpoint says."""
    importer = ClinicImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    assert "domain" not in call(TURN, "validate_hip_assessment_form", importer.get_domain())
