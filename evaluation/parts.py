"""The parts of the evaluation: each measures one thing and gives its figures as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluation import cross_validate
from evaluation.assistant import running_assistant
from evaluation.cases import read_rounds
from evaluation.comparison import compare, make_material
from evaluation.lines import answer_rows, asked_of, module
from evaluation.peer import load_peer
from evaluation.player import Talk, play, rest_sender
from evaluation.repeat import read_twice
from evaluation.results import in_rows, in_table
from evaluation.scores import median_turns, score_levels, score_readings

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Task:
    """What is measured, and how.

    Attributes:
        cases: patients, as in ``vignettes.jsonl``.
        messages: single messages, as in ``utterances.jsonl``.
        elsewhere: requests in unrelated domains, as in ``clinc150_sample.jsonl``.
        peer: Rasa's default pipeline is measured too.
        errors: what came out wrong is printed.
    """

    cases: Rows
    messages: Rows
    elsewhere: Rows
    peer: bool
    errors: bool


@dataclass(frozen=True)
class Part:
    """One part.

    Attributes:
        title: heading of its section.
        measure: gives the section's text.
    """

    title: str
    measure: Callable[[Task], str]


def play_cases(cases: Rows) -> list[Talk]:
    """Play patients against the assistant, started for it.

    Raises:
        NotStartedError: it did not start.
    """
    with running_assistant() as settings:
        return [play(case, rest_sender(f"{settings.rasa_url}/webhooks/rest/webhook")) for case in cases]


def _patients(task: Task) -> str:
    talks = play_cases(task.cases)
    if task.errors:
        _print_wrong(task.cases, talks)
    played = score_levels(task.cases, [talk.outcome for talk in talks])
    return in_rows({**played, "median_turns_routine": median_turns(task.cases, talks)})


def _print_wrong(cases: Rows, talks: Sequence[Talk]) -> None:
    """Each patient who was told another level than theirs."""
    for case, talk in zip(cases, talks, strict=True):
        given = talk.outcome["care_level"] if talk.outcome else "no outcome"
        if given != case["care_level"]:
            print(f"{case['id']}: {given}, right is {case['care_level']}: {case['why']}; asked {talk.asked}")


def _rounds(task: Task) -> str:
    cases = read_rounds()
    talks = play_cases(cases)
    if task.errors:
        _print_wrong(cases, talks)
    columns = {}
    for number in sorted({case["round"] for case in cases}):
        pairs = [(case, talk) for case, talk in zip(cases, talks, strict=True) if case["round"] == number]
        chosen, outcomes = [case for case, _ in pairs], [talk.outcome for _, talk in pairs]
        turns = median_turns(chosen, [talk for _, talk in pairs])
        columns[number] = {**score_levels(chosen, outcomes), "median_turns_routine": turns}
    names = list(next(iter(columns.values())))
    rows = [(name, *(str(figures[name]) for figures in columns.values())) for name in names]
    said = (
        "Sixty patients a round, written by somebody who had read nothing but the clinical rules, and played before "
        "anything was mended for them; since then they are development data. At first try 46, 51, 55 and 43 of 60 "
        "were exact (27 November 2026, the third without the second tier of red flags; the fourth, which tells most "
        "signs late and sideways, 28 November)."
    )
    table = in_table(("figure", *(f"round {number}" for number in columns)), rows)
    return f"{said}\n\n{table}"


def _rules(task: Task) -> str:
    facts = [{"id": case["id"], "facts": case["facts"]} for case in task.cases]
    given = [output if output["care_level"] else None for output in answer_rows(module("hip.triage"), facts)]
    return in_rows(score_levels(task.cases, given))


def _messages(task: Task) -> str:
    answers = answer_rows(module("hip.language"), asked_of(task.messages))
    readings = {reading["id"]: reading for reading in answers}
    if task.errors:
        for row in task.messages:
            reading = readings[row["id"]]
            if any(reading[key] != row[key] for key in ("intent", "topic", "facts")):
                print(f"{row['id']}: {row['text']!r}: {reading['intent']} {reading['topic']} {reading['facts']}")
    return in_rows(score_readings(task.messages, readings))


def _comparison(task: Task) -> str:
    peer = None
    if task.peer:
        print("Rasa's default pipeline trains first if the examples have changed: twenty minutes or more.", flush=True)
        peer = load_peer()
        trained = "kept from an earlier run on these very examples" if peer.kept else "trained in this run"
        said = (
            "The default is what `rasa init` configures: DIET, ResponseSelector and their featurizers, 100 epochs, no "
            f"fixed seed; {trained}. It does not know which question was asked before a message. It finds no facts "
            "without examples that mark them, so facts have no counterpart. In its favour, its fallback counts as out "
            "of scope and its topic counts whatever the intent."
        )
    else:
        said = "Rasa's default pipeline was left out (`--no-peer`): there is nothing here to compare with."
    material = make_material(task.messages, task.elsewhere, [case["opening"] for case in task.cases])
    return f"{said}\n\n{in_table(('figure', 'ours', 'default'), compare(material, peer))}"


def _cross_validation(task: Task) -> str:
    said = "The training examples, each read by a model that did not learn it, by the words alone."
    return f"{said}\n\n{in_rows(cross_validate.evaluate())}"


def _twice(task: Task) -> str:
    openings = [{"id": f"opening {case['id']}", "text": case["opening"]} for case in task.cases]
    said = "The model trained twice from nothing with the same seed, and every message of the sets read by both."
    return f"{said}\n\n{in_rows(read_twice([*task.messages, *task.elsewhere, *openings]))}"


PARTS: Final[Mapping[str, Part]] = {
    "patients": Part("Patients played through Rasa's REST channel", _patients),
    "rules": Part("The same patients' facts through `python -m hip.triage`", _rules),
    "rounds": Part("Four rounds of patients written blind", _rounds),
    "messages": Part("Single messages through `python -m hip.language`", _messages),
    "comparison": Part("Beside Rasa's default pipeline", _comparison),
    "cross-validation": Part("Cross-validation", _cross_validation),
    "twice": Part("Two trainings", _twice),
}
