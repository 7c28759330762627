"""Servers as real processes: one daphne, started as the product starts it, that can be killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from greenroom.launch import wrapped
from greenroom.supervisor import HOST, free_port, web_command

READY_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


class DoesNotStart(Exception):
    """The process ended, or nothing listens; the message holds what it said."""


class Server:
    """One daphne process on a port of this machine. Use it as a context."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        log: Path,
        application: str = "greenroom.asgi:application",
        cores: set[int] | None = None,
    ) -> None:
        self.port = free_port(HOST, 0)
        self._environment = dict(environment)
        self._log = log
        self._application = application
        self._cores = cores
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it listens. Raises DoesNotStart."""
        # Started again on the same port, as after a crash.
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                wrapped(web_command(HOST, self.port, self._application), death_signal=signal.SIGKILL),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if self._cores:
            os.sched_setaffinity(self._process.pid, self._cores)
        until = time.monotonic() + READY_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise DoesNotStart(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((HOST, self.port)) == 0

    def kill(self) -> None:
        """As by `kill -9`."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def cpu_s(self) -> float:
        """CPU time of the process so far: user and system, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_kb(self) -> int:
        """What the process holds in memory, at the most so far."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    def get(self, path: str) -> int:
        """The status of a page."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()
