"""From an answer to its signals: its take, its recording, and the process of `scoring.media` that reads them.

What is broken is left out and named; the rest is used. A take that is torn is made up for by the recording, a recording
that cannot be read by what was streamed, a transcript that failed by nothing: then the verbal cues alone are absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import structlog
from django.conf import settings
from numpy.typing import NDArray

from scoring.cues.frames import Frames
from scoring.cues.words.transcript import Transcript
from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import MIB, Limits
from scoring.media.run import Stopped, run
from scoring.media.signals import Request, Signals
from sessions.analysis.folder import TooLarge, WorkFolder
from sessions.analysis.sources import ready_recording
from sessions.analysis.watch import Watch
from sessions.live.journal import Broken, Take, read_take
from sessions.models import Answer, Recording

log = structlog.get_logger(__name__)


class Unusable(Exception):
    """Neither take nor recording can be read; `problem` names why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """All that the cues are made of, on the answer's stream time."""

    frames: Frames
    sound: NDArray[np.int16]
    transcript: Transcript | None
    made_by: Mapping[str, str]
    problems: tuple[str, ...]
    from_recording: bool = False
    """Whether the frames are the recording's, and not those that were streamed."""


def limits() -> Limits:
    """The bounds of one analysis; docs/operators.md names the settings."""
    return Limits(
        memory_bytes=settings.ANALYSIS_MEMORY_MB * MIB,
        wall_s=float(settings.ANALYSIS_SECONDS),
        cpu_s=settings.ANALYSIS_SECONDS,
        disk_bytes=settings.ANALYSIS_DISK_MB * MIB,
    )


def read(answer: Answer, watch: Watch, work: WorkFolder) -> Read:
    """Raises Unusable; Stopped when the watch said so; OSError of a storage or a disk that is away for a while."""
    take = _take(work)
    recording = ready_recording(answer) if watch.allowed.recording else None
    problems: tuple[str, ...] = (f"take_{take.problem}",) if isinstance(take, Broken) else ()
    streamed = None if isinstance(take, Broken) else take
    if recording is not None:
        try:
            return _together(streamed, _signals(answer, watch, work, streamed, recording), problems)
        except MediaError as error:
            _note(answer, watch, error)
            problems = (*problems, f"recording_{error.code}")
    if streamed is None:
        raise Unusable(problems[-1].partition("_")[2])
    try:
        return _together(streamed, _signals(answer, watch, work, streamed, None), problems)
    except MediaError as error:
        _note(answer, watch, error)
        return Read(streamed.frames, streamed.sound, None, {}, (*problems, f"words_{error.code}"))


def _take(work: WorkFolder) -> Take | Broken:
    try:
        return read_take(work.take)
    except Broken as broken:
        return broken


def _note(answer: Answer, watch: Watch, error: MediaError) -> None:
    """A folder that was deleted under the work looks like a broken file: then the answer's end is what counts."""
    if watch.ended():
        raise Stopped from error
    log.warning("media_unusable", answer=str(answer.pk), code=str(error.code), detail=error.detail)


def _signals(
    answer: Answer, watch: Watch, work: WorkFolder, take: Take | None, recording: Recording | None
) -> Signals:
    bounds = limits()
    request = Request(
        sound=work.sound(take.sound) if take else None,
        recording=_file(work, recording, bounds) if recording else None,
        recording_started_ms=recording.started_ms if recording else 0,
        language=answer.session.scenario.language,
        want_landmarks=recording is not None and watch.allowed.camera,
        stream_ms=answer.stream_ms,
    )
    return run(request, work.path, on_progress=watch.report, should_stop=watch.should_stop, limits=bounds)


def _file(work: WorkFolder, recording: Recording, bounds: Limits) -> object:
    try:
        return work.recording(recording, bounds.largest_bytes)
    except FileNotFoundError as error:  # deleted a moment ago
        raise MediaError(MediaCode.EMPTY, "the recording is gone") from error
    except TooLarge as error:
        raise MediaError(MediaCode.TOO_LARGE) from error


def _together(take: Take | None, signals: Signals, problems: tuple[str, ...]) -> Read:
    streamed = take.frames if take else Frames.empty()
    return Read(
        frames=streamed if signals.frames is None else signals.frames,
        # The stream's sound is the answer's clock; a recording's is as good only where there is no stream.
        sound=take.sound if take else signals.sound,
        transcript=signals.transcript,
        made_by=signals.made_by,
        problems=(*problems, *signals.problems),
        from_recording=signals.frames is not None,
    )
