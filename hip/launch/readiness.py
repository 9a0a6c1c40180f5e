"""Whether ports are free, and whether a message is really answered."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any, Final

from hip.engine import PROBLEM_MARK
from hip.launch.failure import LaunchError
from hip.launch.keys import provide_keys
from hip.records.database import RecordsError, build_engine
from hip.records.encryption import Vault
from hip.records.erasure import erase_tracker
from hip.records.trackers import Trackers
from hip.settings import LOOPBACK, Settings

#: Conversations of the readiness check begin so; they are erased as soon as the check is over.
SENDER_PREFIX: Final = "readiness-"
_PAUSE: Final = 0.3  # seconds


def check_ports(settings: Settings) -> None:
    """Make sure that every port is free.

    Raises:
        LaunchError: naming the port and the variable that changes it.
    """
    for variable, host, port in (
        ("RASA_PORT", LOOPBACK, settings.rasa_port),
        ("ACTION_PORT", LOOPBACK, settings.action_port),
        ("GATEWAY_PORT", settings.gateway_host, settings.gateway_port),
        ("SITE_PORT", settings.site_host, settings.site_port),
    ):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers: a closed one leaves no trace
            try:
                probe.bind((host, port))
            except OSError as error:
                raise LaunchError(
                    f"Port {port} cannot be used ({error.strerror}): stop the program that has it, or set {variable} "
                    "in .env to a free port"
                ) from error


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def send(settings: Settings, sender: str, text: str, timeout: float = 30) -> list[dict[str, Any]]:
    """Send one message over Rasa's REST channel.

    Raises:
        OSError: the server cannot be reached or refused.
    """
    request = urllib.request.Request(
        f"{settings.rasa_url}/webhooks/rest/webhook",
        data=json.dumps({"sender": sender, "message": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:
        answers: list[dict[str, Any]] = json.load(response)
        return answers


def action_server_answers(settings: Settings) -> bool:
    """Whether the action server is up."""
    try:
        with urllib.request.urlopen(f"{settings.action_url}/health", timeout=2):
            return True
    except OSError:
        return False


def gateway_answers(settings: Settings) -> bool:
    """Whether the gateway is up."""
    try:
        with urllib.request.urlopen(f"{settings.gateway_url}/healthz", timeout=2):
            return True
    except OSError:
        return False


def everything_answers(settings: Settings) -> bool:
    """Whether the gateway is up and a greeting is answered behind it.

    Raises:
        LaunchError: as ``assistant_answers``.
    """
    return gateway_answers(settings) and assistant_answers(settings)


def wait_for(ready: Callable[[], bool], seconds: float, gone: Callable[[], bool] = lambda: False) -> bool:
    """Ask again and again.

    Args:
        ready: what is waited for.
        seconds: how long at most.
        gone: whether waiting has become pointless.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and not gone():
        if ready():
            return True
        time.sleep(_PAUSE)
    return False


def assistant_answers(settings: Settings) -> bool:
    """Whether a greeting is answered without a technical problem; the conversation is erased.

    Raises:
        LaunchError: the Rasa server is up and refuses messages.
    """
    if not action_server_answers(settings):
        return False
    sender = f"{SENDER_PREFIX}{uuid.uuid4().hex}"
    try:
        answers = send(settings, sender, "hello")
    except urllib.error.HTTPError as error:
        error.close()
        raise LaunchError(f"The Rasa server refuses messages (HTTP {error.code}): check credentials.yml") from error
    except OSError:
        return False
    try:
        return not _erase(provide_keys(settings), sender) and bool(answers)
    except RecordsError:  # the database is away, or is not migrated yet
        return False


def _erase(settings: Settings, sender: str) -> bool:
    """Delete a conversation of Rasa's; importing Rasa for it would take seconds and 150 MB.

    Returns:
        Whether a message in it told of a technical problem, or nothing was kept at all.
    """
    engine = build_engine(settings.tracker_database_url)
    try:
        stored = Trackers(engine, Vault(settings.data_keys)).read(sender)
        erase_tracker(sender, engine)
    finally:
        engine.dispose()
    return stored is None or any((event.get("metadata") or {}).get(PROBLEM_MARK) for event in stored.events)
