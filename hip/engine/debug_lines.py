"""Saves what Rasa prepares for lines of its log at the level DEBUG.

Before it calls the log, whatever the level, it copies events, states and parsed messages. At DEBUG they are written
before the call returns, so nothing can change them in between. Most of them ``structured_logs`` hides anyway, as it
does the list of all slots.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

#: Every piece of the modules given to ``replace`` that copies; each does so only for the log.
REPLACES: Final = (
    Original("rasa.core.processor", "MessageProcessor.run_action_extract_slots", (180, 210), "c239b6665743c5b1"),
    Original("rasa.core.processor", "MessageProcessor._log_slots", (651, 659), "ef6cf4b8cd2bceac"),
    Original("rasa.core.processor", "MessageProcessor.parse_message", (702, 738), "16e3c3e89efe43c8"),
    Original("rasa.core.processor", "MessageProcessor._log_action_on_tracker", (1021, 1052), "6b61fceb65c26d30"),
    Original("rasa.core.policies.rule_policy", "RulePolicy._find_action_from_rules", (990, 1103), "e1f07bb4965a6d1e"),
    Original("rasa.core.actions.forms", "FormAction.validate_slots", (231, 281), "f1c2eadd46821796"),
    Original("rasa.core.actions.forms", "FormAction._validate_if_required", (525, 555), "9d89341d4eb8b186"),
    Original("rasa.core.actions.forms", "FormAction.activate", (562, 647), "c1134dc312e3f13f"),
)


def replace(module: ModuleType) -> None:
    """Give a module of Rasa's, which uses the standard ``copy`` for nothing else, one that copies nothing."""
    module.copy = SimpleNamespace(deepcopy=_as_it_is)  # type: ignore[attr-defined]
    if hasattr(module, "MessageProcessor"):
        module.MessageProcessor._log_slots = staticmethod(_log_nothing)


def _as_it_is(value: Any) -> Any:
    return value


def _log_nothing(_tracker: DialogueStateTracker) -> None:
    """Nothing may be said of slots."""
