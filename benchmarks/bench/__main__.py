"""``make bench``: this assistant and Rasa's default starter project, in turns on the same machine.

Each round starts ours, the default, and ours with its gateway, on new databases, with the same conversations; the
medians of the rounds count. One table is printed; the last line is JSON.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.bench import disk, training
from benchmarks.bench.assistants import start_default, start_ours, start_ours_whole
from benchmarks.bench.databases import open_databases
from benchmarks.bench.legs import AT_ONCE, Leg, Plan, load_average, median_of, run_leg
from benchmarks.bench.report import Assistant, Run, write_json, write_notes, write_table
from benchmarks.bench.script import load_conversations, share_repeated
from evaluation.peer import PeerMissingError, check_environment
from hip.launch.failure import LaunchError
from hip.launch.training import Model, train_if_changed

ROUNDS: Final = 3
WARM, ALONE, CROWD = 8, 4, 2 * AT_ONCE


def main() -> int:
    """Run it; 0 when there are figures, whatever they are."""
    arguments = _read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped, too
    try:
        check_environment()
        run = _run(arguments)
    except (LaunchError, PeerMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{write_table(run)}\n\n{write_notes(run)}\n\n{write_json(run)}")
    return 0


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--train", action="store_true", help="train both again, even if their sources are the same")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is started and talked to")
    parser.add_argument("--sqlite", action="store_true", help="SQLite files, even where PostgreSQL's programs are")
    return parser.parse_args()


def _run(arguments: argparse.Namespace) -> Run:
    load_before = load_average()
    default = training.keep_or_train("default", training.default_digest(), training.train_default, arguments.train)
    ours = training.keep_or_train("ours", training.our_digest(), training.train_ours, arguments.train)
    train_if_changed(Model(), say=_tell)  # the one that the Procfile runs
    our_disk, default_disk = disk.ours(ours.file), disk.default(default.file)
    conversations = load_conversations()
    warm, alone, crowd = (conversations[:WARM], conversations[WARM:][:ALONE], conversations[WARM + ALONE :][:CROWD])
    plan = Plan(warm, alone, crowd)
    starts = {"ours": start_ours, "default": start_default(default.file), "gateway": start_ours_whole}
    legs: dict[str, list[Leg]] = {name: [] for name in starts}
    with tempfile.TemporaryDirectory() as folder, open_databases(Path(folder), arguments.sqlite) as databases:
        for number in range(arguments.rounds):
            for name, start in starts.items():
                leg = run_leg(start, plan, databases)
                legs[name].append(leg)
                _tell(
                    f"round {number + 1}, {name}: start {leg.start_s:.1f} s, {leg.rate_32:.1f} messages/s, "
                    f"p95 {leg.p95_ms_32:.0f} ms, {leg.memory_mb:.0f} MB, load {load_average():.1f}"
                )
        kind = databases.kind
    medians = {name: median_of(each) for name, each in legs.items()}
    return Run(
        Assistant(medians["ours"], ours, our_disk),
        Assistant(medians["default"], default, default_disk),
        medians["gateway"],
        {
            "Machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}",
            "Load average": f"{load_before:.1f} before, {load_average():.1f} after",
            "Database": f"{kind} for both; the default with Rasa's SQL tracker store",
            "Rounds": arguments.rounds,
            "Messages of each at 32": f"{medians['ours'].messages:.0f} a round, of {len(crowd)} patients; "
            f"{share_repeated(list(crowd)):.0%} are said more than once",
        },
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
