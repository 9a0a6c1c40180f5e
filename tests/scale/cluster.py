"""The assistant as ``deploy/`` runs it, on this machine: two of each server, nginx, a real PostgreSQL and a real Redis.

nginx runs the very files of ``deploy/nginx``. Nothing here stands in for anything.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2

from hip.launch.keys import new_keys
from hip.launch.readiness import action_server_answers, free_port, wait_for
from hip.launch.servers import child_environment
from hip.records.migration import migrate
from hip.settings import LOOPBACK, ROOT, Settings, read_settings
from tests.conftest import rasa_command
from tests.postgresql_server import PostgresqlServer, running_postgresql
from tests.redis_server import RedisServer, running_redis
from tests.whole_assistant import PLENTY

START_SECONDS = 240
NGINX = ROOT / "deploy" / "nginx"


@dataclass
class Server:
    """One process.

    Attributes:
        command: starts it.
        settings: what it is told; its own ports are in it.
        root: the project that it runs.
    """

    command: list[str]
    settings: Settings
    root: Path = ROOT
    process: subprocess.Popen[bytes] | None = None


@dataclass
class Cluster:
    """All of it.

    Attributes:
        folder: of logs and of nginx's configuration.
        model: the trained model.
        settings: of a gateway: its Rasa address is that of the inner proxy.
        servers: by name: ``rasa-0``, ``actions-1``, ``gateway-0``, ``nginx``.
        port: where the public comes in.
    """

    folder: Path
    model: Path
    postgresql: PostgresqlServer
    redis: RedisServer
    count: int = 2
    extra: dict[str, str] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = ("public", "rasa", "actions")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        environment = {
            "DATABASE_URL": self.postgresql.url,
            "REDIS_URL": self.redis.url,
            "RASA_URL": f"http://{LOOPBACK}:{self.ports['rasa']}",
            "ACTION_URL": f"http://{LOOPBACK}:{self.ports['actions']}",
            "PUBLIC_URL": self.url,
            "TRUSTED_PROXIES": LOOPBACK,
            **new_keys(),
            **PLENTY,
            **self.extra,
        }
        self.settings = read_settings(environment, env_file=self.folder / "no.env")
        for number in range(self.count):
            rasa, actions, gateway, site = free_ports(4)
            settings = dataclasses.replace(
                self.settings, rasa_port=rasa, action_port=actions, gateway_port=gateway, site_port=site
            )
            self.servers[f"actions-{number}"] = Server([sys.executable, "-m", "hip.launch", "actions"], settings)
            self.servers[f"rasa-{number}"] = Server(rasa_command(settings, self.model), settings)
            self.servers[f"gateway-{number}"] = Server([sys.executable, "-m", "hip.launch", "gateway"], settings)
        self.servers["nginx"] = Server(
            ["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")], self.settings
        )

    @property
    def url(self) -> str:
        """Where the public comes in."""
        return f"http://{LOOPBACK}:{self.ports['public']}"

    @property
    def rasa_url(self) -> str:
        """The REST channel behind the inner proxy."""
        return f"{self.settings.rasa_url}/webhooks/rest/webhook"

    def names(self, kind: str) -> list[str]:
        """The servers of a kind."""
        return [name for name in self.servers if name.startswith(kind)]

    def start(self, *names: str) -> None:
        """Start servers; their output goes on in their logs."""
        for name in names or list(self.servers):
            server = self.servers[name]
            if name == "nginx":
                self.write_nginx()
            with (self.folder / f"{name}.log").open("ab") as log:
                server.process = subprocess.Popen(
                    server.command,
                    cwd=server.root,
                    env=child_environment(server.settings) | {"PYTHONPATH": str(server.root)},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )

    def wait_until_up(self, *names: str) -> None:
        """Wait until each of these answers by itself."""
        for name in names or list(self.servers):
            server = self.servers[name]
            process = server.process
            assert process
            up, gone = partial(self._is_up, name), lambda process=process: process.poll() is not None
            assert wait_for(up, START_SECONDS, gone), f"{name}: {self.log(name)[-3000:]}"

    def _is_up(self, name: str) -> bool:
        settings = self.servers[name].settings
        if name.startswith("actions"):
            return action_server_answers(dataclasses.replace(settings, action_address=""))
        port = {"rasa": settings.rasa_port, "gateway": settings.gateway_port, "nginx": self.ports["public"]}
        path = {"rasa": "/webhooks/rest/", "gateway": "/healthz", "nginx": "/openapi.json"}
        kind = name.partition("-")[0]
        try:
            return httpx2.get(f"http://{LOOPBACK}:{port[kind]}{path[kind]}", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def wait_until_ready(self, name: str) -> None:
        """Wait until the server itself says, at the address that deploy/kubernetes asks, that it can do its part."""
        settings = self.servers[name].settings
        kind = name.partition("-")[0]
        port = {"rasa": settings.rasa_port, "gateway": settings.gateway_port, "actions": settings.action_port}[kind]
        path = {"rasa": "/webhooks/rest/ready", "gateway": "/readyz", "actions": "/ready"}[kind]
        url = f"http://{LOOPBACK}:{port}{path}"

        def ready() -> bool:
            try:
                return httpx2.get(url, timeout=15).status_code == 200
            except httpx2.HTTPError:
                return False

        assert wait_for(ready, START_SECONDS), f"{name}: {self.log(name)[-3000:]}"

    def is_ready(self, number: int = 0) -> bool:
        """Whether a gateway says that a message can really be answered."""
        url = self.servers[f"gateway-{number}"].settings.gateway_url
        try:
            return httpx2.get(f"{url}/readyz", timeout=15).status_code == 200
        except httpx2.HTTPError:
            return False

    def signal(self, number: signal.Signals, *names: str) -> None:
        """Send a signal to servers and everything they started."""
        for name in names:
            process = self.servers[name].process
            assert process
            os.killpg(process.pid, number)

    def pause(self, *names: str) -> None:
        """They keep their connections and answer nothing."""
        self.signal(signal.SIGSTOP, *names)

    def resume(self, *names: str) -> None:
        """Let them go on."""
        self.signal(signal.SIGCONT, *names)

    def kill(self, *names: str) -> None:
        """As a crash would."""
        for name in names:
            process = self.servers[name].process
            if process is not None:
                if process.poll() is None:
                    self.signal(signal.SIGKILL, name)
                process.wait()
                self.servers[name].process = None

    def end(self, name: str) -> None:
        """As a rolling update does: nothing new is sent to it, and then it finishes what it has begun."""
        process, nginx = self.servers[name].process, self.servers["nginx"].process
        assert process
        assert nginx
        self.leaving.add(name)
        self.write_nginx()
        nginx.send_signal(signal.SIGHUP)
        time.sleep(2)  # of the ten seconds that deploy/kubernetes gives
        process.terminate()
        process.wait(60)
        self.servers[name].process = None

    def join(self, name: str) -> None:
        """Send to it again."""
        nginx = self.servers["nginx"].process
        assert nginx
        self.leaving.discard(name)
        self.write_nginx()
        nginx.send_signal(signal.SIGHUP)

    def name_of(self, pid: int) -> str:
        """The server that a process is."""
        (name,) = (name for name, server in self.servers.items() if server.process and server.process.pid == pid)
        return name

    def log(self, name: str) -> str:
        """All output of a server so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def write_nginx(self) -> None:
        """The files of ``deploy/nginx``, filled in as nginx's image does it."""
        values = {
            "LOG": str(self.folder / "access.log"),
            "PAGES": str(NGINX),
            "INCLUDES": str(NGINX),
            "PUBLIC_PORT": f"{LOOPBACK}:{self.ports['public']}",
            "RASA_PORT": f"{LOOPBACK}:{self.ports['rasa']}",
            "ACTION_PORT": f"{LOOPBACK}:{self.ports['actions']}",
            "GATEWAY_SERVERS": self._upstream("gateway"),
            "RASA_SERVERS": self._upstream("rasa"),
            "ACTION_SERVERS": self._upstream("actions"),
        }
        for name in ("outer", "inner"):
            text = (NGINX / f"{name}.conf.template").read_text(encoding="utf-8")
            for key, value in values.items():
                text = text.replace(f"${{{key}}}", value)
            assert "${" not in text, text
            draft = self.folder / f"{name}.draft"
            draft.write_text(text, encoding="utf-8")
            draft.replace(self.folder / f"{name}.conf")  # whole, since nginx may be reading it again just now
        (self.folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; error_log stderr warn; {'user root;' if os.geteuid() == 0 else ''}\n"
            f"pid {self.folder}/nginx.pid; events {{ worker_connections 2048; }}\n"
            f"http {{ include {self.folder}/outer.conf; include {self.folder}/inner.conf;\n"
            + "".join(
                f"{kind}_temp_path {self.folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + "}\n",
            encoding="utf-8",
        )

    def _upstream(self, kind: str) -> str:
        ports = {"gateway": "gateway_port", "rasa": "rasa_port", "actions": "action_port"}
        lines = []
        for name in self.names(kind):
            port, state = getattr(self.servers[name].settings, ports[kind]), "down" if name in self.leaving else ""
            lines.append(f"server {LOOPBACK}:{port} max_fails=1 fail_timeout=2s {state};")
        return " ".join(lines)


def free_ports(count: int) -> list[int]:
    """So many different ports."""
    ports: set[int] = set()
    while len(ports) < count:  # a port that was just given back may be given again
        ports.add(free_port())
    return list(ports)


@contextmanager
def running_cluster(folder: Path, model: Path, *, count: int = 2, **extra: str) -> Iterator[Cluster]:
    """Started, and ready: a message has been answered."""
    assert shutil.which("nginx"), "nginx is missing: `apt-get install nginx-light`, as root"
    with running_postgresql() as postgresql, running_redis(folder) as redis:
        migrate(postgresql.url)
        cluster = Cluster(folder, model, postgresql, redis, count, extra)
        try:
            cluster.start()
            cluster.wait_until_up()
            assert wait_for(cluster.is_ready, START_SECONDS), cluster.log("gateway-0")
            yield cluster
        finally:
            cluster.resume(
                *(name for name, server in cluster.servers.items() if server.process and server.process.poll() is None)
            )
            cluster.kill(*cluster.servers)
