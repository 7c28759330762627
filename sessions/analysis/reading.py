"""From an answer to its signals: its take, its recording, and the process of `scoring.media` that reads them.

What is broken is left out and named; the rest is used. A take that is torn is made up for by the recording, a recording
that cannot be read by what was streamed, a transcript that failed by nothing: then the verbal cues alone are absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

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
from sessions.analysis import models
from sessions.analysis.folder import TooLarge, WorkFolder
from sessions.analysis.sources import ready_recording
from sessions.analysis.watch import Watch
from sessions.live.journal import Broken, Take, read_take
from sessions.models import Answer

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
    broken = (f"take_{take.problem}",) if isinstance(take, Broken) else ()
    streamed = None if isinstance(take, Broken) else take
    request, problems = _request(answer, watch, work, streamed)
    problems = (*broken, *problems)
    while request.sound or request.recording:
        watch.stage = ""
        try:
            signals = run(
                request, work.path, on_progress=watch.report, should_stop=watch.should_stop, limits=limits()
            )
            return _together(streamed, signals, problems)
        except MediaError as error:
            _note(answer, watch, error)
            request, problem = _without_what_failed(request, error.code, watch.stage)
            problems = (*problems, problem)
    if streamed is None:
        raise Unusable(problems[-1].partition("_")[2])
    return Read(streamed.frames, streamed.sound, None, {}, problems)


def _without_what_failed(request: Request, code: MediaCode, stage: str) -> tuple[Request, str]:
    """The request for what is left after a child ended in `stage`, and what to say about it."""
    if request.models.words and (stage == "words" or not request.recording):
        return replace(request, models=replace(request.models, words=None)), f"words_{code}"
    if request.recording:
        return replace(request, recording=None, want_landmarks=False), f"recording_{code}"
    return replace(request, sound=None), f"sound_{code}"


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


def _request(
    answer: Answer, watch: Watch, work: WorkFolder, take: Take | None
) -> tuple[Request, tuple[str, ...]]:
    """What to ask for, by what there is and what is allowed; and why there is no recording where there should be."""
    problems: tuple[str, ...] = ()
    wanted = watch.allowed.needs_recording(has_take=take is not None)
    recording = ready_recording(answer) if wanted else None
    file: Path | None = None
    if recording is not None:
        try:
            file = work.recording(recording, limits())
        except FileNotFoundError:
            problems = ("recording_missing",)  # deleted a moment ago
        except TooLarge:
            problems = (f"recording_{MediaCode.TOO_LARGE}",)
    sees = file is not None and watch.allowed.camera
    request = Request(
        sound=work.sound(take.sound) if take else None,
        recording=file,
        recording_started_ms=recording.started_ms if recording else 0,
        language=answer.session.scenario.language,
        want_landmarks=sees,
        stream_ms=answer.stream_ms,
        models=models.files(landmarks=sees),
    )
    return request, problems


def _together(take: Take | None, signals: Signals, problems: tuple[str, ...]) -> Read:
    streamed = take.frames if take else Frames.empty()
    said = {problem.partition("_")[0] for problem in problems}
    return Read(
        frames=streamed if signals.frames is None else signals.frames,
        # The stream's sound is the answer's clock; a recording's is as good only where there is no stream.
        sound=take.sound if take else signals.sound,
        transcript=signals.transcript,
        made_by=signals.made_by,
        # What was left out by us is not missing.
        problems=(*problems, *(one for one in signals.problems if one.partition("_")[0] not in said)),
        from_recording=signals.frames is not None,
    )
