"""Short answers, read by the question just asked: yes, none of these, not sure, skip, all of them, the second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hip.assessment import FACTS, Fact, FactKind, FactValue, facts_of
from hip.content import read_content
from hip.language.context import Scopes
from hip.language.cues import cue
from hip.language.quantities import lengths_by_first_word
from hip.language.reading import Answer

_LONGEST_PHRASE: Final = 7
_MARKS: Final = frozenset({",", ".", "!", "?", ";", "\n", '"', "(", ")"})
_ENDS: Final = (["."], [","], ["!"], [";"], ["\n"])
_NONE_VALUES: Final = {"recent_hip_procedure": "none", "previous_injection": "none", "diagnosis": "none"}


@dataclass(frozen=True)
class Short:
    """What a message says to a whole question.

    Attributes:
        answer: yes, no, not sure or skip, when the message opens with it or is nothing else.
        whole: the answer is to the whole list ("none of these", "all of them").
        bare: there is nothing in the message besides the answer.
        rest: a no to what is left of the list beside what the message tells of it; something else is told.
    """

    answer: Answer | None = None
    whole: bool = False
    bare: bool = False
    rest: bool = False


class Answers:
    """Reads short answers with the phrases of ``answers.yml``.

    Raises:
        ContentError: when the data breaks its schema.
    """

    def __init__(self, folder: Path) -> None:
        data: Mapping[str, Any] = read_content("answers.yml", "lexicon_answers", folder)
        self._phrases: dict[str, frozenset[str]] = {
            name: frozenset(data[name])
            for name in (
                *("yes", "no", "no_alone", "whole_no", "rest_no", "whole_yes", "not_sure", "skip", "correction"),
                *("closing", "forgotten", "lead_in"),
            )
        }
        self._lengths = {name: lengths_by_first_word(phrases) for name, phrases in self._phrases.items()}
        #: Words such as "second" to a place, from 0.
        self.ordinals: dict[str, int] = data["ordinals"]

    @property
    def vocabulary(self) -> set[str]:
        """Every word in the phrases."""
        return {word for phrases in self._phrases.values() for phrase in phrases for word in phrase.split()}

    def corrects(self, words: Sequence[str]) -> bool:
        """Whether the wording takes back something said before."""
        return (
            any(
                self._at(words, place, "correction")
                and not (words[place] == "meant" and words[place + 1 : place + 2] == ["to"])  # "it's meant to help"
                for place, word in enumerate(words)
                if word in self._lengths["correction"]
            )
            or ("not" in words and words[:1] == ["no"])
        )

    def closes(self, plain: Sequence[str]) -> bool:
        """Whether words without marks end in a phrase that says that there is no more: "that's all"."""
        return any(" ".join(plain[-length:]) in self._phrases["closing"] for length in range(2, _LONGEST_PHRASE))

    def is_unknown(self, words: Sequence[str]) -> bool:
        """Whether something is said not to be known, anywhere in a message."""
        return any(self._at(words, at, name) for at in range(len(words)) for name in ("not_sure", "forgotten"))

    def ordinal(self, words: Sequence[str]) -> int | None:
        """The number of the option named by its place ("the second one"), from 0; -1 is the last."""
        plain = [word for word in words if word not in _MARKS]
        if len(plain) > 4:
            return None
        return next(
            (
                self.ordinals[word]
                for word, before in zip(plain, ["", *plain], strict=False)
                if word in self.ordinals and before not in ("my", "our", "split", "every", "a")
            ),
            None,
        )

    def read(self, words: Sequence[str], scopes: Scopes) -> Short:
        """What a message says to a question as a whole."""
        plain = [word for word in words if word not in _MARKS]
        if not plain:
            return Short()
        if " ".join(plain) in self._phrases["no_alone"]:
            return Short(Answer.NO, True, True)
        length = self._longest(words, "whole_no")[1]
        if length:
            return Short(Answer.NO, True, self._is_bare(plain, length))
        if left := self._read_rest(words):
            return left
        place, length = self._longest(words, "whole_yes")
        if length and not set(words) & cue("unlike_yes") and not _says_more(words, place + length):
            return Short(Answer.YES, True, self._is_bare(plain, length))
        for name, answer in (("skip", Answer.SKIP), ("not_sure", Answer.NOT_SURE)):
            length = self._at(plain, 0, name)
            if length and self._is_bare(plain, length):
                return Short(answer, True, True)
        if any(self._at(words, place, "not_sure") for place in range(min(4, len(words)))):
            return Short(Answer.NOT_SURE, False, False)
        lead = self._lead(words)
        if lead:
            words, plain = words[lead:], [word for word in words[lead:] if word not in _MARKS]
        no, yes = self._at(plain, 0, "no"), self._at(plain, 0, "yes")
        if yes and yes >= no:
            return Short(Answer.YES, False, self._is_bare(plain, yes))
        if no:
            bare = self._is_bare(plain, no)
            first = next(place for place, word in enumerate(words) if word not in _MARKS)
            at = lead + first
            alone = scopes.stands_alone(at, at + 1) or words[first + no : first + no + 1] in _ENDS
            return Short(Answer.NO if bare or alone else None, bare or alone, bare)
        return Short()

    def _lead(self, words: Sequence[str]) -> int:
        """Where the answer begins after what leads up to it: "hand on heart, no"; 0 where nothing does."""
        start = 0
        while start < len(words) and (length := self._at(words, start, "lead_in")):
            start += length
            while start < len(words) and words[start] in _MARKS:
                start += 1
        answers = start < len(words) and (self._at(words, start, "no") or self._at(words, start, "yes"))
        return start if answers else 0

    def _read_rest(self, words: Sequence[str]) -> Short | None:
        """A no to what is left of a list: to all of it only when nothing else is said."""
        place, length = self._longest(words, "rest_no")
        if not length:
            return None
        others = [word for word in (*words[:place], *words[place + length :]) if word not in _MARKS]
        bare = self._is_bare(others, 0)
        return Short(Answer.NO, True, bare, rest=not bare)

    def _longest(self, words: Sequence[str], name: str) -> tuple[int, int]:
        """Place and length of the longest phrase of a kind that is not turned round; length 0 for none."""
        lengths = self._lengths[name]
        places = (place for place, word in enumerate(words) if word in lengths and not _is_turned(words, place))
        found = ((place, self._at(words, place, name)) for place in places)
        return max(found, key=lambda one: one[1], default=(0, 0))

    def _at(self, words: Sequence[str], place: int, name: str) -> int:
        """The length of the longest phrase of a kind that stands at a place; 0 for none."""
        for length in self._lengths[name].get(words[place], ()) if place < len(words) else ():
            if place + length <= len(words) and " ".join(words[place : place + length]) in self._phrases[name]:
                return length
        return 0

    def _is_bare(self, plain: Sequence[str], length: int) -> bool:
        rest = plain[length:]
        known = set().union(*(self._phrases[name] for name in ("yes", "no", "not_sure", "skip"))) | cue("padding")
        return len(plain) <= 12 and all(word in known for word in rest)


def _says_more(words: Sequence[str], end: int) -> bool:
    """Whether an "everything" that ends at a place is one of which something is told: "everything hurts"."""
    after = words[end] if end < len(words) else ""
    told = after not in _MARKS | cue("padding") or after in ("s", "is", "has", "does")
    return words[end - 1] == "everything" and bool(after) and told


def _is_turned(words: Sequence[str], place: int) -> bool:
    """Whether the word before turns a phrase about all round: "it is not all good"."""
    return place > 0 and words[place - 1] in cue("not_all")


def deny_rest(question: str, stated: Mapping[str, FactValue], unsure: Iterable[str]) -> dict[str, FactValue]:
    """What a denial of a whole question adds: every fact not otherwise mentioned is false, or none."""
    added: dict[str, FactValue] = {}
    for fact in _facts(question):
        if fact.id in stated or fact.id in unsure:
            continue
        value = _denied(fact)
        if value is not None:
            added[fact.id] = value
    return added


def affirm_rest(question: str, stated: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """What "all of them" adds: every yes/no fact is true, every value of a set is chosen."""
    added: dict[str, FactValue] = {}
    for fact in _facts(question):
        if fact.kind is FactKind.BOOL and not stated.get(fact.id):
            added[fact.id] = True
        elif fact.kind is FactKind.SET:
            added[fact.id] = tuple(value for value in fact.values if value != "none")
    return added


def _denied(fact: Fact) -> FactValue | None:
    if fact.kind is FactKind.BOOL:
        return False
    if fact.kind is FactKind.SET:
        return ("none",)
    return _NONE_VALUES.get(fact.id)


def _facts(question: str) -> tuple[Fact, ...]:
    """The facts a question asks for; a follow-up about a single fact has that fact's id as its own."""
    asked = facts_of(question)
    return asked or ((FACTS[question],) if question in FACTS else ())
