"""Context of a symptom: the fact reader against medspaCy's ConText, on messages as people type them.

Each message of ``context.yml`` has one marked mention. What is asked of a reader: is it true of the patient, false, or
not stated (past, somebody else's, supposed)? medspaCy is handed the mention as its target; the fact reader is handed
only the text, must find the mention by itself, and a silence about a mention that it does not know counts as wrong.

Needs a package that the product does not: ``uv run --with medspacy==1.3.1 python -m benchmarks.context``.
``--misses`` also prints the messages that each reader got wrong.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from hip.assessment import FACTS, FactKind
from hip.content import CLINIC, read_content
from hip.language.clauses import MARKS, OWN_SUBJECTS
from hip.language.cues import cue
from hip.language.facts import FactReader

if TYPE_CHECKING:
    from medspacy.context import ConTextRule
    from spacy.language import Language
    from spacy.tokens import Doc

CASES: Final = Path(__file__).with_name("context.yml")
PEER: Final = "medspacy==1.3.1"
TODAY: Final = datetime.date(2026, 11, 25)
NOT_STATED: Final = "not stated"
#: What a reading comes to for the triage rules.
OUTCOMES: Final = {
    "present": "true", "negated": "false", "past": NOT_STATED, "other": NOT_STATED, "supposed": NOT_STATED
}  # fmt: skip
_PASSES: Final = 5
#: Bare frames that show whether the fact reader knows a mention when nothing stands round it.
_FRAMES: Final = ("{}", "I have {}", "I am {}", "I have a {}", "my {}", "I take {}", "I've had {}")
#: Which of our cue classes go into which rule of medspaCy: category and direction.
_RULES: Final = {
    "_negation": ("NEGATED_EXISTENCE", "FORWARD"),
    "_negation_after": ("NEGATED_EXISTENCE", "BACKWARD"),
    "_pseudo": ("NEGATED_EXISTENCE", "PSEUDO"),
    "_double": ("NEGATED_EXISTENCE", "PSEUDO"),
    "_exception": ("NEGATED_EXISTENCE", "TERMINATE"),
    "_hypothetical": ("HYPOTHETICAL", "FORWARD"),
    "_asking": ("HYPOTHETICAL", "FORWARD"),
    "_past": ("HISTORICAL", "BIDIRECTIONAL"),
    "_past_illness": ("HISTORICAL", "BIDIRECTIONAL"),
    "_resolved": ("HISTORICAL", "BACKWARD"),
    "_family_history": ("FAMILY", "BIDIRECTIONAL"),
    "family": ("FAMILY", "FORWARD"),
}
#: The lexicon has no apostrophes, medspaCy's tokens do: "dont" is also "don't", "ive" also "i've".
_SHORT: Final = re.compile(
    r"\b(do|does|did|have|has|had|is|are|was|were|would|could|ca|wo|ai)nt\b|\b(i)(ve)\b|\b(it)(s)\b"
)
#: Subject and verb in one token, as people type them and as medspaCy's tokenizer leaves them.
_SUBJECT_AND_VERB: Final = frozenset({"im", "ive", "hes", "shes", "theyre", "theyve"})
#: A verb this near after a subject makes a clause ("my left leg is").
_NEAR: Final = 3


@dataclass(frozen=True)
class Case:
    """One message; the fields are explained in ``context.yml``."""

    kind: str
    reading: str
    fact: str
    mention: str
    text: str


Reader = Callable[[Case], str]


def load_cases(path: Path = CASES) -> list[Case]:
    """The messages.

    Raises:
        ValueError: naming the message that is wrong.
    """
    cases = [Case(**entry) for entry in yaml.safe_load(path.read_text("utf-8"))["cases"]]
    for case in cases:
        if case.text.count(case.mention) != 1:
            raise ValueError(f"{path}: the mention must stand exactly once in {case.text!r}")
        if case.reading not in OUTCOMES:
            raise ValueError(f"{path}: no reading {case.reading!r}")
        if case.fact not in FACTS or FACTS[case.fact].kind is not FactKind.BOOL:
            raise ValueError(f"{path}: {case.fact!r} is no yes/no fact")
    return cases


def read_ours(reader: FactReader, case: Case) -> str:
    """What the fact reader says of the fact that the mention is about."""
    value = reader.read(case.text, None, TODAY).facts.get(case.fact)
    return NOT_STATED if value is None else str(value).lower()


def knows(reader: FactReader, case: Case) -> bool:
    """Whether the fact reader knows the mention when nothing stands round it."""
    texts = (frame.format(case.mention) for frame in _FRAMES)
    return any(reader.read(text, None, TODAY).facts.get(case.fact) is True for text in texts)


def read_medspacy(nlp: Language, case: Case) -> str:
    """What medspaCy's ConText says of the mention."""
    doc = nlp.make_doc(case.text)
    start = case.text.index(case.mention)
    target = doc.char_span(start, start + len(case.mention), label="MENTION", alignment_mode="expand")
    doc.ents = (target,)
    for _, component in nlp.pipeline:
        doc = component(doc)
    said = doc.ents[0]._
    if said.is_family or said.is_hypothetical:
        return NOT_STATED
    if said.is_negated:  # before what is past: "I have no history of"
        return "false"
    return NOT_STATED if said.is_historical or said.is_uncertain else "true"


def load_medspacy(cues: bool = False, clauses: bool = False) -> Language:
    """medspaCy's tokenizer, sentence splitter and ConText with its own English rules.

    Args:
        cues: our cues are added as rules where they fit.
        clauses: a new clause without a mark is made a sentence of its own, which ends every scope.
    """
    import medspacy
    from loguru import logger
    from spacy.language import Language

    logger.remove()  # the sentence splitter logs the message's text
    nlp = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_pyrush", "medspacy_context"])
    lexicon = _load_classes()
    if cues:
        nlp.get_pipe("medspacy_context").add(list(_our_rules(lexicon)))
    if clauses:
        negations = frozenset(member for member in lexicon["_negation"] if " " not in member)
        carry_on = cue("carry_on") | MARKS | negations
        Language.component("clauses", func=partial(_split_clauses, frozenset(lexicon["_verb"]), carry_on))
        nlp.add_pipe("clauses", after="medspacy_pyrush")
    return nlp


def _load_classes() -> dict[str, list[str]]:
    files = (read_content(name, "lexicon_words", CLINIC / "lexicon") for name in ("words.yml", "context.yml"))
    return {name: members for content in files for name, members in content["classes"].items()}


def _split_clauses(verbs: frozenset[str], carry_on: frozenset[str], doc: Doc) -> Doc:
    words = [token.lower_ for token in doc]
    for place in range(1, len(words)):
        reach = words[place + 1 : place + 1 + (1 if words[place] in ("i", "it", "he", "she", "they") else _NEAR)]
        subject = words[place] in OWN_SUBJECTS and any(word.strip("'’") in verbs for word in reach)
        inside = any(target.start < place < target.end for target in doc.ents)
        if (subject or words[place] in _SUBJECT_AND_VERB) and words[place - 1] not in carry_on and not inside:
            doc[place].is_sent_start = True
    return doc


def _our_rules(lexicon: dict[str, list[str]]) -> Iterator[ConTextRule]:
    from medspacy.context import ConTextRule

    for name, (category, direction) in _RULES.items():
        members = {member.replace("-", " ") for member in lexicon[name] if not member.startswith("{")}
        for literal in sorted(members | {_SHORT.sub(_with_apostrophe, member) for member in members}):
            yield ConTextRule(literal, category, direction=direction)


def _with_apostrophe(found: re.Match[str]) -> str:
    verb, *pronouns = found.groups()
    return f"{verb}n't" if verb else "'".join(part for part in pronouns if part)


def measure(reader: Reader, cases: list[Case]) -> tuple[list[str], float]:
    """What a reader says of each case, and milliseconds a message (the best of several passes)."""
    said = [reader(case) for case in cases]  # also warms caches
    passes = []
    for _ in range(_PASSES):
        began = time.perf_counter()
        for case in cases:
            reader(case)
        passes.append(1000 * (time.perf_counter() - began) / len(cases))
    return said, min(passes)


def print_table(columns: dict[str, list[bool]], cases: list[Case]) -> None:
    """Accuracy by kind of message, by right reading and overall, as a Markdown table."""
    print(f"| messages | n | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 2)}")
    groups = {case.kind: [other.kind == case.kind for other in cases] for case in cases}
    groups |= {f"reading: {name}": [case.reading == name for case in cases] for name in OUTCOMES}
    groups["all but proxy"] = [case.kind != "proxy" for case in cases]
    groups["all"] = [True] * len(cases)
    for name, chosen in groups.items():
        shares = (sum(ok for ok, is_in in zip(right, chosen, strict=True) if is_in) for right in columns.values())
        print(f"| {name} | {sum(chosen)} | {' | '.join(f'{100 * share / sum(chosen):.0f} %' for share in shares)} |")


def print_misses(said: dict[str, list[str]], right: dict[str, list[bool]], cases: list[Case]) -> None:
    """The messages that each reader got wrong, and how it read them."""
    for name, answers in said.items():
        print(f"\n{name}:")
        for case, answer, ok in zip(cases, answers, right[name], strict=True):
            if not ok:
                print(f"  {case.kind}, {case.reading}, read as {answer}: {case.text} [{case.mention}]")


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.context", description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="print the messages that each reader got wrong")
    arguments = parser.parse_args()
    try:
        peers = {
            "medspaCy": load_medspacy(),
            "+ our cues": load_medspacy(cues=True),
            "+ our cues and clauses": load_medspacy(cues=True, clauses=True),
        }
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing; run: uv run --with {PEER} python -m benchmarks.context", file=sys.stderr)
        return 1
    cases, ours = load_cases(), FactReader()
    known = [knows(ours, case) for case in cases]
    readers: dict[str, Reader] = {name: partial(read_medspacy, peer) for name, peer in peers.items()}
    readers["ours"] = partial(read_ours, ours)
    said, speed = {}, {}
    for name, reader in readers.items():
        said[name], speed[name] = measure(reader, cases)
    right = {
        name: [answer == OUTCOMES[case.reading] for answer, case in zip(answers, cases, strict=True)]
        for name, answers in said.items()
    }
    right["ours"] = [
        ok and (is_known or answer != NOT_STATED)
        for ok, is_known, answer in zip(right["ours"], known, said["ours"], strict=True)
    ]
    print_table(right, cases)
    for reading, wrong in (("present", "false"), ("negated", "true")):
        places = [place for place, case in enumerate(cases) if case.reading == reading]
        counts = (str([answers[place] for place in places].count(wrong)) for answers in said.values())
        print(f"| {reading} read as {wrong} | {len(places)} | {' | '.join(counts)} |")
    print(f"| ms a message | | {' | '.join(f'{speed[name]:.2f}' for name in readers)} |\n")
    print(f"Mentions the fact reader does not know: {known.count(False)} of {len(cases)}; silence about one is wrong.")
    for name in peers:
        pairs = list(zip(right["ours"], right[name], strict=True))
        print(f"Only ours right: {pairs.count((True, False))}; only {name} right: {pairs.count((False, True))}.")
    if arguments.misses:
        print_misses(said, right, cases)
    return 0


if __name__ == "__main__":
    sys.exit(main())
