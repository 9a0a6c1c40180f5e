"""Rasa loads the assistant's model only when it is the file that the training recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage

from hip.engine.model_check import ModelChangedError, check_model, digest, record_of
from tests.conftest import START_SECONDS, Servers, make_settings, rasa_command, wait_for


@pytest.fixture
def model(trained_model: Path, tmp_path: Path) -> Path:
    """A copy of the assistant's model, with its record."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(record_of(trained_model), folder)
    return Path(shutil.copy(trained_model, folder))


def change_a_byte(model: Path) -> None:
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)


def spoil(record: Path, content: str) -> None:
    record.write_text(content, encoding="utf-8")


def test_the_model_as_trained_is_unpacked(model: Path) -> None:
    check_model(model)
    assert LocalModelStorage.metadata_from_archive(model).assistant_id == "ravenscroft-hip-assistant"


def test_a_changed_byte(model: Path, tmp_path: Path) -> None:
    change_a_byte(model)
    with pytest.raises(
        ModelChangedError, match=rf"{model}: sha256 is {digest(model)}, and its training recorded \w{{64}}"
    ):
        LocalModelStorage.metadata_from_archive(model)
    storage = tmp_path / "storage"
    storage.mkdir()
    with pytest.raises(ModelChangedError, match="it was changed since"):
        LocalModelStorage.from_model_archive(storage, model)
    assert list(storage.iterdir()) == []


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"sources": {}}'])
def test_a_missing_or_damaged_record(model: Path, content: str | None) -> None:
    record_of(model).unlink() if content is None else spoil(record_of(model), content)
    with pytest.raises(ModelChangedError, match=rf"{model}: its sha256 cannot be checked, since assistant\.json"):
        LocalModelStorage.metadata_from_archive(model)


def test_a_missing_model(model: Path) -> None:
    model.unlink()
    with pytest.raises(ModelChangedError, match=rf"{model}: cannot be read: No such file or directory"):
        check_model(model)


def test_a_model_of_another_name_is_checked_when_it_has_a_record(model: Path) -> None:
    """Plain ``rasa train``, typed by staff who try something, makes names of its own and no record."""
    other = model.rename(model.with_name("20261128-mine.tar.gz"))
    assert LocalModelStorage.metadata_from_archive(other)
    spoil(record_of(other), '{"sha256": "0"}')
    with pytest.raises(ModelChangedError, match="training recorded 0"):
        LocalModelStorage.metadata_from_archive(other)


def test_a_started_server_says_so_and_loads_nothing(model: Path, tmp_path: Path) -> None:
    """With the command of the Procfile and of deploy/; what it answers then is tested in tests/scale/test_faults.py."""
    change_a_byte(model)
    settings = make_settings(tmp_path)
    server = Servers(settings, tmp_path, commands={"rasa": rasa_command(settings, model)})
    try:
        server.start("rasa")
        assert wait_for(lambda: "Could not load model due to" in server.log("rasa"), START_SECONDS), server.log("rasa")
        assert f"{model}: sha256 is {digest(model)}" in server.log("rasa")
    finally:
        server.stop()
