"""How intents are settled, without a model."""

from __future__ import annotations

import pytest

from hip.language.kernel import Guess
from hip.language.reading import Answer, FactReading
from hip.language.resolver import settle_intent
from hip.language.words import is_mash, is_question, says_nothing

ALL = ("inform", "deny", "out_of_scope", "ask_logistics", "crisis", "correct", "nonsense", "affirm", "thank")


def guesses(first: str, confidence: float = 0.9, closeness: float = 0.9) -> list[Guess]:
    rest = (1 - confidence) / len(ALL)
    return [Guess(first, confidence, closeness), *(Guess(label, rest, 0.6) for label in ALL if label != first)]


def settle(text: str, first: str, reading: FactReading, question: str | None = None, confidence: float = 0.9) -> str:
    return settle_intent(text, guesses(first, confidence), reading, question).intent


def test_a_disclosure_comes_before_everything() -> None:
    reading = FactReading({"suicidal": True, "anticoagulant": True}, answer=Answer.SKIP, corrects=True)
    assert settle("where do i park", "ask_logistics", reading) == "crisis"


def test_a_crisis_the_words_barely_suggest_is_none() -> None:
    assert settle("this hip is a killer", "crisis", FactReading(), confidence=0.45) != "crisis"
    assert settle("no reason to go on", "crisis", FactReading(), confidence=0.6) == "crisis"


@pytest.mark.parametrize(
    ("facts", "intent"),
    [
        ({"injury": False, "cannot_bear_weight": False}, "deny"),
        ({"injury": False, "cannot_bear_weight": True}, "inform"),
        ({"previous_injection": "none"}, "deny"),
        ({"medicines_tried": ("none",)}, "deny"),
        ({"morning_stiffness_minutes": 0}, "deny"),
        ({"pain_score": 0}, "inform"),
        ({"consent": True}, "affirm"),
        ({"consent": False}, "deny"),
        ({"respondent": "self"}, "inform"),
    ],
)
def test_facts_settle(facts: dict[str, object], intent: str) -> None:
    assert settle("a message", "out_of_scope", FactReading(facts), "injury_screen", 0.5) == intent  # type: ignore[arg-type]


def test_a_request_with_a_fact_stays_a_request() -> None:
    reading = FactReading({"cold_pale_leg": True})
    assert settle("where do i park, my leg is cold", "ask_logistics", reading) == "ask_logistics"


def test_an_answer_to_the_question_is_no_request() -> None:
    reading = FactReading({"duration_weeks": 4.0})
    assert settle("a month more or less", "ask_logistics", reading, "duration") == "inform"


def test_a_medicine_named_in_a_request_tells_nothing() -> None:
    reading = FactReading({"medicines_tried": ("opioid",)})
    assert settle("prescribe me tramadol", "out_of_scope", reading) == "out_of_scope"
    assert settle("prescribe me tramadol", "out_of_scope", FactReading({"injury": True})) == "inform"


@pytest.mark.parametrize("answer", Answer)
def test_a_plain_answer_settles(answer: Answer) -> None:
    wanted = {Answer.YES: "affirm", Answer.NO: "deny", Answer.NOT_SURE: "unsure", Answer.SKIP: "skip"}
    assert settle("some words", "out_of_scope", FactReading(answer=answer), "side", 0.5) == wanted[answer]


def test_a_correction() -> None:
    assert settle("no, the right", "inform", FactReading({"side": "right"}, corrects=True), "side") == "correct"
    assert settle("i meant the other", "inform", FactReading(corrects=True)) == "correct"
    assert settle("change my bank details", "out_of_scope", FactReading(corrects=True)) == "out_of_scope"


def test_a_short_reply_to_an_open_question_is_an_answer() -> None:
    assert settle("all over really", "out_of_scope", FactReading(), "site", 0.6) == "inform"
    assert settle("all over really", "out_of_scope", FactReading(), None, 0.6) == "out_of_scope"
    assert settle("all over really", "out_of_scope", FactReading(), "site", 0.95) == "out_of_scope"


def test_a_longer_reply_tells_something_unless_it_is_about_something_else() -> None:
    told = "our Megan is getting married so i went on a diet for it"
    assert settle(told, "out_of_scope", FactReading(), "health_screen", 0.4) == "inform"
    assert settle(told, "out_of_scope", FactReading(), "health_screen", 0.9) == "out_of_scope"
    assert settle(told, "out_of_scope", FactReading(), None, 0.4) == "out_of_scope"


def test_a_question_is_no_reply() -> None:
    assert settle("who won the cup", "out_of_scope", FactReading(), "side", 0.6) == "out_of_scope"


def test_what_is_told_need_be_less_close_than_what_is_asked() -> None:
    for intent, settled in (("inform", "inform"), ("ask_logistics", "out_of_scope")):
        far = guesses(intent, 0.9, closeness=0.4)
        assert settle_intent("the choir will have to manage", far, FactReading(), None).intent == settled


def test_a_much_closer_example_of_something_else_needs_surer_words() -> None:
    for confidence, settled in ((0.8, "out_of_scope"), (0.95, "inform")):
        near = [Guess("inform", confidence, 0.4), Guess("out_of_scope", 1 - confidence, 0.6)]
        assert settle_intent("the shed blew over", near, FactReading(), None).intent == settled


def test_a_question_torn_between_injection_and_clinic_is_one_of_them() -> None:
    torn = [Guess("ask_injection", 0.4, 0.6), Guess("ask_logistics", 0.35, 0.6), Guess("out_of_scope", 0.25, 0.6)]
    assert settle_intent("back at the till by Monday?", torn, FactReading(), None).intent == "ask_injection"
    rather = [Guess("ask_injection", 0.4, 0.6), Guess("ask_logistics", 0.1, 0.6), Guess("out_of_scope", 0.35, 0.6)]
    assert settle_intent("back at the till by Monday?", rather, FactReading(), None).intent == "out_of_scope"


def test_less_is_enough_after_a_question_but_not_to_lose_answers() -> None:
    for intent, settled in (("ask_logistics", "ask_logistics"), ("restart", "out_of_scope")):
        half = [Guess(intent, 0.55, 0.6), Guess("out_of_scope", 0.3, 0.5), Guess("inform", 0.15, 0.4)]
        assert settle_intent("any ramp at the front?", half, FactReading(), "side").intent == settled
        assert settle_intent("any ramp at the front?", half, FactReading(), None).intent == "out_of_scope"


def test_no_may_open_a_correction() -> None:
    assert settle("nah, pass on it", "skip", FactReading(answer=Answer.NO), "pain_score") == "skip"
    assert settle("no its ninety", "correct", FactReading(answer=Answer.NO), "read_back") == "correct"
    assert settle("no its ninety", "correct", FactReading(answer=Answer.NO), "read_back", 0.6) == "deny"


def test_a_story_that_names_the_clinic_is_no_question() -> None:
    reading = FactReading({"activity_limits": ("walking",)})
    assert settle("barely make it to the bus stop", "ask_logistics", reading, None, 0.8) == "inform"
    assert settle("where is the bus stop, i barely walk", "ask_logistics", reading, None, 0.8) == "ask_logistics"


def test_a_denied_wish_to_die_is_no_crisis() -> None:
    assert settle("not suicidal", "crisis", FactReading({"suicidal": False})) == "deny"
    assert settle("not suicidal", "crisis", FactReading({"suicidal": False, "overdose": True})) == "crisis"


def test_no_in_an_opening_message_corrects_nothing() -> None:
    reading = FactReading({"injury": False, "limp": True}, corrects=True)
    assert settle("no fall, it is a limp", "inform", reading, None, 0.95) == "inform"
    assert settle("no fall, it is a limp", "inform", reading, "injury_screen", 0.95) == "correct"
    assert settle("no, it is the left", "correct", FactReading({"side": "left"}, corrects=True)) == "correct"


def test_pass_is_no_doubt_and_no_consent() -> None:
    assert settle("pass on that", "skip", FactReading(answer=Answer.NOT_SURE), "pain_score") == "skip"
    assert settle("pass on that", "unsure", FactReading(answer=Answer.NOT_SURE), "pain_score") == "unsure"
    assert settle("sooner not", "skip", FactReading(answer=Answer.SKIP), "consent") == "deny"


def test_mash_is_no_language() -> None:
    assert settle("kjhg wrtpl oo", "nonsense", FactReading()) == "nonsense"
    made_of_it = settle_intent("work side of", guesses("inform"), FactReading(), None, 1.0, "wjrk sdfk ff")
    assert made_of_it.intent == "nonsense"
    assert settle_intent("cant walk", guesses("inform"), FactReading(), None, 1.0, "canr walj").intent == "inform"


@pytest.mark.parametrize("text", ["kjhg wrtpl oo", "aaargggh sdfg", "zzzz hmmm"])
def test_is_mash(text: str) -> None:
    assert is_mash(text)


@pytest.mark.parametrize("text", ["pomocy nie moge oddychac", "dry rhythm of my steps", "help", "нет", ""])
def test_is_no_mash(text: str) -> None:
    assert not is_mash(text)


def test_another_language_is_out_of_scope_whatever_the_words_look_like() -> None:
    assert settle("pomocy nie moge oddychac", "nonsense", FactReading()) == "out_of_scope"
    assert settle("pomocy nie moge oddychac", "inform", FactReading(), "side", 0.5) == "out_of_scope"
    story = "mam bol w klatce piersiowej od dwoch tygodni"
    assert settle(story, "inform", FactReading({"duration_weeks": 2.0})) == "out_of_scope"
    assert settle(story, "inform", FactReading({"chest_pain_or_breathless": True})) == "inform"
    assert settle("no allergies", "deny", FactReading({"steroid_or_anaesthetic_allergy": False})) == "deny"


def test_doubt_is_out_of_scope() -> None:
    assert settle_intent("some words", guesses("inform", 0.2), FactReading(), None).intent == "out_of_scope"
    far = guesses("ask_logistics", 0.95, closeness=0.2)
    assert settle_intent("some words", far, FactReading(), None).intent == "out_of_scope"
    assert settle_intent("tnx", guesses("thank", 0.95, closeness=0.2), FactReading(), None).intent == "thank"


@pytest.mark.parametrize("text", ["", "  ", "?!", "🙂", "qwrtp", "hjkl fghd"])
def test_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["7", "no", "I can't", "n", "hip", "5 qwrtp"])
def test_says_something(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "how much",
        "is it far",
        "where you based",
        "when do you shut",
        "I take warfarin, do you mind",
        "really?",
        "my hip is sore so what can I do",
    ],
)
def test_is_a_question(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["did six sessions", "can walk fine", "is worse at night", "when I turn over", "where my belt sits", ""]
)
def test_is_no_question(text: str) -> None:
    assert not is_question(text)
