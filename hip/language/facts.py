"""Reads the clinical facts of one message, whatever was asked.

The words flow one way: the normaliser splits and corrects them, the lexicon says what each may mean and which patterns
stand, context says what is denied, supposed, past or somebody else's, and the readers of symptoms, quantities,
medicines, procedures and choices turn what is left into facts. A short answer is then read by the question just asked.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from hip.assessment import FACTS, FactKind, FactValue, facts_of, parse_fact
from hip.language.answers import Answers, Short, affirm_rest, deny_rest
from hip.language.choices import read_choices, read_respondent
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.labels import Choices, load_choices, read_labels
from hip.language.lengths import read_duration, read_lengths
from hip.language.lexicon import FOLDER, Lexicon
from hip.language.medicines import find_medicines, read_medicines
from hip.language.patterns import Lattice
from hip.language.procedures import drop_unfounded, read_procedures
from hip.language.quantities import Quantities
from hip.language.reading import Answer, FactReading
from hip.language.relations import settle_related
from hip.language.symptoms import drop_foreign, drop_ignored, read_symptoms, settle, speaks_for_another, speaks_of_self
from hip.language.words import is_question

#: Questions that a "nothing yet" or "I haven't tried anything" answers with none.
_NONE_QUESTIONS: Final = frozenset(
    {"lifestyle_tried", "medicines_tried", "activity_limits", "previous_injection", "diagnosis"}
)
#: A time this close to a medicine is how long it has been taken.
_BESIDE: Final = 2
_YES: Final = frozenset({"yes", "yeah", "yep", "yup", "aye", "yea", "yeh"})


#: Words of someone who tells of an injection that was given, also within a question.
_HAD: Final = frozenset({"had", "have", "got", "given", "gave", "did"})
#: First words of a question whose subject may be the injection itself: "does prp hurt".
_OPENS: Final = (["does"], ["is"], ["are"], ["will"], ["would"], ["can"], ["could"], ["should"])
#: A number in markup or code is nobody's age or pain.
_CODE: Final = re.compile(r"[<>{}=]")
_DIGITS: Final = re.compile(r"\d+")


class FactReader:
    """Reads facts. Built once: it loads the lexicon; reading is pure and never raises.

    Args:
        folder: where the lexicon lies.
        choices: the options of each question; those of ``clinic/questions.yml`` when left out.

    Raises:
        ContentError: when a file of the lexicon or ``questions.yml`` is wrong.
    """

    def __init__(self, folder: Path = FOLDER, choices: Mapping[str, Choices] | None = None) -> None:
        self._quantities = Quantities(folder)
        self._answers = Answers(folder)
        self._lexicon = Lexicon(folder, self._quantities.vocabulary | self._answers.vocabulary)
        self._choices = load_choices() if choices is None else choices

    def read(self, text: str, question: str | None, today: datetime.date) -> FactReading:
        """The facts one message states.

        Args:
            text: what the person typed.
            question: id of the question just asked, or None.
            today: the day it was typed, for "since Christmas".
        """
        choices = self._choices.get(question, Choices()) if question else Choices()
        if question:
            labelled = read_labels(text, question, choices)
            if labelled is not None:
                return labelled
        words = self._lexicon.normaliser.split(_DIGITS.sub(" ", text) if _CODE.search(text) else text)
        lattice = self._lexicon.annotate(words)
        scopes = Scopes(lattice, self._quantities.find_old(words, today))
        facts, unsure = self._read_stated(lattice, scopes, question, today)
        short = self._answers.read(words, scopes) if question else Short()
        implied: set[str] = set()
        answer = self._apply(short, question, facts, unsure, implied, choices, words)
        if (is_question(text) or words[:1] in _OPENS) and not _HAD & set(words):
            facts.pop("previous_injection", None)  # "how long does a steroid last?" tells of none that was given
        elif question == "previous_injection_weeks" and (answer is Answer.NO or "never" in words):
            facts["previous_injection"] = "none"  # "never", when asked how long ago
        corrects = self._answers.corrects(words)
        return FactReading(_check(facts), frozenset(unsure), answer, frozenset(implied), corrects)

    def _read_stated(
        self, lattice: Lattice, scopes: Scopes, question: str | None, today: datetime.date
    ) -> tuple[dict[str, Any], set[str]]:
        words = lattice.words
        found = drop_foreign(drop_ignored(self._lexicon.find(lattice)), scopes)
        proxy, own = speaks_for_another(found, scopes), speaks_of_self(found, scopes)
        told = read_respondent(found, question, proxy, own)
        proxy = proxy or told == "someone_else"
        said = read_symptoms(found, scopes, proxy)
        values, unsure = settle(said)
        facts: dict[str, Any] = dict(values)
        corrects = self._answers.corrects(words)
        facts.update(read_choices(found, scopes, words, question, proxy, corrects))
        medicines = find_medicines(lattice, scopes, self._lexicon.medicines)
        bools, tried = read_medicines(medicines, words, proxy)
        for fact, value in bools.items():
            facts[fact] = bool(facts.get(fact)) or value
        if tried:
            facts["medicines_tried"] = (*facts.get("medicines_tried", ()), *tried)
        theirs = (own or question is None) and not proxy
        lengths = read_lengths(lattice, self._quantities, question, today, corrects, scopes.bearers if theirs else None)
        facts.update(lengths.facts)
        procedures, taken = read_procedures(found, scopes, lattice, lengths.times, question, proxy)
        facts.update(procedures)
        drop_unfounded(facts, found, scopes, lattice, question)
        taken |= {
            span.start
            for span in lengths.times
            for medicine in medicines
            if min(abs(span.start - medicine.end), abs(medicine.start - span.end)) <= _BESIDE
        }
        weeks = read_duration(lengths.times, lattice, scopes, found, taken, question)
        if weeks is not None:
            facts["duration_weeks"] = round(weeks, 3)
        if told is not None:
            facts["respondent"] = told
        settle_related(facts, unsure, found, scopes, lengths, question, words)
        return facts, unsure

    def _apply(
        self,
        short: Short,
        question: str | None,
        facts: dict[str, Any],
        unsure: set[str],
        implied: set[str],
        choices: Choices,
        words: list[str],
    ) -> Answer | None:
        """Read a short answer by the question; adds to facts, unsure and implied, returns the answer to the whole."""
        if question is None:
            return None
        asked = facts_of(question) or ((FACTS[question],) if question in FACTS else ())
        stated = [fact.id for fact in asked if fact.id in facts]
        if not stated and len(asked) == 1 and choices.options:
            place = self._answers.ordinal(words)
            if place is not None and -1 <= place < len(choices.options):
                option = choices.options[place]
                facts[option.fact] = option.value
                return None
        if short.answer is Answer.SKIP:
            return Answer.SKIP
        if short.answer is Answer.NOT_SURE:
            if "previous_injection" in facts or (unsure and not short.bare):
                return None
            if not stated or short.bare:
                unsure.update(fact.id for fact in asked if fact.id not in facts)
                return Answer.NOT_SURE
            return None
        nothing = question in _NONE_QUESTIONS and not stated and bool(cue("nothing") & set(words))
        if nothing or (short.answer is Answer.NO and asked):
            if question == "stiffness" and "morning_stiffness_minutes" not in facts:
                facts["morning_stiffness_minutes"] = 0
            return self._deny(question, facts, unsure, implied)
        if short.answer is Answer.YES and asked:
            if short.whole:
                facts.update(affirm_rest(question, facts))
                return Answer.YES
            if len(asked) == 1 and asked[0].kind is FactKind.BOOL:
                facts.setdefault(asked[0].id, True)
                return Answer.YES
            plainly = short.bare or (not stated and words[0] in _YES)
            return Answer.YES if plainly else None
        return short.answer

    @staticmethod
    def _deny(question: str, facts: dict[str, Any], unsure: set[str], implied: set[str]) -> Answer | None:
        asked = facts_of(question) or ((FACTS[question],) if question in FACTS else ())
        kinds = {fact.kind for fact in asked}
        # "no, 3 weeks" to a question for a number or a choice corrects; it denies nothing.
        affirmed = any(facts.get(fact.id) not in (None, False, "none", ("none",)) for fact in asked)
        if affirmed and (len(asked) == 1 or (kinds & {FactKind.NUMBER, FactKind.INT} and FactKind.BOOL not in kinds)):
            return None
        rest = deny_rest(question, facts, unsure)
        facts.update(rest)
        implied.update(rest)
        return None if affirmed or unsure else Answer.NO


def _check(facts: Mapping[str, Any]) -> dict[str, FactValue]:
    """The facts as their own types; a number out of its range was about something else and is left out."""
    checked: dict[str, FactValue] = {}
    for fact, value in facts.items():
        try:
            checked[fact] = parse_fact(fact, value)
        except ValueError:
            continue
    return checked
