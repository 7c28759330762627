"""One thread beside the event loop that does what would block it: files first, computing second.

A pool of futures would do, but not this: under load, what is urgent (the journal) must not wait behind what may
come late (the cues), and everything about one stream must happen in order, without locks.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
Job = Callable[[], None]


class Lane:
    """A thread with two queues. What is asked with `urgent` is done before what is not; each queue keeps its order."""

    def __init__(self, name: str) -> None:
        self._wake = threading.Condition()
        self._urgent: deque[Job] = deque()
        self._later: deque[Job] = deque()
        # A daemon: what it has not stored yet has not been acknowledged, so the browser sends it again.
        threading.Thread(target=self._run, name=name, daemon=True).start()

    @property
    def waiting(self) -> int:
        return len(self._urgent) + len(self._later)

    def put(self, job: Job, *, urgent: bool) -> None:
        """Let the thread run `job`, which must not raise."""
        with self._wake:
            (self._urgent if urgent else self._later).append(job)
            self._wake.notify()

    def call(self, work: Callable[[], Result], *, urgent: bool = True) -> asyncio.Future[Result]:
        """Let the thread do `work`; its result or exception arrives in the running event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
                deliver(loop, fail, future, error)
            else:
                deliver(loop, settle, future, result)

        self.put(job, urgent=urgent)
        return future

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._urgent and not self._later:
                    self._wake.wait()
                job = (self._urgent or self._later).popleft()
            job()
            # Or the last student's second would be held until the next one's arrives.
            del job


def deliver(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *args: object) -> None:
    """Run `callback` in the loop; nobody waits for it any more if the loop has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(callback, *args)


def settle(future: asyncio.Future[Result], result: Result) -> None:
    if not future.done():
        future.set_result(result)


def fail(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
