"""From vectors to a possible red flag."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hip.language.encoder import DIMENSIONS, Vector, shared_encoder
from hip.language.nearness import Nearness, NearnessJudge, _Kept, find_possible

COLD = [
    "my foot is like ice",
    "the leg has gone cold and white",
    "my toes are blue and freezing",
    "foot feels dead and icy",
    "no warmth left in my leg",
    "my shin is stone cold",
]
BREATH = [
    "i cannot catch my breath",
    "there is a weight on my chest",
    "gasping for air",
    "it hurts to breathe in",
    "my chest is tight",
    "a band round my ribs",
]
HARMLESS = [
    "my hip aches after a walk",
    "stiff in the morning",
    "how much is an injection",
    "worse on the stairs",
    "i take paracetamol",
    "a cold bedroom",
    "thank you",
    "my leg is warm",
    "no chest pain",
    "i had physio",
    "book me in",
    "my left hip",
]


def _vectors(texts: list[str]) -> list[Vector]:
    return [shared_encoder().encode(text) for text in texts]


@pytest.fixture(scope="module")
def judge() -> NearnessJudge:
    facts = ["cold_pale_leg"] * len(COLD) + ["chest_pain_or_breathless"] * len(BREATH)
    return NearnessJudge.fit(_vectors(COLD + BREATH), facts, _vectors(HARMLESS))


@pytest.mark.parametrize(
    ("text", "fact"),
    [("my foot is as cold as ice", "cold_pale_leg"), ("i am fighting to breathe", "chest_pain_or_breathless")],
)
def test_what_is_close_in_meaning_is_near(judge: NearnessJudge, text: str, fact: str) -> None:
    (found,) = judge.judge([shared_encoder().encode(text)])
    assert found.fact == fact
    assert found.passes(margin=0, closeness=0.35)


@pytest.mark.parametrize("text", ["my hip is stiff when i wake", "what does an injection cost", "play some music"])
def test_what_is_harmless_is_not(judge: NearnessJudge, text: str) -> None:
    assert not judge.judge([shared_encoder().encode(text)])[0].passes(margin=0, closeness=0.35)


def test_of_two_neighbours_the_one_just_asked_about_is_named() -> None:
    """... when an example of it is at least as close; what is plainly the other stays the other."""
    axes = np.eye(2, DIMENSIONS, dtype=np.float32)
    kept = _Kept(
        facts=np.array(["chest_pain_or_breathless", "cold_pale_leg"]),
        supports=axes,
        weights=np.ones(2, dtype=np.float32),
        offset=np.zeros(1, dtype=np.float32),
        fact_weights=np.zeros_like(axes),
        fact_offsets=np.array([1, 0], dtype=np.float32),  # the first is likelier, whatever the text
        examples=axes,
        labels=np.arange(2),
    )
    judge = NearnessJudge(kept)
    for asked, names in {
        (): ["chest_pain_or_breathless", "chest_pain_or_breathless"],
        ("cold_pale_leg", "injury"): ["chest_pain_or_breathless", "cold_pale_leg"],
        ("chest_pain_or_breathless",): ["chest_pain_or_breathless", "chest_pain_or_breathless"],
    }.items():
        assert [found.fact for found in judge.judge(list(axes), asked)] == names


def test_a_text_without_words_is_close_to_nothing(judge: NearnessJudge) -> None:
    assert judge.judge([np.zeros(DIMENSIONS, dtype=np.float32)])[0].closeness == 0


def test_a_kept_judge_judges_the_same(judge: NearnessJudge, tmp_path: Path) -> None:
    judge.save(tmp_path / "judge.npz")
    kept = NearnessJudge.load(tmp_path / "judge.npz")
    assert kept.facts == judge.facts == ("chest_pain_or_breathless", "cold_pale_leg")
    for vector in _vectors(["my foot is icy", "hello", ""]):
        assert kept.judge([vector]) == judge.judge([vector])


def test_training_twice_gives_the_same_judge() -> None:
    facts = ["cold_pale_leg"] * len(COLD) + ["chest_pain_or_breathless"] * len(BREATH)
    one, two = (NearnessJudge.fit(_vectors(COLD + BREATH), facts, _vectors(HARMLESS)) for _ in range(2))
    assert one.judge(_vectors(["my foot is icy"])) == two.judge(_vectors(["my foot is icy"]))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "judge.npz", facts=np.array(["cold_pale_leg"]))
    with pytest.raises(KeyError, match="supports"):
        NearnessJudge.load(tmp_path / "judge.npz")


@pytest.mark.parametrize(("facts", "harmless"), [(["injury"] * 2, HARMLESS), (["injury", "collapse"], [])])
def test_too_few_examples_are_refused(facts: list[str], harmless: list[str]) -> None:
    with pytest.raises(ValueError, match="two red flags or more"):
        NearnessJudge.fit(_vectors(COLD[:2]), facts, _vectors(harmless))


NEAR = Nearness("cold_pale_leg", 0.3, 0.6)
NEARER = Nearness("injury", 0.5, 0.5)
FAR = Nearness("overdose", 0.05, 0.9)
UNLIKE = Nearness("collapse", 0.9, 0.2)


@pytest.mark.parametrize(
    ("judged", "known", "asked"),
    [
        ([NEAR], (), "cold_pale_leg"),
        ([NEAR, NEARER], (), "injury"),
        ([FAR, NEAR, UNLIKE], (), "cold_pale_leg"),
        ([NEAR, NEARER], ("injury",), "cold_pale_leg"),
        ([NEAR], ("cold_pale_leg",), None),
        ([FAR], (), None),
        ([UNLIKE], (), None),
        ([], (), None),
    ],
)
def test_the_nearest_one_that_is_not_known_is_asked_about(
    judged: list[Nearness], known: tuple[str, ...], asked: str | None
) -> None:
    assert find_possible(judged, margin=0.1, closeness=0.35, known=known) == asked
