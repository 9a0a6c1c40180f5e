"""`make shell`: the assistant in a terminal, with an action server that comes and goes with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect

from hip.settings import ROOT
from tests.conftest import make_settings


def test_a_chat_in_the_terminal(trained_model: Path, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    shell = pexpect.spawn(
        sys.executable,
        ["-m", "hip.launch", "shell"],
        cwd=str(ROOT),
        env=os.environ
        | {
            "TERM": "xterm",
            "DATABASE_URL": settings.database_url,
            "TRACKER_DATABASE_URL": settings.tracker_database_url,
            "HOME": str(tmp_path),
        },
        dimensions=(60, 160),
        timeout=180,
        encoding="utf-8",
    )
    try:
        shell.expect("Model is up to date")
        shell.expect("Your input ->")
        shell.send("hello\r")
        shell.expect_exact("999")
        children = _descendants(shell.pid)
        assert any("hip.launch" in command and "actions" in command for command in children.values())
        shell.sendcontrol("c")  # leaves the chat, whatever it shows at that moment
        shell.expect(pexpect.EOF)
    finally:
        shell.close(force=True)
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


def _descendants(pid: int) -> dict[int, str]:
    """Process id to command line of everything that a process started."""
    found: dict[int, str] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().decode().replace("\0", " ")
        found |= _descendants(int(child))
    return found
