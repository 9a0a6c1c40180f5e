"""The first step on a fresh machine, and the one line it says when it cannot be taken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from hip.settings import ROOT

SCRIPT = ROOT / "hip" / "launch" / "bootstrap.py"


def load(folder: Path) -> ModuleType:
    """The script as if it lay in a project in that folder."""
    target = folder / "hip" / "launch" / "bootstrap.py"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(SCRIPT, target)
    spec = spec_from_file_location("bootstrap", target)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bootstrap(tmp_path: Path) -> ModuleType:
    return load(tmp_path)


def test_another_python_is_refused_in_one_line(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 12, 1))
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Python 3.11 is needed and this is 3.12: install Python 3.11, or name it: make run PYTHON=" in said


def test_a_missing_lock_file_is_named(
    bootstrap: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    assert bootstrap.main([]) == 1
    assert "uv.lock is missing" in capsys.readouterr().err


def fake_uv(folder: Path, version: str, code: int = 0) -> Path:
    """A uv that notes what it is asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    uv = folder / "uv"
    uv.write_text(
        "#!/bin/sh\n"
        f'case "$1" in --version) echo "uv {version}"; exit;; esac\n'
        f'echo "$@" >> "{folder}/calls"\n'
        f"exit {code}\n"
    )
    uv.chmod(0o755)
    return uv


def make_project(folder: Path) -> None:
    for name in ("pyproject.toml", "uv.lock"):
        (folder / name).write_text("")


def test_a_uv_of_the_machine_is_used_when_it_fits(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path)
    uv = fake_uv(tmp_path / "bin", bootstrap.UV_VERSION)
    monkeypatch.setenv("PATH", f"{uv.parent}:{os.environ['PATH']}")
    assert bootstrap.main([]) == 0
    assert bootstrap.main(["--dev"]) == 0
    first, second = (uv.parent / "calls").read_text().splitlines()
    assert first == f"sync --locked --quiet --compile-bytecode --no-group dev --inexact --python {sys.executable}"
    assert second.startswith("sync --locked --quiet --compile-bytecode --group dev")
    assert list((tmp_path / "hip" / "launch" / "__pycache__").glob("bootstrap.*.pyc"))


def test_a_uv_that_does_not_fit_is_left_alone_and_ours_fetched(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path)
    old = fake_uv(tmp_path / "bin", "0.4.0")
    monkeypatch.setenv("PATH", str(old.parent))
    monkeypatch.setattr(bootstrap, "fetch_uv", lambda: bool(fake_uv(tmp_path / ".uv" / "bin", bootstrap.UV_VERSION)))
    assert bootstrap.main([]) == 0
    assert not (old.parent / "calls").exists()
    assert (tmp_path / ".uv" / "bin" / "calls").exists()


def test_failures_end_in_one_line_that_says_what_to_do(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(tmp_path)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(bootstrap, "fetch_uv", lambda: False)
    assert bootstrap.main([]) == 1
    assert "uv could not be installed into .uv" in capsys.readouterr().err
    fake_uv(tmp_path / ".uv" / "bin", bootstrap.UV_VERSION, code=2)
    assert bootstrap.main([]) == 1
    assert "the environment could not be made" in capsys.readouterr().err


def test_the_build_backend_is_the_pinned_uv(bootstrap: ModuleType) -> None:
    series = bootstrap.UV_VERSION.rpartition(".")[0]
    assert f'"uv_build>={series},<' in (ROOT / "pyproject.toml").read_text()


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # `make test` runs these tests: its own flags would make this a part of it, which says so among its lines.
    apart = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, env=apart | environment
    )


def test_make_help_lists_every_target_with_its_comment() -> None:
    declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert declared
    assert [line.split()[0] for line in make("help").stdout.splitlines()] == declared[1].split()


def test_make_without_python_says_so() -> None:
    done = make("setup", "PYTHON=")
    assert done.returncode != 0
    assert "Python 3.11 is needed: install it, or name it with PYTHON=" in done.stderr
