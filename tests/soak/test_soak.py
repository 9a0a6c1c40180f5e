"""A short soak, by the code of `make soak`, and that its own judgement works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Servers
from tests.soak.messages import MARK, Messages
from tests.soak.soak import Report, harm_in_logs, soak
from tests.whole_assistant import running_assistant


@pytest.fixture(scope="module")
def soaked(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_assistant(tmp_path_factory.mktemp("soak"), trained_model) as servers:
        yield servers


def test_random_messages_do_no_harm(soaked: Servers) -> None:
    """Memory is for the long run: so short a one never leaves the warm-up."""
    report = soak(soaked, 160, seed=7, people=2, length=20)
    assert report.misses(memory=False) == []
    assert report.total == 160
    assert report.walks == 8
    assert report.answers[200] > 100
    assert set(report.memory[-1][1]) == {"rasa", "actions", "gateway"}
    assert all(megabytes > 20 for megabytes in report.memory[-1][1].values())


def test_the_same_seed_draws_the_same_messages() -> None:
    first, again, other = Messages(1), Messages(1), Messages(2)
    drawn = [first.draw([("Yes", "/affirm")]) for _ in range(500)]
    assert drawn == [again.draw([("Yes", "/affirm")]) for _ in range(500)]
    assert drawn != [other.draw([("Yes", "/affirm")]) for _ in range(500)]


def test_every_kind_is_drawn() -> None:
    messages = Messages(3)
    kinds = Counter(messages.draw([("Yes", "/affirm")]).kind for _ in range(2000))
    assert len(kinds) == 11
    assert min(kinds.values()) > 20


def test_a_fault_in_a_log_is_seen(tmp_path: Path, soaked: Servers) -> None:
    fake = Servers(soaked.settings, tmp_path, processes=dict.fromkeys(("rasa",)))  # type: ignore[arg-type]
    (tmp_path / "rasa.log").write_text(f"INFO fine\nTraceback (most recent call last):\nWARNING heard {MARK}12\n")
    assert set(harm_in_logs(fake)) == {
        "the log of rasa: Traceback (most recent call last):",
        "the log of rasa holds what was typed",
    }


def test_growth_counts_from_the_end_of_the_warm_up() -> None:
    report = Report(sent=Counter(words=100))
    report.memory = [(10, {"rasa": 50.0}), (30, {"rasa": 100.0}), (100, {"rasa": 111.0})]
    assert report.growth() == {"rasa": pytest.approx(0.11)}
    assert report.misses() == ["rasa grew by 11.0% after the warm-up; the bar is 10%"]
    report.memory[-1] = (100, {"rasa": 109.0})
    assert report.misses() == []
