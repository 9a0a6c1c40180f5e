"""``python -m hip.supply_chain audit | bill``, which `make audit` and `make sbom` call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from hip.content import ContentError
from hip.supply_chain.advisories import Advisory, find_problems, load_accepted
from hip.supply_chain.bill import BillError, write_bills
from hip.supply_chain.services import NotAuditedError, ask_npm, ask_pypi


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when all is well; 1 when something has to be done; 2 when it could not be found out.
    """
    parser = argparse.ArgumentParser(prog="python -m hip.supply_chain", description="What the product is made of.")
    parser.add_argument("command", choices=("audit", "bill"))
    try:
        return {"audit": audit, "bill": _write}[parser.parse_args(arguments).command]()
    except (ContentError, BillError) as error:
        print(error, file=sys.stderr)
        return 2


def audit() -> int:
    """Hold the known advisories against the allow-list; see ``main`` for what it returns."""
    accepted = load_accepted()
    services: dict[str, Callable[[], list[Advisory]]] = {"pypi": ask_pypi, "npm": ask_npm}
    found: list[Advisory] = []
    audited = []
    for ecosystem, ask in services.items():
        try:
            found += ask()
            audited.append(ecosystem)
        except NotAuditedError as error:
            print(error, file=sys.stderr)
    problems = list(find_problems(found, accepted, audited, datetime.now(UTC).date()))
    for problem in problems:
        print(problem)
    if problems:
        return 1
    if len(audited) < len(services):
        print("Not audited in full: nothing is known to be well.", file=sys.stderr)
        return 2
    print(f"{len(found)} advisories are known, and all are accepted in deploy/audit/accepted.yml")
    return 0


def _write() -> int:
    for path in write_bills():
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
