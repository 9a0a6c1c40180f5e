"""``python -m evaluation``: play the patients, apply the rules, read the messages; print the figures and keep them.

The assistant is started for it on free ports with databases of its own, so nothing that runs is touched.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evaluation.cases import FOLDER, read_utterances, read_vignettes
from evaluation.player import Talk, play, rest_sender
from evaluation.scores import in_columns, median_turns, score_levels, score_readings
from hip.launch.readiness import assistant_answers, free_port, wait_for
from hip.settings import ROOT, Settings, read_settings

RESULTS = FOLDER / "RESULTS.md"
START_SECONDS = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for.

    Returns:
        0; 1 when the assistant did not start.
    """
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("--vignettes", type=Path, default=FOLDER / "vignettes.jsonl")
    parser.add_argument("--utterances", type=Path, default=FOLDER / "utterances.jsonl")
    parser.add_argument("--show", metavar="ID", help="print this patient's whole conversation")
    parser.add_argument("--errors", action="store_true", help="print each patient and message that came out wrong")
    options = parser.parse_args(arguments)
    cases, rows = read_vignettes(options.vignettes), read_utterances(options.utterances)
    if options.show:
        cases = [case for case in cases if case["id"] == options.show]
    with running_assistant() as settings:
        if settings is None:
            print("The assistant did not start: run `make run` and look at its lines.", file=sys.stderr)
            return 1
        talks = [play(case, rest_sender(f"{settings.rasa_url}/webhooks/rest/webhook")) for case in cases]
    if options.show:
        _print_talk(talks[0])
        return 0
    played = score_levels(cases, [talk.outcome for talk in talks])
    ruled = score_levels(cases, _by_rules(cases))
    read = score_readings(rows, _readings(rows))
    if options.errors:
        _print_errors(cases, talks, rows)
    sections = {
        "Patients played through Rasa's REST channel": {**played, "median_turns_routine": median_turns(cases, talks)},
        "The same patients' facts through `python -m hip.triage`": ruled,
        "Single messages through `python -m hip.language`": read,
    }
    text = "\n\n".join(f"## {title}\n\n{in_columns(figures)}" for title, figures in sections.items())
    print(text)
    if options.vignettes.parent == FOLDER and options.utterances.parent == FOLDER:
        RESULTS.write_text(f"# Results\n\nMade by `make evaluate`. Do not edit.\n\n{text}\n", encoding="utf-8")
    return 0


@contextmanager
def running_assistant() -> Iterator[Settings | None]:
    """The assistant on free ports; None when it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "RASA_PORT": str(free_port()),
            "ACTION_PORT": str(free_port()),
            "DATABASE_URL": f"sqlite:///{folder}/hip.db",
            "TRACKER_DATABASE_URL": f"sqlite:///{folder}/conversations.db",
        }
        settings = read_settings(environment)
        with (Path(folder) / "servers.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "hip.launch", "run"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        try:
            ready = wait_for(lambda: assistant_answers(settings), START_SECONDS, lambda: process.poll() is not None)
            yield settings if ready else None
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _run_lines(module: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Feed rows to one of the command lines, as staff would."""
    lines = "\n".join(json.dumps(row) for row in rows)
    done = subprocess.run(
        [sys.executable, "-m", module], input=lines, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _by_rules(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    outputs = _run_lines("hip.triage", [{"id": case["id"], "facts": case["facts"]} for case in cases])
    return [output if output["care_level"] else None for output in outputs]


def _readings(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    asked = [{"id": row["id"], "text": row["text"], "context": row["context"]} for row in rows]
    return {reading["id"]: reading for reading in _run_lines("hip.language", asked)}


def _print_talk(talk: Talk) -> None:
    for said, replies in talk.transcript:
        print(f"> {said}")
        for reply in replies:
            print(f"< {reply['text']}" if "text" in reply else f"  {json.dumps(reply.get('custom'))}")


def _print_errors(cases: Sequence[Mapping[str, Any]], talks: Sequence[Talk], rows: Sequence[Mapping[str, Any]]) -> None:
    for case, talk in zip(cases, talks, strict=True):
        given = talk.outcome["care_level"] if talk.outcome else "no outcome"
        if given != case["care_level"]:
            print(f"{case['id']}: {given}, right is {case['care_level']}: {case['why']}; asked {talk.asked}")
    for key, reading in _readings(rows).items():
        row = next(row for row in rows if row["id"] == key)
        if (reading["intent"], reading["topic"], reading["facts"]) != (row["intent"], row["topic"], row["facts"]):
            print(f"{key}: {row['text']!r}: {reading['intent']} {reading['topic']} {reading['facts']}")


if __name__ == "__main__":
    sys.exit(main())
