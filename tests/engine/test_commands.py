"""Plain ``rasa`` commands, as staff type them, in the environment that `make run` makes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pexpect

from hip.launch.readiness import free_port
from tests.engine.conftest import FakeActions


def run_rasa(environment: Path, project: Path, *arguments: str) -> str:
    done = subprocess.run(
        [environment / "bin" / "rasa", *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_rasa_data_validate(runtime_environment: Path, tiny_project: Path) -> None:
    run_rasa(runtime_environment, tiny_project, "data", "validate", "--fail-on-warnings")


def test_rasa_test(runtime_environment: Path, tiny_project: Path) -> None:
    arguments = ("test", "core", "--stories", "tests", "--model", "models/tiny.tar.gz", "--fail-on-prediction-errors")
    assert "Evaluating 1 stories" in run_rasa(runtime_environment, tiny_project, *arguments)


def test_rasa_shell(runtime_environment: Path, tiny_project: Path, actions: FakeActions) -> None:
    endpoints = tiny_project / "shell-endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: {actions.url}\n")
    shell = pexpect.spawn(
        str(runtime_environment / "bin" / "rasa"),
        ["shell", "--model", "models/tiny.tar.gz", "--port", str(free_port()), "--endpoints", endpoints.name],
        cwd=str(tiny_project),
        env=os.environ | {"TERM": "xterm"},
        dimensions=(40, 120),
        timeout=120,
        encoding="utf-8",
    )
    try:
        shell.expect("Your input ->")
        shell.send("hello\r")
        shell.expect_exact("Which side?")
        shell.expect("Your input ->")
        shell.send("/stop\r")
        shell.expect(pexpect.EOF)
    finally:
        shell.close(force=True)
