"""From sentence vectors to a possible red flag: how close a text is in meaning to a red flag's example sentences.

Two machines, both of scikit-learn and both linear in what they keep. A support vector machine with a distance kernel
says whether a text lies among the examples of red flags or among harmless ones; logistic regression says which red flag
it is. A text far from every example of that red flag is near to nothing. Pure: no text, no Rasa, no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from hip.language.encoder import Vector

#: Chosen by cross-validation; docs/decisions/0007-possible-red-flags.md has the table.
GAMMA: Final = 2.0
PENALTY: Final = 10.0
FACT_PENALTY: Final = 5.0
SEED: Final = 20

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Thresholds:
    """From where on a text counts as near; chosen on development data and kept in ``red_flag_examples.yml``.

    Attributes:
        whole: margin for a message that tells one thing.
        part: margin for one part of a message that tells several.
        closeness: cosine to the nearest example of the same red flag.
    """

    whole: float
    part: float
    closeness: float


@dataclass(frozen=True)
class Nearness:
    """What one text is nearest to.

    Attributes:
        fact: the red flag it would be.
        margin: signed distance from the border to what is harmless; positive on the side of the red flags.
        closeness: cosine, -1 to 1, to the nearest example of that red flag.
    """

    fact: str
    margin: float
    closeness: float

    def passes(self, margin: float, closeness: float) -> bool:
        """Whether it is near enough to ask about."""
        return self.margin > margin and self.closeness > closeness


@dataclass(frozen=True)
class _Kept:
    """The arrays a trained machine is made of."""

    facts: npt.NDArray[np.str_]
    supports: Numbers
    weights: Numbers
    offset: Numbers
    fact_weights: Numbers
    fact_offsets: Numbers
    examples: Numbers
    labels: npt.NDArray[np.int64]


class NearnessJudge:
    """Judges vectors; made by ``fit`` or ``load``."""

    def __init__(self, kept: _Kept) -> None:
        self._kept = kept
        self._squares = (kept.supports**2).sum(axis=1)

    @classmethod
    def fit(cls, red: Sequence[Vector], facts: Sequence[str], harmless: Sequence[Vector]) -> NearnessJudge:
        """Train; the same vectors always give the same judge.

        Args:
            red: vectors of the example sentences, of two red flags or more.
            facts: the red flag of each.
            harmless: vectors of sentences that are none.

        Raises:
            ValueError: when there are too few of either kind to learn from.
        """
        if len(set(facts)) < 2 or not len(harmless):
            raise ValueError("nearness needs examples of two red flags or more, and harmless ones")
        examples, names = np.asarray(red, dtype=np.float64), np.array(sorted(set(facts)))
        labels = np.searchsorted(names, np.array(facts))
        everything = np.concatenate([examples, np.asarray(harmless, dtype=np.float64)])
        is_red = np.arange(len(everything)) < len(examples)
        border = SVC(C=PENALTY, gamma=GAMMA, class_weight="balanced", random_state=SEED).fit(everything, is_red)
        which = LogisticRegression(C=FACT_PENALTY, max_iter=1000, multi_class="multinomial").fit(examples, labels)
        # For two facts scikit-learn keeps one row: the second fact's; the first is its mirror image.
        rows, offsets = which.coef_, which.intercept_
        if len(names) == 2:
            rows, offsets = np.concatenate([-rows, rows]), np.concatenate([-offsets, offsets])
        return cls(
            _Kept(
                facts=names,
                supports=_narrow(border.support_vectors_),
                weights=_narrow(border.dual_coef_[0]),
                offset=_narrow(border.intercept_),
                fact_weights=_narrow(rows),
                fact_offsets=_narrow(offsets),
                examples=_narrow(examples),
                labels=labels.astype(np.int64),
            )
        )

    @property
    def facts(self) -> tuple[str, ...]:
        """The red flags it knows, by name."""
        return tuple(map(str, self._kept.facts))

    def judge(self, vectors: Sequence[Vector], asked: Collection[str] = ()) -> list[Nearness]:
        """What each of some texts is nearest to; a text of no words has the vector zero and is close to nothing.

        All are judged in one pass, since what costs time is to read the examples from memory.

        Args:
            vectors: of the texts.
            asked: ids of the facts that the question just put asks for. One of them is named in place of another fact
                when an example of it is at least as close.
        """
        kept, rows = self._kept, np.asarray(vectors, dtype=np.float32)
        squares = (rows**2).sum(axis=1)
        distances = self._squares[:, np.newaxis] + squares - 2 * (kept.supports @ rows.T)
        margins = kept.weights @ np.exp(-GAMMA * distances) + kept.offset[0]
        places = np.argmax(kept.fact_weights @ rows.T + kept.fact_offsets[:, np.newaxis], axis=0)
        cosines = kept.examples @ rows.T
        open_places = [place for place, fact in enumerate(self.facts) if fact in asked]
        judged = []
        for text, place in enumerate(places):
            named = max(
                (place, *open_places), key=lambda one: (cosines[kept.labels == one, text].max(), one in open_places)
            )
            closeness = float(cosines[kept.labels == named, text].max())
            judged.append(Nearness(str(kept.facts[named]), float(margins[text]), closeness))
        return judged

    def save(self, path: Path) -> None:
        """Write to a NumPy archive: arrays only."""
        np.savez(path, **{field.name: getattr(self._kept, field.name) for field in fields(_Kept)})

    @classmethod
    def load(cls, path: Path) -> NearnessJudge:
        """Read what ``save`` wrote.

        Raises:
            KeyError: when an array is missing.
            ValueError: when the file holds anything but arrays.
        """
        with np.load(path, allow_pickle=False) as arrays:
            return cls(_Kept(**{field.name: arrays[field.name] for field in fields(_Kept)}))


def _narrow(numbers: npt.NDArray[np.float64]) -> Numbers:
    """At the encoder's own width: half the memory to read for each message."""
    return np.ascontiguousarray(numbers, dtype=np.float32)


def find_possible(judged: Iterable[Nearness], margin: float, closeness: float, known: Collection[str]) -> str | None:
    """The red flag to ask about: the nearest one among texts that are near enough.

    A text whose red flag is known, be it true, denied or not sure, is explained by that and asks for nothing else.

    Args:
        judged: the message, or each of its parts.
        margin: from where on a text is near, see ``Thresholds``.
        closeness: likewise.
        known: ids of the facts that the message states or the person has told before.
    """
    near = [found for found in judged if found.passes(margin, closeness) and found.fact not in known]
    return max(near, key=lambda found: found.margin).fact if near else None
