"""Everything the README names exists, and everything it should name is named."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from hip.content import ROOT
from hip.settings import VARIABLES

README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_variable_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", README, re.MULTILINE))
    assert set(rows) == {variable.name for variable in VARIABLES}
    for variable in VARIABLES:
        assert rows[variable.name].strip("` ") == variable.default, variable.name


def test_every_command_exists() -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE))
    assert named <= TARGETS
    assert TARGETS - {"help", "develop"} <= named


def test_every_file_and_folder_exists() -> None:
    named = re.findall(r"`((?:clinic|hip|data|docs|tests|evaluation|actions)/[\w./-]*)`", README)
    named += re.findall(r"\]\((?!http|#)([^)#]+)\)", README)
    named += re.findall(r"`([\w.-]+\.(?:yml|toml|txt|example))`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_picture_says_what_it_shows() -> None:
    for page in (README, (ROOT / "widget" / "README.md").read_text(encoding="utf-8")):
        texts = re.findall(r"!\[([^\]]*)\]", page)
        assert texts
        assert all(len(text.split()) >= 5 for text in texts)


def test_every_content_file_is_in_the_table() -> None:
    files = {f"clinic/{path.name}" for path in (ROOT / "clinic").glob("*.yml")}
    assert [name for name in sorted(files) if f"`{name}`" not in README] == []


def test_the_triage_command_of_the_readme_works() -> None:
    line = re.search(r"echo '(\{.*?\})' \| \.venv/bin/python -m hip\.triage", README)
    assert line
    done = subprocess.run(
        [sys.executable, "-m", "hip.triage"], input=line[1], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout)["care_level"] == "emergency_ambulance"


def test_the_transcript_is_a_real_one() -> None:
    """Its questions are the assistant's own words."""
    questions = (ROOT / "clinic" / "questions.yml").read_text(encoding="utf-8")
    words = re.sub(r"\s+", " ", questions)
    asked = [line.removeprefix("**Assistant:** ") for line in README.splitlines() if line.startswith("**Assistant:** ")]
    assert len(asked) > 5
    assert sum(text.split(" …")[0][:60] in words for text in asked) >= 5
