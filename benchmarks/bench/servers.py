"""Starts servers, waits until a message is answered, and looks at what they use."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

import psutil

from hip.launch.failure import LaunchError

START_SECONDS: Final = 600
_PAUSE: Final = 0.1
_MB: Final = 1024 * 1024


@dataclass(frozen=True)
class Memory:
    """Of processes with all their children, in MB.

    Attributes:
        rss: resident set size; what processes share counts for each.
        pss: proportional set size; what processes share counts once.
    """

    rss: float
    pss: float


@dataclass
class Servers:
    """Processes of one assistant; what they print goes to a file each.

    Attributes:
        folder: of the files.
        processes: by name.
    """

    folder: Path
    processes: dict[str, psutil.Popen] = field(default_factory=dict)

    def start(self, name: str, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Start one, in a process group of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = psutil.Popen(
                command, cwd=folder, env=dict(environment), stdout=log, stderr=log, start_new_session=True
            )

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop all, the hard way if need be."""
        for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
            alive = [process for process in self.processes.values() if process.poll() is None]
            for process in alive:
                os.killpg(process.pid, number)
            psutil.wait_procs(alive, timeout=seconds)
        self.processes.clear()

    def wait_for(self, *urls: str) -> None:
        """Wait until each address answers with success.

        Raises:
            LaunchError: a server stopped, or it took too long; with the end of what all have printed.
        """
        end = time.monotonic() + START_SECONDS
        for url in urls:
            while not _succeeds(url):
                self._check(end, url)
                time.sleep(_PAUSE)

    def wait_for_answer(self, rest_url: str) -> None:
        """Wait until a greeting gets a reply on the REST channel.

        Raises:
            LaunchError: as ``wait_for``.
        """
        end = time.monotonic() + START_SECONDS
        body = json.dumps({"sender": f"first-{uuid.uuid4().hex}", "message": "hello"}).encode()
        request = urllib.request.Request(
            f"{rest_url}/webhooks/rest/webhook", data=body, headers={"Content-Type": "application/json"}
        )
        while not _succeeds(request):
            self._check(end, rest_url)
            time.sleep(_PAUSE)

    def _check(self, end: float, url: str) -> None:
        gone = [name for name, process in self.processes.items() if process.poll() is not None]
        if gone or time.monotonic() > end:
            said = "\n".join(f"{log.name}: {_end_of(log)}" for log in sorted(self.folder.glob("*.log")))
            raise LaunchError(f"{said}\n{url} does not answer" + (f": {', '.join(gone)} stopped" if gone else ""))

    def memory(self, *names: str) -> Memory:
        """Of these servers together."""
        used = [each.memory_full_info() for each in self._trees(names)]
        return Memory(sum(each.rss for each in used) / _MB, sum(each.pss for each in used) / _MB)

    def processor_time(self, *others: psutil.Process) -> float:
        """Seconds so far of all servers, and of other processes with their children."""
        return processor_time([*self._trees(self.processes), *(part for each in others for part in tree(each))])

    def _trees(self, names: Iterable[str]) -> list[psutil.Process]:
        return [part for name in names for part in tree(self.processes[name])]


def tree(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything it has started."""
    return [process, *process.children(recursive=True)]


def processor_time(processes: Iterable[psutil.Process]) -> float:
    """Seconds of processes; one that has ended counts with its parent."""
    seconds = 0.0
    for process in processes:
        try:
            seconds += sum(process.cpu_times()[:4])  # user, system, and those of children that have ended
        except psutil.NoSuchProcess:
            continue
    return seconds


def _succeeds(request: str | urllib.request.Request) -> bool:
    """Whether a request is answered, with more than an empty list."""
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read().strip() not in (b"", b"[]")
    except OSError:
        return False


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]
