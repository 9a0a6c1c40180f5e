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
import jsonschema

from hip.engine import timeouts
from hip.engine.problem import end_turn, open_turn, tell_problem, turn_events, was_told
from hip.engine.source import Original
from hip.settings import get_settings

if TYPE_CHECKING:
    from rasa.core.channels.channel import OutputChannel
    from rasa.core.nlg import NaturalLanguageGenerator
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

REPLACES: Final = (
    Original("rasa.core.actions.action", "RemoteAction.run", (748, 838), "3ba8c67f78cdce96"),
    Original("rasa.core.actions.action", "RemoteAction._validate_action_result", (699, 713), "7714afb4250b7f8b"),
    Original("rasa.core.actions.action", "RemoteAction.action_response_format_spec", (684, 697), "bd86362aab50c19d"),
    Original("rasa.core.actions.action", "RemoteAction._action_call_format", (651, 674), "6557a1d270046304"),
    Original("rasa.core.actions.action", "RemoteAction._utter_responses", (716, 746), "07e25e77edc6699d"),
    Original("rasa.utils.endpoints", "EndpointConfig.request", (136, 192), "3f1ff1224b6c62c4"),
    Original("rasa.core.processor", "MessageProcessor._run_action", (967, 1019), "35b8b65326587fad"),
)


def replace(module: ModuleType) -> None:
    """Put our ``run``, our call and our check of the answer into ``RemoteAction``."""
    from rasa import __version__
    from rasa.shared.core.trackers import EventVerbosity
    from rasa.utils.endpoints import ClientResponseError

    remote_action: Any = module.RemoteAction
    schema = remote_action.action_response_format_spec()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate_action_result(self: Any, result: Any) -> bool:
        error = jsonschema.exceptions.best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    def action_call_format(self: Any, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        """Rasa's own, with the events of the turn in the place of the whole conversation's."""
        state = tracker.current_state(EventVerbosity.NONE)
        state["events"] = [event.as_dict() for event in open_turn(tracker)]
        call = {"next_action": self._name, "sender_id": tracker.sender_id, "tracker": state, "version": __version__}
        if not self._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(self.name()):
            call["domain"] = domain.as_dict()
        return call

    async def call(self: Any, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        seconds = _seconds_left(tracker)
        async with asyncio.timeout(seconds):
            result = await self.action_endpoint.request(
                json=self._action_call_format(tracker, domain),
                method="post",
                timeout=aiohttp.ClientTimeout(total=seconds),
            )
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
