"""Slot extraction whose action fails says so, and makes no further call.

Rasa drops what an action of a custom slot mapping says, and calls the next one as if nothing had happened.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from hip.engine.problem import is_problem
from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.shared.core.events import Event

REPLACES: Final = (
    Original("rasa.core.actions.action", "ActionExtractSlots.__init__", (1048, 1050), "0fd3d56ddcfacbe2"),
    Original("rasa.core.actions.action", "ActionExtractSlots.run", (1231, 1309), "20d742a37ad99adf"),
    Original("rasa.core.actions.action", "ActionExtractSlots._run_custom_action", (1101, 1140), "6fdffd5b4f586d93"),
    Original(
        "rasa.core.actions.action", "ActionExtractSlots._execute_validation_action", (1164, 1199), "e58699fcd86cb943"
    ),
)


def replace(module: ModuleType) -> None:
    """Wrap two methods of ``ActionExtractSlots``; Rasa makes a new one for every run."""
    extraction: Any = module.ActionExtractSlots
    make, extract, call = extraction.__init__, extraction.run, extraction._run_custom_action

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        self._problems = []

    async def _run_custom_action(self: Any, *args: Any, **kwargs: Any) -> list[Event]:
        if self._problems:
            return []
        events: list[Event] = await call(self, *args, **kwargs)
        self._problems = [event for event in events if is_problem(event)]
        return [event for event in events if not is_problem(event)]

    async def run(self: Any, *args: Any, **kwargs: Any) -> list[Event]:
        return [*await extract(self, *args, **kwargs), *self._problems]

    extraction.__init__ = __init__
    extraction.run = run
    extraction._run_custom_action = _run_custom_action
