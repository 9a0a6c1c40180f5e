"""The settings of one installation: environment variables, with ``.env`` in the project's folder behind them.

``VARIABLES`` is the one list of what can be set; ``.env.example`` and the README's table are checked against it.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values

from hip.engine.timeouts import ACTION_MOST
from hip.setting_values import (
    parse_address,
    parse_count,
    parse_data_keys,
    parse_database,
    parse_level,
    parse_origins,
    parse_port,
    parse_proxies,
    parse_redis,
    parse_session_keys,
    parse_web_address,
    within_seconds,
)

ROOT: Final = Path(__file__).resolve().parent.parent
ENV_FILE: Final = ROOT / ".env"
VAR: Final = ROOT / "var"

#: Unless told otherwise Rasa and action servers listen here: they have no sign-in of their own and hold health data.
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
        redis_url: of the Redis that holds the locks of conversations; empty for one Rasa server, which needs none.
        rasa_address: where the Rasa servers are reached, when not on this machine; see ``rasa_url``.
        action_address: where the action servers are reached, when not on this machine; see ``action_url``.
        action_host: address the action server listens on.
        action_timeout: seconds the Rasa server waits for one answer of the action server.
        start_timeout: seconds ``make run`` waits for the first answer.
        log_level: lowest level that is logged.
        gateway_host: address the gateway listens on.
        gateway_port: TCP port of the gateway, the only server that the public reaches.
        public_url: where the public finds the gateway, without a slash at the end.
        allowed_origins: websites, besides the gateway's own, whose pages may hold the widget.
        trusted_proxies: addresses of proxies whose X-Forwarded-For is believed.
        session_keys: sign session tokens; the first signs, all are accepted.
        data_keys: encrypt what is kept; the first encrypts, all can read.
        session_limit: messages one conversation may send a minute.
        address_limit: requests one address may send a minute.
        address_session_limit: conversations one address may begin a minute.
        site_host: address the staff page listens on.
        site_port: TCP port of the staff page.
        site_url: where staff find it, without a slash at the end.
        keep_days: days for which chats without a result, those with one, and the audit of the staff page are kept.
    """

    rasa_port: int
    action_port: int
    database_url: str
    tracker_database_url: str
    action_timeout: float
    start_timeout: float
    log_level: str
    redis_url: str = field(default="", repr=False)
    rasa_address: str = ""
    action_address: str = ""
    action_host: str = LOOPBACK
    gateway_host: str = LOOPBACK
    gateway_port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    session_keys: tuple[str, ...] = field(default=(), repr=False)
    data_keys: tuple[str, ...] = field(default=(), repr=False)
    session_limit: int = 40
    address_limit: int = 600
    address_session_limit: int = 30
    site_host: str = LOOPBACK
    site_port: int = 8090
    site_url: str = "http://127.0.0.1:8090"
    keep_days: tuple[int, int, int] = (30, 365, 730)

    @property
    def rasa_url(self) -> str:
        """Where the Rasa server, or the proxy in front of several, is reached."""
        return self.rasa_address or f"http://{LOOPBACK}:{self.rasa_port}"

    @property
    def action_url(self) -> str:
        """Where the action server, or the proxy in front of several, is reached."""
        return self.action_address or f"http://{LOOPBACK}:{self.action_port}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is reached from this machine."""
        host = LOOPBACK if self.gateway_host in ("0.0.0.0", "::") else self.gateway_host
        return f"http://[{host}]:{self.gateway_port}" if ":" in host else f"http://{host}:{self.gateway_port}"


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


VARIABLES: Final[tuple[Variable, ...]] = (
    Variable("RASA_PORT", "5005", "Port of the Rasa server, on this machine only.", parse_port),
    Variable("ACTION_PORT", "5055", "Port of the action server, on this machine only.", parse_port),
    Variable(
        "DATABASE_URL", "sqlite:///var/hip.db", "Where assessments are kept: SQLite or PostgreSQL.", parse_database
    ),
    Variable(
        "TRACKER_DATABASE_URL",
        "",
        "Where conversations are kept. Unset: DATABASE_URL if that is PostgreSQL, else sqlite:///var/conversations.db.",
        parse_database,
    ),
    Variable(
        "REDIS_URL",
        "",
        "Where several Rasa servers keep the locks of conversations, such as redis://host:6379/0. Unset: one server.",
        parse_redis,
    ),
    Variable(
        "RASA_URL", "", "Where the Rasa servers are reached. Unset: http://127.0.0.1 and RASA_PORT.", parse_web_address
    ),
    Variable(
        "ACTION_URL",
        "",
        "Where the action servers are reached. Unset: http://127.0.0.1 and ACTION_PORT.",
        parse_web_address,
    ),
    Variable(
        "ACTION_HOST",
        LOOPBACK,
        "Address the action server listens on; any other than this machine's own only in a network that is closed.",
        parse_address,
    ),
    Variable(
        "ACTION_TIMEOUT_SECONDS",
        "6",
        "How long an action may take before the person is told of a technical problem, with 999 and 111.",
        within_seconds(0.5, ACTION_MOST),
    ),
    Variable(
        "START_TIMEOUT_SECONDS", "120", "How long `make run` waits until a message is answered.", within_seconds(5, 900)
    ),
    Variable("LOG_LEVEL", "INFO", "INFO, WARNING or ERROR. No level logs what people type.", parse_level),
    Variable(
        "GATEWAY_HOST", LOOPBACK, "Address the gateway listens on; 0.0.0.0 lets other machines in.", parse_address
    ),
    Variable("GATEWAY_PORT", "8080", "Port of the gateway, the one server that the public reaches.", parse_port),
    Variable(
        "PUBLIC_URL",
        "",
        "Where the public finds the gateway. Unset: http://127.0.0.1 and GATEWAY_PORT.",
        parse_web_address,
    ),
    Variable(
        "ALLOWED_ORIGINS",
        "",
        "Websites that may hold the widget, with commas between. The gateway's own may.",
        parse_origins,
    ),
    Variable(
        "TRUSTED_PROXIES", "", "Proxies in front of the gateway, whose X-Forwarded-For is believed.", parse_proxies
    ),
    Variable(
        "SESSION_KEYS",
        "",
        "Keys that sign session tokens, newest first. Unset with SQLite: made beside the database.",
        parse_session_keys,
    ),
    Variable(
        "DATA_KEYS",
        "",
        "Keys that encrypt what is kept, newest first. Unset with SQLite: made beside the database.",
        parse_data_keys,
    ),
    Variable("SESSION_LIMIT", "40", "How many messages one conversation may send a minute.", parse_count),
    Variable("ADDRESS_LIMIT", "600", "How many requests one address may send a minute.", parse_count),
    Variable("ADDRESS_SESSION_LIMIT", "30", "How many conversations one address may begin a minute.", parse_count),
    Variable(
        "SITE_HOST", LOOPBACK, "Address the staff page listens on; any other needs https in SITE_URL.", parse_address
    ),
    Variable("SITE_PORT", "8090", "Port of the staff page.", parse_port),
    Variable("SITE_URL", "", "Where staff find their page. Unset: http://127.0.0.1 and SITE_PORT.", parse_web_address),
    Variable("KEEP_ABANDONED_DAYS", "30", "For how many days a chat without a result is kept.", parse_count),
    Variable(
        "KEEP_RESULTS_DAYS", "365", "For how many days a chat with a result, and its hand-over, is kept.", parse_count
    ),
    Variable("KEEP_AUDIT_DAYS", "730", "For how many days it is kept what staff looked at.", parse_count),
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
    _refuse_same_port(values)
    return Settings(
        rasa_port=values["RASA_PORT"],
        action_port=values["ACTION_PORT"],
        database_url=values["DATABASE_URL"],
        tracker_database_url=values.get("TRACKER_DATABASE_URL") or _tracker_database(values["DATABASE_URL"]),
        redis_url=values.get("REDIS_URL", ""),
        rasa_address=values.get("RASA_URL", ""),
        action_address=values.get("ACTION_URL", ""),
        action_host=values["ACTION_HOST"],
        action_timeout=values["ACTION_TIMEOUT_SECONDS"],
        start_timeout=values["START_TIMEOUT_SECONDS"],
        log_level=values["LOG_LEVEL"],
        gateway_host=values["GATEWAY_HOST"],
        gateway_port=values["GATEWAY_PORT"],
        public_url=values.get("PUBLIC_URL") or f"http://{LOOPBACK}:{values['GATEWAY_PORT']}",
        allowed_origins=values.get("ALLOWED_ORIGINS", ()),
        trusted_proxies=values.get("TRUSTED_PROXIES", ()),
        session_keys=values.get("SESSION_KEYS", ()),
        data_keys=values.get("DATA_KEYS", ()),
        session_limit=values["SESSION_LIMIT"],
        address_limit=values["ADDRESS_LIMIT"],
        address_session_limit=values["ADDRESS_SESSION_LIMIT"],
        site_host=values["SITE_HOST"],
        site_port=values["SITE_PORT"],
        site_url=values.get("SITE_URL") or f"http://{LOOPBACK}:{values['SITE_PORT']}",
        keep_days=(values["KEEP_ABANDONED_DAYS"], values["KEEP_RESULTS_DAYS"], values["KEEP_AUDIT_DAYS"]),
    )


def _refuse_same_port(values: Mapping[str, Any]) -> None:
    names = [variable.name for variable in VARIABLES if variable.parse is parse_port]
    for number, name in enumerate(names):
        for other in names[:number]:
            if values[name] == values[other]:
                raise SettingsError(f"{other} and {name} are both {values[name]}: give one another port")


def _tracker_database(database_url: str) -> str:
    """SQLite has one writer at a time: conversations get a file of their own, so that they and records do not wait."""
    return parse_database("sqlite:///var/conversations.db") if database_url.startswith("sqlite") else database_url


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
