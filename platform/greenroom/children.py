"""The supervisor's child processes: started, watched, started again when they die, stopped in order."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from greenroom.launch import wrapped

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
# A child that lived this long had started well: the next pause is short again.
STEADY_S = 60.0


@dataclass(slots=True)
class Child:
    """One process that should always be there. `stop_seconds` is its time to end after SIGTERM, in s."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    say: Callable[[str], object]
    stop_seconds: float = 10.0
    failures: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _began: float = field(default=0.0)
    _due: float | None = None

    def start(self) -> None:
        # A session of its own: Ctrl+C reaches the supervisor alone, which then stops everything in order.
        self._process = subprocess.Popen(
            wrapped(self.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._began, self._due = time.monotonic(), None

    def watch(self) -> None:
        """Call a few times a second: notices that the child died, and starts it again when its pause is over."""
        if self._due is not None:
            if time.monotonic() >= self._due:
                self.start()
        elif self._process is not None and self._process.poll() is not None:
            self._died(self._process.returncode)

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.say(f"The {self.name} does not end after {self.stop_seconds:.0f} s and is killed.")
            self.kill()

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _died(self, code: int) -> None:
        steady = time.monotonic() - self._began > STEADY_S
        self.failures = 1 if steady else self.failures + 1
        pause = min(FIRST_PAUSE_S * 2 ** (self.failures - 1), LONGEST_PAUSE_S)
        self._due = time.monotonic() + pause
        self.say(f"The {self.name} ended ({_how(code)}). It is started again in {pause:g} s.")


def _how(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    return f"killed by {signal.Signals(-code).name}"
