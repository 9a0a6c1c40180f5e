"""Checks what an action server answers against Rasa's schema.

Rasa holds each event against the schemas of all 23 types, of which one may fit. Each names its type, so only that of
the event's own type can.
"""

from __future__ import annotations

from typing import Any, Final

import jsonschema

from hip.engine.source import Original

#: Nothing is replaced here; that a schema is found by an event's type rests on these.
REPLACES: Final = (
    Original("rasa.shared.utils.schemas.events", "EVENT_SCHEMA", (132, 165), "28963a67d805718a"),
    Original("rasa.core.actions.action", "RemoteAction.action_response_format_spec", (684, 697), "bd86362aab50c19d"),
)


class AnswerCheck:
    """Rasa's schema of an answer, made ready once.

    Args:
        schema: of ``RemoteAction.action_response_format_spec``.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        event = schema["properties"]["events"]["items"]
        common = {name: part for name, part in event.items() if name != "oneOf"}
        self._answer = _validator({**schema, "properties": {**schema["properties"], "events": {"type": "array"}}})
        self._event = _validator(event)
        self._events = {
            kind["properties"]["event"]["const"]: _validator({**common, "allOf": [kind]}) for kind in event["oneOf"]
        }

    def check(self, answer: Any) -> None:
        """Check an answer.

        Raises:
            jsonschema.ValidationError: it does not fit the schema.
        """
        _check(self._answer, answer)
        for event in answer.get("events", ()):
            kind = event.get("event") if isinstance(event, dict) else None
            _check(self._events.get(kind, self._event) if isinstance(kind, str) else self._event, event)


def _validator(schema: dict[str, Any]) -> Any:
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _check(validator: Any, value: Any) -> None:
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if error is not None:
        raise error
