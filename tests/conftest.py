"""What every test may use: the trained model, and really started servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hip.launch.readiness import action_server_answers, assistant_answers, free_port, send, wait_for
from hip.launch.servers import child_environment
from hip.launch.training import Model, train_if_changed
from hip.records.migration import migrate
from hip.settings import LOOPBACK, ROOT, Settings, read_settings

START_SECONDS = 120


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In continuous integration nothing may be skipped: a test that does not run shows nothing."""
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Nor may a whole file be."""
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Any) -> Any:
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The assistant's model, trained if anything it is made from has changed."""
    model = Model()
    train_if_changed(model)
    return model.file


def find_uv() -> str:
    """The uv that made this environment."""
    candidates = [ROOT / ".uv/bin/uv", shutil.which("uv"), "/tmp/uvenv/bin/uv"]
    found = next((str(path) for path in candidates if path and Path(path).exists()), None)
    assert found, "no uv: run `make develop`"
    return found


@pytest.fixture(scope="session")
def runtime_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment as `make run` makes it, without the test and lint tools; uv's cache makes it quick."""
    folder = tmp_path_factory.mktemp("runtime") / "venv"
    subprocess.run(
        [find_uv(), "sync", "--locked", "--quiet", "--no-group", "dev", "--python", sys.executable],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        | {"UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    return folder


@dataclass
class Servers:
    """A running action server and Rasa server, with databases of their own.

    Attributes:
        settings: with their ports and databases.
        logs: folder of ``actions.log`` and ``rasa.log``.
    """

    settings: Settings
    logs: Path
    root: Path = ROOT
    commands: dict[str, list[str]] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start ``actions``, ``rasa``, ``gateway`` or ``site``; its output goes on in its log."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.commands[name],
                cwd=self.root,
                env=child_environment(self.settings) | {"PYTHONPATH": os.pathsep.join((str(self.root), str(ROOT)))},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_actions(self) -> None:
        """Start the action server and wait until it answers."""
        self.start("actions")
        assert wait_for(lambda: action_server_answers(self.settings), START_SECONDS, self._gone("actions")), self.log(
            "actions"
        )

    def wait_until_answering(self) -> None:
        """Wait until a message is answered."""
        assert wait_for(lambda: assistant_answers(self.settings), START_SECONDS, self._gone("rasa")), self.log("rasa")

    def _gone(self, name: str) -> Any:
        return lambda: self.processes[name].poll() is not None

    def kill(self, name: str) -> None:
        """Kill a server with everything it started, as a crash would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kill whatever still runs."""
        for name in list(self.processes):
            self.kill(name)

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        """Send one message over the REST channel."""
        return send(self.settings, sender, text)

    def log(self, name: str) -> str:
        """All output of a server so far."""
        return (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def make_settings(folder: Path, **more: str) -> Settings:
    """Settings with free ports and databases in a folder."""
    ports: set[int] = set()
    while len(ports) < 4:  # a port that was just given back may be given again
        ports.add(free_port())
    rasa_port, action_port, gateway_port, site_port = ports
    environment = {
        "RASA_PORT": str(rasa_port),
        "ACTION_PORT": str(action_port),
        "GATEWAY_PORT": str(gateway_port),
        "SITE_PORT": str(site_port),
        "DATABASE_URL": f"sqlite:///{folder}/hip.db",
        "TRACKER_DATABASE_URL": f"sqlite:///{folder}/conversations.db",
        **more,
    }
    return read_settings(environment, env_file=folder / "no.env")


def rasa_command(settings: Settings, model: Path) -> list[str]:
    """The command of the Procfile, on the ports of a test."""
    return [
        *(sys.executable, "-m", "rasa", "run", "--model", str(model), "--interface", LOOPBACK),
        *("--port", str(settings.rasa_port), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
    ]


@pytest.fixture(scope="session")
def servers(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The assistant itself, started for real and answering; shared, so leave it running as you found it."""
    folder = tmp_path_factory.mktemp("servers")
    settings = make_settings(folder)
    migrate(settings.database_url)
    commands = {
        "actions": [sys.executable, "-m", "hip.launch", "actions"],
        "rasa": rasa_command(settings, trained_model),
        # Started only by the tests that need them.
        "gateway": [sys.executable, "-m", "hip.launch", "gateway"],
        "site": [sys.executable, "-m", "hip.launch", "site"],
    }
    running = Servers(settings, folder, commands=commands)
    try:
        running.start("rasa")
        running.start_actions()
        running.wait_until_answering()
        yield running
    finally:
        running.stop()
