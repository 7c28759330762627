"""The full analysis of one answer: the same functions as live, over the whole recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cues.answer import answer_values
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE_VERSION, Cue
from scoring.cues.face import USABLE
from scoring.cues.frames import Frames
from scoring.cues.neutral import Neutral
from scoring.cues.speech import S, Segment
from scoring.cues.stream import Stream
from scoring.cues.values import Absent, CueEvent, Value
from scoring.cues.visual import V
from scoring.cues.voice import STEP_MS
from scoring.cues.windows import WINDOWED, nothing_yet, values_at, window_values
from scoring.cues.words import reading
from scoring.cues.words.transcript import Transcript
from scoring.cues.words.verbal import Verbal

WINDOW_S = 0.5
HOP_S = 0.25

RATE = 16000


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Cues over time. `times_ms` (m,) float64 are the ends of the windows; a column is (m,) float32, NaN = absent.

    A window is 0.5 s long, or as long as the catalogue says (`CueSpec.window_s`) where that is more than a second.
    """

    times_ms: NDArray[np.float64]
    columns: Mapping[Cue, NDArray[np.float32]]
    catalogue_version: int = CATALOGUE_VERSION


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the signal was. Shares are 0..1, the floor is in dB of full scale; what is not known is None."""

    face_share: float | None
    mean_luma: float | None
    noise_floor_db: float | None
    speech_s: float
    sound_s: float
    frames_per_s: float
    frames_dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What an answer shows. `neutral` is the person's face at rest as far as it became known.

    `verbal` are the marks and remarks on the transcript's words; None without a transcript. Its values are in `values`.
    """

    track: Track
    values: Mapping[Cue, Value]
    events: tuple[CueEvent, ...]
    segments: tuple[Segment, ...]
    quality: Quality
    neutral: Neutral | None
    catalogue_version: int = CATALOGUE_VERSION
    verbal: Verbal | None = None


def analyse(
    frames: Frames,
    sound: NDArray[np.int16],
    *,
    question_ended_ms: float | None,
    voice_only: bool,
    baseline: Baseline | None = None,
    transcript: Transcript | None = None,
    no_words: Absent = Absent.NO_TRANSCRIPT,
) -> Analysis:
    """Analyse one answer: its frames in order of time, its whole sound (n,) int16 at 16 kHz, and what was said.

    Values are over the time from the question's end; gaze is over speaking time. The same input gives the same numbers.
    Without a transcript the verbal cues are absent because of `no_words`.
    """
    stream = Stream(voice_only=voice_only, neutral=baseline.neutral if baseline else None)
    stream.question_ended_ms = question_ended_ms
    events = [*stream.push(frames, sound), *stream.visual.finish()]
    stream.describe()
    segments = tuple(stream.speech.segments)
    verbal = None
    if transcript is not None:
        verbal = reading.read(transcript, question_ended_ms=question_ended_ms, segments=segments)
    return Analysis(
        track=_track(stream),
        values=_values(stream) | dict(verbal.values if verbal else reading.none(no_words)),
        events=tuple(sorted(events, key=lambda event: event.t_ms)),
        segments=segments,
        quality=_quality(stream, frames, len(sound) / RATE),
        neutral=stream.visual.neutral,
        verbal=verbal,
    )


def _values(stream: Stream) -> dict[Cue, Value]:
    speech, asked = stream.speech, stream.question_ended_ms
    values = nothing_yet()
    values |= window_values(stream, asked or 0.0, speech.end_ms, WINDOWED, whole=True)
    values |= answer_values(stream)
    return values


def _track(stream: Stream) -> Track:
    hop_ms = 1000 * HOP_S
    ends = np.arange(1000 * WINDOW_S, stream.speech.frames * STEP_MS + 1, hop_ms)
    columns = {code: np.full(len(ends), np.nan, dtype=np.float32) for code in WINDOWED}
    for i, end in enumerate(ends.tolist()):
        for code, value in values_at(stream, end, WINDOW_S).items():
            if value.value is not None:
                columns[code][i] = value.value
    return Track(ends, columns)


def _quality(stream: Stream, frames: Frames, sound_s: float) -> Quality:
    states = stream.visual.table.rows[:, V.STATE]
    rows = stream.speech.table.rows
    return Quality(
        face_share=float((states == USABLE).mean()) if len(states) else None,
        mean_luma=float(frames.luma.mean()) if len(frames) else None,
        noise_floor_db=float(np.median(rows[:, S.FLOOR])) if len(rows) else None,
        speech_s=float((rows[:, S.ACTIVE] > 0).sum()) * STEP_MS / 1000,
        sound_s=sound_s,
        frames_per_s=len(frames) / sound_s if sound_s else 0.0,
        frames_dropped=frames.dropped,
    )
