"""What a trained support vector machine of scikit-learn has learned, as arrays, and the chances it gives each label.

The machine is a vote of all pairs of labels. scikit-learn makes chances of the votes by pairwise coupling (Wu, Lin and
Weng, Journal of Machine Learning Research 5, 2004, second method), which it approaches step by step; the same
equations are solved here at once, and a test holds both against each other. scikit-learn's own ``predict_proba`` took
half of the time of ranking a message's labels, most of it to set up for one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.svm import SVC

#: No vote of a pair is believed entirely.
_LEAST: Final = 1e-7

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairwiseMachine:
    """A trained vote of all pairs of labels.

    Attributes:
        names: the labels, k of them, in the order of all that follows.
        supports: places of the examples that count, grouped by label, shape (n,).
        starts: where the examples of each label start among ``supports``, shape (k,).
        weights: of each of these examples against each other label, shape (k - 1, n).
        offsets, slopes, shifts: of the vote of each pair, in the order (0, 1), (0, 2), ..., shape (k (k - 1) / 2,).
    """

    names: npt.NDArray[np.str_]
    supports: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    offsets: Numbers
    slopes: Numbers
    shifts: Numbers

    @classmethod
    def of(cls, machine: SVC) -> PairwiseMachine:
        """What a fitted machine with ``probability=True`` has learned."""
        # For two labels scikit-learn turns the public numbers round; the votes are those of more labels, turned back.
        sign = -1.0 if len(machine.classes_) == 2 else 1.0
        return cls(
            names=np.asarray(machine.classes_, dtype=np.str_),
            supports=np.asarray(machine.support_, dtype=np.int64),
            starts=np.concatenate([[0], np.cumsum(machine.n_support_)[:-1]]).astype(np.int64),
            # Half the width is half the time to read them.
            weights=(sign * machine.dual_coef_).astype(np.float32),
            offsets=sign * np.asarray(machine.intercept_, dtype=np.float64),
            slopes=np.asarray(machine.probA_, dtype=np.float64),
            shifts=np.asarray(machine.probB_, dtype=np.float64),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> PairwiseMachine:
        """Put together from arrays named as the attributes.

        Raises:
            KeyError: when one is missing.
        """
        return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})

    def chances(self, kernel: npt.NDArray[np.floating[Any]]) -> Numbers:
        """How likely each label is, adding to one.

        Args:
            kernel: how alike a message and each of ``supports`` are, shape (n,).
        """
        labels = len(self.names)
        # A product for each label's examples: 20 small ones take a third of the time of one sum over all weights.
        ends = [*self.starts[1:], len(kernel)]
        parts = zip(self.starts, ends, strict=True)
        sums = np.stack([self.weights[:, start:end] @ kernel[start:end] for start, end in parts], axis=1)
        one, other = np.triu_indices(labels, 1)
        votes = sums[other - 1, one] + sums[one, other] + self.offsets
        likely = np.clip(1 / (1 + np.exp(votes * self.slopes + self.shifts)), _LEAST, 1 - _LEAST)
        against = np.zeros((labels, labels))  # [i, j]: of i and j it is i
        against[one, other], against[other, one] = likely, 1 - likely
        return _couple(against)


def _couple(against: Numbers) -> Numbers:
    """The chances p, adding to one, that fit the votes of pairs best: the least sum of (r_ji p_i - r_ij p_j)^2."""
    labels = len(against)
    equations = np.ones((labels + 1, labels + 1))
    equations[:labels, :labels] = -against.T * against
    np.fill_diagonal(equations, [*(against**2).sum(axis=0), 0.0])
    right = np.zeros(labels + 1)
    right[labels] = 1.0
    solved: Numbers = np.linalg.solve(equations, right)[:labels].clip(0.0)
    chances: Numbers = solved / solved.sum()
    return chances
