"""Settings: what holds when nothing is set, and what is said when something is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hip.settings import ROOT, VARIABLES, Settings, SettingsError, read_settings

NO_FILE = Path("/nonexistent/.env")
DEFAULTS = Settings(
    rasa_port=5005,
    action_port=5055,
    database_url=f"sqlite:///{ROOT}/var/hip.db",
    tracker_database_url=f"sqlite:///{ROOT}/var/conversations.db",
    action_timeout=6.0,
    start_timeout=120.0,
    log_level="INFO",
)


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}, NO_FILE) == DEFAULTS


def test_an_empty_value_counts_as_unset() -> None:
    assert read_settings({variable.name: "" for variable in VARIABLES}, NO_FILE) == DEFAULTS


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RASA_PORT=6001\nACTION_PORT=6002\n")
    settings = read_settings({"RASA_PORT": "7001"}, tmp_path / ".env")
    assert (settings.rasa_port, settings.action_port) == (7001, 6002)
    assert (settings.rasa_url, settings.action_url) == ("http://127.0.0.1:7001", "http://127.0.0.1:6002")


@pytest.mark.parametrize(
    ("environment", "tracker"),
    [
        ({"DATABASE_URL": "postgresql://u:p@host/hip"}, "postgresql://u:p@host/hip"),
        (
            {"DATABASE_URL": "postgresql://u:p@host/hip", "TRACKER_DATABASE_URL": "sqlite:////x/y.db"},
            "sqlite:////x/y.db",
        ),
        ({"DATABASE_URL": "sqlite:////x/hip.db"}, f"sqlite:///{ROOT}/var/conversations.db"),
    ],
)
def test_where_conversations_go(environment: dict[str, str], tracker: str) -> None:
    assert read_settings(environment, NO_FILE).tracker_database_url == tracker


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RASA_PORT", "many", "is 'many': it must be a whole number from 1 to 65535"),
        ("RASA_PORT", "-1", "is '-1'"),
        ("ACTION_PORT", "65536", "is '65536'"),
        ("ACTION_PORT", "٥", "is '٥'"),
        ("ACTION_TIMEOUT_SECONDS", "9", "is '9': it must be a number of seconds from 0.5 to 8"),
        ("ACTION_TIMEOUT_SECONDS", "nan", "is 'nan'"),
        ("START_TIMEOUT_SECONDS", "soon", "is 'soon': it must be a number of seconds from 5 to 900"),
        ("LOG_LEVEL", "DEBUG", "DEBUG would log what people type"),
        ("DATABASE_URL", "hip.db", "is not a database URL"),
        ("DATABASE_URL", "sqlite://", "records need a SQLite file"),
        ("DATABASE_URL", "mysql://u:secret@host/x", "is not supported; use sqlite or postgresql"),
        ("TRACKER_DATABASE_URL", "postgresql://host", "names no database"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} in the environment .*{re.escape(said)}") as caught:
        read_settings({name: value}, NO_FILE)
    assert "secret" not in str(caught.value)


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=LOUD\n")
    with pytest.raises(SettingsError) as caught:
        read_settings({"RASA_PORT": "x"}, tmp_path / ".env")
    assert [line.split(" is ")[0] for line in str(caught.value).splitlines()] == [
        "RASA_PORT in the environment",
        "LOG_LEVEL in .env",
    ]


def test_both_servers_need_a_port_of_their_own() -> None:
    with pytest.raises(SettingsError, match="RASA_PORT and ACTION_PORT are both 5005"):
        read_settings({"ACTION_PORT": "5005"}, NO_FILE)


@pytest.mark.parametrize(
    ("in_file", "environment", "said"),
    [
        ("RASA_PROT=1\n", {}, r"RASA_PROT in \.env is not a variable .*did you mean RASA_PORT\?"),
        ("COLOUR=red\n", {}, r"COLOUR in \.env is not a variable .*the known ones are RASA_PORT"),
        ("", {"HIP_LOG_LEVEL": "INFO"}, r"HIP_LOG_LEVEL in the environment .*did you mean LOG_LEVEL\?"),
    ],
)
def test_a_misspelt_variable_is_not_ignored(
    tmp_path: Path, in_file: str, environment: dict[str, str], said: str
) -> None:
    (tmp_path / ".env").write_text(in_file)
    with pytest.raises(SettingsError, match=said):
        read_settings(environment, tmp_path / ".env")


def test_other_variables_of_the_machine_are_none_of_our_business() -> None:
    assert read_settings({"PATH": "/bin", "COLOUR": "red"}, NO_FILE) == DEFAULTS


def test_env_example_holds_every_variable_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert dict(re.findall(r"^#([A-Z_]+)=(.*)$", example, re.MULTILINE)) == {
        variable.name: variable.default for variable in VARIABLES
    }


def test_env_example_uncommented_is_accepted(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(re.sub(r"^#([A-Z_]+=)", r"\1", example, flags=re.MULTILINE))
    assert read_settings({}, tmp_path / ".env") == DEFAULTS
