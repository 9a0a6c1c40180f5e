"""The evaluation sets stay unseen: no training example says what a patient of ``vignettes.jsonl`` or ``patients_rounds.jsonl`` says.

The same for ``utterances.jsonl`` is in ``tests/language/test_intents.py``.
"""

from __future__ import annotations

import re

from rasa.shared.nlu.constants import TEXT

from evaluation.cases import read_rounds, read_vignettes
from evaluation.cross_validate import load_examples

#: Words of an answer that anybody may give: "no", "7", "not really", "two years".
SHORT = 2


def test_no_training_example_is_what_an_evaluation_patient_says() -> None:
    said = {
        _plain(text)
        for case in (*read_vignettes(), *read_rounds())
        for text in (case["opening"], *case["replies"].values())
    }
    said = {text for text in said if len(text.split()) > SHORT}
    assert len(said) > 200
    assert {m.get(TEXT) for m in load_examples() if _plain(m.get(TEXT)) in said} == set()


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w ]", "", text.casefold()).split())
