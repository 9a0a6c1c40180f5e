"""What the person is told when the action server fails, and how the turn then ends.

The message is a plain response of the domain, so it needs no action server; it always holds 999 and 111.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, FollowupAction, UserUttered

from hip.engine import PROBLEM_MARK
from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.core.nlg import NaturalLanguageGenerator
    from rasa.shared.core.trackers import DialogueStateTracker

#: Nothing is replaced here; what is said above about turns rests on these.
REPLACES: Final = (
    Original("rasa.shared.core.trackers", "DialogueStateTracker.change_loop_to", (328, 342), "a9a7908e1d40312b"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker.set_latest_action", (358, 376), "11e67e87eea7400e"),
    Original("rasa.core.processor", "MessageProcessor._predict_next_with_tracker", (1097, 1124), "fea21c730ddc2401"),
    Original(
        "rasa.core.policies.rule_policy", "RulePolicy._find_action_from_loop_happy_path", (953, 988), "6ffaf192b6f09bf1"
    ),
)

RESPONSE: Final = "utter_technical_problem"

#: Said when the domain has no such response, or one without the two numbers.
BUILT_IN_TEXT: Final = (
    "Sorry, I have a technical problem and could not deal with your last message. What you told me before it is kept. "
    "Please send it again in a minute. If you feel very unwell or this is an emergency, call 999 now. "
    "If you need help today and cannot wait, call NHS 111."
)


async def tell_problem(nlg: NaturalLanguageGenerator, tracker: DialogueStateTracker, channel: str) -> BotUttered:
    """The message itself, from the domain's response where that names both numbers."""
    draft: dict[str, Any] = await nlg.generate(RESPONSE, tracker, channel) or {}
    text = draft.get("text") or ""
    if "999" not in text or "111" not in text:
        text = BUILT_IN_TEXT
    return BotUttered(text, metadata={"utter_action": RESPONSE, PROBLEM_MARK: True})


def end_turn(tracker: DialogueStateTracker) -> list[Event]:
    """Events after which the assistant listens, with the conversation where it was.

    A form that had stepped aside for a question in the middle is marked as rejected until it runs again. It will not
    run again in this turn, so it is made an ordinary active form, which the next message reaches.
    """
    events: list[Event] = [FollowupAction(ACTION_LISTEN_NAME)]
    if tracker.active_loop_name and tracker.is_active_loop_rejected:
        events.insert(0, ActiveLoop(tracker.active_loop_name))
    return events


def ends_turn(events: Iterable[Event]) -> bool:
    """Whether an action's events say that the turn is over."""
    return any(isinstance(event, FollowupAction) and event.action_name == ACTION_LISTEN_NAME for event in events)


def is_problem(event: Event) -> bool:
    """Whether the event is the message of this module."""
    return isinstance(event, BotUttered) and bool(event.metadata.get(PROBLEM_MARK))


def turn_events(tracker: DialogueStateTracker) -> list[Event]:
    """The events since the message that is being answered, itself first; empty between turns."""
    events: list[Event] = []
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return []
        events.append(event)
        if isinstance(event, UserUttered):
            return events[::-1]
    return []


def open_turn(tracker: DialogueStateTracker) -> list[Event]:
    """The events from the ``action_listen`` before the latest message on; all of them where there is none."""
    events: list[Event] = []
    has_message = False
    for event in reversed(tracker.events):
        events.append(event)
        has_message = has_message or isinstance(event, UserUttered)
        if has_message and isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            break
    return events[::-1]


def was_told(tracker: DialogueStateTracker) -> bool:
    """Whether the person has been told in this turn."""
    return any(is_problem(event) for event in turn_events(tracker))
