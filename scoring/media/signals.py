"""What the process that reads media is asked for, how far it is, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import Frames
from scoring.cues.words.transcript import Transcript

STAGES = ("sound", "pictures", "words")
"""In this order; their names are stored and shown."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where the models are. Whoever names them has checked that they are what they should be.

    `words` is a folder, the others are files. None: not there, what needs it is left out and named.
    """

    face: Path | None = None
    pose: Path | None = None
    hand: Path | None = None
    words: Path | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What to read of one answer.

    sound: the answer's sound as it was streamed, raw little-endian int16 at 16 kHz; None where there is none.
    recording: a file of any kind, trusted in nothing. recording_started_ms: stream time of its beginning, may be
    negative. language: of what is said, "en", "de", "fr"; in others nothing is transcribed. want_landmarks: of the
    recording's pictures. stream_ms: length of the answer; 0: as long as the sound or the recording.
    """

    sound: Path | None
    recording: Path | None
    recording_started_ms: int
    language: str
    want_landmarks: bool
    stream_ms: int
    models: ModelFiles = ModelFiles()


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` of `stage` is done, 0..1. Stages follow each other in the order of STAGES, and no share goes back."""

    stage: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What was read, all on stream time.

    frames: landmarks of the recording; None where they were not asked for or could not be had. sound: (n,) int16 at
    16 kHz, as it was streamed, else the recording's. transcript: None where it could not be made. made_by: names of
    models and libraries with their versions. problems: what could not be used, as "recording_unreadable" or
    "words_model_missing": the part, then the MediaCode.
    """

    frames: Frames | None
    sound: NDArray[np.int16]
    transcript: Transcript | None
    made_by: dict[str, str]
    problems: tuple[str, ...]
