"""The model is trained when something it is made from changed, and only then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hip.launch.failure import LaunchError
from hip.launch.training import SOURCES, Model, train_if_changed
from hip.settings import ROOT

TINY = ROOT / "tests" / "engine" / "tiny"


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """The tiny project, with a model that is up to date as far as its record says."""
    root = tmp_path / "project"
    shutil.copytree(TINY, root)
    (root / "models").mkdir()
    model = Model(root)
    model.file.write_bytes(b"a model")
    model.write_record(model.fingerprints())
    return model


def refuse_to_train(*args: object, **kwargs: object) -> None:
    raise AssertionError("it trained")


def test_nothing_changed(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", refuse_to_train)
    said: list[str] = []
    assert train_if_changed(model, said.append) is False
    assert said == ["Model is up to date"]


def test_the_reason_names_the_file(model: Model) -> None:
    assert model.reason_to_train(model.fingerprints()) is None
    (model.root / "data" / "nlu.yml").write_text("changed")
    assert model.reason_to_train(model.fingerprints()) == "data/nlu.yml changed"
    (model.root / "data" / "more.yml").write_text("new")
    (model.root / "data" / "rules.yml").unlink()
    assert model.reason_to_train(model.fingerprints()) == "data/nlu.yml changed and 2 more"


def test_a_touched_file_with_the_same_content_is_no_change(model: Model) -> None:
    (model.root / "config.yml").touch()
    assert model.reason_to_train(model.fingerprints()) is None


@pytest.mark.parametrize("gone", ["file", "record"])
def test_no_model_or_no_record(model: Model, gone: str) -> None:
    getattr(model, gone).unlink()
    assert model.reason_to_train(model.fingerprints()) == "there is no model yet"


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"config.yml": "of an older release"}'])
def test_a_spoilt_record(model: Model, content: str) -> None:
    model.record.write_text(content)
    assert model.reason_to_train(model.fingerprints()) == "assistant.json cannot be read"


def test_every_pattern_matches_something_in_the_project() -> None:
    assert [pattern for pattern in SOURCES if not any(ROOT.glob(pattern))] == []


def test_a_missing_file_is_named(model: Model) -> None:
    (model.root / "domain.yml").unlink()
    with pytest.raises(LaunchError, match=r"domain\.yml is missing: get it back with `git checkout domain\.yml`"):
        train_if_changed(model)


def test_a_real_training_then_a_failing_one(model: Model) -> None:
    said: list[str] = []
    model.file.unlink()
    assert train_if_changed(model, said.append) is True
    assert said == ["Training: there is no model yet"]
    trained, record = model.file.read_bytes(), model.record.read_text()
    assert len(trained) > 1000

    config = model.root / "config.yml"
    config.write_text(config.read_text().replace("KeywordIntentClassifier", "DIETClassifier"))
    with pytest.raises(LaunchError, match=r"(?s)DIETClassifier needs TensorFlow.*Training failed: see the lines above"):
        train_if_changed(model, said.append)
    assert said[-1] == "Training: config.yml changed"
    assert (model.file.read_bytes(), model.record.read_text()) == (trained, record)


def test_a_model_that_was_changed_after_its_training_is_refused(model: Model) -> None:
    model.file.write_bytes(b"a mode1")
    with pytest.raises(LaunchError, match=r"assistant\.tar\.gz: sha256 is \w{64}, and its training recorded \w{64}"):
        train_if_changed(model)
