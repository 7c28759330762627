"""Reads media in a process of its own, watches it, and ends it when it takes too much or is told to stop."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

from scoring.media.child import order
from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.signals import Progress, Request, Signals
from scoring.media.stages import read_signals

log = logging.getLogger(__name__)

WATCH_S = 0.1
REMIND_S = 1.0
LINE_BYTES = 4096
STDERR_TAIL = 2000
ROOT = Path(__file__).parents[2]


class Stopped(Exception):
    """`should_stop` said so. What is done lies in the folder, and the next `run` goes on from there."""


def run(
    request: Request,
    folder: Path,
    *,
    on_progress: Callable[[Progress], object],
    should_stop: Callable[[], bool],
    limits: Limits,
) -> Signals:
    """Read what `request` asks for; `folder` keeps finished pieces between calls.

    `should_stop` is asked several times a second; `on_progress` is told at least once a second, in this thread.

    Raises:
        MediaError: nothing can be read, or the process went beyond `limits`, or crashed.
        Stopped: `should_stop` said so.
    """
    with tempfile.TemporaryFile() as said:
        child = _Child(request, folder, limits, said)
        try:
            child.watch(on_progress, should_stop)
        finally:
            child.end()
        child.judge(said)
    try:
        signals = read_signals(request, folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MediaError(MediaCode.CRASHED, "it left no result") from error
    signals.made_by["bounds"] = child.bounds
    return signals


@dataclass(slots=True)
class _Told:
    """The child's last words, and how much it took."""

    error: MediaError | None = None
    done: bool = False
    progress: Progress | None = None
    peak_bytes: int = 0
    beyond: MediaCode | None = None
    lines: SimpleQueue[bytes | None] = field(default_factory=SimpleQueue)


class _Child:
    def __init__(self, request: Request, folder: Path, limits: Limits, stderr: IO[bytes]) -> None:
        self._limits, self._folder, self._told = limits, folder, _Told()
        self.bounds = ""
        self._until = time.monotonic() + limits.wall_s
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        # Of the environment only what a library needs to be found: no secret of ours lies open in there.
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scoring.media.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**environment, "PYTHONPATH": path},
            start_new_session=True,
        )
        self._hand_over(self._process.stdin, order(request, folder, limits).encode())
        self._listener = Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    @staticmethod
    def _hand_over(stdin: IO[bytes] | None, text: bytes) -> None:
        # If the child is already gone, `judge` says how.
        with contextlib.suppress(BrokenPipeError):
            if stdin is not None:
                stdin.write(text)
                stdin.close()

    def _listen(self, stdout: IO[bytes] | None) -> None:
        with contextlib.closing(stdout) if stdout else contextlib.nullcontext():
            while stdout and (line := stdout.readline(LINE_BYTES)):
                self._told.lines.put(line)
        self._told.lines.put(None)

    def watch(self, on_progress: Callable[[Progress], object], should_stop: Callable[[], bool]) -> None:
        """Until it has ended. Raises Stopped."""
        told_at = time.monotonic()
        while True:
            if should_stop():
                raise Stopped
            try:
                line = self._told.lines.get(timeout=WATCH_S)
            except Empty:
                if self._is_beyond():
                    return
                line = b""
            if line is None:
                self._process.wait()
                return
            fresh = self._take(line) if line else False
            if self._told.progress and (fresh or time.monotonic() - told_at >= REMIND_S):
                told_at = time.monotonic()
                on_progress(self._told.progress)

    def _take(self, line: bytes) -> bool:
        """What one line says; True for progress. A line that is none of ours says nothing."""
        try:
            said: dict[str, Any] = json.loads(line)
            if "stage" in said:
                self._told.progress = Progress(str(said["stage"]), float(said["share"]))
                return True
            if "error" in said:
                self._told.error = MediaError(said["error"], str(said["detail"]))
            self._told.done = self._told.done or "done" in said
            self.bounds = str(said.get("bounds", self.bounds))
        except (ValueError, KeyError, TypeError):
            pass
        return False

    def _is_beyond(self) -> bool:
        """Whether it takes more than it may, in memory, time or disk."""
        if time.monotonic() > self._until:
            self._told.beyond = MediaCode.OUT_OF_TIME
        elif self._resident() > self._limits.memory_bytes:
            self._told.beyond = MediaCode.OUT_OF_MEMORY
        elif _bytes_in(self._folder) > self._limits.disk_bytes:
            self._told.beyond = MediaCode.TOO_LARGE
        return self._told.beyond is not None

    def _resident(self) -> int:
        """Resident bytes; 0 where the system does not say."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        self._told.peak_bytes = max(self._told.peak_bytes, pages * os.sysconf("SC_PAGE_SIZE"))
        return pages * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> None:
        """Whatever it is doing: it, and anything that it started."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join()

    def judge(self, stderr: IO[bytes]) -> None:
        """Raises MediaError unless it has done everything."""
        told, code = self._told, self._process.returncode
        if told.done:
            return
        if told.error is not None and told.beyond is None:
            raise told.error
        tail = _tail(stderr)
        why = told.beyond or self._why(code, tail)
        log.warning(
            "the process that reads media ended: %s (status %s, %d MiB)", why, code, told.peak_bytes >> 20
        )
        log.info("its last words: %s", tail)
        raise MediaError(why, f"status {code}")

    def _why(self, code: int, tail: str) -> MediaCode:
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and time.monotonic() > self._until):
            return MediaCode.OUT_OF_TIME
        if code == -signal.SIGXFSZ:
            return MediaCode.TOO_LARGE
        starved = "MemoryError" in tail or "bad_alloc" in tail or "annot allocate memory" in tail
        return MediaCode.OUT_OF_MEMORY if starved else MediaCode.CRASHED


PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "GREENROOM_MEDIA_REFUSAL",
)


def _tail(stderr: IO[bytes]) -> str:
    size = stderr.seek(0, os.SEEK_END)
    stderr.seek(max(0, size - STDERR_TAIL))
    return stderr.read().decode("utf-8", "replace")


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        # It may have been renamed this very moment.
        with contextlib.suppress(OSError):
            total += file.lstat().st_size
    return total
