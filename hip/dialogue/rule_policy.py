"""Rasa's RulePolicy without its built-in reactions to the intents ``restart`` and ``back``."""

from __future__ import annotations

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class AssessmentRulePolicy(RulePolicy):
    """Follows ``data/rules.yml`` for every intent.

    Rasa's own policy answers ``restart`` with ``action_restart`` at once and overrules every rule. Here starting again
    clears health answers, so a rule asks first; a typed ``/restart`` is asked too.
    """

    @staticmethod
    def _find_action_from_default_actions(tracker: DialogueStateTracker) -> tuple[str | None, str | None]:
        return None, None
