"""One thread beside the event loop that does what would block it: files first, computing second.

A pool of futures would do, but not this: under load, what must not wait (the journal) must not stand behind what
may come late (the cues); everything about one stream must happen in order, without locks; and computing for several
students together costs a third less than for each alone. So what is computed is gathered for up to `TICK_S` and then
done in one go, `MOST_TOGETHER` at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

Result = TypeVar("Result")
Job = Callable[[], None]
Callback = Callable[[], None]

TICK_S: Final = 0.06
"""How long cues may be held back so that several students' are computed together."""
MOST_TOGETHER: Final = 8
"""Shares that are computed at once: what is to be stored waits meanwhile."""
LONGEST_GO_S: Final = 0.05
"""What a go brings is handed to the event loop together, which then wakes once; but not later than this."""


@dataclass(frozen=True, slots=True)
class Share:
    """Something to compute that costs less together with others of its kind. `whose` has one share in a go at most."""

    whose: object
    what: Any
    together: Callable[[list[Any]], None]


class Lane:
    """A thread with three queues, each of which keeps its order.

    Stores go before everything else. What somebody waits for (`call`) comes next, at once. What is computed waits for
    the next tick; a lane that does not get done between two ticks simply goes on.
    """

    def __init__(self, name: str) -> None:
        self._wake = threading.Condition()
        self._stores: deque[Job] = deque()
        self._calls: deque[Job] = deque()
        self._computing: deque[Job | Share] = deque()
        self._outbox: dict[asyncio.AbstractEventLoop, list[Callback]] = {}
        # A daemon: what it has not stored yet has not been acknowledged, so the browser sends it again.
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def store(self, job: Job) -> None:
        """Let the thread run `job` by the next tick, and before any later call. It must not raise."""
        with self._wake:
            self._stores.append(job)
            if len(self._stores) == 1:
                self._wake.notify()

    def compute(self, job: Job | Share) -> None:
        """Let the thread run `job` after the next tick, or a share together with the others. It must not raise."""
        with self._wake:
            self._computing.append(job)
            if len(self._computing) == 1:
                self._wake.notify()

    def call(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Let the thread do `work` now; its result or exception arrives in the running event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
                self.deliver(loop, partial(fail, future, error))
            else:
                self.deliver(loop, partial(settle, future, result))
            self._hand_over()

        with self._wake:
            self._calls.append(job)
            self._wake.notify()
        return future

    def deliver(self, loop: asyncio.AbstractEventLoop, callback: Callback) -> None:
        """For jobs: let `callback` be run in the loop soon, after those that were delivered before it."""
        self._outbox.setdefault(loop, []).append(callback)

    def _run(self) -> None:
        while True:
            self._wait()
            self._go()

    def _go(self) -> None:
        """Until everything is done: whatever comes meanwhile is done in the same go."""
        until_s = time.monotonic() + LONGEST_GO_S
        while job := self._next():
            job()
            if time.monotonic() > until_s:
                self._hand_over()
                until_s = time.monotonic() + LONGEST_GO_S
        self._hand_over()

    def _hand_over(self) -> None:
        outbox, self._outbox = self._outbox, {}
        for loop, callbacks in outbox.items():
            # A loop that has ended has nobody left who waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_run_all, callbacks)

    def _wait(self) -> None:
        """Until somebody waits for something, or a tick finds something to do."""
        with self._wake:
            while not self._calls:
                if self._stores or self._computing:
                    until_tick_s = TICK_S - time.monotonic() % TICK_S
                    if not self._wake.wait_for(lambda: self._calls, until_tick_s):
                        return
                else:
                    self._wake.wait()

    def _next(self) -> Job | None:
        with self._wake:
            queue = self._stores or self._calls
            if queue:
                return queue.popleft()
            if not self._computing:
                return None
            job = self._computing.popleft()
            return partial(job.together, self._gathered(job)) if isinstance(job, Share) else job

    def _gathered(self, first: Share) -> list[Any]:
        """What the first and those right behind it share, as far as they are of one kind and of different owners."""
        gathered, owners = [first.what], [first.whose]
        while self._computing and len(gathered) < MOST_TOGETHER:
            following = self._computing[0]
            if not isinstance(following, Share) or following.whose in owners:
                break
            if following.together != first.together:
                break
            self._computing.popleft()
            gathered.append(following.what)
            owners.append(following.whose)
        return gathered


def _run_all(callbacks: list[Callback]) -> None:
    for callback in callbacks:
        callback()


def settle(future: asyncio.Future[Result], result: Result) -> None:
    if not future.done():
        future.set_result(result)


def fail(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
