"""Calls to the action server: short, answers checked by one compiled schema, and a failure is never met with silence.

Rasa sends the whole conversation with every call, checks the response schema itself on every response (54 % of the
server's time), waits 300 s for an answer, and when the call fails it drops the action's events and says nothing.
Actions get every slot, the latest message, and the events from the ``action_listen`` before that message on.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from hip.engine import timeouts
from hip.engine.action_answer import AnswerCheck
from hip.engine.problem import end_turn, open_turn, tell_problem, turn_events, was_told
from hip.engine.source import Original
from hip.settings import get_settings

if TYPE_CHECKING:
    from rasa.core.channels.channel import OutputChannel
    from rasa.core.nlg import NaturalLanguageGenerator
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker, TrackerActiveLoop

logger = logging.getLogger(__name__)

REPLACES: Final = (
    Original("rasa.core.actions.action", "RemoteAction.run", (748, 838), "3ba8c67f78cdce96"),
    Original("rasa.core.actions.action", "RemoteAction._validate_action_result", (699, 713), "7714afb4250b7f8b"),
    Original("rasa.core.actions.action", "RemoteAction._action_call_format", (651, 674), "6557a1d270046304"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker.current_state", (233, 257), "4119150d676f2508"),
    Original("rasa.core.actions.action", "RemoteAction._utter_responses", (716, 746), "07e25e77edc6699d"),
    Original("rasa.utils.endpoints", "EndpointConfig.request", (136, 192), "3f1ff1224b6c62c4"),
    Original("rasa.core.processor", "MessageProcessor._run_action", (967, 1019), "35b8b65326587fad"),
)


def replace(module: ModuleType) -> None:
    """Put our ``run``, our call and our check of the answer into ``RemoteAction``."""
    from rasa import __version__
    from rasa.utils.endpoints import ClientResponseError

    remote_action: Any = module.RemoteAction
    answers = AnswerCheck(remote_action.action_response_format_spec())

    def validate_action_result(self: Any, result: Any) -> bool:
        answers.check(result)
        return True

    def action_call_format(self: Any, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        """What Rasa sends, ``DialogueStateTracker.current_state``, with the events of the turn only."""
        state = {
            "sender_id": tracker.sender_id,
            "slots": tracker.current_slot_values(),
            "latest_message": tracker._latest_message_data(),
            "latest_event_time": tracker.events[-1].timestamp if tracker.events else None,
            "followup_action": tracker.followup_action,
            "paused": tracker.is_paused(),
            "events": [event.as_dict() for event in open_turn(tracker)],
            "latest_input_channel": tracker.get_latest_input_channel(),
            "active_loop": _as_json(tracker.active_loop),
            "latest_action": tracker.latest_action,
            "latest_action_name": tracker.latest_action_name,
        }
        call = {"next_action": self._name, "sender_id": tracker.sender_id, "tracker": state, "version": __version__}
        if not self._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(self.name()):
            call["domain"] = domain.as_dict()
        return call

    async def call(self: Any, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        seconds = _seconds_left(tracker)
        request = {
            "json": self._action_call_format(tracker, domain),
            "method": "post",
            "timeout": aiohttp.ClientTimeout(total=seconds),
        }
        async with asyncio.timeout(seconds):
            try:
                result = await self.action_endpoint.request(**request)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError, aiohttp.ClientOSError):
                # A kept connection was closed, as by a server that was stopped. What an action does may be done twice.
                result = await self.action_endpoint.request(**request)
        self._validate_action_result(result)
        return dict(result)

    async def run(
        self: Any,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Run the action; when that fails, tell the person once in this turn and listen.

        Raises:
            ActionExecutionRejection: the action itself refused to run, which is not a failure.
        """
        if was_told(tracker):
            return end_turn(tracker)
        try:
            result = await call(self, tracker, domain)
            messages = await self._utter_responses(result.get("responses", []), output_channel, nlg, tracker)
            return [*messages, *module.events.deserialise_events(result.get("events", []))]
        except Exception as error:  # whatever it is, the person must hear of it
            if isinstance(error, ClientResponseError) and error.status == 400:
                rejection = _read_rejection(error.text)
                if rejection:
                    raise module.ActionExecutionRejection(*rejection) from error
            logger.error("Action %r failed (%s); the person was told. %s", self.name(), _describe(error), _ADVICE)
            return [await tell_problem(nlg, tracker, output_channel.name()), *end_turn(tracker)]

    remote_action._validate_action_result = validate_action_result
    remote_action._action_call_format = action_call_format
    remote_action.run = run


def _as_json(loop: TrackerActiveLoop | None) -> dict[str, Any]:
    """Without what was read of the message that began the form, long ago: no action looks at it."""
    return {**vars(loop), "trigger_message": None} if loop else {}


_ADVICE: Final = "Look at the action server's log."


def _seconds_left(tracker: DialogueStateTracker) -> float:
    """The time for one call: the set limit, or less when earlier calls of the turn were slow."""
    limit = get_settings().action_timeout
    turn = turn_events(tracker)
    return min(limit, max(0.1, turn[0].timestamp + timeouts.TURN - time.time())) if turn else limit


def _describe(error: Exception) -> str:
    """The kind of an error, without its message: that may hold the whole conversation."""
    status = getattr(error, "status", None)
    return f"HTTP {status}" if status else type(error).__name__


def _read_rejection(body: str | bytes) -> tuple[str, str | None] | None:
    """The action's name and reason from the body of a refusal; None when it is not one."""
    try:
        refusal = json.loads(body)
        return refusal["action_name"], refusal.get("error")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
