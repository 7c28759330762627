"""What has arrived of the open answer, in the event loop's memory: counters, order and pace. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from sessions.live.protocol import SAMPLES_PER_MS, Malformed, Signal

SECOND: Final = 1000 * SAMPLES_PER_MS
MAX_STREAM_MS: Final = 10 * 60 * 1000
_CLOCK_TOLERANCE_MS: Final = 20
PACE_ALLOWANCE_MS: Final = 30_000
_PACE_DRIFT: Final = 1.02
"""A sound card's clock may run a little faster than ours."""


class Verdict(Enum):
    KEEP = auto()
    REPLAYED = auto()
    GAP = auto()


@dataclass(slots=True)
class Intake:
    """One answer's stream as received; `stored_*` is the part that the journal holds."""

    answer: int
    next_seq: int = 0
    samples: int = 0
    stored_seq: int = 0
    stored_samples: int = 0
    waiting: list[Signal] = field(default_factory=list)
    waiting_samples: int = 0

    @property
    def stream_ms(self) -> int:
        return self.samples // SAMPLES_PER_MS

    @property
    def stored_ms(self) -> int:
        return self.stored_samples // SAMPLES_PER_MS

    @property
    def has_second(self) -> bool:
        return self.waiting_samples >= SECOND

    @property
    def is_full(self) -> bool:
        return self.stream_ms >= MAX_STREAM_MS

    def judge(self, signal: Signal) -> Verdict:
        """Raises Malformed: the message's time is not that of its place in the stream."""
        if signal.seq < self.next_seq:
            return Verdict.REPLAYED
        if signal.seq > self.next_seq:
            return Verdict.GAP
        if abs(signal.t_ms - self.stream_ms) > _CLOCK_TOLERANCE_MS:
            raise Malformed(f"t_ms is {signal.t_ms}, the stream is at {self.stream_ms}")
        return Verdict.KEEP

    def keep(self, signal: Signal) -> None:
        self.next_seq = signal.seq + 1
        self.samples += signal.n_samples
        self.waiting.append(signal)
        self.waiting_samples += signal.n_samples

    def take_waiting(self) -> list[Signal]:
        """What is to be stored next; the caller reports back with `stored`."""
        waiting, self.waiting, self.waiting_samples = self.waiting, [], 0
        return waiting

    def stored(self, signals: Sequence[Signal]) -> None:
        self.stored_seq += len(signals)
        self.stored_samples += sum(signal.n_samples for signal in signals)


@dataclass(slots=True)
class Pace:
    """Sound cannot arrive faster than it is spoken, but for what is sent again after a lost connection."""

    began_s: float
    received_ms: float = 0.0

    def admits(self, signal: Signal, now_s: float) -> bool:
        """Count the message if it is not too fast."""
        ms = signal.n_samples / SAMPLES_PER_MS
        room = (now_s - self.began_s) * 1000 * _PACE_DRIFT + PACE_ALLOWANCE_MS
        if self.received_ms + ms > room:
            return False
        self.received_ms += ms
        return True
