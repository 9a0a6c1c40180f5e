"""``python -m evaluation.nearness``: how well possible red flags are told from harmless messages.

Red flags: the example sentences, each judged by a finder that did not learn it. Harmless: the counter-examples and the
training data of the intents, likewise; the messages and the openings of routine patients of the evaluation sets, and
requests to other assistants, by a finder that learned all examples. A message whose words already state the red flag
asks nothing. Thresholds are those of ``clinic/red_flag_examples.yml``; the sweep shows others beside them.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rasa.shared.nlu.constants import INTENT, TEXT
from sklearn.model_selection import StratifiedKFold

from evaluation.cases import FOLDER, read_lines, read_utterances, read_vignettes
from evaluation.cross_validate import load_examples as load_intent_examples
from hip.language.corrector import correct, make_decoder
from hip.language.encoder import Vector, shared_encoder
from hip.language.facts import shared_reader
from hip.language.nearness import Nearness, Thresholds
from hip.language.red_flag_examples import RedFlagExamples, check_facts, load_examples
from hip.language.red_flags import RedFlagFinder, tells_red_flag
from hip.language.word_pairs import WordPairs
from hip.triage.rulebook import load_rulebook

FOLDS: Final = 5
SEED: Final = 20
TODAY: Final = datetime.date(2026, 11, 25)
#: Nothing urgent: patients of these levels tell no red flag.
ROUTINE: Final = ("gp_soon", "clinician_review", "consultation", "first_line_care")
SWEEP: Final = ((-0.3, -0.1), (-0.2, 0.0), (-0.1, 0.1), (0.0, 0.2), (0.2, 0.4))


@dataclass(frozen=True)
class Case:
    """One message: what it would rightly be asked about (None for a harmless one), and what its words state."""

    text: str
    fact: str | None
    stated: frozenset[str]
    kind: str


@dataclass(frozen=True)
class Judged:
    """A case, and what a finder that did not learn it makes of it."""

    case: Case
    finder: RedFlagFinder
    near: tuple[Nearness, ...]

    def asked(self, thresholds: Thresholds) -> str | None:
        """What would be asked about."""
        return dataclasses.replace(self.finder, thresholds=thresholds).choose(self.near, self.case.stated)


class Bench:
    """The data, encoded and read once."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vector] = {}
        self.examples = load_examples()
        red_flags = check_facts(self.examples, load_rulebook())
        intents = [(str(message.get(TEXT)), str(message.get(INTENT))) for message in load_intent_examples()]
        self.usual = [text for text, intent in intents if not tells_red_flag(text, intent, red_flags)]
        self._decoder = make_decoder(WordPairs.fit(text for text, _ in intents))
        self.red = [_case(text, fact, "examples") for text, fact in self.examples.red]
        self.harmless = [_case(text, None, "counter-examples") for text in self.examples.harmless]
        self.harmless += [_case(text, None, "training data of harmless intents") for text in self.usual]
        self.held_out = [
            *_harmless(
                "evaluation messages without a red flag",
                (
                    (row["text"], row["context"])
                    for row in read_utterances()
                    if not any(row["facts"].get(fact) is True for fact in red_flags)
                ),
            ),
            *_harmless(
                "openings of routine patients",
                ((row["opening"], None) for row in read_vignettes() if row["care_level"] in ROUTINE),
            ),
            *_harmless(
                "requests to other assistants (CLINC150)",
                ((row["text"], None) for row in read_lines(FOLDER / "clinc150_sample.jsonl")),
            ),
        ]

    def encode(self, text: str) -> Vector:
        """The vector the featurizer gives a message."""
        if text not in self._vectors:
            self._vectors[text] = shared_encoder().encode(correct(self._decoder, text))
        return self._vectors[text]

    def fit(self, red: Sequence[Case], harmless: Sequence[Case]) -> RedFlagFinder:
        """A finder that learned these cases alone."""
        learned = RedFlagExamples(
            tuple((case.text, str(case.fact)) for case in red),
            tuple(case.text for case in harmless),
            self.examples.thresholds,
        )
        vectors = [[self.encode(case.text) for case in cases] for cases in (red, harmless)]
        return RedFlagFinder.fit(learned, vectors[0], vectors[1], ())

    def cross_validate(self) -> list[tuple[RedFlagFinder, list[Case]]]:
        """Finders, each with the cases it did not learn."""
        cases = [*self.red, *self.harmless]
        kinds = [case.fact or case.kind for case in cases]
        folds = []
        for learn, hold in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(cases, kinds):
            seen = [cases[index] for index in learn]
            finder = self.fit([case for case in seen if case.fact], [case for case in seen if not case.fact])
            folds.append((finder, [cases[index] for index in hold]))
        return folds


def _case(text: str, fact: str | None, kind: str, question: str | None = None) -> Case:
    return Case(text, fact, frozenset(shared_reader().read(text, question, TODAY).facts), kind)


def _harmless(kind: str, messages: Iterable[tuple[str, str | None]]) -> list[Case]:
    return [_case(text, None, kind, question) for text, question in messages]


def judge(bench: Bench, finder: RedFlagFinder, cases: Iterable[Case]) -> list[Judged]:
    """What the finder makes of each case."""
    return [Judged(case, finder, tuple(finder.judge_message(case.text, bench.encode(case.text)))) for case in cases]


def score(judged: Sequence[Judged], thresholds: Thresholds) -> dict[str, float | int]:
    """Shares, 0 to 1: of red flags whose words state none, how many are asked about; of harmless messages, how many."""
    unheard = [each for each in judged if each.case.fact and each.case.fact not in each.case.stated]
    figures: dict[str, float | int] = {}
    if unheard:
        asked = [each.asked(thresholds) for each in unheard]
        right = [fact == each.case.fact for fact, each in zip(asked, unheard, strict=True)]
        figures["red flags that no word states"] = len(unheard)
        figures["asked about"] = float(np.mean([fact is not None for fact in asked]))
        figures["asked about by the right name"] = float(np.mean(right))
    for kind in dict.fromkeys(each.case.kind for each in judged if not each.case.fact):
        group = [each.asked(thresholds) is not None for each in judged if each.case.kind == kind and not each.case.fact]
        figures[f"asked, of {len(group)} {kind}"] = float(np.mean(group))
    return figures


def score_facts(judged: Sequence[Judged], thresholds: Thresholds) -> list[tuple[str, int, int, int, int, int]]:
    """Fact, its sentences, those stated by words, then of the rest: asked about, by the right name; asked wrongly."""
    asked = [(each.case, each.asked(thresholds)) for each in judged]
    rows = []
    for fact in sorted({case.fact for case, _ in asked if case.fact}):
        own = [(case, found) for case, found in asked if case.fact == fact]
        rest = [found for case, found in own if fact not in case.stated]
        near, right = sum(found is not None for found in rest), sum(found == fact for found in rest)
        wrong = sum(found == fact and case.fact != fact for case, found in asked)
        rows.append((fact, len(own), len(own) - len(rest), near, right, wrong))
    return rows


def in_lines(figures: Mapping[str, float | int]) -> str:
    """One figure a line."""
    return "\n".join(
        f"{value:8.4f}  {name}" if isinstance(value, float) else f"{value:8}  {name}" for name, value in figures.items()
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.nearness", description=__doc__)
    parser.add_argument("--blind", type=Path, help="JSON lines to judge as well: text, fact (null for harmless), round")
    parser.add_argument("--errors", action="store_true", help="print what was asked of harmless messages")
    options = parser.parse_args()
    bench = Bench()
    everything, now = bench.fit(bench.red, bench.harmless), bench.examples.thresholds
    judged = judge(bench, everything, bench.held_out)
    for finder, cases in bench.cross_validate():
        judged += judge(bench, finder, cases)
    for thresholds in (now, *(Thresholds(whole, part, now.closeness) for whole, part in SWEEP)):
        print(f"\n{thresholds}\n{in_lines(score(judged, thresholds))}")
    print_facts(judged, now)
    if options.errors:
        for each in judged:
            if not each.case.fact and (fact := each.asked(now)):
                print(json.dumps({"kind": each.case.kind, "asked": fact, "text": each.case.text}))
    if options.blind:
        blind = [
            _case(row["text"], row["fact"], f"harmless messages, round {row['round']}")
            for row in read_lines(options.blind)
        ]
        told = judge(bench, everything, blind)
        print(f"\nBlind\n{in_lines(score(told, now))}")
        print_facts(told, now)


def print_facts(judged: Sequence[Judged], thresholds: Thresholds) -> None:
    """One line a red flag."""
    print("\nfact | sentences | stated by words | of the rest: asked about | by the right name | asked wrongly")
    for row in score_facts(judged, thresholds):
        print(" | ".join(map(str, row)))


if __name__ == "__main__":
    main()
