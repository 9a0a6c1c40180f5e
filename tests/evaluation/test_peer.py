"""Rasa's default pipeline as the peer: it is Rasa's own, learns our examples, and is trained only when they change."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from benchmarks.peer_project import PEER, write_project
from evaluation import peer
from evaluation.lines import ProgramFailedError
from evaluation.peer import BUILT, PeerMissingError, check_environment, digest_of, load_peer
from hip.content import ROOT

NLU = """version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - hi
"""


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu"
    folder.mkdir()
    (folder / "greet.yml").write_text(NLU, encoding="utf-8")
    return folder


class Trainer:
    """Leaves a model without training one."""

    def __init__(self) -> None:
        self.trained = 0

    def __call__(self, folder: Path, model: Path) -> None:
        self.trained += 1
        assert list(folder.iterdir()) == []
        model.parent.mkdir()
        model.write_text(f"model {self.trained}", encoding="utf-8")


def test_a_model_is_kept_until_an_example_changes(nlu: Path, tmp_path: Path) -> None:
    train, built = Trainer(), tmp_path / "built"
    first = load_peer(nlu, built, train)
    assert (first.kept, first.file.read_text("utf-8")) == (False, "model 1")
    again = load_peer(nlu, built, train)
    assert (again.kept, again.file) == (True, first.file)
    (nlu / "greet.yml").write_text("# a remark is no example\n" + NLU, encoding="utf-8")
    assert load_peer(nlu, built, train).kept
    (nlu / "greet.yml").write_text(NLU + "    - hiya\n", encoding="utf-8")
    changed = load_peer(nlu, built, train)
    assert (changed.kept, changed.file.read_text("utf-8")) == (False, "model 2")
    assert sorted(built.iterdir()) == sorted([first.file, changed.file])


def test_a_failed_training_leaves_nothing_behind(nlu: Path, tmp_path: Path) -> None:
    def fail(folder: Path, model: Path) -> None:
        model.parent.mkdir()
        model.write_text("half a model", encoding="utf-8")
        raise ProgramFailedError("rasa train nlu: ended with code 1")

    with pytest.raises(ProgramFailedError):
        load_peer(nlu, tmp_path / "built", fail)
    assert list((tmp_path / "built").iterdir()) == []


def test_configuration_and_packages_count_too(nlu: Path, tmp_path: Path) -> None:
    for name in ("config.yml", "uv.lock"):
        (tmp_path / name).write_text("before", encoding="utf-8")
    digests = {digest_of(nlu, tmp_path)}
    for name in ("config.yml", "uv.lock"):
        (tmp_path / name).write_text("after", encoding="utf-8")
        digests.add(digest_of(nlu, tmp_path))
    assert len(digests) == 3


def test_a_missing_environment_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peer, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    with pytest.raises(PeerMissingError, match=r"\.venv is missing: run `make peer`.*--no-peer"):
        check_environment()


def test_pipeline_and_policies_are_rasas_own_defaults() -> None:
    default = files("rasa.engine.recipes") / "config_files" / "default_config.yml"
    ours = yaml.safe_load((PEER / "config.yml").read_text("utf-8"))
    theirs = yaml.safe_load(default.read_text("utf-8"))
    assert (ours["pipeline"], ours["policies"]) == (theirs["pipeline"], theirs["policies"])
    assert ours["recipe"] == theirs["recipe"]


def test_the_peer_has_the_same_rasa_and_every_package_has_a_hash() -> None:
    lock = tomllib.loads((PEER / "uv.lock").read_text("utf-8"))
    packages = {package["name"]: package for package in lock["package"]}
    assert packages["rasa"]["version"] == version("rasa")
    assert packages["tensorflow"]["version"] == "2.12.0"
    bare = [name for name, package in packages.items() if "registry" in package["source"] and not _hashed(package)]
    assert bare == []


def _hashed(package: dict[str, list[dict[str, str]]]) -> bool:
    found = package.get("wheels", []) + ([package["sdist"]] if "sdist" in package else [])  # type: ignore[list-item]
    return bool(found) and all(file["hash"].startswith("sha256:") for file in found)


def test_its_reader_uses_nothing_of_ours() -> None:
    tree = ast.parse((PEER / "read_messages.py").read_text("utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) == {"rasa"}
    assert peer.ISOLATED[-1] == "-I"


def test_its_project_is_a_plain_rasa_project(tmp_path: Path) -> None:
    write_project(tmp_path)
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text("utf-8"))
    assert {"cannot_bear_weight", "age"} <= set(domain["entities"])
    assert domain["responses"]["utter_ask_injection/steroid"]
    assert sorted(path.name for path in (tmp_path / "data" / "nlu").iterdir()) == sorted(
        path.name for path in (ROOT / "data" / "nlu").iterdir()
    )
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        assert not re.search(r"\bhip\.(?:language|engine|dialogue)", (tmp_path / name).read_text("utf-8")), name


def test_kept_models_are_not_committed() -> None:
    ignored = (PEER / ".gitignore").read_text("utf-8").split()
    assert f"{BUILT.name}/" in ignored
    assert ".venv/" in ignored
