"""How both assistants are started: ours by the Procfile, Rasa's default starter project by Rasa's own commands."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from honcho.environ import parse_procfile

from benchmarks.bench.databases import Databases
from benchmarks.bench.load import Channel, GatewayChannel, RestChannel
from benchmarks.bench.servers import Servers
from benchmarks.peer_project import PYTHON, write_project
from evaluation.peer import ENVIRONMENT, ISOLATED
from hip.launch.keys import new_keys
from hip.launch.readiness import free_port
from hip.launch.servers import PROCFILE, child_environment
from hip.records.migration import migrate
from hip.settings import LOOPBACK, ROOT, Settings, read_settings

#: What answers a message on the REST channel; memory is that of these two.
CORE: Final = ("rasa", "actions")
#: The other servers of the Procfile.
AROUND: Final = ("gateway", "site", "retention")
#: One machine plays everybody.
_PLENTY: Final = {"SESSION_LIMIT": "100000", "ADDRESS_LIMIT": "1000000", "ADDRESS_SESSION_LIMIT": "100000"}


@dataclass(frozen=True)
class Started:
    """An assistant that answers.

    Attributes:
        channel: where messages are said.
        seconds: from starting its processes until the first answer.
    """

    channel: Channel
    seconds: float


#: Starts an assistant with a folder and databases of its own.
Start = Callable[[Servers, Databases], Started]


def start_ours(servers: Servers, databases: Databases) -> Started:
    """Rasa and action server of this assistant, on the REST channel."""
    return _start_ours(servers, databases, CORE)


def start_ours_whole(servers: Servers, databases: Databases) -> Started:
    """All servers of this assistant; messages go through the gateway."""
    return _start_ours(servers, databases, (*CORE, *AROUND))


def _start_ours(servers: Servers, databases: Databases, names: tuple[str, ...]) -> Started:
    settings = _our_settings(servers.folder, databases.new())
    migrate(settings.database_url)
    commands = parse_procfile(PROCFILE.read_text(encoding="utf-8")).processes
    began = time.perf_counter()
    for name in names:
        servers.start(name, ["sh", "-c", commands[name]], ROOT, child_environment(settings))
    servers.wait_for(f"{settings.action_url}/health")
    servers.wait_for_answer(settings.rasa_url)
    seconds = time.perf_counter() - began
    if "gateway" not in names:
        return Started(RestChannel(settings.rasa_url), seconds)
    servers.wait_for(f"{settings.gateway_url}/readyz", f"http://{LOOPBACK}:{settings.site_port}/healthz")
    return Started(GatewayChannel(settings.gateway_url), time.perf_counter() - began)


def _our_settings(folder: Path, url: str) -> Settings:
    rasa, actions, gateway, site = _free_ports(4)
    ports = {"RASA_PORT": rasa, "ACTION_PORT": actions, "GATEWAY_PORT": gateway, "SITE_PORT": site}
    environment = {name: str(port) for name, port in ports.items()}
    databases = {"DATABASE_URL": url, "TRACKER_DATABASE_URL": url}
    return read_settings(environment | databases | new_keys() | _PLENTY, env_file=folder / "no.env")


def start_default(model: Path) -> Start:
    """Rasa's default project with a trained model: how to start its Rasa and action server."""

    def start(servers: Servers, databases: Databases) -> Started:
        rasa, actions = _free_ports(2)
        write_project(servers.folder)
        url = databases.new()
        (servers.folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints(actions, url)), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
        environment |= ENVIRONMENT | {"ANSWERS_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
        # Not isolated: its own actions.py is in its folder, as a newcomer has it.
        action_server = [str(PYTHON), "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)]
        rasa_server = [*ISOLATED, "-m", "rasa", "run", "--model", str(model), "--interface", LOOPBACK]
        rasa_server += ["--port", str(rasa), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        began = time.perf_counter()
        servers.start("rasa", rasa_server, servers.folder, environment)
        servers.start("actions", action_server, servers.folder, environment)
        servers.wait_for(f"http://{LOOPBACK}:{actions}/health")
        servers.wait_for_answer(f"http://{LOOPBACK}:{rasa}")
        return Started(RestChannel(f"http://{LOOPBACK}:{rasa}"), time.perf_counter() - began)

    return start


def endpoints(action_port: int, url: str) -> dict[str, dict[str, str]]:
    """The project's endpoints.yml with Rasa's own SQL tracker store on a database."""
    kind, _, file = url.partition(":///")
    place = {"dialect": "sqlite", "db": file} if kind == "sqlite" else {"dialect": "postgresql", "url": url}
    return {
        "action_endpoint": {"url": f"http://{LOOPBACK}:{action_port}/webhook"},
        "tracker_store": {"type": "SQL", **place},
    }


def _free_ports(count: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < count:  # a port that was just given back may be given again
        ports.add(free_port())
    return list(ports)
