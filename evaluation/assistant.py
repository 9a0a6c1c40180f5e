"""Starts the assistant for the evaluation."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hip.launch.readiness import assistant_answers, free_port, wait_for
from hip.settings import ROOT, Settings, read_settings

START_SECONDS: Final = 300


class NotStartedError(RuntimeError):
    """The assistant did not start."""


@contextmanager
def running_assistant() -> Iterator[Settings]:
    """The assistant on free ports with databases of its own, so nothing that runs is touched.

    Raises:
        NotStartedError: with what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "RASA_PORT": str(free_port()),
            "ACTION_PORT": str(free_port()),
            "GATEWAY_PORT": str(free_port()),
            "SITE_PORT": str(free_port()),
            "DATABASE_URL": f"sqlite:///{folder}/hip.db",
            "TRACKER_DATABASE_URL": f"sqlite:///{folder}/conversations.db",
        }
        settings = read_settings(environment)
        with (Path(folder) / "servers.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "hip.launch", "run"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        try:
            if not wait_for(lambda: assistant_answers(settings), START_SECONDS, lambda: process.poll() is not None):
                raise NotStartedError("The assistant did not start: run `make run` and look at its lines.")
            yield settings
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
