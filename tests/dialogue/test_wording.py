"""Every wording is said somewhere, and everything said has a wording."""

from __future__ import annotations

import re

from hip.content import ROOT
from hip.dialogue.questions import load_questions
from hip.dialogue.wording import load_wordings
from hip.explanations import load_topics

SAID_IN = [*(ROOT / "hip").rglob("*.py"), *(ROOT / "actions").glob("*.py"), ROOT / "data" / "rules.yml"]
#: Said by number: misunderstood_1, misunderstood_2, misunderstood_3.
NUMBERED = re.compile(r"_[123]$")


def named_in_code() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SAID_IN)
    names = re.findall(r"""["']([a-z_0-9]+)["']""", text) + re.findall(r"utter_([a-z_0-9]+)", text)
    names += re.findall(r"""f["']([a-z_]+_)\{""", text)
    return {NUMBERED.sub("_", name) for name in names}


def named_in_training_data() -> set[str]:
    """What a retrieval intent says: the response of the kind that was selected, and its twin beside urgent advice."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "data" / "nlu").glob("*.yml"))
    kinds = set(re.findall(r"intent: ([a-z_]+/[a-z_]+)", text))
    return kinds | {f"{kind}_urgent" for kind in kinds}


def test_every_wording_is_said_somewhere() -> None:
    wordings = {NUMBERED.sub("_", name) for name in load_wordings().names}
    assert wordings - named_in_code() - named_in_training_data() == set()


def test_everything_the_rules_say_has_a_wording() -> None:
    said = set(re.findall(r"action: utter_([a-z_0-9]+)", (ROOT / "data" / "rules.yml").read_text(encoding="utf-8")))
    retrieval = {topic.split("/")[0] for topic in [*load_topics(), *load_wordings().names] if "/" in topic}
    assert said - set(load_wordings().names) - retrieval - {"why_ask"} == set()


def test_no_wording_repeats_a_question() -> None:
    assert set(load_wordings().names) & set(load_questions().questions) == set()


def test_the_clinic_phone_is_filled_in_everywhere() -> None:
    wordings = load_wordings()
    texts = [wordings.text(name, times, other, {}) for name in wordings.names for times in range(3) for other in (0, 1)]
    assert not [text for text in texts if "{clinic_phone}" in text]
