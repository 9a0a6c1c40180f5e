"""Rasa unpacks the assistant's model only when it is, to the byte, the file that the training recorded.

A model tells Rasa which classes to load and what to give them, so whoever can change it runs code. The record lies
beside it, written by ``hip.launch.training``. Rasa says in its log what is wrong, goes on without a model, and is never
ready. A model of another name, such as plain ``rasa train`` makes, is checked only when a record lies beside it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from hip.engine.source import Original

REPLACES: Final = (
    Original(
        "rasa.engine.storage.local_model_storage",
        "LocalModelStorage._extract_archive_to_directory",
        (115, 128),
        "69ad79fe6bad42fc",
    ),
)

MODEL_NAME: Final = "assistant"
_SUFFIX: Final = ".tar.gz"


class ModelChangedError(RuntimeError):
    """A model is missing, has no record, or is not the file that was recorded; the message names the file."""


def record_of(model: Path) -> Path:
    """Where the record of a model lies."""
    return model.with_name(f"{model.name.removesuffix(_SUFFIX)}.json")


def digest(model: Path) -> str:
    """The sha256 of a model.

    Raises:
        ModelChangedError: it cannot be read.
    """
    try:
        with model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelChangedError(f"{model}: cannot be read: {error.strerror}; `make train` makes it") from error


def check_model(model: Path) -> None:
    """Make sure that a model is the one that was recorded.

    Raises:
        ModelChangedError: it is not, or there is nothing to tell by.
    """
    found = digest(model)
    record = record_of(model)
    if model.name != f"{MODEL_NAME}{_SUFFIX}" and not record.exists():
        return
    try:
        expected = str(json.loads(record.read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelChangedError(
            f"{model}: its sha256 cannot be checked, since {record.name} beside it is missing or damaged: delete the "
            "model and run `make train`"
        ) from error
    if found != expected:
        raise ModelChangedError(
            f"{model}: sha256 is {found}, and its training recorded {expected}: it was changed since; delete it and "
            "run `make train`, or take the image that was built with it"
        )


def replace(storage: ModuleType) -> None:
    """Check before Rasa unpacks."""
    original: Any = storage.LocalModelStorage
    extract = original._extract_archive_to_directory

    def _extract_archive_to_directory(model_archive_path: str | Path, temporary_directory: Path) -> None:
        check_model(Path(model_archive_path))
        extract(model_archive_path, temporary_directory)

    original._extract_archive_to_directory = staticmethod(_extract_archive_to_directory)
