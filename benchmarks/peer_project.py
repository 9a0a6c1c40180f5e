"""Rasa's default assistant over our data: a plain Rasa project that the environment in ``benchmarks/peer`` can train.

``python -m benchmarks.peer_project FOLDER`` writes it; then, in FOLDER and with ``benchmarks/peer/.venv/bin/python -m
rasa``, the commands ``train``, ``train nlu`` and ``run`` work as in any Rasa project. It has our training data, rules
and domain, Rasa's default pipeline, policies and stores, an action server of its own, and none of our components.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from typing import Final

from hip.dialogue.importer import ClinicImporter
from hip.settings import ROOT

PEER: Final = ROOT / "benchmarks" / "peer"
PYTHON: Final = PEER / ".venv" / "bin" / "python"
#: Files of ``benchmarks/peer`` that a project takes over as they are.
COPIED: Final = ("config.yml", "endpoints.yml", "credentials.yml", "actions.py")
_RESTART: Final = re.compile(r"^ *- intent: restart\n", re.MULTILINE)


def write_project(folder: Path) -> None:
    """Write the project into a folder, which is made if need be."""
    shutil.copytree(ROOT / "data", folder / "data", dirs_exist_ok=True)
    rules = folder / "data" / "rules.yml"
    rules.write_text(without_restart(rules.read_text(encoding="utf-8")), encoding="utf-8")
    for name in COPIED:
        shutil.copyfile(PEER / name, folder / name)
    # The importer writes out what our domain.yml leaves to clinic/ and hip.assessment; Rasa's own importer reads it.
    importer = ClinicImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    importer.get_domain().persist(folder / "domain.yml")


def without_restart(rules: str) -> str:
    """Rules that Rasa's own RulePolicy takes: it reserves the intent ``restart`` and refuses a rule of ours about it.

    Raises:
        ValueError: no rule is about it any more, so this can go.
    """
    found = _RESTART.findall(rules)
    if len(found) != 1:
        raise ValueError(f"data/rules.yml names the intent restart {len(found)} times instead of once")
    return _RESTART.sub("", rules)


def main() -> None:
    """Write the project where the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer_project", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    write_project(parser.parse_args().folder)


if __name__ == "__main__":
    main()
