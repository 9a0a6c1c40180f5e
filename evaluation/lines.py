"""Runs programs that answer JSON lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hip.settings import ROOT


class ProgramFailedError(RuntimeError):
    """A program ended with an error; the message holds the end of what it said."""


def run_program(
    command: Sequence[str], text: str = "", folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> str:
    """What a program prints.

    Args:
        command: program and arguments.
        text: its standard input.
        folder: where it runs.
        environment: variables beside those of this process.

    Raises:
        ProgramFailedError: naming the command.
    """
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | dict(environment or {}),
    )
    if done.returncode != 0:
        end = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise ProgramFailedError(f"{end}\n{' '.join(map(str, command))}: ended with code {done.returncode}")
    return done.stdout


def answer_rows(
    command: Sequence[str], rows: Iterable[Mapping[str, Any]], environment: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Feed rows to a program as JSON lines; its answers, in the same order.

    Args:
        command: program and arguments.
        rows: what it is asked; without the right answers.
        environment: variables beside those of this process.

    Raises:
        ProgramFailedError: it ended with an error, or left a row without an answer.
    """
    lines = [json.dumps(row) for row in rows]
    answers = [
        json.loads(line) for line in run_program(command, "\n".join(lines), environment=environment).splitlines()
    ]
    if len(answers) != len(lines):
        raise ProgramFailedError(f"{' '.join(command)}: {len(answers)} answers to {len(lines)} rows")
    return answers


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of this project."""
    return [sys.executable, "-m", name, *arguments]


def asked_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a reader of messages may see of rows: no right answers."""
    return [{"id": row["id"], "text": row["text"], "context": row.get("context")} for row in rows]


@contextmanager
def on_one_core() -> Iterator[None]:
    """Programs started meanwhile see one processor core only, so no library spreads its work over several."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
