"""A start reads the domain that the training kept as JSON, and it is the one that Rasa would read from its YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from hip.dialogue.importer import ClinicImporter
from hip.engine.kept_domain import DomainNotKeptError, keep
from hip.settings import ROOT

RESOURCE = Resource("domain_provider")


def trained_provider(folder: Path) -> LocalModelStorage:
    """A storage in which a training has left our own domain."""
    importer = ClinicImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    storage = LocalModelStorage.create(folder)
    DomainProvider.create({}, storage, RESOURCE, ExecutionContext(Any, "domain")).provide_train(importer)
    return storage


def load(storage: LocalModelStorage) -> Domain:
    return DomainProvider.load({}, storage, RESOURCE, ExecutionContext(Any, "domain")).provide_inference()


def test_the_kept_domain_is_the_one_that_rasa_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = trained_provider(tmp_path)
    as_rasa = Domain.from_path(tmp_path / RESOURCE.name)
    monkeypatch.delattr("ruamel.yaml.YAML.load")  # whoever parses YAML fails
    kept = load(storage)
    assert json.dumps(kept.as_dict()) == json.dumps(as_rasa.as_dict())  # their order too
    assert kept.input_states == as_rasa.input_states
    assert [slot.name for slot in kept.slots] == [slot.name for slot in as_rasa.slots]
    assert kept.fingerprint() == as_rasa.fingerprint()


def test_a_model_without_it_is_read_as_rasa_does(tmp_path: Path) -> None:
    storage = trained_provider(tmp_path)
    (tmp_path / RESOURCE.name / "domain.json").unlink()
    assert load(storage).fingerprint() == Domain.from_path(tmp_path / RESOURCE.name).fingerprint()


def test_what_json_would_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents:\n- greet\nresponses:\n  1:\n  - text: one\n')
    with pytest.raises(DomainNotKeptError, match=r"domain\.yml holds what JSON would change"):
        keep(tmp_path)
