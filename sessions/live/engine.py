"""All streams of this process on a few lanes, and what happens when there are too many.

A student-second costs one job: the journal is appended to at once, and the cues are computed when the lane
comes to it. Where the lane falls behind, cues are computed less often for everybody on it (`cues_every_s`); sound is
stored every second all the same.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final
from weakref import WeakSet

import structlog
from django.conf import settings

from sessions.live.journal import JournalError
from sessions.live.lane import Lane, Share
from sessions.live.protocol import Signal
from sessions.live.stream import Ended, Opening, Second, Stream, compute_together

log = structlog.get_logger(__name__)

LATE_S: Final = 0.6
"""A lane whose cues wait longer than this before they are computed has too much to do."""
EASY_S: Final = 0.1
CALM_S: Final = 10.0
"""It must have been easy for so long before cues come more often again."""
SLOWEST_S: Final = 8


@dataclass(slots=True)
class Load:
    """How often a lane can compute cues: doubles the pause when late, halves it after a calm while. Pure."""

    cues_every_s: int = 1
    _since_s: float = float("-inf")

    def waited(self, waited_s: float, now_s: float) -> None:
        """The cues of one second waited for `waited_s` before they were computed."""
        if waited_s > LATE_S:
            # What waits now was asked for before the last change: give that one time to show.
            if now_s - self._since_s > 2 * self.cues_every_s or self.cues_every_s == 1:
                self.cues_every_s = min(SLOWEST_S, 2 * self.cues_every_s)
                self._since_s = now_s
        elif waited_s > EASY_S:
            self._since_s = max(self._since_s, now_s - CALM_S / 2)
        elif self.cues_every_s > 1 and now_s - self._since_s > CALM_S:
            self.cues_every_s //= 2
            self._since_s = now_s


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of these messages: with `error` they are not stored. `with_cues`: cues were tried to be computed."""

    signals: Sequence[Signal]
    second: Second | None = None
    with_cues: bool = False
    error: JournalError | OSError | None = None


@dataclass(frozen=True, slots=True)
class _Due:
    """A second whose cues are to be computed. `deliver` hands the outcome to the loop."""

    stream: Stream
    signals: Sequence[Signal]
    asked_s: float
    deliver: Callable[[Outcome], None]


class LaneStreams:
    """A lane with the streams on it."""

    def __init__(self, name: str) -> None:
        self.lane = Lane(name)
        self.load = Load()
        self._alone: WeakSet[Stream] = WeakSet()
        """Streams whose cues failed, or those of one that was computed with them: each is computed for itself."""

    def compute(self, dues: list[_Due]) -> None:
        """The cues of several streams' seconds."""
        now_s = time.monotonic()
        for due in dues:
            self.load.waited(now_s - due.asked_s, now_s)
        together = [due for due in dues if due.stream not in self._alone]
        for group in (together, *([due] for due in dues if due.stream in self._alone)):
            for due, outcome in zip(group, self._outcomes(group), strict=True):
                due.deliver(outcome)

    def _outcomes(self, dues: list[_Due]) -> list[Outcome]:
        try:
            seconds = compute_together([(due.stream, due.signals) for due in dues])
        except Exception:
            # A fault in one cue must not cost the answers, which are stored: these seconds have no cues.
            log.exception("cues_failed", streams=len(dues))
            for due in dues:
                due.stream.begin_anew(due.signals)
                self._alone.add(due.stream)
            return [Outcome(due.signals, with_cues=True) for due in dues]
        return [
            Outcome(due.signals, second, with_cues=True) for due, second in zip(dues, seconds, strict=True)
        ]


class LiveStream:
    """The event loop's handle on a stream. Its calls are done in the order in which they are made."""

    def __init__(self, on: LaneStreams, stream: Stream) -> None:
        self._on = on
        self._stream = stream
        self.held = stream.held

    @property
    def cues_every_s(self) -> int:
        return self._on.load.cues_every_s

    def take_second(self, signals: Sequence[Signal], *, cues: bool, done: Callable[[Outcome], None]) -> None:
        """Store these messages, then compute their cues if `cues`; `done` is called in the loop."""
        lane, loop = self._on.lane, asyncio.get_running_loop()
        due = _Due(
            self._stream,
            signals,
            time.monotonic(),
            lambda outcome: lane.deliver(loop, partial(done, outcome)),
        )

        def store() -> None:
            try:
                self._stream.store(signals)
            except (JournalError, OSError) as error:
                due.deliver(Outcome(signals, error=error))
                return
            if cues:
                lane.compute(Share(self._stream, due, self._on.compute))
            else:
                self._stream.leave_out(signals)
                due.deliver(Outcome(signals))

        lane.store(store)

    async def store(self, signals: Sequence[Signal]) -> None:
        """Store these messages now, without their cues. Raises JournalError, OSError: nothing of it was stored."""
        await self._on.lane.call(lambda: self._stream.store(signals))
        self._on.lane.compute(lambda: self._stream.leave_out(signals))

    def question_ended(self, at_ms: int) -> None:
        self._on.lane.compute(lambda: self._stream.question_ended(at_ms))

    def without_camera(self) -> None:
        self._on.lane.compute(self._stream.without_camera)

    async def close(self, *, durable: bool = False) -> Ended:
        """When everything asked to be stored is; cues that are still waiting are not waited for. Raises OSError."""
        return await self._on.lane.call(lambda: self._stream.close(durable=durable))


class Engine:
    """The lanes of this process; streams are dealt out to them in turn."""

    def __init__(self, lanes: int) -> None:
        self._lanes = [LaneStreams(f"live-{number}") for number in range(lanes)]
        self._turn = itertools.cycle(self._lanes)

    async def open(self, opening: Opening) -> LiveStream:
        """Raises JournalError, OSError."""
        on = next(self._turn)
        return LiveStream(on, await on.lane.call(lambda: Stream(opening)))


@cache
def engine() -> Engine:
    """This process's own, made when the first student practises."""
    return Engine(max(1, settings.LIVE_LANES))
