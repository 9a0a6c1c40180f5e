"""The keys for session tokens and encryption: from the environment, or made for trying things out.

With SQLite, keys that are not set are made once and kept beside the database. That protects nothing from somebody who
has both files, so with PostgreSQL, which real use needs, keys must be set.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from sqlalchemy.engine.url import make_url

from hip.launch.failure import LaunchError
from hip.records.database import sqlite_path
from hip.records.encryption import new_data_key
from hip.setting_values import KEY_ADVICE, parse_data_keys, parse_session_keys
from hip.settings import Settings

_SESSION, _DATA = "SESSION_KEYS", "DATA_KEYS"
_HEAD: Final = "# Keys of this SQLite installation. Without them its chats cannot be read; delete neither alone.\n"


def new_keys() -> dict[str, str]:
    """One fresh key for each variable."""
    return {_SESSION: secrets.token_urlsafe(32), _DATA: new_data_key()}


def provide_keys(settings: Settings) -> Settings:
    """The settings with all keys.

    Raises:
        LaunchError: a key is missing and the database is PostgreSQL, or the file of keys is broken.
    """
    missing = [name for name, keys in ((_SESSION, settings.session_keys), (_DATA, settings.data_keys)) if not keys]
    if not missing:
        return settings
    path = sqlite_path(make_url(settings.database_url))
    if path is None:
        raise LaunchError(f"{' and '.join(missing)} must be set when DATABASE_URL is PostgreSQL: {KEY_ADVICE}")
    kept = _read_or_make(key_file(path))
    return dataclasses.replace(
        settings,
        session_keys=settings.session_keys or parse_session_keys(kept[_SESSION]),
        data_keys=settings.data_keys or parse_data_keys(kept[_DATA]),
    )


def key_file(database: Path) -> Path:
    """Where the keys of a SQLite file are kept."""
    return database.with_name(f"{database.name}.keys")


def _read_or_make(path: Path) -> dict[str, str]:
    try:
        if not path.exists():
            _make(path)
        kept = {name: value or "" for name, value in dotenv_values(path).items()}
        parse_session_keys(kept[_SESSION])
        parse_data_keys(kept[_DATA])
    except (KeyError, ValueError):
        raise LaunchError(f"{path} is damaged: put it back, or delete it with the database beside it") from None
    except OSError as error:
        raise LaunchError(f"Cannot keep keys in {path}: {error.strerror}") from error
    return kept


def _make(path: Path) -> None:
    """Write a file that appears whole, and only if no other process was first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(_HEAD + "".join(f"{name}={value}\n" for name, value in new_keys().items()))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other's keys hold
    finally:
        draft.unlink()
