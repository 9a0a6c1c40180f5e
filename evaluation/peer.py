"""Rasa's default pipeline as a reader of messages, from the environment in ``benchmarks/peer``."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rasa.shared.nlu.training_data.loading import load_data

from benchmarks.peer_project import PEER, PYTHON, write_project
from evaluation.cross_validate import NLU
from evaluation.lines import answer_rows, run_program

#: Trained models, each named after what it was made from.
BUILT: Final = PEER / "built"
#: Rasa would call home, and TensorFlow tells of every graphics card it does not find.
ENVIRONMENT: Final = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}
#: Files of ``benchmarks/peer`` that decide what a model becomes.
_MADE_FROM: Final = ("config.yml", "uv.lock")
#: ``-I``: nothing of this project can be imported.
ISOLATED: Final = (str(PYTHON), "-I")

#: Trains in the folder given and leaves the model file given.
Train = Callable[[Path, Path], None]


class PeerMissingError(RuntimeError):
    """There is no environment with Rasa's default pipeline."""


@dataclass(frozen=True)
class PeerModel:
    """A trained model of Rasa's default pipeline.

    Attributes:
        file: the model.
        kept: it is from an earlier run, with the same training data, configuration and packages.
    """

    file: Path
    kept: bool


def check_environment() -> None:
    """Look whether the default pipeline can be run at all, before anything slow begins.

    Raises:
        PeerMissingError: saying what to do.
    """
    if not PYTHON.exists():
        raise PeerMissingError(
            f"{PYTHON.parent.parent} is missing: run `make peer` to make the environment of Rasa's default pipeline, "
            "or leave the comparison with it out: --no-peer"
        )


def digest_of(nlu: Path, peer: Path = PEER) -> str:
    """What a model is made from, as a digest: training examples (not their comments), configuration and packages."""
    parts = [load_data(str(nlu)).fingerprint().encode(), *((peer / name).read_bytes() for name in _MADE_FROM)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def train_nlu(folder: Path, model: Path) -> None:
    """Train the language part in an empty folder, by Rasa's own command.

    Raises:
        ProgramFailedError: with the end of what Rasa said.
    """
    write_project(folder)
    command = [*ISOLATED, "-m", "rasa", "train", "nlu", "--domain", "domain.yml"]
    command += ["--out", str(model.parent), "--fixed-model-name", model.name.removesuffix(".tar.gz")]
    run_program(command, folder=folder, environment=ENVIRONMENT)


def load_peer(nlu: Path = NLU, built: Path = BUILT, train: Train = train_nlu) -> PeerModel:
    """The model for the training data there is now; trained if none was kept, which takes long.

    Args:
        nlu: folder of the training data.
        built: where models are kept.
        train: trains one.

    Raises:
        ProgramFailedError: the training failed; nothing is kept of it.
    """
    kept = built / f"{digest_of(nlu)}.tar.gz"
    if kept.exists():
        return PeerModel(kept, kept=True)
    built.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built) as folder:
        model = Path(folder) / "models" / "nlu.tar.gz"
        train(Path(folder), model)
        shutil.move(model, kept)
    return PeerModel(kept, kept=False)


def read_messages(model: PeerModel, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the default pipeline understands of each row's ``text``: ``id``, ``intent``, ``topic``, ``cpu_ms``."""
    command = [*ISOLATED, str(PEER / "read_messages.py"), str(model.file)]
    return answer_rows(command, ({"id": row["id"], "text": row["text"]} for row in rows), ENVIRONMENT)
