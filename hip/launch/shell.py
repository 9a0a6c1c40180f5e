"""``rasa shell`` for staff, with an action server that starts and stops with it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

from hip.launch.failure import LaunchError
from hip.launch.readiness import action_server_answers, free_port, wait_for
from hip.launch.servers import child_environment
from hip.launch.training import Model
from hip.settings import LOOPBACK, ROOT, VAR, Settings


def run_shell(settings: Settings) -> int:
    """Chat until ``/stop``; on ports of its own, so that it works beside ``make run``.

    Returns:
        The exit code of ``rasa shell``.

    Raises:
        LaunchError: the action server did not start.
    """
    settings = dataclasses.replace(
        settings, rasa_port=free_port(), action_port=free_port(), rasa_address="", action_address="", redis_url=""
    )
    environment = child_environment(settings) | {"LOG_LEVEL": "WARNING"}
    VAR.mkdir(exist_ok=True)
    with (VAR / "shell-actions.log").open("w", encoding="utf-8") as log:
        actions = subprocess.Popen(
            [sys.executable, "-m", "hip.launch", "actions"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the chat
        )
        try:
            gone = lambda: actions.poll() is not None  # noqa: E731
            if not wait_for(lambda: action_server_answers(settings), settings.start_timeout, gone):
                raise LaunchError(f"The action server did not start: see {log.name}")
            command = [sys.executable, "-m", "rasa", "shell", "--model", str(Model().file)]
            command += ["--port", str(settings.rasa_port), "--interface", LOOPBACK, "--endpoints", "endpoints.yml"]
            return _wait(subprocess.Popen(command, cwd=ROOT, env=environment))
        finally:
            actions.terminate()
            actions.wait()


def _wait(chat: subprocess.Popen[bytes]) -> int:
    """Wait through Ctrl-C, which the chat gets too and ends by itself."""
    while True:
        try:
            return chat.wait()
        except KeyboardInterrupt:
            continue
