"""The question that clears up a possible red flag, one for each fact (``clinic/clarifying.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hip.assessment import FACTS, FactKind, QuestionKind
from hip.content import CLINIC, ContentError, read_content
from hip.dialogue.questions import Option, Question

CLARIFYING_FILE: Final = "clarifying.yml"


@cache
def load_clarifying(folder: Path = CLINIC) -> Mapping[str, Question]:
    """Read the clarifying questions.

    Args:
        folder: where the file lies; the clinic's folder unless a test says otherwise.

    Returns:
        Fact id to its question: yes, no or not sure. The question's id is the fact's, as a channel expects.

    Raises:
        ContentError: naming the fact and what is wrong with its entry.
    """
    content = read_content(CLARIFYING_FILE, "clarifying", folder)
    questions: dict[str, Question] = {}
    for entry in content["questions"]:
        fact_id, place = entry["fact"], f"{folder / CLARIFYING_FILE}: {entry['fact']}"
        if fact_id not in FACTS or FACTS[fact_id].kind is not FactKind.BOOL:
            raise ContentError(f"{place}: is not a yes-or-no fact")
        if fact_id in questions:
            raise ContentError(f"{place}: is there twice")
        questions[fact_id] = Question(
            id=fact_id,
            name=entry["name"],
            kind=QuestionKind.CHOICE,
            text=entry["text"],
            text_other=entry["text_other"],
            again=(),
            again_other=(),
            remaining=None,
            why=entry["why"],
            options=(Option(content["yes_label"], fact_id, True), Option(content["no_label"], fact_id, False)),
            none_label=None,
            not_sure=True,
            skip=False,
        )
    return MappingProxyType(questions)
