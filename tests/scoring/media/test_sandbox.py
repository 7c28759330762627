"""What the process that reads media cannot do, tried in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BIND = """
import sys
from scoring.media.limits import MIB, Limits
from scoring.media.sandbox import Refusal, restrict
limits = Limits(memory_bytes=128 * MIB, disk_bytes=1 * MIB, cpu_s=1)
print(restrict(limits, refusal=Refusal[sys.argv[1]]), flush=True)
"""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the filter is Linux's")


def bound(code: str, refusal: str = "ERROR") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BIND + code, refusal]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_says_what_holds_and_ordinary_work_goes_on(tmp_path: Path) -> None:
    done = bound(f"open({str(tmp_path / 'x')!r}, 'w').write('fine'); import threading, json; print('well')")
    assert done.stdout.splitlines()[-1] == "well"
    assert done.stdout.splitlines()[0] == (
        "rlimits, seccomp" if sys.platform.startswith("linux") else "rlimits"
    )


@linux
@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.execv('/bin/true', ['true'])",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
    ],
)
def test_there_is_no_network_and_no_other_program(attempt: str) -> None:
    done = bound(f"\ntry:\n    {attempt}\nexcept OSError as error:\n    print('refused', error)")
    assert "refused" in done.stdout
    assert "Permission denied" in done.stdout


@linux
def test_who_even_tries_can_be_ended() -> None:
    done = bound("import socket; socket.socket(); print('alive')", "KILL")
    assert done.returncode == -signal.SIGSYS
    assert "alive" not in done.stdout


@linux
def test_memory_ends_at_its_bound() -> None:
    done = bound("\ntry:\n    b = bytearray(600 * MIB)\nexcept MemoryError:\n    print('no more')")
    assert done.stdout.splitlines()[-1] == "no more"


def test_endless_work_ends() -> None:
    assert bound("while True: pass").returncode == -signal.SIGXCPU


def test_a_file_ends_at_its_bound(tmp_path: Path) -> None:
    file = tmp_path / "large"
    done = bound(f"open({str(file)!r}, 'wb').write(bytes(3 * MIB)); print('written')")
    assert "written" not in done.stdout
    assert file.stat().st_size <= 1 << 20


@linux
def test_it_goes_with_its_parent() -> None:
    """A worker that is killed leaves nobody behind who goes on reading."""
    inner = (
        BIND.replace("cpu_s=1", "cpu_s=60")
        + "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    )
    outer = (
        "import subprocess, sys, time; "
        "subprocess.Popen([sys.executable, '-c', sys.argv[1], 'ERROR'], stdout=sys.stdout); time.sleep(60)"
    )
    command = [sys.executable, "-c", outer, inner]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(100):
        if not alive(child):
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
