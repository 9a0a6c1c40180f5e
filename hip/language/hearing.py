"""Hears the likeliest intent of a ranking by the words alone, or that none is likely enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hip.language.kernel import Guess

#: Below these the words alone name no intent. Chosen on development data: docs/decisions/0005-intents-and-topics.md.
CONFIDENCE: Final = 0.65
CLOSENESS: Final = 0.55
#: A life holds more than examples do: what somebody tells need be less close than what they ask for, or less sure.
CLOSENESS_TOLD: Final = 0.3
CONFIDENCE_TOLD: Final = 0.5
CLOSENESS_LESS_SURE: Final = 0.45
#: A request the words are this sure of, and so unlike anything out of scope, need be less close too.
SURE_ALONE: Final = 0.8
OUT_OF_SCOPE_AT_MOST: Final = 0.1
CLOSENESS_ALONE: Final = 0.5
#: How sure the words must be that something is asked of the injection or the clinic, though split between the two.
ASKED_EITHER: Final = 0.7
#: In a message of which many words are known to nobody slips make every word less sure: less is enough.
CONFIDENCE_MISTYPED: Final = 0.4
#: Said in so few words, and in so many spellings, that nothing need be close when the words are this sure.
SMALL_TALK: Final = frozenset(("affirm", "deny", "unsure", "greet", "goodbye", "thank", "nonsense"))
SURE: Final = 0.8
#: Where an example of something else altogether is so much closer, the words must be this sure.
CLOSER_ELSEWHERE: Final = 0.1
SURE_ANYWAY: Final = 0.9
#: How sure the words must be of a crisis that names neither suicide nor overdose.
CRISIS: Final = 0.5

OUT_OF_SCOPE: Final = "out_of_scope"
#: What is asked of the injection or of the clinic.
ASKED: Final = frozenset(("ask_injection", "ask_logistics"))
#: Requests by which answers are lost, the mildest first.
LOSING: Final = ("go_back", "stop", "restart", "delete_data")


@dataclass(frozen=True)
class Settled:
    """The intent of a message.

    Attributes:
        intent: one of the domain's intents.
        confidence: 0 to 1; one when the facts or a plain answer decided.
    """

    intent: str
    confidence: float


def hear(guesses: Sequence[Guess], mistyped: bool) -> Settled:
    """The likeliest intent, or out of scope when none is likely or nothing like it is among its examples.

    Args:
        guesses: all intents, the likeliest first.
        mistyped: whether so many words are known to nobody that slips make every intent less sure.
    """
    best = guesses[0]
    if mistyped:
        likely = next(guess for guess in guesses if guess.label not in (OUT_OF_SCOPE, "nonsense", "crisis", *LOSING))
        if best.label != "crisis" and likely.confidence >= CONFIDENCE_MISTYPED:
            return Settled(likely.label, likely.confidence)
    if best.label == "crisis" and best.confidence < CRISIS:
        best = guesses[1]
    if milder := _find_milder(guesses[:2]):
        return milder
    if best.label in ASKED and best.closeness >= CLOSENESS:
        either = sum(guess.confidence for guess in guesses if guess.label in ASKED)
        if either >= ASKED_EITHER:
            return Settled(best.label, either)
    return Settled(best.label if _is_heard(best, guesses) else OUT_OF_SCOPE, best.confidence)


def _is_heard(best: Guess, guesses: Sequence[Guess]) -> bool:
    """Whether the words are sure enough, and the nearest example close enough, for the likeliest intent to count."""
    sure, close = best.confidence, best.closeness
    if best.label == "crisis":
        return sure >= CRISIS and close >= CLOSENESS_LESS_SURE
    elsewhere = next((guess for guess in guesses if guess.label == OUT_OF_SCOPE), Guess(OUT_OF_SCOPE, 0.0, 0.0))
    if elsewhere.closeness >= close + CLOSER_ELSEWHERE and sure < SURE_ANYWAY:
        return False
    if best.label == "inform":
        return close >= (CLOSENESS_TOLD if sure >= CONFIDENCE else CLOSENESS_LESS_SURE) and sure >= CONFIDENCE_TOLD
    alone = sure >= SURE_ALONE and elsewhere.confidence <= OUT_OF_SCOPE_AT_MOST
    small_talk = best.label in SMALL_TALK and sure >= SURE
    return sure >= CONFIDENCE and (small_talk or close >= (CLOSENESS_ALONE if alone else CLOSENESS))


def _find_milder(both: Sequence[Guess]) -> Settled | None:
    """When the words are split between two requests that lose answers, the one that loses less; None otherwise."""
    sure = sum(guess.confidence for guess in both)
    split = all(guess.label in LOSING and guess.closeness >= CLOSENESS for guess in both)
    if not split or both[0].confidence >= CONFIDENCE or sure < CONFIDENCE:
        return None
    return Settled(min((guess.label for guess in both), key=LOSING.index), sure)
