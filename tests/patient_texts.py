"""Every text that a person may read, with the place it stands in, for the tests that hold for all of them.

A file in ``clinic/`` that is not named here fails ``tests/test_patient_texts.py``, so that none is left out unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import yaml

from hip.content import CLINIC, ROOT, read_content
from hip.dialogue.importer import clinic_domain
from hip.explanations import load_first_line, load_topics

#: By file, the keys whose text a person reads. Files without such a key hold what people say, or what nobody is told.
PATIENT_KEYS: dict[str, frozenset[str]] = {
    "article.yml": frozenset({"text"}),
    "booking.yml": frozenset({"name", "description", "phone_open", "phone_closed", "link_failed"}),
    "clarifying.yml": frozenset({"name", "text", "text_other", "why", "yes_label", "no_label"}),
    "comparison.yml": frozenset({"title", "label", "name"}),
    "conversation.yml": frozenset({"text", "other"}),
    "evidence.yml": frozenset({"text", "named"}),
    "gateway.yml": frozenset({"text"}),
    "medical_names.yml": frozenset(),
    "never_said.yml": frozenset(),
    "questions.yml": frozenset(
        {
            "not_sure_label",
            "skip_label",
            "other_names",
            "text",
            "text_other",
            "again",
            "again_other",
            "remaining",
            "why",
            "label",
            "none_label",
        }
    ),
    "red_flag_examples.yml": frozenset(),
    "rules.yml": frozenset({"says", "title", "text", "safety_net"}),
    "topics.yml": frozenset({"lead_ins", "told", "text"}),
}
#: Parts of those files that a person never reads.
UNREAD: dict[str, Callable[[dict[str, Any]], bool]] = {
    "article.yml": lambda entry: entry.get("usable") is False,
    "evidence.yml": lambda entry: entry.get("usable") is False,
    "rules.yml": lambda entry: "address" in entry or set(entry) == {"title"},  # a source
    "topics.yml": lambda entry: False,
}
#: Wordings in the code of the assistant, where they stand between quotes.
CODE = ["hip/dialogue/outcome.py", "hip/dialogue/summary.py", "hip/dialogue/importer.py", "hip/durations.py"]


@cache
def list_texts() -> tuple[tuple[str, str], ...]:
    """Place and text of everything a person may read."""
    return (*_in_clinic(), *_answers(), *_domain(), *_in_rasa_files(), *_in_code(), *_in_widget())


def _in_clinic() -> Iterator[tuple[str, str]]:
    for name, keys in PATIENT_KEYS.items():
        schema = name.removesuffix(".yml")
        yield from _walk(name, read_content(name, schema), keys, UNREAD.get(name, lambda entry: False))


def _walk(
    place: str, node: Any, keys: frozenset[str], unread: Callable[[dict[str, Any]], bool]
) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for number, each in enumerate(node, 1):
            name = each.get("id", number) if isinstance(each, dict) else number
            yield from _walk(f"{place}: {name}", each, keys, unread)
    elif isinstance(node, dict) and not unread(node):
        for key, value in node.items():
            if key in keys:
                yield from _strings(f"{place}: {key}", value)
            if not isinstance(value, str):
                yield from _walk(f"{place}: {key}", value, keys, unread)


def _strings(place: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, list) and all(isinstance(each, str) for each in node):
        for number, each in enumerate(node, 1):
            yield f"{place} {number}", each
    elif isinstance(node, dict) and all(isinstance(each, str) for each in node.values()):
        for name, each in node.items():
            yield f"{place} {name}", each


def _answers() -> Iterator[tuple[str, str]]:
    """Each answer as a person reads it, plain and with each of its remarks, and the cells of the comparison."""
    for topic in (*load_topics().values(), load_first_line()):
        yield topic.id, topic.text_for({})
        for remark in topic.remarks:
            told = topic.lead_ins.told.replace("{told}", remark.told).replace("{text}", remark.text)
            yield f"{topic.id} {remark.id}", told
        if topic.card is not None:
            for label, cells in topic.card.rows:
                for column, cell in zip(topic.card.columns, cells, strict=True):
                    yield f"{topic.id} {label}, {column}", cell


def _domain() -> Iterator[tuple[str, str]]:
    for name, variations in clinic_domain()["responses"].items():
        for number, variation in enumerate(variations, 1):
            yield f"response {name} {number}", variation["text"]


def _in_rasa_files() -> Iterator[tuple[str, str]]:
    """Responses written into Rasa's own files; there should be none, and one that is added is not overlooked."""
    for path in (ROOT / "domain.yml", *sorted((ROOT / "data").rglob("*.yml"))):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for name, variations in content.get("responses", {}).items():
            for number, variation in enumerate(variations, 1):
                yield f"{path.name} {name} {number}", variation.get("text", "")


def _in_widget() -> Iterator[tuple[str, str]]:
    """The strings of the website's widget."""
    yield from _leaves("strings.json", json.loads((ROOT / "widget/src/strings.json").read_text(encoding="utf-8")))


def _leaves(place: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place, node
    else:
        for key, each in node.items() if isinstance(node, dict) else enumerate(node, 1):
            yield from _leaves(f"{place}: {key}", each)


def _in_code() -> Iterator[tuple[str, str]]:
    """Quoted sentences of the modules that word messages: those with a blank and a capital, outside docstrings."""
    for path in CODE:
        code = re.sub(r'""".*?"""', "", (ROOT / path).read_text(encoding="utf-8"), flags=re.DOTALL)
        for number, quoted in enumerate(re.findall(r'(?<!\w)f?"([A-Z][^"\n]* [^"\n]*)"', code), 1):
            yield f"{path} {number}", re.sub(r"\{[^{}]*\}", "{this}", quoted)


def list_clinic_files() -> list[str]:
    """Names of the YAML files of ``clinic/``, without those of its lexicon, which hold what people say."""
    return sorted(path.name for path in CLINIC.glob("*.yml"))
