"""What Rasa's log at DEBUG does not need is not prepared."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from hip.engine.finder import REPLACEMENTS

MODULES = [name for name, ours in REPLACEMENTS.items() if "hip.engine.debug_lines" in ours]


@pytest.mark.parametrize("name", MODULES)
def test_these_modules_copy_for_the_log_only(name: str) -> None:
    tree = ast.parse(inspect.getsource(importlib.import_module(name)))
    logged = {
        id(inner)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
        for inner in ast.walk(call)
    }
    copying = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"]
    assert copying
    assert all(id(node) in logged for node in copying)


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_copied(name: str) -> None:
    value = [object()]
    assert importlib.import_module(name).copy.deepcopy(value) is value


def test_slots_are_not_listed() -> None:
    MessageProcessor._log_slots(DialogueStateTracker.from_events("x", []))


def test_a_domain_is_empty_when_it_is() -> None:
    assert Domain.empty().is_empty()
    assert not Domain.from_dict({"intents": ["greet"]}).is_empty()
    assert not Domain.from_dict({"forms": {"x": {"required_slots": []}}}).is_empty()
