"""Cues of one answer while it is given: events at once, values once a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cues.answer import answer_segments, answer_values
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import Cue
from scoring.cues.frames import Frames
from scoring.cues.stream import Stream, describe_together, push_together
from scoring.cues.values import CueEvent, Value
from scoring.cues.voice import STEP_MS
from scoring.cues.windows import nothing_yet, values_at

LIVE_WINDOW_S = 1.0
"""Time over which a live value is taken where the catalogue does not ask for longer."""

KEEP_MS = 12_000.0
"""What a live stream remembers: the longest window of the catalogue and two seconds."""


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What is known at `t_ms` of stream time: every continuous cue with its value or its absence.

    `speech_started_ms` is when the answer began to be heard: the first speech that goes on after the question's end.
    """

    t_ms: int
    values: Mapping[Cue, Value]
    speech_started_ms: int | None
    is_speaking: bool


class LiveCues:
    """The cues of one answer's stream. Used by one thread at a time; holds no state outside itself."""

    def __init__(
        self,
        *,
        voice_only: bool = False,
        question_ended_ms: float | None = None,
        baseline: Baseline | None = None,
        resumed: bool = False,
    ) -> None:
        """With `resumed` the stream starts in the middle of an answer: what needs its beginning is then absent."""
        neutral = baseline.neutral if baseline else None
        self._stream = Stream(voice_only=voice_only, neutral=neutral, keep_ms=KEEP_MS)
        self._stream.question_ended_ms = question_ended_ms
        self._resumed = resumed

    @property
    def voice_only(self) -> bool:
        """Without a camera, or without the consent to use it. Once set, frames are not read any more."""
        return self._stream.voice_only

    @voice_only.setter
    def voice_only(self, voice_only: bool) -> None:
        self._stream.voice_only = voice_only

    def question_ended(self, t_ms: float) -> None:
        """The question has been read out at `t_ms` of stream time."""
        self._stream.question_ended_ms = t_ms

    def push(self, frames: Frames, sound: NDArray[np.int16]) -> list[CueEvent]:
        """Take the next frames and the next 16 kHz samples (n,); return the events that became certain."""
        return self._stream.push(frames, sound)

    def second(self) -> LiveReport:
        """The values now; call it about once a second."""
        self._stream.describe()
        return self._report()

    def _report(self) -> LiveReport:
        stream, speech = self._stream, self._stream.speech
        values = nothing_yet()
        values |= values_at(stream, speech.frames * STEP_MS, LIVE_WINDOW_S)
        if not self._resumed:
            values |= answer_values(stream)
        answer = answer_segments(speech.segments, stream.question_ended_ms)
        started = round(answer[0].start_ms) if answer else None
        return LiveReport(stream.samples // 16, values, started, speech.is_speaking)

    def finish(self) -> list[CueEvent]:
        """The answer has ended: the ends of what still lasts (a smile, a look away)."""
        return self._stream.visual.finish()


def seconds_together(
    parts: Sequence[tuple[LiveCues, Frames, NDArray[np.int16]]],
) -> list[tuple[list[CueEvent], LiveReport]]:
    """`push` and then `second` for several streams, each once.

    It gives the same as one after the other (but for the rounding of sums), in less time.
    """
    streams = [live._stream for live, _, _ in parts]
    events = push_together([(live._stream, frames, sound) for live, frames, sound in parts])
    describe_together(streams)
    return [(found, live._report()) for found, (live, _, _) in zip(events, parts, strict=True)]
