"""Starts the servers of the Procfile, and stops everything when one stops."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Final

from honcho.environ import parse_procfile
from honcho.manager import SIGNALS, Manager

from hip.launch.failure import LaunchError
from hip.launch.readiness import everything_answers, wait_for
from hip.settings import ROOT, Settings

PROCFILE: Final = ROOT / "Procfile"
_STOPPED_BY_SIGNAL: Final = {entry["rc"] for entry in SIGNALS.values()}


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of a server: this one's, with every setting as it was checked."""
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "RASA_PORT": str(settings.rasa_port),
        "RASA_URL": settings.rasa_address,
        "ACTION_PORT": str(settings.action_port),
        "ACTION_HOST": settings.action_host,
        "ACTION_URL": settings.action_address,
        "REDIS_URL": settings.redis_url,
        "DATABASE_URL": settings.database_url,
        "TRACKER_DATABASE_URL": settings.tracker_database_url,
        "ACTION_TIMEOUT_SECONDS": f"{settings.action_timeout:g}",
        "LOG_LEVEL": settings.log_level,
        "GATEWAY_HOST": settings.gateway_host,
        "GATEWAY_PORT": str(settings.gateway_port),
        "PUBLIC_URL": settings.public_url,
        "ALLOWED_ORIGINS": ",".join(settings.allowed_origins),
        "TRUSTED_PROXIES": ",".join(settings.trusted_proxies),
        "SESSION_KEYS": ",".join(settings.session_keys),
        "DATA_KEYS": ",".join(settings.data_keys),
        "SESSION_LIMIT": str(settings.session_limit),
        "ADDRESS_LIMIT": str(settings.address_limit),
        "ADDRESS_SESSION_LIMIT": str(settings.address_session_limit),
        "SITE_HOST": settings.site_host,
        "SITE_PORT": str(settings.site_port),
        "SITE_URL": settings.site_url,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
    }


class _Manager(Manager):  # type: ignore[misc]
    """Honcho's manager, which remembers who stopped first and can be stopped while it is still starting."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped_first: list[str] = []
        self.stop_asked = False

    def terminate(self) -> None:
        self.stop_asked = True
        if self._all_started():  # before that, Honcho has no process ids; the watcher asks again
            self.stopped_first = self.stopped_first or self._stopped()
            super().terminate()

    def _stopped(self) -> list[str]:
        return [name for name, process in self._processes.items() if process.get("returncode") is not None]

    def finish_stop(self) -> None:
        """Stop for good, once everything that was starting has started."""
        wait_for(self._all_started, seconds=30)
        self.terminate()


def run_servers(settings: Settings, procfile: Path = PROCFILE, *, first_login: str | None = None) -> None:
    """Run until Ctrl-C; ``first_login`` is the password of the staff page's first login, if it is still needed.

    Raises:
        LaunchError: a server stopped by itself, or no message was answered in time.
    """
    if not procfile.exists():
        raise LaunchError(f"{procfile} is missing: get it back with `git checkout Procfile`")
    manager = _Manager()
    for name, command in parse_procfile(procfile.read_text(encoding="utf-8")).processes.items():
        manager.add_process(name, command, env=child_environment(settings), cwd=str(ROOT))
    failures: list[str] = []
    watcher = threading.Thread(target=_watch, args=(manager, settings, failures, first_login), daemon=True)
    watcher.start()
    manager.loop()
    if failures:
        raise LaunchError(failures[0])
    if manager.returncode not in _STOPPED_BY_SIGNAL:
        names = " and ".join(manager.stopped_first)
        raise LaunchError(f"{names} of the Procfile stopped, so everything was stopped: see its lines above")


def _watch(manager: _Manager, settings: Settings, failures: list[str], first_login: str | None) -> None:
    """Say when the assistant answers; stop everything when it does not in time."""
    try:
        answered = wait_for(lambda: everything_answers(settings), settings.start_timeout, lambda: manager.stop_asked)
    except LaunchError as error:
        failures.append(str(error))
        answered = False
    if answered:
        print(_addresses(settings, first_login), flush=True)
        return
    if not manager.stop_asked and not failures:
        failures.append(
            f"No message was answered within {settings.start_timeout:g} s: see the lines above; on a slow machine set "
            "START_TIMEOUT_SECONDS in .env"
        )
    manager.finish_stop()


def _addresses(settings: Settings, first_login: str | None) -> str:
    login = f"first login: staff, {first_login}" if first_login else "logins: `python -m hip.site --help`"
    return "\n".join(
        (
            "",
            "The assistant is ready: it has just answered a message.",
            f"  Page with the chat              {settings.public_url}/",
            f"  Staff page                      {settings.site_url}/  ({login})",
            f"  Messages (Rasa's REST channel)  {settings.rasa_url}/webhooks/rest/webhook",
            f"  Action server                   {settings.action_url}",
            "  Try it in a second terminal with `make shell`. Ctrl-C stops everything.",
            "",
        )
    )
