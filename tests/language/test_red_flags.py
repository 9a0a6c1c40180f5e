"""The second tier of red flags: the data, the facts it is about, and what the trained model asks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from evaluation.cases import read_utterances, read_vignettes
from hip.assessment import FACTS, NOT_SURE
from hip.content import CLINIC, ContentError
from hip.language.encoder import Vector, shared_encoder
from hip.language.pipeline import Pipeline
from hip.language.red_flag_examples import EXAMPLES_FILE, RedFlagExamples, check_facts, find_red_flags, load_examples
from hip.language.red_flags import POSSIBLE_RED_FLAG, PossibleRedFlagFinder, RedFlagFinder, tells_red_flag
from hip.triage.engine import assess
from hip.triage.rulebook import load_rulebook

EXAMPLES = load_examples()
RED_FLAGS = find_red_flags(load_rulebook())


def test_every_fact_that_alone_makes_it_urgent_is_one() -> None:
    rules = load_rulebook()
    for fact_id in RED_FLAGS:
        level = assess(rules, {"age": 40, fact_id: True}).level
        assert (level is not None and level.urgent) or FACTS[fact_id].question is None
    assert {"chest_pain_or_breathless", "cold_pale_leg", "suicidal", "overdose", "collapse"} <= set(RED_FLAGS)
    assert not {"hip_replacement", "diabetes", "consent", "limp"} & set(RED_FLAGS)


def test_every_red_flag_has_examples_and_counter_examples() -> None:
    assert check_facts(EXAMPLES, load_rulebook()) == set(RED_FLAGS)


def test_red_flags_without_examples_are_refused_by_name() -> None:
    some = RedFlagExamples(EXAMPLES.red[:60], EXAMPLES.harmless, EXAMPLES.thresholds)
    with pytest.raises(ContentError, match=r"these need examples: .*overdose.*these are no red flags: none"):
        check_facts(some, load_rulebook())


def _plain(texts: Iterable[str]) -> set[str]:
    return {"".join(sign for sign in text.casefold() if sign.isalnum()) for text in texts}


def test_no_example_is_a_sentence_of_an_evaluation_set() -> None:
    ours = _plain([*(text for text, _ in EXAMPLES.red), *EXAMPLES.harmless])
    theirs = [row["text"] for row in read_utterances()]
    for case in read_vignettes():
        theirs += [case["opening"], *map(str, case.get("replies", {}).values())]
    assert not ours & _plain(theirs)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("i came a cropper on the back step", "my leg just won't hold me", "sentence is there twice: my leg just"),
        ("fact: leg_deformity", "fact: injury", "fact is there twice: injury"),
        ("{whole:", "{hole:", "thresholds"),
        ("closeness: 0.", "closeness: 2.", "closeness"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    content = (CLINIC / EXAMPLES_FILE).read_text(encoding="utf-8")
    (tmp_path / EXAMPLES_FILE).write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"red_flag_examples\.yml.*{message}"):
        load_examples(tmp_path)


@pytest.mark.parametrize(
    ("text", "intent", "told"),
    [
        ("my foot has gone white and cold", "inform", True),
        ("i want it all to be over", "crisis", True),
        ("my hip aches", "inform", False),
        ("no chest pain", "deny", False),
    ],
)
def test_a_training_example_that_tells_a_red_flag_is_not_learned_as_harmless(
    text: str, intent: str, told: bool
) -> None:
    assert tells_red_flag(text, intent, RED_FLAGS) is told


@pytest.fixture(scope="module")
def finder() -> RedFlagFinder:
    """A finder that learned the file alone, without the training data of the intents."""
    encode = shared_encoder().encode
    red = [encode(text) for text, _ in EXAMPLES.red]
    return RedFlagFinder.fit(EXAMPLES, red, [encode(text) for text in EXAMPLES.harmless], ())


def _find(finder: RedFlagFinder, text: str, *known: str) -> str | None:
    return finder.find(text, shared_encoder().encode(text), known)


# Sentences of this test alone: none is in the file.
@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("it is as though my toes were in a bucket of ice", "cold_pale_leg"),
        ("somebody seems to be standing on my ribcage", "chest_pain_or_breathless"),
        ("i would rather not be alive", "suicidal"),
        ("i gobbled up all of the tablets in one sitting", "overdose"),
        ("I have had this hip for years. Walking the dog is hard work. My toes feel like ice and look blue",
         "cold_pale_leg"),
    ],
)  # fmt: skip
def test_what_is_close_in_meaning_is_asked_about(finder: RedFlagFinder, text: str, fact: str) -> None:
    assert _find(finder, text) == fact


@pytest.mark.parametrize(
    "text",
    [
        "this hip is killing me",
        "it will be the death of me",
        "i am dying to play bowls again",
        "we fell out years ago",
        "i fell asleep in the chair",
        "my hot water bottle helps",
        "a hot bath does wonders",
        "i got a dead leg from sitting on the floor",
        "numb bottom from the car",
        "it is cold in my bedroom",
        "i lost weight at the slimming club",
        "no chest pain",
        "what does an injection cost?",
        "",
        "🦆",
    ],
)
def test_idioms_denials_and_questions_are_not(finder: RedFlagFinder, text: str) -> None:
    assert _find(finder, text) is None


def test_what_is_known_is_not_asked_about(finder: RedFlagFinder) -> None:
    text = "it is as though my toes were in a bucket of ice"
    assert _find(finder, text, "cold_pale_leg") is None


def test_a_kept_finder_finds_the_same(finder: RedFlagFinder, tmp_path: Path) -> None:
    finder.save(tmp_path)
    kept = RedFlagFinder.load(tmp_path)
    assert kept.thresholds == EXAMPLES.thresholds
    for text in ("my foot feels like ice", "my foot feels like ice, but my hip is fine today", "hello"):
        assert _find(kept, text) == _find(finder, text)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.text("ab .,!?\n'🦆\ud800", max_size=80)))
def test_any_text_gives_a_red_flag_or_none(finder: RedFlagFinder, text: str) -> None:
    assert _find(finder, text) in (None, *RED_FLAGS)


def _message(text: str, *stated: str) -> Message:
    message = Message({TEXT: text, ENTITIES: [{"entity": fact, "value": False} for fact in stated]})
    vector: Vector = shared_encoder().encode(text)
    message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, "SentenceFeaturizer"))
    return message


def _tracker(**slots: object) -> DialogueStateTracker:
    kept = [AnySlot(fact, mappings=[], initial_value=value) for fact, value in slots.items()]
    return DialogueStateTracker("test", slots=kept)


ICE = "it is as though my toes were in a bucket of ice"


@pytest.mark.parametrize(
    ("message", "tracker", "possible"),
    [
        (_message(ICE), _tracker(cold_pale_leg=None), "cold_pale_leg"),
        (_message(ICE), _tracker(leg_swelling=False), "cold_pale_leg"),
        (_message(ICE, "cold_pale_leg"), _tracker(), None),
        (_message(ICE), _tracker(cold_pale_leg=False), "cold_pale_leg"),  # only ticked as absent from a list
        (_message(ICE), _tracker(cold_pale_leg=NOT_SURE), None),
        (_message("my hip aches"), _tracker(), None),
        (Message({}), _tracker(), None),
    ],
)
def test_the_property_is_there_only_when_there_is_something_to_ask(
    finder: RedFlagFinder, message: Message, tracker: DialogueStateTracker, possible: str | None
) -> None:
    component = PossibleRedFlagFinder(None, None, finder)
    component.process([message], tracker)
    assert message.as_dict(only_output_properties=True).get(POSSIBLE_RED_FLAG) == possible


def test_an_untrained_component_says_so() -> None:
    with pytest.raises(RuntimeError, match="not trained"):
        PossibleRedFlagFinder(None, None).process([_message(ICE)], _tracker())


def test_a_message_without_a_vector_is_an_error_that_names_the_missing_component(finder: RedFlagFinder) -> None:
    with pytest.raises(ValueError, match="needs SentenceFeaturizer"):
        PossibleRedFlagFinder(None, None, finder).process([Message({TEXT: ICE})], _tracker())


@pytest.mark.usefixtures("trained_model")
def test_the_trained_model_names_a_possible_red_flag() -> None:
    pipeline = Pipeline.load()
    assert pipeline.parse(ICE)[POSSIBLE_RED_FLAG] == "cold_pale_leg"
    assert POSSIBLE_RED_FLAG not in pipeline.parse("my hip aches after a walk")
