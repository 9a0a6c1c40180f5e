"""The safety case: every control that is claimed names tests and proofs that exist, and the printed log is in step."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hip.content import ROOT, ContentError
from hip.hazards import FOLDER, LIKELIHOODS, LOG, SEVERITIES, Hazard, State, load_hazards, main, render
from tests.named_tests import check_page, functions_of

HAZARDS = load_hazards()
PAGES = [FOLDER / "intended-purpose.md", FOLDER / "safety-case.md"]


@pytest.mark.parametrize("hazard", HAZARDS.hazards, ids=lambda hazard: hazard.id)
def test_every_named_test_and_proof_exists(hazard: Hazard) -> None:
    named = [each for control in hazard.controls for each in control.evidence]
    missing = [each for each in named if each.split("::")[1] not in functions_of(ROOT / each.split("::")[0])]
    assert missing == []


def test_every_named_proof_is_part_of_make_prove() -> None:
    proofs = {
        each.split("::")[1]
        for hazard in HAZARDS.hazards
        for c in hazard.controls
        for each in c.evidence
        if each.startswith("hip/proof/")
    }
    command = (ROOT / "hip" / "proof" / "report.py").read_text(encoding="utf-8")
    assert {name for name in proofs if not re.search(rf"\b{name}\b", command)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tests_and_files_named_on_a_page_exist(page: Path) -> None:
    check_page(page)


def test_the_printed_log_is_in_step() -> None:
    assert (FOLDER / LOG).read_text(encoding="utf-8") == render(HAZARDS)


def test_open_controls_are_said_to_be_open_in_the_safety_case() -> None:
    """Nobody reads a hazard log of this length first: the page that is read first counts what is not done."""
    still_open = sum(c.state is State.OPEN for hazard in HAZARDS.hazards for c in hazard.controls)
    high = [hazard.id for hazard in HAZARDS.hazards if hazard.residual.level >= 4]
    page = (FOLDER / "safety-case.md").read_text(encoding="utf-8")
    assert f"{still_open} controls are open" in page
    assert [name for name in high if name not in page] == []


def test_the_risk_matrix_never_falls() -> None:
    rows = [HAZARDS.matrix[likelihood] for likelihood in LIKELIHOODS]
    for row in rows:
        assert list(row) == sorted(row)
    for column in range(len(SEVERITIES)):
        assert [row[column] for row in rows] == sorted(row[column] for row in rows)


@pytest.fixture
def safety(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / "hazards.yml", tmp_path)
    return tmp_path


def edit(folder: Path, change: Callable[[Any], None]) -> None:
    path = folder / "hazards.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def claim_without_evidence(content: Any) -> None:
    del content["hazards"][0]["controls"][0]["evidence"]


def open_with_evidence(content: Any) -> None:
    content["hazards"][0]["controls"][0]["state"] = "open"


def nothing_in_place(content: Any) -> None:
    content["hazards"][0]["controls"] = [{"what": "A plan", "kind": "design", "state": "open"}]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (claim_without_evidence, "H01.*'evidence' is a required property"),
        (open_with_evidence, "H01"),
        (nothing_in_place, "H01: the risk is lowered, but no control is in place"),
        (
            lambda content: content["hazards"][0]["residual"].update(likelihood="very high"),
            "H01: the risk left is higher",
        ),
        (lambda content: content["hazards"].append(content["hazards"][0]), "H01 comes twice"),
        (lambda content: content["hazards"][0]["initial"].update(severity="bad"), "'bad' is not one of"),
        (lambda content: content.update(status="approved"), "does not match"),
    ],
)
def test_a_wrong_log_is_refused(safety: Path, change: Callable[[Any], None], message: str) -> None:
    edit(safety, change)
    with pytest.raises(ContentError, match=message):
        load_hazards(safety)


def test_the_command_writes_the_log_and_checks_it(safety: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], safety) == 1
    assert "run python -m hip.hazards" in capsys.readouterr().err
    assert main([], safety) == 0
    assert (safety / LOG).read_text(encoding="utf-8") == render(HAZARDS)
    assert main(["--check"], safety) == 0
    edit(safety, lambda content: content["hazards"][0].update(hazard="Something else"))
    assert main(["--check"], safety) == 1
    edit(safety, lambda content: content.update(matrix={}))
    assert main([], safety) == 1
    assert "hazards.yml: matrix" in capsys.readouterr().err
