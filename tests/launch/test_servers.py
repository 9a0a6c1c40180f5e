"""Starting, stopping and failing together, with small servers in the place of the real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hip.engine import PROBLEM_MARK
from hip.launch import readiness
from hip.launch.failure import LaunchError
from hip.launch.keys import provide_keys
from hip.launch.readiness import assistant_answers, check_ports, wait_for
from hip.launch.servers import child_environment
from hip.records.database import build_engine
from hip.records.encryption import Vault
from hip.records.migration import migrate
from hip.records.trackers import Events, Trackers
from hip.settings import ROOT, Settings
from tests.conftest import make_settings

FAKE = Path(__file__).parent / "fake_server.py"
RUN = """
import sys
from pathlib import Path
from hip.launch.servers import run_servers
from hip.launch.failure import LaunchError
from hip.settings import read_settings
try: run_servers(read_settings(), Path(sys.argv[1]))
except LaunchError as error: sys.exit(str(error))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, START_TIMEOUT_SECONDS="10")


def launch(settings: Settings, tmp_path: Path, **commands: str) -> subprocess.Popen[str]:
    """The launcher with a Procfile of small servers, in a session of its own as in a terminal."""
    database = settings.tracker_database_url.removeprefix("sqlite:///")
    lines = {
        "actions": f"exec python {FAKE} $ACTION_PORT {database}",
        "rasa": f"exec python {FAKE} $RASA_PORT {database}",
        "gateway": f"exec python {FAKE} $GATEWAY_PORT {database}",
    } | commands
    procfile = tmp_path / "Procfile"
    procfile.write_text("".join(f"{name}: {command}\n" for name, command in lines.items()))
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(procfile)],
        cwd=ROOT,
        env=child_environment(settings) | {"START_TIMEOUT_SECONDS": f"{settings.start_timeout:g}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def survivors(settings: Settings) -> list[str]:
    """Command lines of processes that still belong to these servers."""
    ports = (str(settings.rasa_port), str(settings.action_port), str(settings.gateway_port))
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                command = (folder / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            except OSError:  # it has just ended
                continue
            if any(f"fake_server.py {port} " in command or f"fake-worker-{port}" in command for port in ports):
                found.append(command)
    return found


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout
    seen = ""
    while text not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    return seen


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_answers_and_stops_everything(
    settings: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    process = launch(settings, tmp_path)
    read_until(process, "The assistant is ready: it has just answered a message.")
    said = read_until(process, "/webhooks/rest/webhook")
    assert settings.rasa_url in said
    assert f"{settings.public_url}/" in said
    assert len(survivors(settings)) == 6
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert survivors(settings) == []


def test_ctrl_c_while_it_is_still_starting(settings: Settings, tmp_path: Path) -> None:
    process = launch(settings, tmp_path)
    read_until(process, "started")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert survivors(settings) == []


@pytest.mark.parametrize("code", [0, 3])
def test_one_that_stops_stops_everything(settings: Settings, tmp_path: Path, code: int) -> None:
    process = launch(settings, tmp_path, actions=f"sleep 1; exit {code}")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.strip() == "actions of the Procfile stopped, so everything was stopped: see its lines above"
    assert survivors(settings) == []


def test_no_answer_in_time(settings: Settings, tmp_path: Path) -> None:
    process = launch(settings, tmp_path, rasa="sleep 300")
    _, said = process.communicate(timeout=90)
    assert process.returncode == 1
    assert said.startswith("No message was answered within 10 s: see the lines above")
    assert survivors(settings) == []


def test_a_port_that_is_taken_is_named(settings: Settings, tmp_path: Path) -> None:
    check_ports(settings)
    process = launch(settings, tmp_path)
    try:
        read_until(process, "The assistant is ready")
        with pytest.raises(LaunchError, match=f"^Port {settings.rasa_port} cannot be used .* set RASA_PORT in .env"):
            check_ports(settings)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_nothing_answers_where_nothing_runs(settings: Settings) -> None:
    assert assistant_answers(settings) is False


@pytest.mark.parametrize(
    ("kept", "ready"),
    [
        ([{"event": "user"}, {"event": "bot", "metadata": {}}], True),
        ([{"event": "bot", "metadata": {PROBLEM_MARK: True}}], False),
        (None, False),
    ],
)
def test_an_answer_counts_when_it_tells_of_no_problem_and_was_stored(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kept: Events | None, ready: bool
) -> None:
    """Rasa falls back to its memory, and answers, when it cannot load a store."""
    settings = provide_keys(settings)
    migrate(settings.tracker_database_url)
    rows = Trackers(build_engine(settings.tracker_database_url, single=True), Vault(settings.data_keys))

    def answer(_settings: Settings, sender: str, _text: str) -> list[dict[str, str]]:
        if kept is not None:
            rows.write(sender, kept, None)
        return [{"text": "Hello"}]

    monkeypatch.setattr(readiness, "send", answer)
    monkeypatch.setattr(readiness, "action_server_answers", lambda _settings: True)
    assert assistant_answers(settings) is ready
    assert list(rows.senders()) == []
    rows.engine.dispose()


def test_waiting_ends_early_when_there_is_nothing_to_wait_for() -> None:
    begun = time.monotonic()
    assert wait_for(lambda: False, seconds=600, gone=lambda: True) is False
    assert wait_for(lambda: True, seconds=600) is True
    assert time.monotonic() - begun < 600


def test_the_command_line_says_what_is_wrong_in_one_line(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hip.launch", "run"],
        cwd=ROOT,
        env=os.environ | {"RASA_PORT": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "RASA_PORT in the environment is 'x'" in done.stderr
