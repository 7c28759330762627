"""The catalogue of cues: stable codes, what they mean, and what is needed to measure them.

Codes are stored with every value, together with `CATALOGUE_VERSION`: a code never changes its meaning. What must
change gets a new code, or the version goes up. docs/cues.md is written from here (`python -m scoring.cues.document`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

CATALOGUE_VERSION = 1

Group = Literal["face", "body", "voice", "words"]
Kind = Literal["continuous", "event"]
Direction = Literal["higher", "lower"]


class Cue(StrEnum):
    """The code of a cue. The first 18 are the engagement features of GANterfactual (section 3.1, figure 4)."""

    VAL_F = "VAL_F"
    GZ_DR = "GZ_DR"
    HD_AC = "HD_AC"
    AM_CR = "AM_CR"
    HD_TH = "HD_TH"
    DIST_LW = "DIST_LW"
    DIST_RW = "DIST_RW"
    YROT_LE = "YROT_LE"
    YROT_RE = "YROT_RE"
    FO_LW = "FO_LW"
    FO_RW = "FO_RW"
    XROT_LE = "XROT_LE"
    XROT_RE = "XROT_RE"
    SDX_HD = "SDX_HD"
    SDXROT_HD = "SDXROT_HD"
    TN_HD = "TN_HD"
    CONT_MOV = "CONT_MOV"
    EN_HA = "EN_HA"
    SMILE_SHARE = "SMILE_SHARE"
    VOICE = "VOICE"
    LOUD = "LOUD"
    ENERGY = "ENERGY"
    F0 = "F0"
    F0_ST = "F0_ST"
    F0_SD = "F0_SD"
    F0_RANGE = "F0_RANGE"
    JITTER = "JITTER"
    SHIMMER = "SHIMMER"
    HNR = "HNR"
    BREAKS = "BREAKS"
    SYLL_RATE = "SYLL_RATE"
    WPM = "WPM"
    ARTIC = "ARTIC"
    PAUSE_N = "PAUSE_N"
    PAUSE_LONG_N = "PAUSE_LONG_N"
    PAUSE_SHARE = "PAUSE_SHARE"
    PAUSE_LEN = "PAUSE_LEN"
    LATENCY = "LATENCY"
    SEG_LEN = "SEG_LEN"
    EARLY = "EARLY"
    ANSWER_LEN = "ANSWER_LEN"
    WORDS = "WORDS"
    FILLERS = "FILLERS"
    REPEATS = "REPEATS"
    RESTARTS = "RESTARTS"
    UNIQUE = "UNIQUE"
    I_WE = "I_WE"
    HEDGES = "HEDGES"
    SENT_LEN = "SENT_LEN"
    GRAMMAR = "GRAMMAR"
    NOD = "NOD"
    SHAKE = "SHAKE"
    SMILE = "SMILE"
    GAZE_AWAY = "GAZE_AWAY"
    HAND_FACE = "HAND_FACE"
    LEAN_IN = "LEAN_IN"
    LEAN_OUT = "LEAN_OUT"
    ARMS_CROSSED = "ARMS_CROSSED"


@dataclass(frozen=True, slots=True)
class Band:
    """Where a cue usually sits for a good listener's impression: shown as a band, never as pass or fail.

    `low`..`high` is the band, `wide_low`..`wide_high` what is still tolerated around it. None is an open end.
    With `relative` the numbers are differences from the person's own baseline.
    """

    low: float | None
    high: float | None
    wide_low: float | None
    wide_high: float | None
    basis: str
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """The signal below which a cue is absent: in words, and as the number that the code compares with."""

    words: str
    amount: float


@dataclass(frozen=True, slots=True)
class CueSpec:
    """What a cue is.

    `low`..`high` is the range that values can take (`None` is open) and `unit` their unit. `window_s` is the time over
    which a live value is taken, None for everything since the answer began. `available` says whether this version
    computes it. For events the numbers are those of the strength.
    """

    code: Cue
    name: str
    unit: str
    low: float | None
    high: float | None
    group: Group
    kind: Kind
    band: Band | None
    direction: Direction | None
    minimum_signal: Signal
    source: str
    available: bool
    window_s: float | None = 1.0


ENGAGEMENT = "GANterfactual, section 3.1"
TARDIS = "TARDIS, table 1"
CUES = "Greenroom"
WORDS_FROM = "AI mock interview; HireNet"

FACE = Signal("a face, large and light enough, in half of the frames", 0.5)
POSE = Signal("shoulders in half of the frames", 0.5)
HANDS = Signal("the hand in sight in half of the frames", 0.5)
ARMS = Signal("both elbows and wrists in sight in half of the frames", 0.5)
HIPS = Signal("wrist and hip in sight in half of the frames", 0.5)
NEUTRAL = Signal("a face in half of the frames; 2 s of face before for the person's neutral", 0.5)
SOUND = Signal("sound in the window", 0.1)
VOICED = Signal("0.2 s of voiced speech", 0.2)
VOICED_LONG = Signal("1 s of voiced speech", 1.0)
SPEECH = Signal("0.2 s of speech", 0.2)
SPEECH_LONG = Signal("3 s of speech", 3.0)
ONCE = Signal("one speech segment", 1.0)
PAUSE = Signal("one pause between speech segments", 1.0)
WORD_COUNT = Signal("a transcript of 20 words", 20.0)

_BANDS: dict[Cue, Band] = {
    Cue.WPM: Band(140, 160, 120, 175, "Street & Brady 1982; Miller 1976"),
    Cue.FILLERS: Band(None, 4, None, 6, "coaching practice"),
    Cue.LATENCY: Band(0.6, 2, 0, 6, "Ziano & Wang 2021; Bangerter; wider for hard questions"),
    Cue.F0_SD: Band(2, 4, 1.5, 5, "Hincks; Rodero 2022"),
    Cue.LOUD: Band(-6, 6, -9, 9, "own choice", relative=True),
    Cue.GZ_DR: Band(0.6, 0.8, 0.45, 0.95, "coaching practice; of speaking time"),
    Cue.ANSWER_LEN: Band(45, 120, 30, 180, "HireNet: mean 52 s"),
}


def _continuous(
    code: Cue,
    name: str,
    unit: str,
    low: float | None,
    high: float | None,
    group: Group,
    signal: Signal,
    source: str,
    *,
    window_s: float | None = 1.0,
    available: bool = True,
    direction: Direction | None = None,
) -> CueSpec:
    band = _BANDS.get(code)
    return CueSpec(
        code, name, unit, low, high, group, "continuous", band, direction, signal, source, available, window_s
    )


def _event(
    code: Cue, name: str, group: Group, signal: Signal, source: str = CUES, available: bool = True
) -> CueSpec:
    return CueSpec(code, name, "strength", 0, 1, group, "event", None, None, signal, source, available)


_c = _continuous
_SPECS: tuple[CueSpec, ...] = (
    _c(Cue.VAL_F, "Friendly face", "-1..1", -1, 1, "face", NEUTRAL, ENGAGEMENT, available=False),
    _c(Cue.GZ_DR, "Gaze to camera", "share", 0, 1, "face", FACE, ENGAGEMENT),
    _c(Cue.HD_AC, "Head activity", "degrees/s", 0, None, "face", FACE, ENGAGEMENT),
    _c(Cue.AM_CR, "Arms crossed", "share", 0, 1, "body", ARMS, ENGAGEMENT, direction="lower"),
    _c(Cue.HD_TH, "Hand to face", "share", 0, 1, "body", FACE, ENGAGEMENT, direction="lower"),
    _c(Cue.DIST_LW, "Left wrist beside hip", "shoulder widths", None, None, "body", HIPS, ENGAGEMENT),
    _c(Cue.DIST_RW, "Right wrist beside hip", "shoulder widths", None, None, "body", HIPS, ENGAGEMENT),
    _c(Cue.YROT_LE, "Left elbow turn", "degrees", -180, 180, "body", ARMS, ENGAGEMENT, available=False),
    _c(Cue.YROT_RE, "Right elbow turn", "degrees", -180, 180, "body", ARMS, ENGAGEMENT, available=False),
    _c(Cue.FO_LW, "Left wrist above hip", "shoulder widths", None, None, "body", HIPS, ENGAGEMENT),
    _c(Cue.FO_RW, "Right wrist above hip", "shoulder widths", None, None, "body", HIPS, ENGAGEMENT),
    _c(Cue.XROT_LE, "Left elbow bend", "degrees", 0, 180, "body", ARMS, ENGAGEMENT, available=False),
    _c(Cue.XROT_RE, "Right elbow bend", "degrees", 0, 180, "body", ARMS, ENGAGEMENT, available=False),
    _c(Cue.SDX_HD, "Head sway", "shoulder widths", 0, None, "body", POSE, ENGAGEMENT, window_s=5.0),
    _c(Cue.SDXROT_HD, "Head pitch variation", "degrees", 0, None, "face", FACE, ENGAGEMENT, window_s=5.0),
    _c(Cue.TN_HD, "Turn held", "share", 0, 1, "voice", SOUND, ENGAGEMENT, window_s=10.0),
    _c(Cue.CONT_MOV, "Continuous movement", "shoulder widths/s", 0, None, "body", POSE, ENGAGEMENT),
    _c(Cue.EN_HA, "Gestures", "shoulder widths/s", 0, None, "body", HANDS, ENGAGEMENT, window_s=5.0),
    _c(Cue.SMILE_SHARE, "Smiling", "share", 0, 1, "face", NEUTRAL, CUES),
    _c(Cue.VOICE, "Voice activity", "share", 0, 1, "voice", SOUND, TARDIS),
    _c(Cue.LOUD, "Loudness", "dB", None, None, "voice", SPEECH, TARDIS),
    _c(Cue.ENERGY, "Energy", "dB", None, None, "voice", SPEECH, TARDIS),
    _c(Cue.F0, "Pitch", "Hz", 50, 600, "voice", VOICED, TARDIS),
    _c(Cue.F0_ST, "Pitch", "semitones from 27.5 Hz", 10, 54, "voice", VOICED, TARDIS),
    _c(Cue.F0_SD, "Pitch variation", "semitones", 0, None, "voice", VOICED_LONG, TARDIS, window_s=10.0),
    _c(Cue.F0_RANGE, "Pitch range", "semitones", 0, None, "voice", VOICED_LONG, TARDIS, window_s=10.0),
    _c(Cue.JITTER, "Jitter", "percent", 0, None, "voice", VOICED_LONG, TARDIS, available=False),
    _c(Cue.SHIMMER, "Shimmer", "dB", 0, None, "voice", VOICED_LONG, TARDIS, available=False),
    _c(Cue.HNR, "Harmonics to noise", "dB", None, None, "voice", VOICED_LONG, TARDIS, available=False),
    _c(Cue.BREAKS, "Voice breaks", "share", 0, 1, "voice", VOICED_LONG, TARDIS, available=False),
    _c(Cue.SYLL_RATE, "Speech rate", "syllables/s", 0, None, "voice", SPEECH_LONG, TARDIS, available=False),
    _c(Cue.WPM, "Words per minute", "words/min", 0, None, "words", WORD_COUNT, TARDIS, available=False),
    _c(Cue.ARTIC, "Articulation rate", "syllables/s", 0, None, "voice", SPEECH_LONG, TARDIS, available=False),
    _c(Cue.PAUSE_N, "Pauses", "count", 0, None, "voice", ONCE, TARDIS, window_s=None),
    _c(Cue.PAUSE_LONG_N, "Long pauses", "count", 0, None, "voice", ONCE, TARDIS, window_s=None),
    _c(Cue.PAUSE_SHARE, "Share of pauses", "share", 0, 1, "voice", SPEECH_LONG, TARDIS, window_s=None),
    _c(Cue.PAUSE_LEN, "Length of pauses", "s", 0.25, None, "voice", PAUSE, TARDIS, window_s=None),
    _c(Cue.LATENCY, "Time before answering", "s", 0, None, "voice", ONCE, CUES, window_s=None),
    _c(Cue.SEG_LEN, "Length of speech segments", "s", 0, None, "voice", ONCE, TARDIS, window_s=None),
    _c(Cue.EARLY, "Talking before the question ended", "s", 0, None, "voice", SOUND, CUES, window_s=None),
    _c(Cue.ANSWER_LEN, "Length of the answer", "s", 0, None, "voice", ONCE, WORDS_FROM, window_s=None),
    _c(Cue.WORDS, "Words", "count", 0, None, "words", WORD_COUNT, WORDS_FROM, available=False),
    _c(Cue.FILLERS, "Fillers", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM, available=False),
    _c(
        Cue.REPEATS,
        "Repeated phrases",
        "per 100 words",
        0,
        100,
        "words",
        WORD_COUNT,
        WORDS_FROM,
        available=False,
    ),
    _c(
        Cue.RESTARTS,
        "Restarted phrases",
        "per 100 words",
        0,
        100,
        "words",
        WORD_COUNT,
        WORDS_FROM,
        available=False,
    ),
    _c(Cue.UNIQUE, "Different words", "share", 0, 1, "words", WORD_COUNT, WORDS_FROM, available=False),
    _c(Cue.I_WE, "I against we", "share", 0, 1, "words", WORD_COUNT, WORDS_FROM, available=False),
    _c(Cue.HEDGES, "Hedges", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM, available=False),
    _c(
        Cue.SENT_LEN,
        "Length of sentences",
        "words",
        0,
        None,
        "words",
        WORD_COUNT,
        WORDS_FROM,
        available=False,
    ),
    _c(
        Cue.GRAMMAR,
        "Grammar remarks",
        "per 100 words",
        0,
        100,
        "words",
        WORD_COUNT,
        WORDS_FROM,
        available=False,
    ),
    _event(Cue.NOD, "Nod", "face", FACE),
    _event(Cue.SHAKE, "Head shake", "face", FACE),
    _event(Cue.SMILE, "Smile", "face", NEUTRAL),
    _event(Cue.GAZE_AWAY, "Gaze away", "face", FACE),
    _event(Cue.HAND_FACE, "Hand at the face", "body", FACE),
    _event(Cue.LEAN_IN, "Leaning in", "body", POSE, available=False),
    _event(Cue.LEAN_OUT, "Leaning out", "body", POSE, available=False),
    _event(Cue.ARMS_CROSSED, "Arms crossed", "body", ARMS),
)

CATALOGUE: Mapping[Cue, CueSpec] = MappingProxyType({spec.code: spec for spec in _SPECS})
"""Every cue's specification, in the order in which cues are shown."""
