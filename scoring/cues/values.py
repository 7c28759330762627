"""What a cue's measurement is: a number or the reason why there is none, and an event with its time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from scoring.cues.catalogue import Cue

Phase = Literal["point", "start", "end"]


class Absent(StrEnum):
    """Why a cue has no value. The codes are stored and sent; the words for them belong to the pages."""

    NOT_AVAILABLE = "not_available"
    NO_CAMERA = "no_camera"
    NO_FACE = "no_face"
    FACE_TOO_SMALL = "face_too_small"
    TOO_DARK = "too_dark"
    TOO_FEW_FRAMES = "too_few_frames"
    NO_POSE = "no_pose"
    HANDS_OUT_OF_VIEW = "hands_out_of_view"
    HIPS_OUT_OF_VIEW = "hips_out_of_view"
    EYES_UNCLEAR = "eyes_unclear"
    ARM_UNCLEAR = "arm_unclear"
    NO_SOUND = "no_sound"
    NO_VOICE = "no_voice"
    TOO_LITTLE_SPEECH = "too_little_speech"
    NOISY = "noisy"
    NO_PAUSE = "no_pause"
    QUESTION_OPEN = "question_open"
    NO_TRANSCRIPT = "no_transcript"
    LANGUAGE = "language"
    TOO_FEW_WORDS = "too_few_words"


@dataclass(frozen=True, slots=True)
class Value:
    """A finite number, or the reason for its absence: exactly one of the two is set.

    Raises:
        ValueError: both or neither are set, or the number is not finite.
    """

    value: float | None
    absent: Absent | None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.absent is None):
            raise ValueError("a cue has either a value or a reason for its absence")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a cue's value is a finite number, not {self.value}")

    @classmethod
    def of(cls, value: float) -> Value:
        return cls(float(value), None)

    @classmethod
    def none(cls, why: Absent) -> Value:
        return cls(None, why)


@dataclass(frozen=True, slots=True)
class CueEvent:
    """Something that happened: at `t_ms` of stream time, with a strength of 0..1.

    `phase` is `point` for what happens at once (a nod), else `start` or `end`.
    """

    code: Cue
    t_ms: int
    strength: float
    phase: Phase
