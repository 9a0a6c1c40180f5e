"""What each takes on the disk: the environment as it is installed to run, the model, and the project's own files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.peer_project import PYTHON, write_project
from hip.launch.bootstrap import find_uv
from hip.launch.failure import LaunchError
from hip.settings import ROOT

_MB: Final = 1_000_000
#: What of this project the servers need; tests, evaluation and benchmarks they do not.
OURS: Final = (
    "actions",
    "clinic",
    "data",
    "hip",
    "widget/dist",
    "config.yml",
    "domain.yml",
    "endpoints.yml",
    "Procfile",
)


@dataclass(frozen=True)
class Disk:
    """In MB (millions of bytes), the sum of all files' lengths.

    Attributes:
        environment: Python packages, without the tools that only tests need.
        model: the trained model.
        project: code, data and page.
    """

    environment: float
    model: float
    project: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.environment + self.model + self.project


def ours(model: Path) -> Disk:
    """This assistant, in a new environment as ``make run`` makes it.

    Raises:
        LaunchError: the environment could not be made.
    """
    uv = find_uv()
    if uv is None:
        raise LaunchError("there is no uv: run `make setup`")
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        command = [uv, "sync", "--locked", "--quiet", "--no-group", "dev", "--python", sys.executable]
        done = subprocess.run(command, cwd=ROOT, env=environment | {"UV_PROJECT_ENVIRONMENT": folder}, check=False)
        if done.returncode != 0:
            raise LaunchError("the environment to be measured could not be made: see uv's lines above")
        installed = size([Path(folder)])
    return Disk(installed, size([model]), size(ROOT / name for name in OURS))


def default(model: Path) -> Disk:
    """Rasa's default project."""
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder))
        project = size([Path(folder)])
    return Disk(size([PYTHON.parent.parent.resolve()]), size([model]), project)


def size(paths: Iterable[Path]) -> float:
    """MB of files, and of everything in folders; links, and what Python compiles at first use, do not count."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    kept = (file for file in files if file.is_file() and not file.is_symlink() and file.suffix != ".pyc")
    return sum(file.stat().st_size for file in kept) / _MB
