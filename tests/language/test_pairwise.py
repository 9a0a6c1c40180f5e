"""Chances by pairwise coupling, held against scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.svm import SVC

from hip.language.pairwise import PairwiseMachine

#: scikit-learn stops at steps of 0.005 over the number of labels.
NEAR = 0.005


@pytest.mark.parametrize("labels", [2, 3, 12])
def test_the_chances_are_those_of_scikit_learn(labels: int) -> None:
    dice = np.random.default_rng(labels)
    names = np.array([f"label {dice.integers(labels)}" for _ in range(40 * labels)])
    places = dice.normal(size=(len(names), 6)) + np.unique(names, return_inverse=True)[1][:, np.newaxis] / 3
    kernel = np.exp(-0.1 * ((places[:, np.newaxis] - places) ** 2).sum(axis=2))
    svc = SVC(C=10, kernel="precomputed", class_weight="balanced", probability=True, random_state=1).fit(kernel, names)
    machine = PairwiseMachine.of(svc)
    ours = np.stack([machine.chances(row[machine.supports]) for row in kernel])
    theirs = svc.predict_proba(kernel)
    assert list(machine.names) == list(svc.classes_)
    assert ours.sum(axis=1) == pytest.approx(1)
    assert ours.min() >= 0
    assert np.abs(ours - theirs).max() < NEAR
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() > 0.98


def test_a_missing_array_is_named() -> None:
    with pytest.raises(KeyError, match="supports"):
        PairwiseMachine.from_arrays({"names": np.array(["a", "b"])})
