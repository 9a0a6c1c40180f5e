"""``python -m evaluation [PART ...]``: prints the figures of each part asked for, and keeps them in ``RESULTS.md``.

Without a part: all of them. Nothing that runs is touched: the assistant is started on free ports with databases of its
own. Figures measured on other files than those of this folder are only printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from evaluation.assistant import NotStartedError
from evaluation.cases import FOLDER, read_lines, read_utterances, read_vignettes
from evaluation.lines import ProgramFailedError
from evaluation.parts import PARTS, Task, play_cases
from evaluation.peer import PeerMissingError, check_environment
from evaluation.player import Talk
from evaluation.results import RESULTS, Section, keep
from hip.launch.failure import LaunchError
from hip.launch.training import Model, train_if_changed

_FAILURES = (LaunchError, NotStartedError, PeerMissingError, ProgramFailedError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for.

    Returns:
        0; 1 when something needed did not start, train or answer, said on standard error.
    """
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--vignettes", type=Path, default=FOLDER / "vignettes.jsonl")
    parser.add_argument("--utterances", type=Path, default=FOLDER / "utterances.jsonl")
    parser.add_argument("--no-peer", action="store_true", help="leave out the comparison with Rasa's default pipeline")
    parser.add_argument("--show", metavar="ID", help="only print this patient's whole conversation")
    parser.add_argument("--errors", action="store_true", help="print each patient and message that came out wrong")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}: the parts are {', '.join(PARTS)}")
    task = Task(
        cases=read_vignettes(options.vignettes),
        messages=read_utterances(options.utterances),
        elsewhere=read_lines(FOLDER / "clinc150_sample.jsonl"),
        peer=not options.no_peer,
        errors=options.errors,
    )
    own = options.vignettes.parent == options.utterances.parent == FOLDER
    try:
        if options.show:
            _print_talk(*play_cases([case for case in task.cases if case["id"] == options.show]))
        else:
            _measure(options.parts or list(PARTS), task, RESULTS if own else None)
    except _FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _measure(names: Sequence[str], task: Task, file: Path | None) -> None:
    """Measure, print and keep one part after the other: some take long, and what is done is done."""
    if "comparison" in names and task.peer:
        check_environment()
    train_if_changed(Model())
    for name in names:
        command = f"python -m evaluation {name}" + " --no-peer" * (name == "comparison" and not task.peer)
        section = Section(PARTS[name].title, command, PARTS[name].measure(task))
        print(section, flush=True)
        if file:
            keep(section, file)


def _print_talk(talk: Talk) -> None:
    for said, replies in talk.transcript:
        print(f"> {said}")
        for reply in replies:
            print(f"< {reply['text']}" if "text" in reply else f"  {json.dumps(reply.get('custom'))}")


if __name__ == "__main__":
    sys.exit(main())
