"""Keys: made once for trying things out, demanded for real use, never shown."""

from __future__ import annotations

import multiprocessing
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hip.launch.failure import LaunchError
from hip.launch.keys import key_file, new_keys, provide_keys
from hip.settings import ROOT, SettingsError, read_settings
from tests.conftest import make_settings


def test_sqlite_gets_keys_of_its_own_that_stay(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    first, second = provide_keys(settings), provide_keys(settings)
    assert first == second
    assert first.session_keys
    assert first.data_keys
    path = key_file(tmp_path / "hip.db")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert first.data_keys[0] not in repr(first)
    assert first.session_keys[0] not in repr(first)


def test_keys_that_are_set_win(tmp_path: Path) -> None:
    keys = new_keys()
    settings = make_settings(tmp_path, **keys)
    assert provide_keys(settings).data_keys == (keys["DATA_KEYS"],)
    assert list(tmp_path.iterdir()) == []
    half = provide_keys(make_settings(tmp_path, DATA_KEYS=keys["DATA_KEYS"]))
    assert half.data_keys == (keys["DATA_KEYS"],)
    assert half.session_keys


def test_postgresql_needs_them_set(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, DATABASE_URL="postgresql://u:secret@host/hip")
    with pytest.raises(LaunchError, match=r"^SESSION_KEYS and DATA_KEYS must be set when .*hip\.launch keys") as caught:
        provide_keys(settings)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "SESSION_KEYS=short\nDATA_KEYS=x\n", "DATA_KEYS=\n"])
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, content: str) -> None:
    path = key_file(tmp_path / "hip.db")
    path.write_text(content)
    with pytest.raises(LaunchError, match=re.escape(str(path))):
        provide_keys(make_settings(tmp_path))
    assert path.read_text() == content


def test_two_at_once_agree(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    fork = multiprocessing.get_context("fork")
    start, made = fork.Barrier(4), fork.Queue()

    def make() -> None:
        start.wait()
        made.put(provide_keys(settings).data_keys)

    processes = [fork.Process(target=make) for _ in range(4)]
    for process in processes:
        process.start()
    keys = {made.get(timeout=30) for _ in processes}
    for process in processes:
        process.join()
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SESSION_KEYS", "zebra", "fewer than 32 characters"),
        ("DATA_KEYS", "zebra", "its key 1"),
        ("DATA_KEYS", f"{'A' * 43}=,zebra", "its key 2"),
        ("PUBLIC_URL", "chat.example", "https://www.example.org"),
        ("PUBLIC_URL", "https://chat.example/path", "with no path"),
        ("ALLOWED_ORIGINS", "https://a.example,*", "with no path"),
        ("ALLOWED_ORIGINS", "https://*.example", "with no path"),
        ("TRUSTED_PROXIES", "proxy", "address or network"),
        ("GATEWAY_HOST", "localhost", "127.0.0.1"),
        ("SESSION_LIMIT", "0", "whole number"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} in the environment .*{re.escape(said)}") as caught:
        read_settings({name: value}, Path("/nonexistent/.env"))
    assert name.endswith("_KEYS") is False or "zebra" not in str(caught.value)


def test_several_origins_and_proxies() -> None:
    environment = {
        "ALLOWED_ORIGINS": "https://a.example/, http://localhost:3000",
        "TRUSTED_PROXIES": "10.0.0.0/8,::1",
        "PUBLIC_URL": "https://chat.example/",
    }
    settings = read_settings(environment, Path("/nonexistent/.env"))
    assert settings.allowed_origins == ("https://a.example", "http://localhost:3000")
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.public_url == "https://chat.example"


def test_the_command_prints_keys_that_are_accepted() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hip.launch", "keys"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    read_settings(dict(line.split("=", 1) for line in done.stdout.splitlines()), Path("/nonexistent/.env"))
    assert done.stdout.count("\n") == 2
