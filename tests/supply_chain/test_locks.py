"""The locks: every file that an installation may fetch has its hash."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from hip.settings import ROOT

UV_LOCKS = ["uv.lock", "deploy/audit/uv.lock", "benchmarks/peer/uv.lock"]


@pytest.mark.parametrize("name", UV_LOCKS)
def test_every_file_of_a_python_lock_has_a_hash(name: str) -> None:
    packages = tomllib.loads((ROOT / name).read_text())["package"]
    remote = [package for package in packages if "registry" in package["source"]]
    assert len(packages) - len(remote) == 1, "only the project itself comes from a folder"
    for package in remote:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        assert files, package["name"]
        assert [file["url"] for file in files if not re.fullmatch(r"sha256:[0-9a-f]{64}", file.get("hash", ""))] == []
        assert package["source"]["registry"] == "https://pypi.org/simple"


def test_every_requirement_has_a_hash() -> None:
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) > 100
    assert [line for line in lines if not re.match(r"[\w.-]+==\S+ ;.* --hash=sha256:[0-9a-f]{64}", line)] == []


def test_every_npm_package_has_a_hash() -> None:
    packages = json.loads((ROOT / "widget" / "package-lock.json").read_text())["packages"]
    assert [
        name for name, entry in packages.items() if name and not entry.get("integrity", "").startswith("sha512-")
    ] == []


def test_nothing_is_installed_but_from_a_lock() -> None:
    """Each command that fetches packages, in the Makefile and the image, takes them as locked."""
    for name in ("Makefile", "deploy/Dockerfile", "hip/launch/bootstrap.py", "hip/supply_chain/services.py"):
        text = Path(ROOT / name).read_text()
        assert not re.search(r"npm (install|i)\b|pip install (?!--no-cache-dir uv==)", text), name
        for sync in re.findall(r"uv sync[^\n]*|\"sync\", [^\n]*", text):
            assert "--locked" in sync, (name, sync)
