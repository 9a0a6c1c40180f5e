"""The table and the JSON of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from benchmarks.bench.disk import Disk
from benchmarks.bench.legs import Leg
from benchmarks.bench.training import Trained
from evaluation.results import in_table

#: What issue 12 asks of each ratio, ours over the default's: at least, or at most.
LEAST: Final = {"throughput_ratio": 5.0}
MOST: Final = {"p95_ratio": 0.25, "memory_ratio": 0.4, "start_ratio": 1 / 3, "train_ratio": 0.25, "disk_ratio": 0.4}


@dataclass(frozen=True)
class Assistant:
    """All figures of one assistant."""

    leg: Leg
    trained: Trained
    disk: Disk


@dataclass(frozen=True)
class Run:
    """A whole run.

    Attributes:
        ours: this assistant on the REST channel.
        default: Rasa's default project on the REST channel.
        gateway: this assistant with all its servers, through the gateway.
        machine: what is to be known of the circumstances.
    """

    ours: Assistant
    default: Assistant
    gateway: Leg
    machine: Mapping[str, Any]


def find_ratios(run: Run) -> dict[str, float]:
    """Ours over the default's; those of issue 12 first, then the same by what is less disturbed by other work."""
    ours, default = run.ours, run.default
    return {
        "throughput_ratio": ours.leg.rate_32 / default.leg.rate_32,
        "p95_ratio": ours.leg.p95_ms_32 / default.leg.p95_ms_32,
        "memory_ratio": ours.leg.memory_mb / default.leg.memory_mb,
        "start_ratio": ours.leg.start_s / default.leg.start_s,
        "train_ratio": ours.trained.cost.elapsed / default.trained.cost.elapsed,
        "disk_ratio": ours.disk.total / default.disk.total,
        "throughput_1_ratio": ours.leg.rate_1 / default.leg.rate_1,
        "memory_pss_ratio": ours.leg.memory_pss_mb / default.leg.memory_pss_mb,
        "train_processor_ratio": ours.trained.cost.processor / default.trained.cost.processor,
        "processor_ratio": ours.leg.processor_ms / default.leg.processor_ms,
    }


def is_met(name: str, ratio: float) -> bool | None:
    """Whether a ratio reaches its bar; None when it has none."""
    if name in LEAST:
        return ratio >= LEAST[name]
    return ratio <= MOST[name] if name in MOST else None


def write_table(run: Run) -> str:
    """Every figure, ours beside the default's, with its bar."""
    ratios = find_ratios(run)
    ours, default, gateway = run.ours, run.default, run.gateway
    rows: list[tuple[str, ...]] = []

    def add(text: str, figure: Any, form: str, ratio: str | None = None, through: str | None = None) -> None:
        pair = (format(figure(each), form) for each in (ours, default))
        rows.append((text, *pair, *_against_bar(ratio, ratios), through or ""))

    def add_leg(text: str, name: str, form: str, ratio: str | None = None) -> None:
        add(text, lambda each: getattr(each.leg, name), form, ratio, format(getattr(gateway, name), form))

    add_leg("start until the first answer, s", "start_s", ".1f", "start_ratio")
    add_leg("memory (RSS), Rasa + action server, MB", "memory_mb", ".0f", "memory_ratio")
    add_leg("the same, shared pages once (PSS), MB", "memory_pss_mb", ".0f", "memory_pss_ratio")
    rows.append(("memory of gateway, staff page and retention, MB", *[""] * 4, f"{gateway.around_mb:.0f}"))
    add("training, s", lambda each: each.trained.cost.elapsed, ".0f", "train_ratio")
    add("training, s of processor time", lambda each: each.trained.cost.processor, ".0f", "train_processor_ratio")
    for count in ("1", "32"):
        ratio = {"1": "throughput_1_ratio", "32": "throughput_ratio"}[count]
        add_leg(f"messages a second, {count} at once", f"rate_{count}", ".1f", ratio)
        add_leg(f"median, {count} at once, ms", f"median_ms_{count}", ".0f")
        add_leg(
            f"95th percentile, {count} at once, ms", f"p95_ms_{count}", ".0f", "p95_ratio" if count == "32" else None
        )
    add_leg("processor time a message at 32, ms", "processor_ms", ".1f", "processor_ratio")
    add("disk: packages, model and project, MB", lambda each: each.disk.total, ".0f", "disk_ratio")
    add("of which packages to run it, MB", lambda each: each.disk.environment, ".0f")
    add("of which model, MB", lambda each: each.disk.model, ".0f")
    add_leg("messages without a reply, at 32", "silent", ".0f")
    add_leg("conversations that came to an outcome, at 32", "finished", ".0%")
    add_leg("cores used by other work meanwhile", "elsewhere", ".2f")
    head = ("figure", "ours", "Rasa's default", "ratio", "bar", "ours through the gateway")
    return in_table(head, rows)


def _against_bar(name: str | None, ratios: Mapping[str, float]) -> tuple[str, str]:
    if name is None:
        return "", ""
    bar = {True: "met", False: "MISSED", None: ""}[is_met(name, ratios[name])]
    limit = f">= {LEAST[name]:.2g} " if name in LEAST else f"<= {MOST[name]:.2g} " if name in MOST else ""
    return f"{ratios[name]:.3g}", f"{limit}{bar}"


def write_notes(run: Run) -> str:
    """What the table cannot say."""
    lines = [f"{name}: {value}" for name, value in run.machine.items()]
    for name, assistant in (("ours", run.ours), ("Rasa's default", run.default)):
        trained = assistant.trained
        when = f"kept from an earlier run ({trained.cost.on})" if trained.kept else "in this run"
        lines.append(f"Training of {name}: {when}, load average {trained.cost.load:.1f} at its end.")
    return "\n".join(lines)


def write_json(run: Run) -> str:
    """One line: the ratios, whether each bar is met, and the raw figures."""
    ratios = find_ratios(run)
    met = {name: is_met(name, ratio) for name, ratio in ratios.items() if is_met(name, ratio) is not None}
    raw = {name: _as_json(each) for name, each in (("ours", run.ours), ("default", run.default))}
    rounded = {name: round(ratio, 4) for name, ratio in ratios.items()}
    return json.dumps(
        rounded | {"met": met} | raw | {"gateway": _round(asdict(run.gateway)), "machine": dict(run.machine)}
    )


def _as_json(assistant: Assistant) -> dict[str, Any]:
    trained = assistant.trained
    training = _round(asdict(trained.cost)) | {"kept": trained.kept}
    disk = _round(asdict(assistant.disk)) | {"total": round(assistant.disk.total, 2)}
    return _round(asdict(assistant.leg)) | {"training": training, "disk_mb": disk}


def _round(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in figures.items()}
