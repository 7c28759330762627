"""The open answer's stream on the thread beside the event loop: journal first, then cues, second by second."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.cues.baseline import Baseline
from scoring.cues.frames import Frames
from scoring.cues.live import LiveCues, LiveReport, seconds_together
from scoring.cues.values import CueEvent
from sessions.live.journal import Journal, last_seconds
from sessions.live.protocol import SAMPLES_PER_MS, Signal, frames_of, sound_of, without_frames

REBUILT_FROM_S: Final = 12.0
"""Live cues look back at most ten seconds: after a reconnect that much of the journal is read again."""
MOST_BEHIND_S: Final = 4.0
"""A lane that has fallen further behind than this with a stream's cues leaves the older part out for good."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What it takes to open a stream."""

    path: Path
    epoch: int
    voice_only: bool
    question_ended_ms: int | None
    baseline: Baseline | None


@dataclass(frozen=True, slots=True)
class Second:
    """What one second showed; the report's times are stream time."""

    events: tuple[CueEvent, ...]
    report: LiveReport


@dataclass(slots=True)
class Summary:
    """Running means of the live cues and counts of the events: kept with the answer until the analysis is done."""

    seconds: int = 0
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, second: Second) -> None:
        self.seconds += 1
        for code, value in second.report.values.items():
            if value.value is not None:
                self.sums[code] += value.value
                self.counts[code] += 1
        self.events.update(event.code for event in second.events if event.phase != "end")

    def as_json(self) -> dict[str, Any]:
        means = {code: round(self.sums[code] / n, 4) for code, n in self.counts.items()}
        return {"seconds": self.seconds, "means": means, "events": dict(self.events)}


@dataclass(frozen=True, slots=True)
class Ended:
    """What was stored of an answer, and the summary of its live cues."""

    stream_ms: int
    dropped: int
    live: dict[str, Any]


class Stream:
    """Everything here runs on one lane, in order."""

    def __init__(self, opening: Opening) -> None:
        """Open the journal and go on from what it holds. Raises JournalError, OSError."""
        self.journal = Journal.open(opening.path, epoch=opening.epoch, tail_s=REBUILT_FROM_S)
        self.held = self.journal.held
        self._samples, self._dropped = self.held.samples, self.held.dropped
        self._opening = opening
        self._question_ended_ms = opening.question_ended_ms
        self._behind: list[Signal] = []
        self._missed = False
        self.summary = Summary()
        tail = self.journal.tail
        self._begin_cues(tail[0].t_ms if tail else self.held.stream_ms)
        if tail:
            signals = [without_frames(signal) for signal in tail] if opening.voice_only else tail
            seconds_together([self._unread(signals)])

    def _begin_cues(self, start_ms: int) -> None:
        """Live cues that begin at `start_ms` of the stream. They count from 0; the rest of this class converts."""
        self._start_ms = start_ms
        self._cues = LiveCues(
            voice_only=self._opening.voice_only,
            baseline=self._opening.baseline,
            resumed=start_ms > 0,
        )
        if self._question_ended_ms is not None:
            self._cues.question_ended(self._question_ended_ms - start_ms)

    def store(self, signals: Sequence[Signal]) -> None:
        """Raises JournalError, OSError."""
        self.journal.append(signals)
        self._samples += sum(signal.n_samples for signal in signals)
        self._dropped += sum(signal.dropped for signal in signals)

    def leave_out(self, signals: Sequence[Signal]) -> None:
        """Stored, but computed with the next ones, or never: no more than `MOST_BEHIND_S` is kept."""
        behind = [*self._behind, *signals]
        self._behind = list(last_seconds(behind, MOST_BEHIND_S))
        self._missed = self._missed or len(self._behind) < len(behind)

    def compute(self, signals: Sequence[Signal]) -> Second:
        """The cues of these messages and of those that were left out before, if those were not too many."""
        return compute_together([(self, signals)])[0]

    def _made_up(self, signals: Sequence[Signal]) -> Sequence[Signal]:
        """These messages and those that were left out, as far back as cues are still made up for."""
        # While these waited to be computed, later ones may have been left out.
        signals = sorted([*self._behind, *signals], key=lambda signal: signal.seq)
        recent = last_seconds(signals, MOST_BEHIND_S)
        if self._missed or len(recent) < len(signals):
            self._begin_cues(recent[0].t_ms)
        self._behind, self._missed = [], False
        return recent

    def begin_anew(self, signals: Sequence[Signal]) -> None:
        """The cues of these messages could not be computed: live cues begin behind them."""
        self._behind, self._missed = [], False
        self._begin_cues(signals[-1].t_ms + signals[-1].n_samples // SAMPLES_PER_MS)

    def _unread(self, signals: Sequence[Signal]) -> tuple[LiveCues, Frames, NDArray[np.int16]]:
        frames = frames_of(signals)
        if self._start_ms:
            frames = replace(frames, times_ms=frames.times_ms - self._start_ms)
        return self._cues, frames, sound_of(signals)

    def question_ended(self, at_ms: int) -> None:
        self._question_ended_ms = at_ms
        self._cues.question_ended(at_ms - self._start_ms)

    def without_camera(self) -> None:
        """The person no longer agrees to the camera."""
        self._opening = replace(self._opening, voice_only=True)
        self._cues.voice_only = True

    def close(self, *, durable: bool = False) -> Ended:
        """What is stored. `durable` waits for the disk. Raises OSError."""
        try:
            if durable:
                self.journal.sync()
        finally:
            self.journal.close()
        return Ended(self._samples // SAMPLES_PER_MS, self._dropped, self.summary.as_json())

    def _in_stream_time(self, second: Second) -> Second:
        """Live cues that were rebuilt count from where they were rebuilt."""
        if not self._start_ms:
            return second
        report, events = second.report, second.events
        speech_ms = report.speech_started_ms
        report = replace(
            report,
            t_ms=report.t_ms + self._start_ms,
            speech_started_ms=None if speech_ms is None else speech_ms + self._start_ms,
        )
        return Second(tuple(replace(event, t_ms=event.t_ms + self._start_ms) for event in events), report)


def compute_together(parts: Sequence[tuple[Stream, Sequence[Signal]]]) -> list[Second]:
    """`compute` of several streams, each once, which costs less than one after the other."""
    unread = [stream._unread(stream._made_up(signals)) for stream, signals in parts]
    seconds = []
    for (stream, _), (events, report) in zip(parts, seconds_together(unread), strict=True):
        second = stream._in_stream_time(Second(tuple(events), report))
        stream.summary.add(second)
        seconds.append(second)
    return seconds
