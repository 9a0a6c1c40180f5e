"""A real PostgreSQL, with the binaries that pgserver carries, that a test can kill and start again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hip.launch.readiness import wait_for


class PostgresqlServer:
    """One server; its folder is short, since a socket's path must be."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hip-pg-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))  # pgserver's lock file; warns when there is none
        import pgserver

        self.binaries = Path(pgserver.__file__).parent / "pginstall" / "bin"
        self.data = self.folder / "data"
        prepared: Any = pgserver.get_server(self.data, cleanup_mode="stop")
        self._user = prepared.system_user  # PostgreSQL refuses to run as root
        prepared.cleanup()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres:@/postgres?host={self.data}"

    def run(self, program: str, *arguments: str) -> str:
        """One of PostgreSQL's own programs; what it writes on standard output."""
        command = [str(self.binaries / program), "--host", str(self.data), "--username", "postgres", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self.data)]
        with (self.data / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "-c", "max_connections=200"], user=self._user, stdout=log, stderr=log, start_new_session=True
            )
        assert wait_for(self._answers, 60), (self.data / "log").read_text()

    def stop(self) -> None:
        """At once, as an administrator in a hurry."""
        self._signal(signal.SIGQUIT)

    def kill(self) -> None:
        """As a crash would."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        assert self.process
        pid = self.process.pid
        children = [int(name) for name in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        self.process.send_signal(number)
        self.process.wait()
        # Its children notice by themselves that it is gone; until they have, it cannot be started again.
        assert wait_for(lambda: not any(_lives(each) for each in children), 30), "PostgreSQL did not stop"

    def remove(self) -> None:
        """Stop and delete everything."""
        if self.process is not None and self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            return self.run("psql", "--command", "SELECT 1") != ""
        except subprocess.CalledProcessError:
            return False


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@contextmanager
def running_postgresql() -> Iterator[PostgresqlServer]:
    """A server until the block ends."""
    server = PostgresqlServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()
