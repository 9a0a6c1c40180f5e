"""Reads the clinical facts of one message, whatever was asked.

The words flow one way: the normaliser splits and corrects them, the lexicon says what each may mean and which patterns
stand, context says what is denied, supposed, past or somebody else's, and the readers of symptoms, quantities,
medicines, procedures and choices turn what is left into facts. A short answer is then read by the question just asked.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from hip.assessment import IMPLIED_FACTS, FactValue, parse_fact
from hip.language.answers import Answers
from hip.language.choices import read_choices
from hip.language.clauses import MARKS
from hip.language.context import Scopes
from hip.language.corrections import find_correction
from hip.language.cues import cue
from hip.language.exceptions import Exceptions, apply_exception
from hip.language.labels import Choices, load_choices, read_labels
from hip.language.lengths import is_taken_back, read_duration, read_lengths
from hip.language.lexicon import FOLDER, Found, Lexicon
from hip.language.medicines import find_medicines, read_medicines
from hip.language.patterns import Lattice
from hip.language.procedures import drop_unfounded, read_procedures
from hip.language.quantities import Amounts, Quantities, find_old
from hip.language.reading import Answer, FactReading
from hip.language.relations import settle_related
from hip.language.replies import Draft, apply_answer
from hip.language.respondents import read_respondent
from hip.language.symptoms import drop_foreign, drop_ignored, read_symptoms, settle, speaks_for_another, speaks_of_self
from hip.language.words import is_question

#: A time this close to a medicine is how long it has been taken.
_BESIDE: Final = 2
#: Words of someone who tells of an injection that was given, also within a question.
_HAD: Final = frozenset({"had", "have", "got", "given", "gave", "did"})
#: First words of a question whose subject may be the injection itself: "does prp hurt".
_OPENS: Final = (["does"], ["is"], ["are"], ["will"], ["would"], ["can"], ["could"], ["should"])
#: A number in markup or code is nobody's age or pain.
_CODE: Final = re.compile(r"[<>{}=]")
#: Words of a message that tells of the trouble at length, if it tells anything of it (docs/decisions/0010).
_STORY: Final = 25
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class _Message:
    """The words of a message and what stands in them, before any question is thought of."""

    lattice: Lattice
    amounts: Amounts
    scopes: Scopes
    found: Sequence[Found]
    corrects: bool


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
        self._exceptions = Exceptions(folder)
        known = self._quantities.vocabulary | self._answers.vocabulary | self._exceptions.vocabulary
        self._lexicon = Lexicon(folder, known)
        self._choices = load_choices() if choices is None else choices
        # A message is read as it was meant and as it was typed, and mostly both come to the same words.
        self._understand = lru_cache(maxsize=1)(self._find_all)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a pattern looks for or a button shows, and every reviewed respelling, in lower case."""
        labels = (label for choices in self._choices.values() for label in choices.labels)
        shown = {word for label in labels for word in _LETTERS.findall(label)}
        return self._lexicon.normaliser.vocabulary | self._lexicon.normaliser.spellings.keys() | shown

    def read(self, text: str, question: str | None, today: datetime.date) -> FactReading:
        """The facts one message states.

        Args:
            text: what the person typed.
            question: id of the question just asked, or None.
            today: the day it was typed, for "since Christmas".
        """
        text = text.encode("utf-8", "replace").decode("utf-8")  # half a character, which spaCy refuses
        choices = self._choices.get(question, Choices()) if question else Choices()
        if question:
            labelled = read_labels(text, question, choices)
            if labelled is not None:
                return labelled
        words = self._lexicon.normaliser.split(_DIGITS.sub(" ", text) if _CODE.search(text) else text)
        words = ["my" if word == "me" and after in cue("me_mine") else word for word, after in pairwise([*words, ""])]
        if question and choices.none_label and (left := self._read_exception(words, question, today)):
            return left
        message = self._understand(tuple(words), today)
        words, scopes, corrects = list(message.lattice.words), message.scopes, message.corrects
        facts, unsure = self._read_stated(message, question, today)
        theirs: dict[str, Any] = {}
        if scopes.bearers.names_other() and facts.get("respondent") != "someone_else":
            theirs, _ = self._read_stated(message, question, today, for_relative=True)
            theirs = {fact: value for fact, value in theirs.items() if fact not in facts and fact != "respondent"}
        draft = Draft(facts, unsure)
        lengths = _find_bare_lengths(message) if corrects and not facts else ()
        correction = find_correction(words, question, corrects, message.amounts.numbers, self._quantities, lengths)
        answer = None
        if question and correction is None:
            answer = apply_answer(draft, question, words, scopes, self._answers, choices)
        if (is_question(text) or words[:1] in _OPENS) and not _HAD & set(words):
            facts.pop("previous_injection", None)  # "how long does a steroid last?" tells of none that was given
        elif question == "previous_injection_weeks" and (answer is Answer.NO or "never" in words):
            facts["previous_injection"] = "none"  # "never", when asked how long ago
        if facts.get("previous_injection") == "none":
            facts.pop("previous_injection_helped", None)
        if correction is not None:
            # "The other one" is no number.
            facts.pop("duration_weeks" if correction.unit or correction.weeks else "pain_score", None)
        if facts.keys() - IMPLIED_FACTS and len(text.split()) >= _STORY:
            facts["told_story"] = True
        return FactReading(
            _check(facts),
            frozenset(unsure),
            answer,
            frozenset(draft.implied),
            corrects or correction is not None,
            draft.positions,
            frozenset(draft.by_position),
            correction,
            _check(theirs),
        )

    def _read_exception(self, words: Sequence[str], question: str, today: datetime.date) -> FactReading | None:
        exempt = self._exceptions.find(words)
        if exempt is None:
            return None
        named, _ = self._read_stated(self._find_all(exempt.named, today), question, today)
        said = apply_exception(exempt, question, named)
        return None if said is None else FactReading(_check(said[0]), implied=said[1])

    def _find_all(self, words: Sequence[str], today: datetime.date) -> _Message:
        lattice = self._lexicon.annotate(words)
        amounts = self._quantities.find(lattice.words, today)
        scopes = Scopes(lattice, find_old(lattice.words, amounts.spans))
        matches = [match for match in self._lexicon.find(lattice) if not scopes.joins_denial(match.used)]
        found = drop_foreign(drop_ignored(matches, lattice.words), scopes)
        return _Message(lattice, amounts, scopes, found, self._answers.corrects(lattice.words))

    def _read_stated(
        self, message: _Message, question: str | None, today: datetime.date, for_relative: bool = False
    ) -> tuple[dict[str, Any], set[str]]:
        lattice, scopes, found, corrects = message.lattice, message.scopes, message.found, message.corrects
        words = lattice.words
        proxy, own = speaks_for_another(found, scopes), speaks_of_self(found, scopes)
        told = read_respondent(found, scopes, question, proxy, own)
        proxy = proxy or for_relative or told == "someone_else"
        said = read_symptoms(found, scopes, proxy)
        values, unsure = settle(said)
        facts: dict[str, Any] = dict(values)
        facts.update(read_choices(found, scopes, words, question, proxy, corrects))
        medicines = find_medicines(lattice, scopes, self._lexicon.medicines)
        bools, tried = read_medicines(medicines, words, proxy, corrects)
        for fact, value in bools.items():
            facts[fact] = bool(facts.get(fact)) or value
        if tried and not facts.get("overdose"):
            facts["medicines_tried"] = (*facts.get("medicines_tried", ()), *tried)
        theirs = (own or question is None) and not proxy
        bearers = scopes.bearers if theirs else None
        lengths = read_lengths(lattice, message.amounts, self._quantities, question, today, corrects, bearers)
        facts.update(lengths.facts)
        procedures, taken = read_procedures(found, scopes, lattice, lengths.times, question, proxy)
        facts.update(procedures)
        drop_unfounded(facts, found, scopes, lattice, question)
        taken |= {
            span.start
            for span in lengths.times
            for medicine in medicines
            if min(abs(span.start - medicine.end), abs(medicine.start - span.end)) <= _BESIDE
            and not MARKS & set(words[medicine.end : span.start] or words[span.end : medicine.start])
        }
        weeks = read_duration(lengths.times, lattice, scopes, found, taken, question)
        if weeks is not None:
            facts["duration_weeks"] = round(weeks, 3)
        if told is not None:
            facts["respondent"] = told
        settle_related(facts, unsure, found, scopes, lengths, question, words)
        return facts, unsure


def _find_bare_lengths(message: _Message) -> tuple[float, ...]:
    """The lengths of a message that says nothing else, in weeks, without one that it takes back."""
    return tuple(span.weeks for span in message.amounts.spans if not is_taken_back(span.start, message.lattice))


@cache
def shared_reader() -> FactReader:
    """The one fact reader of this process."""
    return FactReader()


def _check(facts: Mapping[str, Any]) -> dict[str, FactValue]:
    """The facts as their own types; a number out of its range was about something else and is left out."""
    checked: dict[str, FactValue] = {}
    for fact, value in facts.items():
        try:
            checked[fact] = parse_fact(fact, value)
        except ValueError:
            continue
    return checked
