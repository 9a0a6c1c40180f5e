"""Asks pip-audit and npm for the advisories against what the two locks hold."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which
from typing import Any, Final

from hip.content import ROOT
from hip.launch.bootstrap import find_uv
from hip.supply_chain.advisories import FOLDER, Advisory

#: All that is locked, the test and lint tools too, with the hash of every file; the project itself is no package.
EXPORT: Final = ("export", "--locked", "--quiet", "--all-groups", "--no-emit-project", "--no-header", "--no-annotate")
_MOST_NAMED: Final = 3


class NotAuditedError(RuntimeError):
    """The advisories could not be learnt, wholly or in part: nothing is known to be well."""


def ask_pypi(root: Path = ROOT) -> list[Advisory]:
    """The advisories against the Python packages of ``uv.lock``.

    Raises:
        NotAuditedError: the service cannot be reached, or does not know a package.
    """
    uv = find_uv()
    if uv is None:
        raise NotAuditedError("Python packages were not audited: uv is missing, run `make setup`")
    if _run([uv, "sync", "--locked", "--quiet", "--directory", str(FOLDER)], root).returncode:
        raise NotAuditedError(
            "Python packages were not audited: pip-audit could not be installed (is there a network?)"
        )
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "requirements.txt"
        exported = _run([uv, *EXPORT, "--output-file", str(locked)], root)
        if exported.returncode:
            raise NotAuditedError(f"Python packages were not audited: {exported.stderr.strip()}")
        command = [str(FOLDER / ".venv" / "bin" / "pip-audit"), "--requirement", str(locked), "--format", "json"]
        command += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
        done = _run(command, root)
    return read_pip_audit(done.stdout, done.stderr)


def ask_npm(root: Path = ROOT) -> list[Advisory]:
    """The advisories against the npm packages of ``widget/package-lock.json``.

    Raises:
        NotAuditedError: there is no npm, or its registry does not answer.
    """
    if which("npm") is None:
        raise NotAuditedError("npm packages were not audited: npm is missing")
    done = _run(["npm", "audit", "--json", "--package-lock-only"], root / "widget")
    return read_npm_audit(done.stdout, done.stderr)


def read_pip_audit(output: str, complaint: str = "") -> list[Advisory]:
    """Read what ``pip-audit --format json`` says.

    pip-audit passes over a package that its service does not know, and exits with 0: we do not.

    Raises:
        NotAuditedError: it is no report, or a package was passed over.
    """
    report = _parse(output, complaint, "Python")
    dependencies: Sequence[Mapping[str, Any]] = report.get("dependencies", ())
    skipped = [entry["name"] for entry in dependencies if "skip_reason" in entry]
    if skipped or not dependencies:
        named = ", ".join(skipped[:_MOST_NAMED]) + (" ..." if len(skipped) > _MOST_NAMED else "")
        raise NotAuditedError(
            f"Python packages were not audited: the service knows nothing of {len(skipped)} of {len(dependencies)} "
            f"({named or 'none was asked for'}); can https://pypi.org/pypi/NAME/VERSION/json be reached from here?"
        )
    return [
        Advisory(
            "pypi",
            entry["name"],
            entry["version"],
            (known["id"], *sorted(known.get("aliases", ()))),
            tuple(known.get("fix_versions", ())),
        )
        for entry in dependencies
        for known in entry["vulns"]
    ]


def read_npm_audit(output: str, complaint: str = "") -> list[Advisory]:
    """Read what ``npm audit --json`` says.

    Raises:
        NotAuditedError: it is no report.
    """
    report = _parse(output, complaint, "npm")
    if "vulnerabilities" not in report:
        said = report.get("message") or report.get("error", {}).get("summary") or "no report"
        raise NotAuditedError(f"npm packages were not audited: {said}")
    found = {
        # An advisory is told of again for each package that needs the affected one, there as a plain name.
        (known["name"], known["url"]): Advisory(
            "npm", known["name"], known["range"], (known["url"].rpartition("/")[2],)
        )
        for entry in report["vulnerabilities"].values()
        for known in entry["via"]
        if isinstance(known, dict)
    }
    return list(found.values())


def _parse(output: str, complaint: str, what: str) -> dict[str, Any]:
    try:
        report = json.loads(output)
    except ValueError:
        report = None
    if not isinstance(report, dict):
        last = (complaint.strip().splitlines() or ["no report"])[-1]
        raise NotAuditedError(f"{what} packages were not audited: {last}")
    return report


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
