"""Rasa's structured logs without what people typed: the place of the anonymiser that only Rasa Pro fills."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from hip.engine.server_logs import describe_exception
from hip.engine.source import Original

REPLACES: Final = (
    Original("rasa.utils.log_utils", "_anonymizer", (31, 70), "9e202278c624458c"),
    Original("rasa.utils.log_utils", "configure_structlog", (73, 139), "adbf22a14c77a21e"),
)

#: The keys that Rasa's own anonymiser lists, which is where Rasa puts messages, slots and events.
TEXT_KEYS: Final = frozenset(
    {
        "text",
        "response_text",
        "user_text",
        "slot_values",
        "parse_data_text",
        "parse_data_entities",
        "prediction_events",
        "tracker_latest_message",
        "prefilled_slots",
        "message",
        "response",
        "slot_candidates",
        "rasa_event",
        "rasa_events",
        "tracker_states",
        "current_states",
        "old_states",
        "successes",
        "current_entity",
        "next_entity",
        "states",
        "entity",
        "token_text",
        "user_message",
        "json_message",
    }
)
HIDDEN: Final = "[not logged]"


def hide_text(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: hides the values of ``TEXT_KEYS``, and exceptions' messages and local variables."""
    for key in TEXT_KEYS & event.keys():
        event[key] = HIDDEN
    raised = event.pop("exc_info", None)
    if raised:
        event["exception"] = describe_exception(raised)
    return event


def replace(log_utils: ModuleType) -> None:
    """Put our processor first, where Rasa has its own, and nothing where Rasa reports to Sentry."""
    log_utils._anonymizer = hide_text  # type: ignore[attr-defined]
    log_utils.SentryProcessor = _report_to_nobody  # type: ignore[attr-defined]


def _report_to_nobody(**_options: Any) -> Any:
    return lambda _logger, _method, event: event
