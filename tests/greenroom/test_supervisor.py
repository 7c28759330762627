"""The supervisor, for real: one command starts everything, dies cleanly, and survives the death of its parts."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from greenroom import embedded, preparation, supervisor

pytestmark = pytest.mark.slow


def until(condition: Callable[[], object], seconds: float = 150) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.05)


class Greenroom:
    """A running supervisor whose words are collected by a thread, so that its pipe never fills."""

    def __init__(self, data: Path) -> None:
        self.data, self.words = data, ""
        left_out = {"DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "greenroom.supervisor", "--port", "0", "--data", str(data)],
            env={**environment, "GREENROOM_ENV": "development"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.words += line

    @property
    def port(self) -> int:
        found = re.search(r"Greenroom is at http://127\.0\.0\.1:(\d+)/", self.words)
        return int(found.group(1)) if found else 0

    def wait(self) -> Greenroom:
        until(lambda: self.port or self.process.poll() is not None)
        assert self.port, self.words
        return self

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return json.loads(connection.getresponse().read())["ok"] is True
        return False

    def children(self) -> dict[str, int]:
        """Process ids of what it started, by what they are."""
        listed = subprocess.run(
            ["/bin/ps", "-ww", "--ppid", str(self.process.pid), "-o", "pid=,args="],
            capture_output=True,
            text=True,
            check=False,
        )
        names = {
            "daphne": "web",
            "--queues house": "worker",
            "--queues analysis": "analysis worker",
            "--queues training": "training worker",
            "postgres": "database",
        }
        rows = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
        return {name: int(pid) for pid, words in rows for key, name in names.items() if key in words}

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()
        embedded.stop(self.data)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Greenroom]]:
    started: list[Greenroom] = []

    def begin() -> Greenroom:
        started.append(Greenroom(tmp_path / "data"))
        return started[-1]

    yield begin
    for one in started:
        one.end()


def is_gone(pid: int) -> bool:
    command_line = Path(f"/proc/{pid}/cmdline")
    return not command_line.exists() or not command_line.read_bytes()


def test_it_serves_and_stops_in_order(start: Callable[[], Greenroom]) -> None:
    greenroom = start().wait()
    children = greenroom.children()
    assert set(children) == {"web", "worker", "analysis worker", "training worker", "database"}
    assert greenroom.ready()
    greenroom.process.send_signal(signal.SIGINT)
    assert greenroom.process.wait(150) == 0
    assert all(is_gone(pid) for pid in children.values())
    until(lambda: "Greenroom has stopped." in greenroom.words)


def test_a_second_one_on_the_folder_is_refused(start: Callable[[], Greenroom]) -> None:
    first = start().wait()
    second = start()
    assert second.process.wait(150) == 1
    until(lambda: f"Greenroom (process {first.process.pid} on port {first.port}) is using" in second.words)
    assert first.ready()


def test_a_killed_web_process_comes_back(start: Callable[[], Greenroom]) -> None:
    greenroom = start().wait()
    killed = greenroom.children()["web"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: "The web process ended (killed by SIGKILL)" in greenroom.words)
    until(greenroom.ready)
    assert greenroom.children()["web"] != killed


def test_kill_9_leaves_nothing_behind_and_the_next_start_works(start: Callable[[], Greenroom]) -> None:
    greenroom = start().wait()
    children = greenroom.children()
    secret = (greenroom.data / "secret_key").read_text()
    greenroom.process.kill()
    until(lambda: all(is_gone(pid) for pid in children.values()))
    again = start().wait()
    assert again.ready()
    assert (again.data / "secret_key").read_text() == secret
    assert (again.data / "secret_key").stat().st_mode & 0o077 == 0


def test_a_port_in_use_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert supervisor.serve(supervisor.Options(data=tmp_path, port=port)) == 1
    assert f"Port {port} is in use by another program" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert supervisor.serve(supervisor.Options(data=tmp_path / "file" / "data", port=0)) == 1
    assert "--data" in capsys.readouterr().err


def test_a_number_that_is_no_port_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert supervisor.serve(supervisor.Options(data=tmp_path, port=80000)) == 1
    assert "80000 is no port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("free", "words"), [(1 << 20, "is full"), (1 << 30, "does not answer: connection is lost")]
)
def test_a_database_that_stops_answering_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, words: str
) -> None:
    def lost(**_: object) -> None:
        raise OperationalError("connection is lost")

    monkeypatch.setattr(preparation, "prepare", lost)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    with pytest.raises(supervisor.CannotServe, match=words):
        supervisor._prepare(supervisor.Options(data=tmp_path))
