"""The evaluation sets stay unseen: no training example says what a patient says.

The same for ``utterances.jsonl`` is in ``tests/language/test_intents.py``.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from rasa.shared.nlu.constants import TEXT

from evaluation.cases import read_rounds, read_vignettes
from evaluation.cross_validate import load_examples


#: Words of an answer that anybody may give: "no", "7", "two years"; the rounds were written when "about a week" and
#: "none of them" were training examples already.
@pytest.mark.parametrize(("cases", "short"), [(read_vignettes(), 2), (read_rounds(), 3)], ids=["shared", "rounds"])
def test_no_training_example_is_what_an_evaluation_patient_says(cases: list[dict[str, Any]], short: int) -> None:
    said = {_plain(text) for case in cases for text in (case["opening"], *case["replies"].values())}
    said = {text for text in said if len(text.split()) > short}
    assert len(said) > 200
    assert {m.get(TEXT) for m in load_examples() if _plain(m.get(TEXT)) in said} == set()


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w ]", "", text.casefold()).split())
