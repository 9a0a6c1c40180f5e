"""Rasa's own checks of the project's data, domain and rules."""

from __future__ import annotations

import subprocess
import sys

from hip.content import ROOT


def test_rasa_finds_the_data_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "No story structure conflicts found" in said
    assert "duplicate" not in said.lower()
