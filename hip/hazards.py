"""The hazard log: reads ``docs/safety/hazards.yml`` and writes it as ``docs/safety/hazard-log.md``.

``python -m hip.hazards`` writes the log; ``--check`` only says whether it is in step. The form is that of DCB0129:
hazard, causes, effect, risk before and after controls, and the evidence for each control.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from hip.content import ROOT, ContentError, read_content

FOLDER: Final = ROOT / "docs" / "safety"
LOG: Final = "hazard-log.md"
SEVERITIES: Final = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS: Final = ("very low", "low", "medium", "high", "very high")


class State(Enum):
    """Whether a control exists."""

    IN_PLACE = "in place"
    OPEN = "open"  # not built, or the clinic's to do: nothing is claimed for it


@dataclass(frozen=True)
class Risk:
    """A severity, a likelihood, and the risk that the matrix gives for them, 1 (lowest) to 5."""

    severity: str
    likelihood: str
    level: int

    def __str__(self) -> str:
        return f"{self.severity}, {self.likelihood}: **{self.level}**"


@dataclass(frozen=True)
class Control:
    """What makes a hazard less likely or less severe.

    Attributes:
        what: the control.
        kind: design, test, training or business process.
        state: whether it exists.
        evidence: tests as ``tests/file.py::name`` and proofs as ``hip/proof/file.py::name``; empty for an open control.
    """

    what: str
    kind: str
    state: State
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Hazard:
    """One hazard; ``initial`` is the risk without controls, ``residual`` the risk with those in place."""

    id: str
    hazard: str
    causes: tuple[str, ...]
    effect: str
    initial: Risk
    controls: tuple[Control, ...]
    residual: Risk
    note: str | None


@dataclass(frozen=True)
class HazardLog:
    """All hazards, with the head of the document and the scales."""

    version: str
    reviewed: str
    status: str
    about: str
    scales: Mapping[str, Mapping[str, str]]
    matrix: Mapping[str, tuple[int, ...]]
    hazards: tuple[Hazard, ...]


def load_hazards(folder: Path = FOLDER) -> HazardLog:
    """Read ``hazards.yml``.

    Raises:
        ContentError: when the file is wrong, an id comes twice, or a risk is lowered although no control is in place.
    """
    raw = read_content("hazards.yml", "hazards", folder)
    matrix = {likelihood: tuple(levels) for likelihood, levels in raw["matrix"].items()}
    hazards = tuple(_read_hazard(entry, matrix) for entry in raw["hazards"])
    twice = [name for name, times in Counter(hazard.id for hazard in hazards).items() if times > 1]
    if twice:
        raise ContentError(f"hazards.yml: {', '.join(twice)} comes twice")
    scales = {name: raw[name] for name in ("severity", "likelihood", "risk")}
    return HazardLog(raw["version"], raw["reviewed"], raw["status"], raw["about"], scales, matrix, hazards)


def _read_hazard(entry: Mapping[str, Any], matrix: Mapping[str, Sequence[int]]) -> Hazard:
    controls = tuple(
        Control(each["what"], each["kind"], State(each["state"]), tuple(each.get("evidence", ())))
        for each in entry["controls"]
    )
    initial, residual = _read_risk(entry["initial"], matrix), _read_risk(entry["residual"], matrix)
    if residual.level > initial.level:
        raise ContentError(f"hazards.yml: {entry['id']}: the risk left is higher than the risk at first")
    if residual != initial and not any(control.state is State.IN_PLACE for control in controls):
        raise ContentError(f"hazards.yml: {entry['id']}: the risk is lowered, but no control is in place")
    return Hazard(
        entry["id"],
        entry["hazard"],
        tuple(entry["causes"]),
        entry["effect"],
        initial,
        controls,
        residual,
        entry.get("note"),
    )


def _read_risk(raw: Mapping[str, str], matrix: Mapping[str, Sequence[int]]) -> Risk:
    level = matrix[raw["likelihood"]][SEVERITIES.index(raw["severity"])]
    return Risk(raw["severity"], raw["likelihood"], level)


def render(log: HazardLog) -> str:
    """The log as Markdown."""
    return "\n".join([*_head(log), *(line for hazard in log.hazards for line in _section(hazard))]) + "\n"


def _head(log: HazardLog) -> Iterator[str]:
    yield from ["# Hazard log", "", "Made from `hazards.yml` by `python -m hip.hazards`. Do not edit.", ""]
    yield from [
        f"Version {log.version}, last review {log.reviewed}. Status: **{log.status}**.",
        "",
        log.about.strip(),
        "",
    ]
    for name, title in (("severity", "Severity"), ("likelihood", "Likelihood"), ("risk", "Risk")):
        yield from [f"| {title} | Meaning |", "| --- | --- |"]
        yield from (f"| {value} | {meaning} |" for value, meaning in log.scales[name].items())
        yield ""
    yield f"| likelihood / severity | {' | '.join(SEVERITIES)} |"
    yield "| --- |" + " --- |" * len(SEVERITIES)
    yield from (f"| {each} | {' | '.join(map(str, log.matrix[each]))} |" for each in reversed(LIKELIHOODS))
    states = Counter(control.state for hazard in log.hazards for control in hazard.controls)
    yield from ["", "## Summary", ""]
    yield (
        f"{len(log.hazards)} hazards; {states[State.IN_PLACE]} controls in place, each with its evidence; "
        f"{states[State.OPEN]} open, for which nothing is claimed."
    )
    yield from ["", "| id | hazard | at first | left | open controls |", "| --- | --- | --- | --- | --- |"]
    for hazard in log.hazards:
        open_controls = sum(control.state is State.OPEN for control in hazard.controls)
        yield f"| {hazard.id} | {hazard.hazard} | {hazard.initial.level} | {hazard.residual.level} | {open_controls} |"


def _section(hazard: Hazard) -> Iterator[str]:
    yield from ["", f"## {hazard.id}: {hazard.hazard}", "", "Causes:", ""]
    yield from (f"- {cause}" for cause in hazard.causes)
    yield from ["", f"Effect: {hazard.effect}", "", f"Risk at first: {hazard.initial}", ""]
    yield from ["| control | kind | state | evidence |", "| --- | --- | --- | --- |"]
    for control in hazard.controls:
        evidence = "<br>".join(f"`{each}`" for each in control.evidence) or "none"
        yield f"| {control.what} | {control.kind} | {control.state.value} | {evidence} |"
    yield from ["", f"Risk left: {hazard.residual}"]
    if hazard.note:
        yield from ["", f"Note: {hazard.note}"]


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write the log, or with ``--check`` compare it; 0 when it is in step."""
    path = folder / LOG
    try:
        text = render(load_hazards(folder))
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        print(f"{path} is not in step: run python -m hip.hazards", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
