"""Puts our replacements into Rasa's modules as they are imported."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Final

from hip.engine import left_out, memory, stand_ins
from hip.settings import get_settings

#: Rasa's module, and those of ours whose ``replace(module)`` changes it right after its own code has run.
REPLACEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "rasa.engine.recipes.default_recipe": ("hip.engine.stand_ins",),
    "rasa.engine.storage.local_model_storage": ("hip.engine.model_check",),
    "rasa.graph_components.providers.domain_provider": ("hip.engine.kept_domain",),
    "rasa.core.constants": ("hip.engine.loopback",),
    "rasa.engine.runner.dask": ("hip.engine.graph_runner",),
    "rasa.core.agent": ("hip.engine.failing_store",),
    "rasa.core.actions.action": ("hip.engine.remote_action", "hip.engine.session_start", "hip.engine.slot_extraction"),
    "rasa.core.actions.forms": ("hip.engine.debug_lines", "hip.engine.form"),
    "rasa.core.policies.rule_policy": ("hip.engine.debug_lines",),
    "rasa.core.processor": ("hip.engine.debug_lines", "hip.engine.encode_ahead"),
    "rasa.shared.core.domain": ("hip.engine.domain",),
    "rasa.shared.core.events": ("hip.engine.event_classes",),
    "rasa.shared.core.trackers": ("hip.engine.tracker_copies",),
    "rasa.utils.endpoints": ("hip.engine.connections",),
    "rasa.utils.log_utils": ("hip.engine.structured_logs",),
    "rasa.core.run": ("hip.engine.connections", "hip.engine.server_logs", "hip.engine.threads", "hip.engine.memory"),
    "sanic.app": ("hip.engine.deprecations",),
}


_REDIS_LOCKS: Final = "hip.engine.lock_store.ConversationLocks"


class _ReplacingLoader(Loader):
    """Loads a module as always, then lets ours change it."""

    def __init__(self, original: Loader, ours: tuple[str, ...]) -> None:
        self._original = original
        self._ours = ours

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._original.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._original.exec_module(module)
        for name in self._ours:
            importlib.import_module(name).replace(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._original, name)  # get_source and the like, for tracebacks and inspect


class ReplacementFinder(MetaPathFinder):
    """Answers only for the modules of Rasa that we replace, whole or in part, and for packages that are left out."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a stand-in or of a changed module; None for every other module."""
        if fullname in stand_ins.STAND_INS and not stand_ins.has_tensorflow():
            return ModuleSpec(fullname, stand_ins.StandInLoader())
        package = left_out.left_out(fullname)
        if package:
            return left_out.spec_of(fullname, package)
        ours = REPLACEMENTS.get(fullname)
        spec = PathFinder.find_spec(fullname, path) if ours else None
        if ours and spec and spec.loader:
            spec.loader = _ReplacingLoader(spec.loader, ours)
        return spec


def install() -> None:
    """Put the finder in front of Python's own; called once, by the first import of Rasa.

    Raises:
        SettingsError: a variable of this installation is wrong.
    """
    memory.begin_start()
    settings = get_settings()
    # For endpoints.yml, which can name a variable but not choose.
    os.environ["ACTION_ENDPOINT"] = f"{settings.action_url}/webhook"
    os.environ["LOCK_STORE"] = _REDIS_LOCKS if settings.redis_url else "in_memory"
    sys.meta_path.insert(0, ReplacementFinder())
