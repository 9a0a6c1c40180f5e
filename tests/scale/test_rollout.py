"""A new model and new rules go out in the middle of conversations: nobody starts again, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hip.settings import ROOT
from tests.conftest import rasa_command
from tests.scale.cluster import Cluster
from tests.scale.looking import find_record
from tests.scale.person import PROMISE, Person

NEW_VERSION = "2099-01-01"
#: How far each has come when it begins.
PLACES = ("consent", "respondent", "age", "infection_screen", "hip_history", "stiffness", "site", "injection_checks")


@pytest.fixture(scope="module")
def next_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with another version of the rules and a model trained on other examples."""
    root = tmp_path_factory.mktemp("next") / "project"
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in files.split("\0"):
        if name and not name.startswith(("tests/", "evaluation/", "benchmarks/", "docs/", "widget/")):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    edit(root / "clinic" / "rules.yml", r"(?m)^version: .*$", f'version: "{NEW_VERSION}"')
    edit(root / "clinic" / "questions.yml", "Back to my question", "Now, back to my question")
    edit(root / "data" / "nlu" / "small_talk.yml", r"(?m)^    - (?=\w)", "    - well now then\n    - ")
    subprocess.run([sys.executable, "-m", "hip.launch", "train"], cwd=root, env=environment(root), check=True)
    return root


def edit(path: Path, old: str, new: str) -> None:
    """Change the first place where it stands; it must be there."""
    changed, count = re.subn(old, new, path.read_text(encoding="utf-8"), count=1)
    assert count == 1, path
    path.write_text(changed, encoding="utf-8")


def environment(root: Path) -> dict[str, str]:
    """That of a process whose ``hip`` is the copy's."""
    return os.environ | {"PYTHONPATH": str(root)}


@pytest.fixture
def restored(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, with the servers of this release again afterwards."""
    before = {name: (server.command, server.root) for name, server in cluster.servers.items()}
    yield cluster
    cluster.leaving.clear()
    for name, (command, root) in before.items():
        if cluster.servers[name].root != root:
            cluster.kill(name)
            cluster.servers[name].command, cluster.servers[name].root = command, root


def roll_out(cluster: Cluster, root: Path) -> None:
    """One server after the other: taken out, stopped, started anew, and let in when it is ready."""
    for name in [*cluster.names("actions"), *cluster.names("rasa"), *cluster.names("gateway")]:
        cluster.end(name)
        server = cluster.servers[name]
        server.root = root
        if name.startswith("rasa"):
            server.command = rasa_command(server.settings, root / "models" / "assistant.tar.gz")
        cluster.start(name)
        cluster.wait_until_ready(name)
        cluster.join(name)


def test_a_new_model_and_new_rules(restored: Cluster, next_release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = restored
    earlier = Person(cluster.url).begin()
    earlier.answer_until(None)
    people = [Person(cluster.url).begin() for _ in PLACES]
    for person, place in zip(people, PLACES, strict=True):
        person.answer_until(place)
    rolled = threading.Event()
    failures: list[BaseException] = []

    def chat() -> None:
        """Somebody who talks all the while: one conversation after the other."""
        try:
            while not rolled.is_set():
                talker = Person(cluster.url).begin()
                people.append(talker)
                talker.answer_until(None)
        except BaseException as error:  # a thread's own exceptions would be lost
            failures.append(error)

    talkers = [threading.Thread(target=chat) for _ in range(3)]
    for thread in talkers:
        thread.start()
    try:
        roll_out(cluster, next_release)
    finally:
        rolled.set()
        for thread in talkers:
            thread.join()
    assert failures == []
    for person in people:
        person.answer_until(None)
        assert person.outcome, (person.said[-3:], person.text[-400:], person.refusals)
        assert person.outcome["care_level"] == "consultation"
        person.check_nothing_lost()
        assert person.slowest < PROMISE
    later = Person(cluster.url).begin()
    later.answer_until(None)
    assert rules_version(cluster, later) != rules_version(cluster, earlier), "the new rules are in force"
    assert [person.refusals for person in people if person.refusals] == [], "nobody noticed"
    said = sum(len(person.said) for person in people)
    with capsys.disabled():
        print(f"\nrolled out under {len(people)} conversations with {said} messages")


def rules_version(cluster: Cluster, person: Person) -> str:
    assert person.outcome
    return find_record(cluster.settings, person.outcome["reference"]).versions.rules
