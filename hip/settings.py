"""The settings of one installation: environment variables, with ``.env`` in the project's folder behind them.

``VARIABLES`` is the one list of what can be set; ``.env.example`` and the README's table are checked against it.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values

ROOT: Final = Path(__file__).resolve().parent.parent
ENV_FILE: Final = ROOT / ".env"
VAR: Final = ROOT / "var"

#: Both servers listen here and nowhere else: they have no sign-in of their own and hold health data.
LOOPBACK: Final = "127.0.0.1"


class SettingsError(ValueError):
    """A variable is wrong or unknown; the message names it, says what is wrong and what to do."""


@dataclass(frozen=True)
class Settings:
    """Checked settings.

    Attributes:
        rasa_port: TCP port of the Rasa server.
        action_port: TCP port of the action server.
        database_url: SQLAlchemy URL of the assessment records.
        tracker_database_url: SQLAlchemy URL of Rasa's conversations.
        action_timeout: seconds the Rasa server waits for one answer of the action server.
        start_timeout: seconds ``make run`` waits for the first answer.
        log_level: lowest level that is logged.
    """

    rasa_port: int
    action_port: int
    database_url: str
    tracker_database_url: str
    action_timeout: float
    start_timeout: float
    log_level: str

    @property
    def rasa_url(self) -> str:
        """Where the Rasa server listens."""
        return f"http://{LOOPBACK}:{self.rasa_port}"

    @property
    def action_url(self) -> str:
        """Where the action server listens."""
        return f"http://{LOOPBACK}:{self.action_port}"


@dataclass(frozen=True)
class Variable:
    """One environment variable.

    Attributes:
        name: its name.
        default: the value it has when unset, in the text form it would be given; empty when it follows another.
        meaning: what it sets, for a person who runs the assistant.
        parse: reads the text form; its ValueError goes on after "NAME in PLACE".
    """

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any]


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise ValueError(f"is {text!r}: it must be a whole number from 1 to 65535, such as 5005")


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = float("nan")
        if low <= seconds <= high:
            return seconds
        raise ValueError(f"is {text!r}: it must be a number of seconds from {low:g} to {high:g}")

    return parse


def _database(text: str) -> str:
    """Check a database URL; a relative SQLite path is taken from the project's folder, wherever Python started."""
    from hip.records.database import DatabaseUrlError, parse_database_url  # slow to import, and seldom needed

    try:
        return str(parse_database_url(text).render_as_string(hide_password=False))
    except DatabaseUrlError as error:  # never repeats the URL, which may hold a password
        raise ValueError(str(error).removeprefix("DATABASE_URL").lstrip(": ")) from error


def _level(text: str) -> str:
    if text.upper() in ("INFO", "WARNING", "ERROR"):
        return text.upper()
    raise ValueError(f"is {text!r}: it must be INFO, WARNING or ERROR; DEBUG would log what people type")


VARIABLES: Final[tuple[Variable, ...]] = (
    Variable("RASA_PORT", "5005", "Port of the Rasa server, on this machine only.", _port),
    Variable("ACTION_PORT", "5055", "Port of the action server, on this machine only.", _port),
    Variable("DATABASE_URL", "sqlite:///var/hip.db", "Where assessments are kept: SQLite or PostgreSQL.", _database),
    Variable(
        "TRACKER_DATABASE_URL",
        "",
        "Where conversations are kept. Unset: DATABASE_URL if that is PostgreSQL, else sqlite:///var/conversations.db.",
        _database,
    ),
    Variable(
        "ACTION_TIMEOUT_SECONDS",
        "6",
        "How long an action may take before the person is told of a technical problem, with 999 and 111.",
        _seconds(0.5, 8),
    ),
    Variable(
        "START_TIMEOUT_SECONDS", "120", "How long `make run` waits until a message is answered.", _seconds(5, 900)
    ),
    Variable("LOG_LEVEL", "INFO", "INFO, WARNING or ERROR. No level logs what people type.", _level),
)


def read_settings(environ: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Settings:
    """Read and check every variable; the environment wins over the file, an empty value counts as unset.

    Raises:
        SettingsError: with one line for each variable that is wrong or unknown.
    """
    environment = os.environ if environ is None else environ
    from_file = {name: value or "" for name, value in dotenv_values(env_file).items()}
    _refuse_unknown(environment, from_file, env_file)
    values: dict[str, Any] = {}
    problems = []
    for variable in VARIABLES:
        in_file = not environment.get(variable.name)
        text = environment.get(variable.name) or from_file.get(variable.name) or variable.default
        if not text:
            continue
        try:
            values[variable.name] = variable.parse(text.strip())
        except ValueError as error:
            where = env_file.name if in_file else "the environment"
            problems.append(f"{variable.name} in {where} {error}")
    if problems:
        raise SettingsError("\n".join(problems))
    if values["RASA_PORT"] == values["ACTION_PORT"]:
        raise SettingsError(f"RASA_PORT and ACTION_PORT are both {values['RASA_PORT']}: give one another port")
    return Settings(
        rasa_port=values["RASA_PORT"],
        action_port=values["ACTION_PORT"],
        database_url=values["DATABASE_URL"],
        tracker_database_url=values.get("TRACKER_DATABASE_URL") or _tracker_database(values["DATABASE_URL"]),
        action_timeout=values["ACTION_TIMEOUT_SECONDS"],
        start_timeout=values["START_TIMEOUT_SECONDS"],
        log_level=values["LOG_LEVEL"],
    )


def _tracker_database(database_url: str) -> str:
    """SQLite has one writer at a time: conversations get a file of their own, so that they and records do not wait."""
    return _database("sqlite:///var/conversations.db") if database_url.startswith("sqlite") else database_url


def _refuse_unknown(environ: Mapping[str, str], from_file: Mapping[str, str], env_file: Path) -> None:
    """A misspelt variable would be ignored in silence: everything in the file, and every HIP_ name, must be known."""
    known = [variable.name for variable in VARIABLES]
    unknown = [(name, env_file.name) for name in from_file if name not in known]
    unknown += [(name, "the environment") for name in environ if name.startswith("HIP_") and name not in known]
    lines = []
    for name, where in unknown:
        close = difflib.get_close_matches(name.removeprefix("HIP_"), known, n=1)
        advice = f"did you mean {close[0]}?" if close else f"remove it; the known ones are {', '.join(known)}"
        lines.append(f"{name} in {where} is not a variable of this assistant: {advice}")
    if lines:
        raise SettingsError("\n".join(lines))


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()
