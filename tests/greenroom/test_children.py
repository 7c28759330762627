"""Children that die are started again, with pauses that grow; children that do not end are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom import children
from greenroom.children import Child

DIES = [sys.executable, "-c", "raise SystemExit(3)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w').close(); time.sleep(600)",
]
ORPHAN = """
import os, sys, time
from pathlib import Path
from greenroom.children import Child
Child("orphan", ["/bin/sh", "-c", "echo $$ > " + sys.argv[1] + "; exec sleep 600"], os.environ, print).start()
time.sleep(600)
"""


def until(condition: Callable[[], object], child: Child | None = None) -> None:
    limit = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        if child:
            child.watch()
        time.sleep(0.01)


def test_a_child_that_dies_is_started_again_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_S", 0.01)
    said: list[str] = []
    child = Child("worker", DIES, os.environ, said.append)
    child.start()
    until(lambda: child.failures >= 3, child)
    assert said == [
        f"The worker ended (exit status 3). It is started again in {pause} s."
        for pause in ("0.01", "0.02", "0.04")
    ]


def test_a_child_that_was_killed_is_said_to_be() -> None:
    said: list[str] = []
    child = Child("web process", ["/bin/sleep", "600"], os.environ, said.append)
    child.start()
    assert child._process is not None
    child._process.send_signal(signal.SIGKILL)
    until(lambda: said, child)
    assert said == ["The web process ended (killed by SIGKILL). It is started again in 0.5 s."]


def test_a_child_that_does_not_end_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child("worker", [*STUBBORN, str(tmp_path / "up")], os.environ, said.append, stop_seconds=0.1)
    child.start()
    until((tmp_path / "up").exists)
    child.stop()
    assert said == ["The worker does not end after 0 s and is killed."]
    assert child._process is not None
    assert child._process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_of_the_parent_takes_its_children_along(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", ORPHAN, str(file)]) as parent:
        until(lambda: file.exists() and file.read_text().strip())
        parent.kill()
    gone = Path(f"/proc/{file.read_text().strip()}/cmdline")
    until(lambda: not gone.exists() or not gone.read_bytes())
