"""``python -m hip.proof``: proves the clinic's rules and prints each property; the exit code is 1 when one is broken.

A number beside a statement is how many searches of the whole space of patients showed it. Below a broken one stands a
patient that breaks it, as facts that ``python -m hip.triage`` takes.
"""

from __future__ import annotations

import sys
from math import prod
from pathlib import Path

from hip.assessment import FACTS, Fact, FactKind
from hip.content import CLINIC, ContentError
from hip.handover.booking import BookingDesk
from hip.triage.rulebook import load_rulebook

try:
    from hip.proof.floors import load_floors
    from hip.proof.prover import ProofError
    from hip.proof.report import prove
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is missing: the proof needs the development tools, `make develop`")


def main(folder: Path = CLINIC) -> int:
    """Prove the rules in a folder; returns the exit code.

    Args:
        folder: where ``rules.yml`` and ``booking.yml`` lie.
    """
    try:
        rulebook, desk, floors = load_rulebook(folder), BookingDesk.load(folder), load_floors()
    except ContentError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"rules {rulebook.version}: {len(rulebook.all_rules)} rules over {_size_of_space()} patients")
    proved = True
    try:
        for outcome in prove(rulebook, desk, floors):
            print(outcome, flush=True)
            proved = proved and outcome.proved
    except ProofError as error:
        print(error, file=sys.stderr)
        return 2
    print("every property is proved" if proved else "NOT PROVED: see the patients above")
    return 0 if proved else 1


def _size_of_space() -> str:
    """How many patients there are, numbers counted as whole ones: each fact unknown, not sure, or with a value."""
    return f"{float(prod(2 + _count_values(fact) for fact in FACTS.values())):.0e}"


def _count_values(fact: Fact) -> int:
    if fact.kind is FactKind.BOOL:
        return 2
    if fact.kind is FactKind.CHOICE:
        return len(fact.values)
    if fact.kind is FactKind.SET:  # "none" alone, or any of the others
        return int(2 ** (len(fact.values) - 1)) + 1
    return int(fact.high - fact.low) + 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
