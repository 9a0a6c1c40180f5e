"""Trains the model when something it was made from has changed, and only then."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import portalocker

from hip.engine.model_check import MODEL_NAME, ModelChangedError, check_model, digest, record_of
from hip.launch.failure import LaunchError
from hip.settings import ROOT

#: What the model is made from: the project's data and configuration, and the code that reads and learns from it.
SOURCES: Final = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "clinic/**/*.yml",
    "hip/*.py",
    "hip/schemas/*.json",
    "hip/dialogue/**/*.py",
    "hip/language/**/*",
    "hip/triage/**/*.py",
    "hip/engine/kept_domain.py",
    "hip/engine/stand_ins.py",
    "uv.lock",
)


@dataclass(frozen=True)
class Model:
    """The trained model of a project.

    Attributes:
        root: the Rasa project's folder.
        sources: glob patterns of what the model is made from.
    """

    root: Path = ROOT
    sources: tuple[str, ...] = SOURCES

    @property
    def file(self) -> Path:
        """The model."""
        return self.root / "models" / f"{MODEL_NAME}.tar.gz"

    @property
    def record(self) -> Path:
        """The model's own sha256, and those of the files it was made from."""
        return record_of(self.file)

    @property
    def lock(self) -> Path:
        """Held by the process that trains."""
        return self.root / "models" / f"{MODEL_NAME}.lock"

    def fingerprints(self) -> dict[str, str]:
        """Path to sha256 of every source file there is now."""
        return {
            str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(set(self._files()))
        }

    def _files(self) -> Iterator[Path]:
        for pattern in self.sources:
            yield from (path for path in self.root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts)

    def reason_to_train(self, now: Mapping[str, str]) -> str | None:
        """Why the model must be trained, in words; None when it is up to date."""
        if not self.file.exists() or not self.record.exists():
            return "there is no model yet"
        try:
            then: dict[str, str] = json.loads(self.record.read_text(encoding="utf-8"))["sources"]
        except (ValueError, KeyError, TypeError):
            return f"{self.record.name} cannot be read"
        changes = [f"{name} changed" for name in now if name in then and then[name] != now[name]]
        changes += [f"{name} is new" for name in now if name not in then]
        changes += [f"{name} is gone" for name in then if name not in now]
        if not changes:
            return None
        return changes[0] if len(changes) == 1 else f"{changes[0]} and {len(changes) - 1} more"

    def write_record(self, sources: Mapping[str, str]) -> None:
        """Remember the model as it is now, and what it was made from."""
        record = {"sha256": digest(self.file), "sources": sources}
        self.record.write_text(json.dumps(record, indent=1), encoding="utf-8")


def train_command(folder: str = "models", name: str = MODEL_NAME) -> list[str]:
    """Rasa's command that trains the project it is run in, into a folder and under a name."""
    # Rasa's own cache knows nothing of modules that a component imports, so it is not asked.
    return [sys.executable, "-m", "rasa", "train", "--force", "--fixed-model-name", name, "--out", folder]


def train_if_changed(model: Model, say: Callable[[str], None] = print) -> bool:
    """Train when needed; a failed training leaves the old model and its record, so the next start tries again.

    A second process that comes while one is training waits for it, and then finds the model up to date.

    Returns:
        Whether it trained.

    Raises:
        LaunchError: a file is missing, the training failed, with the end of what Rasa said, or the model is not the
            one that was trained.
    """
    for name in ("config.yml", "domain.yml"):
        if not (model.root / name).exists():
            raise LaunchError(f"{model.root / name} is missing: get it back with `git checkout {name}`")
    model.lock.parent.mkdir(exist_ok=True)
    with portalocker.Lock(model.lock, "a", flags=portalocker.LockFlags.EXCLUSIVE):
        return _train_if_changed(model, say)


def _train_if_changed(model: Model, say: Callable[[str], None]) -> bool:
    now = model.fingerprints()
    reason = model.reason_to_train(now)
    if reason is None:
        try:
            check_model(model.file)
        except ModelChangedError as error:
            raise LaunchError(str(error)) from error
        say("Model is up to date")
        return False
    say(f"Training: {reason}")
    done = subprocess.run(train_command(), cwd=model.root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise LaunchError(f"{end}\nTraining failed: see the lines above")
    model.write_record(now)
    return True
