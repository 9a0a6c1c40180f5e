"""The clinic's own rules are proved, and the command says so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hip.content import CLINIC, ROOT
from hip.handover.booking import BookingDesk
from hip.proof.floors import load_floors
from hip.proof.logic import every, opposite, some
from hip.proof.prover import ProofError, Prover
from hip.proof.report import prove
from hip.triage.rulebook import load_rulebook


def test_every_property_of_the_clinics_rules_is_proved() -> None:
    outcomes = list(prove(load_rulebook(), BookingDesk.load(), load_floors()))
    assert [str(outcome) for outcome in outcomes if not outcome.proved] == []
    assert [outcome.name[0] for outcome in outcomes] == list("123456")
    assert all(claim.cases for outcome in outcomes for claim in outcome.claims)


def test_a_formula_that_the_engine_does_not_bear_out_proves_nothing() -> None:
    with pytest.raises(ProofError, match="the engine does not do what the proof says"):
        Prover(load_rulebook()).find(True, lambda facts, answered: False)


def test_what_is_certain_is_folded_away() -> None:
    assert every(()) is True
    assert some(()) is False
    assert every((True, False)) is False
    assert some((False, True)) is True
    assert opposite(True) is False


@pytest.mark.parametrize(("folder", "code", "words"), [("nowhere", 2, "rules.yml: cannot be read")])
def test_the_command_names_a_file_it_cannot_read(tmp_path: Path, folder: str, code: int, words: str) -> None:
    command = [sys.executable, "-m", "hip.proof", str(tmp_path / folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == code
    assert words in done.stderr


def test_the_command_fails_and_names_a_patient(tmp_path: Path) -> None:
    text = (CLINIC / "rules.yml").read_text(encoding="utf-8")
    assert text.count("when: {fact: suicidal, is: true, or_not_sure: true}") == 1
    text = text.replace("when: {fact: suicidal, is: true, or_not_sure: true}", "when: suicidal")
    (tmp_path / "rules.yml").write_text(text, encoding="utf-8")
    (tmp_path / "booking.yml").write_bytes((CLINIC / "booking.yml").read_bytes())
    command = [sys.executable, "-m", "hip.proof", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "suicidal: not sure is less urgent than yes" in done.stdout
    assert re.search(r"patient: \{[^}]*suicidal: not_sure", done.stdout)
    assert "NOT PROVED" in done.stdout
