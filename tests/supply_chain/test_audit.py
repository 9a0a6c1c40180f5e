"""`make audit`: a new advisory, a stale entry and an unasked service are each told, and each is a failure.

The reports are what pip-audit 2.10 and npm 11 print; no registry is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.content import ContentError
from hip.supply_chain import __main__ as command
from hip.supply_chain.advisories import ACCEPTED, Accepted, Advisory, find_problems, load_accepted
from hip.supply_chain.services import NotAuditedError, read_npm_audit, read_pip_audit

TODAY = date(2026, 11, 28)
PIP_AUDIT = {
    "dependencies": [
        {"name": "jinja2", "version": "3.1.6", "vulns": []},
        {
            "name": "scikit-learn",
            "version": "1.2.2",
            "vulns": [
                {
                    "id": "PYSEC-2024-110",
                    "fix_versions": ["1.5.0"],
                    "aliases": ["GHSA-jw8x-6495-233v", "CVE-2024-5206"],
                    "description": "A sensitive data leakage.",
                }
            ],
        },
    ],
    "fixes": [],
}
NPM_AUDIT = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "nanoid": {
            "name": "nanoid",
            "severity": "moderate",
            "via": [
                {
                    "source": 1101163,
                    "name": "nanoid",
                    "dependency": "nanoid",
                    "title": "Predictable results",
                    "url": "https://github.com/advisories/GHSA-mwcw-c2x4-8c55",
                    "severity": "moderate",
                    "range": "<3.3.8",
                }
            ],
            "effects": ["postcss"],
        },
        "postcss": {"name": "postcss", "severity": "moderate", "via": ["nanoid"], "effects": []},
    },
    "metadata": {"vulnerabilities": {"total": 2}},
}
LEARN = Advisory(
    "pypi", "scikit-learn", "1.2.2", ("PYSEC-2024-110", "CVE-2024-5206", "GHSA-jw8x-6495-233v"), ("1.5.0",)
)
NANOID = Advisory("npm", "nanoid", "<3.3.8", ("GHSA-mwcw-c2x4-8c55",))
ENTRY = Accepted("CVE-2024-5206", "pypi", "scikit_learn", "why it stands", "what holds it in", date(2027, 1, 1))


def problems(found: list[Advisory], accepted: list[Accepted], *audited: str, today: date = TODAY) -> list[str]:
    return list(find_problems(found, accepted, audited or ("pypi", "npm"), today))


def test_what_pip_audit_says_is_read() -> None:
    assert read_pip_audit(json.dumps(PIP_AUDIT)) == [LEARN]


def test_what_npm_says_is_read_once_for_each_advisory() -> None:
    assert read_npm_audit(json.dumps(NPM_AUDIT)) == [NANOID]


def test_a_package_that_the_service_does_not_know_is_no_pass() -> None:
    """pip-audit itself passes over it and exits with 0, as it does for every package where the service is missing."""
    skipped = {"name": "jinja2", "skip_reason": "Dependency not found on PyPI and could not be audited: jinja2 (3.1.0)"}
    report = {"dependencies": [*PIP_AUDIT["dependencies"], skipped], "fixes": []}
    with pytest.raises(NotAuditedError, match=r"knows nothing of 1 of 3 \(jinja2\)"):
        read_pip_audit(json.dumps(report))
    with pytest.raises(NotAuditedError, match="none was asked for"):
        read_pip_audit('{"dependencies": [], "fixes": []}')


@pytest.mark.parametrize("output", ["", "Traceback", "[]", "null"])
def test_no_report_is_no_pass(output: str) -> None:
    with pytest.raises(NotAuditedError, match="Python packages were not audited: Name or service not known"):
        read_pip_audit(output, "Traceback\nName or service not known\n")
    with pytest.raises(NotAuditedError, match="npm packages were not audited: no report"):
        read_npm_audit(output)


def test_an_npm_registry_that_refuses_is_no_pass() -> None:
    refusal = {"message": "405 Method Not Allowed - POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk"}
    with pytest.raises(NotAuditedError, match="npm packages were not audited: 405 Method Not Allowed"):
        read_npm_audit(json.dumps(refusal))
    with pytest.raises(NotAuditedError, match="not audited: no lock"):
        read_npm_audit('{"error": {"code": "ENOLOCK", "summary": "no lock"}}')


def test_an_accepted_advisory_is_no_problem_under_any_of_its_names() -> None:
    assert problems([LEARN], [ENTRY]) == []


def test_a_new_advisory_is_told_with_what_to_do() -> None:
    (fixable, hopeless) = problems([LEARN, NANOID], [])
    assert fixable.startswith(
        "New: scikit-learn 1.2.2 has PYSEC-2024-110 = CVE-2024-5206 = GHSA-jw8x-6495-233v: update"
    )
    assert "update to 1.5.0, or accept it in deploy/audit/accepted.yml" in fixable
    assert "no release is without it" in hopeless


def test_another_package_with_the_same_advisory_is_new() -> None:
    other = Advisory("pypi", "sklearn", "1.2.2", LEARN.ids)
    assert problems([LEARN, other], [ENTRY])[0].startswith("New: sklearn")


def test_an_entry_whose_advisory_is_gone_is_stale() -> None:
    assert problems([], [ENTRY]) == [
        "Stale: CVE-2024-5206 is no longer known against scikit_learn as locked: take the entry out"
    ]
    assert problems([], [ENTRY], "npm") == [], "where PyPI could not be asked nothing is known"


def test_an_entry_has_its_day() -> None:
    assert problems([LEARN], [ENTRY], today=date(2027, 1, 1)) == [
        "Overdue: CVE-2024-5206 of scikit_learn was to be looked at again by 2027-01-01"
    ]


def test_the_allow_list_of_the_project_is_in_order() -> None:
    entries = load_accepted()
    assert all(entry.reason != entry.containment for entry in entries)


def write(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    entry = {
        "id": "CVE-2024-5206",
        "ecosystem": "pypi",
        "package": "scikit-learn",
        "reason": "The fixed release changes what is learnt.",
        "containment": "The class that leaks is not used.",
        "review_by": "2027-02-28",
    }
    change(entry)
    (folder / ACCEPTED).write_text(yaml.safe_dump({"accepted": [entry]}))
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entry: entry.update(id="the bad one"), "does not match"),
        (lambda entry: entry.pop("containment"), "'containment' is a required property"),
        (lambda entry: entry.update(reason="because"), "'because' is too short"),
        (lambda entry: entry.update(reason="It goes on\nover two lines of text"), "does not match"),
        (lambda entry: entry.update(ecosystem="cargo"), "is not one of"),
        (lambda entry: entry.update(review_by="2027-02-30"), "CVE-2024-5206: 2027-02-30 is no day"),
    ],
)
def test_a_wrong_allow_list_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with pytest.raises(ContentError, match=message):
        load_accepted(write(tmp_path, change))


def test_an_advisory_is_accepted_once(tmp_path: Path) -> None:
    write(tmp_path, lambda entry: None)
    content = yaml.safe_load((tmp_path / ACCEPTED).read_text())
    (tmp_path / ACCEPTED).write_text(yaml.safe_dump({"accepted": content["accepted"] * 2}))
    with pytest.raises(ContentError, match="CVE-2024-5206 of scikit-learn comes twice"):
        load_accepted(tmp_path)


def refuse() -> list[Advisory]:
    raise NotAuditedError("npm packages were not audited: 405 Method Not Allowed")


@pytest.mark.parametrize(
    ("pypi", "npm", "code", "said"),
    [
        (lambda: [LEARN], list, 0, "1 advisories are known, and all are accepted"),
        (lambda: [LEARN], lambda: [NANOID], 1, "New: nanoid"),
        (list, list, 1, "Stale: CVE-2024-5206"),
        (lambda: [LEARN], refuse, 2, "Not audited in full: nothing is known to be well."),
        (list, refuse, 1, "npm packages were not audited"),
    ],
)
def test_the_command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pypi: Callable[[], list[Advisory]],
    npm: Callable[[], list[Advisory]],
    code: int,
    said: str,
) -> None:
    monkeypatch.setattr(command, "ask_pypi", pypi)
    monkeypatch.setattr(command, "ask_npm", npm)
    monkeypatch.setattr(command, "load_accepted", lambda: (ENTRY,))
    assert command.main(["audit"]) == code
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
