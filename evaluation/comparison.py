"""The assistant's reading of messages beside that of Rasa's default pipeline, trained on the same examples.

Both read the same rows, one after another, in a process of its own on one processor core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluation.lines import answer_rows, asked_of, module, on_one_core
from evaluation.noise import can_be_restored, noisy_rows, vocabulary_of
from evaluation.peer import PeerModel, read_messages
from evaluation.scores import RED_FLAGS, score_readings
from evaluation.speed import LENGTHS, median_ms, speed_rows

#: What a request about something else altogether may be taken for.
HARMLESS: Final = frozenset(
    ("out_of_scope", "greet", "goodbye", "thank", "bot_challenge", "affirm", "deny", "unsure", "nonsense", "restart")
)
#: Rasa's name for "none of these"; counted as out of scope, in the default's favour.
FALLBACK: Final = "nlu_fallback"
#: Drafts of each message with a red flag: the flags are few, and few of their drafts are readable.
FLAG_DRAFTS: Final = 40
NO_COUNTERPART: Final = "no facts"
LEFT_OUT: Final = "left out"

Readings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Material:
    """What both readers are given; rows as in ``evaluation/README.md``, ids unique across all of it.

    Attributes:
        messages: single messages with right answers.
        noisy: the same, disturbed, several drafts of each.
        flags: those with a red flag, in more drafts.
        elsewhere: requests in unrelated domains.
        timed: messages of set lengths.
    """

    messages: Sequence[Mapping[str, Any]]
    noisy: Sequence[Mapping[str, Any]]
    flags: Sequence[Mapping[str, Any]]
    elsewhere: Sequence[Mapping[str, Any]]
    timed: Sequence[Mapping[str, Any]]


def make_material(
    messages: Sequence[Mapping[str, Any]], elsewhere: Sequence[Mapping[str, Any]], stories: Sequence[str]
) -> Material:
    """Disturb and cut what the sets hold.

    Args:
        messages: rows of ``utterances.jsonl``.
        elsewhere: rows of ``clinc150_sample.jsonl``.
        stories: opening messages of patients.
    """
    flagged = [{**row, "id": f"flag {row['id']}"} for row in messages if _flags_of(row["facts"])]
    return Material(
        messages=messages,
        noisy=list(noisy_rows(messages)),
        flags=list(noisy_rows(flagged, FLAG_DRAFTS)),
        elsewhere=elsewhere,
        timed=speed_rows(stories),
    )


def compare(material: Material, peer: PeerModel | None) -> list[tuple[str, str, str]]:
    """Let both read, and put the figures beside each other.

    Args:
        material: what is read.
        peer: the default pipeline; None leaves it out.

    Returns:
        Rows of figure, ours, default's.
    """
    shared = [*material.messages, *material.noisy, *material.elsewhere, *material.timed]
    with on_one_core():
        ours = answer_rows(module("evaluation.reading"), asked_of([*shared, *material.flags]))
        theirs = None if peer is None else read_messages(peer, shared)
    return table_of(material, ours, theirs)


def table_of(
    material: Material, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]] | None
) -> list[tuple[str, str, str]]:
    """The figures of readings already made; ``theirs`` is None where the default pipeline was left out."""
    mine = _by_id(ours)
    figures = _figures(material, mine)
    default = dict.fromkeys(figures, LEFT_OUT) if theirs is None else _figures(material, _by_id(theirs))
    both = [(name, figure, default[name]) for name, figure in figures.items()]
    return both + [(name, figure, NO_COUNTERPART) for name, figure in _fact_figures(material, mine).items()]


def _by_id(readings: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {}
    for reading in readings:
        intent = "out_of_scope" if reading["intent"] == FALLBACK else reading["intent"]
        found[reading["id"]] = {"facts": {}, **reading, "intent": intent}
    return found


def _figures(material: Material, readings: Readings) -> dict[str, str]:
    """What both readers can be asked."""
    score = score_readings(material.messages, readings)
    unasked = [row for row in material.messages if row["context"] is None]
    first = score_readings(unasked, readings)["intent_accuracy"]
    topics = sum(bool(row["topic"]) for row in material.messages)
    clean, noisy = score["intent_accuracy"], score_readings(material.noisy, readings)["intent_accuracy"]
    taken = sum(readings[row["id"]]["intent"] not in HARMLESS for row in material.elsewhere) / len(material.elsewhere)
    cost = {key: reading["cpu_ms"] for key, reading in readings.items()}
    return {
        f"intent right, {len(material.messages)} messages": _percent(clean),
        f"intent right, the {len(unasked)} of them that follow no question": _percent(first),
        f"topic right, {topics} messages": _percent(score["topic_accuracy"]),
        f"intent right, 10 % of characters disturbed, {len(material.noisy)} drafts": _percent(noisy),
        "points lost by that": f"{100 * (clean - noisy):.1f}",
        f"taken for one of ours, {len(material.elsewhere)} requests in other domains": _percent(taken, 2),
        **{
            f"CPU ms, median, message of {length} words": f"{median_ms(material.timed, cost, length):.1f}"
            for length in LENGTHS
        },
    }


def _fact_figures(material: Material, readings: Readings) -> dict[str, str]:
    """What only a reader of facts can be asked."""
    score = score_readings(material.messages, readings)
    facts = ", ".join(f"{score[name]:.3f}" for name in ("fact_precision", "fact_recall", "fact_f1"))
    stray = sum(bool(readings[row["id"]]["facts"]) for row in material.elsewhere)
    vocabulary = vocabulary_of(row["text"] for row in material.messages)
    readable = [row for row in material.flags if can_be_restored(row["clean"], row["text"], vocabulary)]
    return {
        "facts: precision, recall, F1": facts,
        "red flags heard": f"{score['red_flags_heard']} of {score['red_flags']}",
        "red flags heard that were not said": str(score["false_red_flags"]),
        "red flags lost, 10 % disturbed but still readable": _lost(readable, readings),
        "red flags lost, 10 % disturbed, readable or not": _lost(material.flags, readings),
        f"any fact, {len(material.elsewhere)} requests in other domains": _percent(stray / len(material.elsewhere), 2),
    }


def _lost(rows: Sequence[Mapping[str, Any]], readings: Readings) -> str:
    said = [(row["id"], flag) for row in rows for flag in _flags_of(row["facts"])]
    lost = sum(readings[key]["facts"].get(flag) is not True for key, flag in said)
    return f"{lost} of {len(said)} ({_percent(lost / max(1, len(said)))})"


def _flags_of(facts: Mapping[str, Any]) -> list[str]:
    return [fact for fact, value in facts.items() if value is True and fact in RED_FLAGS]


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
