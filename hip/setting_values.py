"""Reads the values of environment variables; each ValueError goes on after "NAME in PLACE"."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit


def parse_port(text: str) -> int:
    """A TCP port."""
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise ValueError(f"is {text!r}: it must be a whole number from 1 to 65535, such as 5005")


def within_seconds(low: float, high: float) -> Callable[[str], float]:
    """Gives a reader of seconds between two bounds."""

    def parse(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = float("nan")
        if low <= seconds <= high:
            return seconds
        raise ValueError(f"is {text!r}: it must be a number of seconds from {low:g} to {high:g}")

    return parse


def parse_database(text: str) -> str:
    """Check a database URL; a relative SQLite path is taken from the project's folder, wherever Python started."""
    from hip.records.database import DatabaseUrlError, parse_database_url  # slow to import, and seldom needed

    try:
        return str(parse_database_url(text).render_as_string(hide_password=False))
    except DatabaseUrlError as error:  # never repeats the URL, which may hold a password
        raise ValueError(str(error).removeprefix("DATABASE_URL").lstrip(": ")) from error


def parse_redis(text: str) -> str:
    """The URL of one Redis server."""
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:  # never repeated: it may hold a password
        raise ValueError("is not the address of a Redis server: expected redis://:password@host:6379/0, or rediss://")
    return text


def parse_level(text: str) -> str:
    """A log level that logs nothing people type."""
    if text.upper() in ("INFO", "WARNING", "ERROR"):
        return text.upper()
    raise ValueError(f"is {text!r}: it must be INFO, WARNING or ERROR; DEBUG would log what people type")


def parse_address(text: str) -> str:
    """An address of a network interface."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"is {text!r}: it must be an address such as 127.0.0.1, or 0.0.0.0 for all") from None


def split(text: str) -> tuple[str, ...]:
    """The parts of a list with commas between."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_origin(text: str) -> str:
    """An origin as a browser sends it: scheme, host, and the port where it is not the usual one."""
    parts = urlsplit(text)
    plain = parts.scheme in ("http", "https") and parts.hostname and text == f"{parts.scheme}://{parts.netloc}".lower()
    if not plain or "@" in parts.netloc or "*" in text:
        raise ValueError(f"holds {text!r}: an address such as https://www.example.org, in small letters, with no path")
    return text


def parse_web_address(text: str) -> str:
    """The address of a website, without a slash at the end."""
    return parse_origin(text.rstrip("/"))


def parse_origins(text: str) -> tuple[str, ...]:
    """A list of origins."""
    return tuple(parse_origin(part.rstrip("/")) for part in split(text))


def parse_proxies(text: str) -> tuple[str, ...]:
    """A list of addresses and networks."""
    for part in split(text):
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise ValueError(f"holds {part!r}: it must be an address or network such as 10.0.0.0/8") from None
    return split(text)


def parse_count(text: str) -> int:
    """A limit."""
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 1_000_000:
        return int(text)
    raise ValueError(f"is {text!r}: it must be a whole number from 1 to 1000000")


KEY_ADVICE: Final = "make one with `python -m hip.launch keys`"

#: A key given by hand must not be a word: secrets.token_urlsafe(32) has 43 characters.
_SHORTEST_SESSION_KEY: Final = 32


def parse_session_keys(text: str) -> tuple[str, ...]:
    """Check the length of each; a message never repeats a key."""
    if any(len(part) < _SHORTEST_SESSION_KEY for part in split(text)):
        raise ValueError(f"holds a key of fewer than {_SHORTEST_SESSION_KEY} characters: {KEY_ADVICE}")
    return split(text)


def parse_data_keys(text: str) -> tuple[str, ...]:
    """Check that each is a Fernet key; a message never repeats one."""
    for number, part in enumerate(split(text), 1):
        try:
            size = len(base64.b64decode(part, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            size = 0
        if size != 32:
            raise ValueError(f"holds, as its key {number}, something else than 32 bytes in base64: {KEY_ADVICE}")
    return split(text)
