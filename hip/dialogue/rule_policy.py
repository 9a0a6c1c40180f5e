"""Rasa's RulePolicy without its built-in reactions to the intents ``restart`` and ``back``."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class AssessmentRulePolicy(RulePolicy):
    """Follows ``data/rules.yml`` for every intent.

    Rasa's own policy answers ``restart`` with ``action_restart`` at once and overrules every rule. Here starting again
    clears health answers, so a rule asks first; a typed ``/restart`` is asked too.
    """

    @staticmethod
    def _find_action_from_default_actions(tracker: DialogueStateTracker) -> tuple[str | None, str | None]:
        return None, None

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """Rasa looks by the words first, through the whole conversation, although every rule asks for an intent."""
        if use_text_for_last_user_input and self._every_rule_asks_for_an_intent:
            return None, None, False
        found: tuple[Any, Any, bool] = super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
        return found

    @cached_property
    def _every_rule_asks_for_an_intent(self) -> bool:
        """Whether no rule applies to a message, which ``action_listen`` is before, without looking at its intent."""
        kinds = (self.lookup.get(kind, {}) for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
        last = [self._rule_key_to_state(key)[-1] for rules in kinds for key in rules]
        after_listen = [
            state for state in last if state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME) == ACTION_LISTEN_NAME
        ]
        return all(INTENT in state.get(USER, {}) for state in after_listen)
