"""An answer is refused exactly where Rasa's whole schema refuses it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction
from rasa.shared.utils.schemas.events import EVENT_SCHEMA

from hip.engine.action_answer import AnswerCheck

SCHEMA = RemoteAction.action_response_format_spec()
KINDS = [kind["properties"]["event"]["const"] for kind in EVENT_SCHEMA["oneOf"]]
CHECK = AnswerCheck(SCHEMA)

VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just([]), st.just({}))
EVENT = st.one_of(
    VALUES,
    st.dictionaries(st.sampled_from(["name", "value", "timestamp", "policy", "entities", "metadata"]), VALUES).flatmap(
        lambda rest: st.sampled_from([*KINDS, "other", None, 1, []]).map(lambda kind: rest | {"event": kind})
    ),
)
ANSWER = st.one_of(
    VALUES, st.fixed_dictionaries({}, optional={"events": st.lists(EVENT, max_size=3), "responses": VALUES})
)


def is_accepted(answer: Any) -> bool:
    try:
        CHECK.check(answer)
    except jsonschema.ValidationError:
        return False
    return True


@given(ANSWER)
def test_it_is_rasas_schema(answer: Any) -> None:
    assert is_accepted(answer) is jsonschema.Draft202012Validator(SCHEMA).is_valid(answer)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_event_is_known(kind: str) -> None:
    event = {"event": kind, "name": "side", "value": "left", "entities": []}
    assert is_accepted({"events": [event], "responses": []})
    assert not is_accepted({"events": [event | {"timestamp": "now"}]})
