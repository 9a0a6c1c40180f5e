"""Settles the intent of a message from the words, the facts and the question just asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hip.assessment import FactValue, facts_of
from hip.language.foreign import is_foreign
from hip.language.hearing import ASKED, CLOSENESS, CONFIDENCE, OUT_OF_SCOPE, SURE, Settled, hear
from hip.language.kernel import Guess
from hip.language.reading import Answer, FactReading
from hip.language.words import count_words, is_mash, is_question, says_nothing

#: In a message with so large a share of words that nobody knows, slips make every word less sure.
MISTYPED: Final = 0.2
#: How sure the words must be of a request, when the message also states a fact: less when it is put as a question.
REQUEST_ASKED: Final = 0.15
REQUEST_TOLD: Final = 0.6
#: The same of a question about the injection or the clinic that is not put as one: mostly a story that names them.
QUESTION_TOLD: Final = 0.85
#: How unsure the words must be of a correction, where nothing was asked, for wording such as "no, it is" to be none.
NO_CORRECTION: Final = 0.2
#: How sure the words must be that a message is about something else altogether, against a fact or an open question.
OFF_TOPIC: Final = 0.8
SHORT_REPLY: Final = 6  # words
#: How sure the words must be, at the least, that a longer message after a question is a reply to it.
REPLY: Final = 0.25
#: And how sure beside how sure they are of something else altogether.
REPLY_SHARE: Final = 0.5
#: After a question people mostly speak of it, of the injection or of the clinic: less is enough than without one.
CONFIDENCE_REPLY: Final = 0.5
FOREIGN_STORY: Final = 4  # words

#: Asked of the assistant: stays what it is though the message also states a fact ("does axa pay, I'm on apixaban").
REQUESTS: Final = frozenset(
    (
        *("ask_injection", "ask_logistics", "why_ask", "book", "human", "restart", "delete_data", "stop", "go_back"),
        *("help", "bot_challenge"),
    )
)
#: Of the requests, what is put as a question as a rule.
QUESTIONS: Final = ASKED | {"why_ask", "bot_challenge"}
#: What is never settled by less.
NO_REPLY: Final = frozenset((OUT_OF_SCOPE, "nonsense", "crisis", "stop", "restart", "delete_data"))
#: Facts that the mere name of a medicine states, also in a request to prescribe it.
BY_NAME: Final = frozenset(("medicines_tried", "anticoagulant", "immunosuppressed"))
_BY_ANSWER: Final = {
    Answer.YES: "affirm",
    Answer.NO: "deny",
    Answer.NOT_SURE: "unsure",
    Answer.SKIP: "skip",
}
_REPLIES: Final = frozenset(("inform", "affirm", "deny", "unsure", "skip", "correct"))
_TELLING: Final = frozenset(("inform", "deny", "unsure", "affirm", "correct"))


def settle_intent(
    text: str,
    guesses: Sequence[Guess],
    reading: FactReading,
    question: str | None,
    mistyped: float = 0.0,
    typed: str = "",
) -> Settled:
    """Settle which intent a message has.

    Args:
        text: the message, typing errors put right: mistyped English may look like another language.
        guesses: all intents by the words alone, the likeliest first.
        reading: the facts of the message.
        question: id of the question just asked, or None.
        mistyped: the share of words, 0 to 1, that nobody knows in what was typed.
        typed: the message before that, where it differs: mash may have been put right to words.
    """
    mash = is_mash(typed or text)
    settled = _settle(text, guesses, reading, question, mistyped, mash)
    # Whoever would sooner not be asked does not consent.
    return Settled("deny", settled.confidence) if settled.intent == "skip" and question == "consent" else settled


def _settle(
    text: str, guesses: Sequence[Guess], reading: FactReading, question: str | None, mistyped: float, mash: bool
) -> Settled:
    if reading.facts.get("suicidal") is True or reading.facts.get("overdose") is True:
        return Settled("crisis", 1.0)
    heard = hear(guesses, mistyped >= MISTYPED)
    if reading.facts:
        return _settle_facts(text, heard, guesses, reading, question)
    if mash and _is_nonsense(heard, mistyped):
        return Settled("nonsense", 1.0)
    if (heard.confidence < SURE or heard.intent in ("nonsense", OUT_OF_SCOPE)) and is_foreign(text):
        return Settled(OUT_OF_SCOPE, 1.0)
    if heard.intent in REQUESTS:
        return heard
    if reading.answer is not None:
        return Settled(_settle_answer(reading.answer, heard), 1.0)
    if reading.unsure:
        return Settled("unsure", 1.0)
    if reading.corrects and heard.intent in _TELLING:
        return Settled("correct", 1.0)
    if says_nothing(text):
        return heard if heard.intent not in (OUT_OF_SCOPE, "nonsense") else Settled("nonsense", 1.0)
    if question is not None and heard.intent in (OUT_OF_SCOPE, "nonsense"):
        return _settle_reply(text, heard, guesses)
    return heard


def _is_nonsense(heard: Settled, mistyped: float) -> bool:
    """Whether words that look like mash are some: they seem it, or nobody knows one of them."""
    sure = heard.intent == "nonsense" and heard.confidence >= SURE
    return sure or (mistyped == 1 and heard.intent in ("nonsense", "inform", OUT_OF_SCOPE))


def _settle_answer(answer: Answer, heard: Settled) -> str:
    """What a plain answer means, unless the words are sure of more: "pass" is no doubt, "no" may open a correction."""
    more = {Answer.NO: ("correct", "skip"), Answer.NOT_SURE: ("skip",)}.get(answer, ())
    return heard.intent if heard.intent in more and heard.confidence >= SURE else _BY_ANSWER[answer]


def _settle_facts(
    text: str, heard: Settled, guesses: Sequence[Guess], reading: FactReading, question: str | None
) -> Settled:
    answers = question is not None and any(fact.id in reading.facts for fact in facts_of(question))
    request = next(guess for guess in guesses if guess.label in REQUESTS)
    asked = is_question(text)
    told = QUESTION_TOLD if request.label in QUESTIONS else REQUEST_TOLD
    if request.confidence >= (REQUEST_ASKED if asked else told) and (asked or not answers):
        return Settled(request.label, request.confidence)
    if heard.intent == "crisis" and reading.facts.get("suicidal") is not False:
        return heard
    if _corrects(guesses, reading, question) or (heard.intent == "correct" and not answers):
        return Settled("correct", 1.0)
    if _is_foreign_story(text, reading.facts):
        return Settled(OUT_OF_SCOPE, 1.0)
    only_named = heard.intent == OUT_OF_SCOPE and set(reading.facts) <= BY_NAME
    if only_named and (heard.confidence >= OFF_TOPIC or is_foreign(text)):
        return heard
    if set(reading.facts) == {"consent"}:
        return Settled("affirm" if reading.facts["consent"] is True else "deny", 1.0)
    return Settled("deny" if _denies(reading.facts) else "inform", 1.0)


def _corrects(guesses: Sequence[Guess], reading: FactReading, question: str | None) -> bool:
    """Whether something said before is taken back; of an opening message with "no" in it the words must say so too."""
    likely = next((guess.confidence for guess in guesses if guess.label == "correct"), 1.0)
    return reading.corrects and (question is not None or likely >= NO_CORRECTION)


def _is_foreign_story(text: str, facts: Mapping[str, FactValue]) -> bool:
    """Whether a foreign message merely holds words that look like ours; "no allergies" is too short to be one.

    Whatever it tells of yes facts, red flags among them, is taken at its word.
    """
    told = any(value is True for value in facts.values())
    return not told and count_words(text) >= FOREIGN_STORY and is_foreign(text)


def _settle_reply(text: str, heard: Settled, guesses: Sequence[Guess]) -> Settled:
    """What is no question after a question is an answer, even one that no reader understands; the form asks again.

    A few words are one of any kind. More of them tell something, unless they are about something else altogether.
    """
    likely = guesses[0]
    if likely.confidence >= CONFIDENCE_REPLY and likely.closeness >= CLOSENESS and likely.label not in NO_REPLY:
        return Settled(likely.label, likely.confidence)
    if (heard.intent == OUT_OF_SCOPE and likely.confidence >= OFF_TOPIC) or is_question(text):
        return heard
    best = next(guess for guess in guesses if guess.label in _REPLIES)
    if count_words(text) <= SHORT_REPLY:
        return Settled(best.label, best.confidence)
    sure = sum(guess.confidence for guess in guesses if guess.label in _REPLIES)
    elsewhere = sum(guess.confidence for guess in guesses if guess.label == OUT_OF_SCOPE)
    if sure < max(REPLY, REPLY_SHARE * elsewhere):
        return heard
    return Settled(best.label if best.confidence >= CONFIDENCE else "inform", sure)


def _denies(facts: Mapping[str, FactValue]) -> bool:
    """Whether every fact is a no: false, none, or no minutes of stiffness."""
    return all(
        value is False or value in ("none", ("none",)) or (fact_id == "morning_stiffness_minutes" and value == 0)
        for fact_id, value in facts.items()
    )
