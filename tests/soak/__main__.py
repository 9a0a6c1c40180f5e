"""``python -m tests.soak [MESSAGES] [SEED]``: `make soak`. Prints what happened; exits with 1 when a bar is missed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from hip.launch.training import Model, train_if_changed
from tests.soak.soak import soak
from tests.whole_assistant import running_assistant

MESSAGES = 10_000
SEED = 20261128


def main(arguments: list[str]) -> int:
    """Run, and print a report."""
    messages, seed = [*map(int, arguments), *(MESSAGES, SEED)[len(arguments) :]]
    model = Model()
    train_if_changed(model)
    with tempfile.TemporaryDirectory() as folder, running_assistant(Path(folder), model.file) as servers:
        report = soak(servers, messages, seed, say=lambda line: print(line, flush=True))
    print(f"\n{report.total} random messages, seed {seed}, {report.seconds:.0f} s")
    print(f"{report.walks} conversations were brought to a result afterwards")
    print("kinds:", ", ".join(f"{kind} {times}" for kind, times in report.sent.most_common()))
    print("answers:", ", ".join(f"{status}: {times}" for status, times in sorted(report.answers.items())))
    for name, growth in report.growth().items():
        print(f"memory of {name}: {report.memory[-1][1][name]:.0f} MB at the end, {growth:+.1%} since the warm-up")
    missed = report.misses()
    print("\n".join(f"MISSED: {line}" for line in missed) or "Every bar is held.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
