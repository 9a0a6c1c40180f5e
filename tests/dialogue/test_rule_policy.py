"""Rules are looked for by a message's words only where one could apply by them."""

from __future__ import annotations

import json

import pytest

from hip.dialogue.rule_policy import AssessmentRulePolicy

LISTENED = {"prev_action": {"action_name": "action_listen"}}


@pytest.mark.parametrize(
    ("state", "asks"),
    [
        (LISTENED | {"user": {"intent": "greet"}}, True),
        (LISTENED | {"user": {"text": "hello"}}, False),
        (LISTENED, False),
        ({"prev_action": {"action_name": "utter_intro"}, "user": {"text": "hello"}}, True),
    ],
    ids=["intent", "words", "neither", "not after a message"],
)
@pytest.mark.parametrize("kind", ["rules", "rules_for_loop_unhappy_path"])
def test_whether_every_rule_asks_for_an_intent(kind: str, state: dict[str, dict[str, str]], asks: bool) -> None:
    policy = object.__new__(AssessmentRulePolicy)
    policy.lookup = {kind: {json.dumps([LISTENED, state]): "utter_intro"}}
    assert policy._every_rule_asks_for_an_intent is asks
