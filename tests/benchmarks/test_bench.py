"""The parts of ``make bench`` that need no server: what is said, percentiles, ratios, the report, and what is kept."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from benchmarks.bench.assistants import endpoints
from benchmarks.bench.disk import Disk, size
from benchmarks.bench.legs import Leg, median_of
from benchmarks.bench.load import percentile, play
from benchmarks.bench.report import Assistant, Run, find_ratios, is_met, write_json, write_notes, write_table
from benchmarks.bench.script import QUESTIONS, Conversation, load_conversations, share_repeated
from benchmarks.bench.training import Cost, Trained, default_digest, keep_or_train, run_timed
from benchmarks.peer_project import PEER, without_restart, write_project
from hip.launch.failure import LaunchError

LEG = Leg(
    start_s=10,
    rate_1=20,
    median_ms_1=50,
    p95_ms_1=60,
    rate_32=50,
    median_ms_32=600,
    p95_ms_32=700,
    processor_ms=20,
    memory_mb=400,
    memory_pss_mb=350,
    around_mb=100,
    elsewhere=0.5,
    silent=0,
    finished=0.75,
    messages=640,
)


def make_run() -> Run:
    slow = replace(LEG, start_s=40, rate_32=8, p95_ms_32=3500, memory_mb=1600, processor_ms=50)
    cost = Cost(elapsed=100, processor=150, load=2.5, on="2026-11-28")
    long = Cost(elapsed=2000, processor=3000, load=2.5, on="2026-11-27")
    return Run(
        Assistant(LEG, Trained(Path("a"), cost, kept=False), Disk(500, 30, 70)),
        Assistant(slow, Trained(Path("b"), long, kept=True), Disk(2000, 300, 1)),
        LEG,
        {"Load average": "1.0 before, 2.0 after"},
    )


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (100, 100), (1, 1), (0, 1)])
def test_a_percentile_is_one_of_the_values(percent: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 95)


def test_every_ratio_is_ours_over_the_defaults() -> None:
    ratios = find_ratios(make_run())
    assert ratios == pytest.approx(
        {
            "throughput_ratio": 6.25,
            "p95_ratio": 0.2,
            "memory_ratio": 0.25,
            "start_ratio": 0.25,
            "train_ratio": 0.05,
            "disk_ratio": 600 / 2301,
            "throughput_1_ratio": 1.0,
            "memory_pss_ratio": 1.0,
            "train_processor_ratio": 0.05,
            "processor_ratio": 0.4,
        }
    )


@pytest.mark.parametrize(
    ("name", "ratio", "met"),
    [
        ("throughput_ratio", 5.0, True),
        ("throughput_ratio", 4.99, False),
        ("p95_ratio", 0.25, True),
        ("p95_ratio", 0.26, False),
        ("memory_ratio", 0.41, False),
        ("start_ratio", 0.33, True),
        ("train_ratio", 0.26, False),
        ("disk_ratio", 0.4, True),
        ("processor_ratio", 9.0, None),
    ],
)
def test_the_bars_are_those_of_the_issue(name: str, ratio: float, met: bool | None) -> None:
    assert is_met(name, ratio) is met


def test_the_json_is_one_line_with_ratios_and_raw_figures() -> None:
    line = write_json(make_run())
    assert "\n" not in line
    content = json.loads(line)
    assert content["throughput_ratio"] == 6.25
    assert set(content["met"].values()) == {True}
    assert content["ours"]["rate_32"] == 50
    assert content["default"]["training"] == {
        "elapsed": 2000,
        "processor": 3000,
        "load": 2.5,
        "on": "2026-11-27",
        "kept": True,
    }
    assert content["ours"]["disk_mb"]["total"] == 600
    assert content["gateway"]["around_mb"] == 100


def test_the_table_says_what_is_met_and_the_notes_what_was_kept() -> None:
    run = make_run()
    rows = {row.split("|")[1].strip(): row for row in write_table(run).splitlines()}
    assert ">= 5 met" in rows["messages a second, 32 at once"]
    missed = replace(run, ours=replace(run.ours, leg=replace(LEG, rate_32=30)))
    assert "MISSED" in write_table(missed)
    notes = write_notes(run)
    assert "Rasa's default: kept from an earlier run (2026-11-27)" in notes
    assert "ours: in this run" in notes


def test_rounds_come_together_in_medians() -> None:
    assert median_of([LEG, replace(LEG, start_s=12), replace(LEG, start_s=90)]) == replace(LEG, start_s=12)


def test_each_patient_speaks_once_and_says_as_much_as_any_other() -> None:
    conversations = load_conversations()
    assert len(conversations) > 100
    assert set(Counter(each.name for each in conversations).values()) == {1}
    assert {len(each.lines) for each in conversations} == {len(QUESTIONS) + 3}
    assert all(line.strip() for each in conversations for line in each.lines)
    assert len({each.lines[0] for each in conversations}) == len(conversations)


def test_repeated_lines_are_counted() -> None:
    assert share_repeated([Conversation("a", ("hip", "no", "no")), Conversation("b", ("no",))]) == 0.5


class Room:
    """Answers in place of servers, and looks at who is in."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = {}
        self.inside = self.most = 0

    async def begin(self, session: aiohttp.ClientSession) -> str:
        name = str(len(self.said))
        self.said[name] = []
        return name

    async def say(self, session: aiohttp.ClientSession, conversation: str, text: str) -> list[dict[str, Any]]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0)
        self.inside -= 1
        self.said[conversation].append(text)
        return [] if text == "silence" else [{"custom": {"outcome": {}}}] if text == "end" else [{"text": "yes?"}]


async def test_everybody_says_all_lines_in_order_and_no_more_are_there_than_may_be() -> None:
    room = Room()
    scripts = [Conversation("a", ("one", "silence", "end")), *(Conversation(f"{n}", ("one", "two")) for n in range(9))]
    played = await play(room, scripts, at_once=4)
    assert sorted(room.said.values()) == sorted(list(each.lines) for each in scripts)
    assert (room.most, len(played.took), played.silent, played.finished) == (4, 21, 1, 1)
    assert played.rate == pytest.approx(21 / played.elapsed)


def test_what_was_trained_is_kept_with_its_cost(tmp_path: Path) -> None:
    trained: list[Path] = []

    def train(model: Path) -> Cost:
        trained.append(model)
        model.write_text(f"model {len(trained)}", encoding="utf-8")
        return Cost(elapsed=len(trained), processor=2, load=1, on="2026-11-28")

    first = keep_or_train("ours", "d1", train, built=tmp_path)
    again = keep_or_train("ours", "d1", train, built=tmp_path)
    assert (first.kept, again.kept, again.cost) == (False, True, first.cost)
    forced = keep_or_train("ours", "d1", train, again=True, built=tmp_path)
    assert (forced.kept, forced.cost.elapsed, forced.file.read_text("utf-8")) == (False, 2, "model 2")
    assert not keep_or_train("ours", "d2", train, built=tmp_path).kept


def test_a_training_that_fails_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('no data'); sys.exit(3)"]
    with pytest.raises(LaunchError, match="no data"):
        run_timed(command, tmp_path, os.environ)


def test_processor_time_of_a_training_includes_its_children(tmp_path: Path) -> None:
    work = "sum(range(6_000_000))"
    command = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{work}'])"]
    assert run_timed(command, tmp_path, os.environ).processor > 0


def test_disk_counts_files_and_neither_links_nor_compiled_ones(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "code.py").write_bytes(b"x" * 1_500_000)
    (tmp_path / "package" / "code.pyc").write_bytes(b"x" * 1_500_000)
    (tmp_path / "link").symlink_to(tmp_path / "package" / "code.py")
    assert size([tmp_path]) == 1.5
    assert size([tmp_path / "package" / "code.py", tmp_path / "nothing"]) == 1.5


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:////tmp/a.db", {"dialect": "sqlite", "db": "/tmp/a.db"}),
        ("postgresql://u:@/a?host=/tmp/x", {"dialect": "postgresql", "url": "postgresql://u:@/a?host=/tmp/x"}),
    ],
)
def test_the_default_has_rasas_own_sql_store_on_either_database(url: str, place: dict[str, str]) -> None:
    assert endpoints(5055, url)["tracker_store"] == {"type": "SQL", **place}


def test_the_defaults_rules_leave_out_what_rasas_policy_refuses(tmp_path: Path) -> None:
    write_project(tmp_path)
    rules = yaml.safe_load((tmp_path / "data" / "rules.yml").read_text("utf-8"))["rules"]
    assert len(rules) > 10
    assert "restart" not in str([rule["steps"] for rule in rules])
    assert default_digest() == default_digest()
    with pytest.raises(ValueError, match="0 times"):
        without_restart("rules: []")


def test_its_actions_use_nothing_of_ours_and_are_those_of_the_domain(tmp_path: Path) -> None:
    tree = ast.parse((PEER / "actions.py").read_text("utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) == {"rasa_sdk", "sqlalchemy"}
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    write_project(tmp_path)
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text("utf-8"))
    actions = {next(iter(each)) if isinstance(each, dict) else each for each in domain["actions"]}
    assert actions <= names
    (questions,) = (
        ast.literal_eval(ast.unparse(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "QUESTIONS"
    )
    assert set(questions) <= set(domain["slots"])
    assert {f"utter_ask_{question}" for question in questions} <= set(domain["responses"])
