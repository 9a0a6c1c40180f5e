"""Trains both by Rasa's own command and times it; what was trained from the same sources is kept with its times."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import yaml

from benchmarks.peer_project import PEER, write_project
from evaluation.peer import BUILT, ENVIRONMENT, ISOLATED
from hip.launch.failure import LaunchError
from hip.launch.training import Model, train_command
from hip.settings import ROOT

_MODEL: Final = "bench"


@dataclass(frozen=True)
class Cost:
    """Of one training.

    Attributes:
        elapsed: seconds by the clock.
        processor: seconds of processor time, all cores together.
        load: load average of the machine when it ended; its own part of it included.
        on: the day it ran.
    """

    elapsed: float
    processor: float
    load: float
    on: str


@dataclass(frozen=True)
class Trained:
    """A model, what it cost, and whether it is kept from an earlier run."""

    file: Path
    cost: Cost
    kept: bool


#: Trains into the model file given.
Train = Callable[[Path], Cost]


def run_timed(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run a program to its end.

    Raises:
        LaunchError: it failed; with the end of what it said.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            raise LaunchError(f"{said.read()[-2000:].decode(errors='replace')}\n{' '.join(command)} failed")
    elapsed, processor = time.monotonic() - began, used.ru_utime + used.ru_stime
    return Cost(elapsed, processor, os.getloadavg()[0], time.strftime("%Y-%m-%d"))


def train_ours(file: Path) -> Cost:
    """Train this assistant as ``make train`` does, but elsewhere."""
    command = train_command(str(file.parent), file.name.removesuffix(".tar.gz"))
    return run_timed(command, ROOT, os.environ | {"RASA_TELEMETRY_ENABLED": "false"})


def train_default(file: Path) -> Cost:
    """Train Rasa's default project over our data, all of it, as a newcomer would."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        write_project(Path(folder))
        command = [*ISOLATED, "-m", "rasa", "train", "--domain", "domain.yml", "--out", str(file.parent)]
        command += ["--fixed-model-name", file.name.removesuffix(".tar.gz")]
        environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        return run_timed(command, Path(folder), environment | ENVIRONMENT)


def our_digest() -> str:
    """What our model is made from."""
    return hashlib.sha256(json.dumps(Model().fingerprints()).encode()).hexdigest()


def default_digest() -> str:
    """What the default's model is made from: configuration, domain and data (not their comments), and packages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder)
        files = [folder / "config.yml", folder / "domain.yml", *sorted((folder / "data").rglob("*.yml"))]
        contents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return hashlib.sha256(json.dumps(contents).encode() + (PEER / "uv.lock").read_bytes()).hexdigest()


def keep_or_train(name: str, digest: str, train: Train, again: bool = False, built: Path = BUILT) -> Trained:
    """The model of these sources; trained if none is kept.

    Args:
        name: whose it is.
        digest: of what it is made from.
        train: trains one.
        again: train even if one is kept.
        built: where models are kept.

    Raises:
        LaunchError: the training failed; what was kept stays.
    """
    kept, record = built / f"{name}-{digest}.tar.gz", built / f"{name}-{digest}.json"
    if kept.exists() and record.exists() and not again:
        return Trained(kept, Cost(**json.loads(record.read_text(encoding="utf-8"))), kept=True)
    built.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built) as folder:
        model = Path(folder) / f"{_MODEL}.tar.gz"
        cost = train(model)
        shutil.move(model, kept)
    record.write_text(json.dumps(asdict(cost)), encoding="utf-8")
    return Trained(kept, cost, kept=False)
