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
PERIODS = "TARDIS, table 1; Titze & Liang 1993"
HARMONICS = "TARDIS, table 1; Boersma 1993"
NUCLEI = "TARDIS, table 1; de Jong & Wempe 2009"
WORDS_FROM = "AI mock interview; HireNet"

FACE = Signal("a face, large and light enough, in half of the frames", 0.5)
POSE = Signal("shoulders in half of the frames", 0.5)
HANDS = Signal("the hand in sight in half of the frames", 0.5)
ARMS = Signal("both elbows and wrists in sight in half of the frames", 0.5)
ARM = Signal("shoulders, the elbow and the wrist in sight in half of the frames", 0.5)
FOREARM = Signal("the arm in sight, the forearm not upright, in half of the frames", 0.5)
HIPS = Signal("wrist and hip in sight in half of the frames", 0.5)
NEUTRAL = Signal("a face in half of the frames; 2 s of face before for the person's neutral", 0.5)
SOUND = Signal("sound in the window", 0.1)
VOICED = Signal("0.2 s of voiced speech", 0.2)
VOICED_LONG = Signal("1 s of voiced speech", 1.0)
VOICED_CLEAR = Signal("1 s of voiced speech, at least 25 dB above the noise", 1.0)
SPEECH = Signal("0.2 s of speech", 0.2)
SPEECH_LONG = Signal("3 s of speech", 3.0)
ONCE = Signal("one speech segment", 1.0)
PAUSE = Signal("one pause between speech segments", 1.0)
WORD_COUNT = Signal("a transcript of 20 words", 20.0)
WORD_WINDOW = Signal("a transcript of 50 words", 50.0)
PERSON_WORDS = Signal("a transcript of 20 words with three I or we words", 3.0)

_BANDS: dict[Cue, Band] = {
    Cue.WPM: Band(140, 160, 120, 175, "Street & Brady 1982; Miller 1976"),
    Cue.FILLERS: Band(None, 4, None, 6, "coaching practice"),
    Cue.LATENCY: Band(0.6, 2, 0, 6, "Ziano & Wang 2021; Bangerter; wider for hard questions"),
    Cue.F0_SD: Band(2, 4, 1.5, 5, "Hincks; Rodero 2022"),
    Cue.LOUD: Band(-6, 6, -9, 9, "own choice", relative=True),
    Cue.GZ_DR: Band(0.6, 0.8, 0.45, 0.95, "coaching practice; of speaking time"),
    Cue.ANSWER_LEN: Band(45, 120, 30, 180, "HireNet: mean 52 s"),
}

BANDS_IN: Mapping[tuple[Cue, str], Band | None] = MappingProxyType(
    {
        # Interviews in French and in English were equally fast: 174 and 176 words a minute.
        (Cue.WPM, "fr"): Band(140, 160, 120, 175, "as in English: Grosjean & Deschamps 1975"),
        # What is published for German (90-120, 120-150) contradicts itself and was not measured on interviews.
        (Cue.WPM, "de"): None,
        # The advice is about English; what counts as a filler is another list of words in each language.
        (Cue.FILLERS, "fr"): None,
        (Cue.FILLERS, "de"): None,
    }
)
"""The bands that are others in a language than the catalogue's, which are for English. None: there is none."""


_Row = tuple[Cue, str, str, float | None, float | None, Group, Signal, str]

_CONTINUOUS: tuple[_Row, ...] = (
    (Cue.VAL_F, "Friendly face", "-1..1", -1, 1, "face", NEUTRAL, ENGAGEMENT),
    (Cue.GZ_DR, "Gaze to camera", "share", 0, 1, "face", FACE, ENGAGEMENT),
    (Cue.HD_AC, "Head activity", "degrees/s", 0, None, "face", FACE, ENGAGEMENT),
    (Cue.AM_CR, "Arms crossed", "share", 0, 1, "body", ARMS, ENGAGEMENT),
    (Cue.HD_TH, "Hand to face", "share", 0, 1, "body", FACE, ENGAGEMENT),
    (Cue.DIST_LW, "Left wrist beside hip", "shoulder widths", 0, None, "body", HIPS, ENGAGEMENT),
    (Cue.DIST_RW, "Right wrist beside hip", "shoulder widths", 0, None, "body", HIPS, ENGAGEMENT),
    (Cue.YROT_LE, "Left forearm inward", "degrees", -180, 180, "body", FOREARM, ENGAGEMENT),
    (Cue.YROT_RE, "Right forearm inward", "degrees", -180, 180, "body", FOREARM, ENGAGEMENT),
    (Cue.FO_LW, "Left wrist above hip", "shoulder widths", None, None, "body", HIPS, ENGAGEMENT),
    (Cue.FO_RW, "Right wrist above hip", "shoulder widths", None, None, "body", HIPS, ENGAGEMENT),
    (Cue.XROT_LE, "Left elbow bend", "degrees", 0, 180, "body", ARM, ENGAGEMENT),
    (Cue.XROT_RE, "Right elbow bend", "degrees", 0, 180, "body", ARM, ENGAGEMENT),
    (Cue.SDX_HD, "Head sway", "shoulder widths", 0, None, "body", POSE, ENGAGEMENT),
    (Cue.SDXROT_HD, "Head pitch variation", "degrees", 0, None, "face", FACE, ENGAGEMENT),
    (Cue.TN_HD, "Turn held", "share", 0, 1, "voice", SOUND, ENGAGEMENT),
    (Cue.CONT_MOV, "Continuous movement", "shoulder widths/s", 0, None, "body", POSE, ENGAGEMENT),
    (Cue.EN_HA, "Gestures", "shoulder widths/s", 0, None, "body", HANDS, ENGAGEMENT),
    (Cue.SMILE_SHARE, "Smiling", "share", 0, 1, "face", NEUTRAL, CUES),
    (Cue.VOICE, "Voice activity", "share", 0, 1, "voice", SOUND, TARDIS),
    (Cue.LOUD, "Loudness", "dB", None, None, "voice", SPEECH, TARDIS),
    (Cue.ENERGY, "Energy", "dB", None, None, "voice", SPEECH, TARDIS),
    (Cue.F0, "Pitch", "Hz", 50, 600, "voice", VOICED, TARDIS),
    (Cue.F0_ST, "Pitch", "semitones from 27.5 Hz", 10, 54, "voice", VOICED, TARDIS),
    (Cue.F0_SD, "Pitch variation", "semitones", 0, None, "voice", VOICED_LONG, TARDIS),
    (Cue.F0_RANGE, "Pitch range", "semitones", 0, None, "voice", VOICED_LONG, TARDIS),
    (Cue.JITTER, "Jitter", "percent", 0, None, "voice", VOICED_CLEAR, PERIODS),
    (Cue.SHIMMER, "Shimmer", "dB", 0, None, "voice", VOICED_CLEAR, PERIODS),
    (Cue.HNR, "Harmonics to noise", "dB", None, None, "voice", VOICED_CLEAR, HARMONICS),
    (Cue.BREAKS, "Voice breaks", "share", 0, 1, "voice", VOICED_LONG, TARDIS),
    (Cue.SYLL_RATE, "Speech rate", "syllables/s", 0, None, "voice", SPEECH_LONG, NUCLEI),
    (Cue.WPM, "Words per minute", "words/min", 0, None, "words", WORD_COUNT, TARDIS),
    (Cue.ARTIC, "Articulation rate", "syllables/s", 0, None, "voice", SPEECH_LONG, NUCLEI),
    (Cue.PAUSE_N, "Pauses", "count", 0, None, "voice", ONCE, TARDIS),
    (Cue.PAUSE_LONG_N, "Long pauses", "count", 0, None, "voice", ONCE, TARDIS),
    (Cue.PAUSE_SHARE, "Share of pauses", "share", 0, 1, "voice", SPEECH_LONG, TARDIS),
    (Cue.PAUSE_LEN, "Length of pauses", "s", 0.25, None, "voice", PAUSE, TARDIS),
    (Cue.LATENCY, "Time before answering", "s", 0, None, "voice", ONCE, CUES),
    (Cue.SEG_LEN, "Length of speech segments", "s", 0, None, "voice", ONCE, TARDIS),
    (Cue.EARLY, "Talking before the question ended", "s", 0, None, "voice", SOUND, CUES),
    (Cue.ANSWER_LEN, "Length of the answer", "s", 0, None, "voice", ONCE, WORDS_FROM),
    (Cue.WORDS, "Words", "count", 0, None, "words", WORD_COUNT, WORDS_FROM),
    (Cue.FILLERS, "Fillers", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM),
    (Cue.REPEATS, "Repeated phrases", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM),
    (Cue.RESTARTS, "Restarted phrases", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM),
    (Cue.UNIQUE, "Different words", "share", 0, 1, "words", WORD_WINDOW, "Covington & McFall 2010"),
    (Cue.I_WE, "I against we", "share", 0, 1, "words", PERSON_WORDS, WORDS_FROM),
    (Cue.HEDGES, "Hedges", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM),
    (Cue.SENT_LEN, "Length of sentences", "words", 0, None, "words", WORD_COUNT, WORDS_FROM),
    (Cue.GRAMMAR, "Grammar remarks", "per 100 words", 0, 100, "words", WORD_COUNT, WORDS_FROM),
)
"""Code, name, unit, low, high, group, minimum signal, source."""

_EVENTS: tuple[tuple[Cue, str, Group, Signal], ...] = (
    (Cue.NOD, "Nod", "face", FACE),
    (Cue.SHAKE, "Head shake", "face", FACE),
    (Cue.SMILE, "Smile", "face", NEUTRAL),
    (Cue.GAZE_AWAY, "Gaze away", "face", FACE),
    (Cue.HAND_FACE, "Hand at the face", "body", FACE),
    (Cue.LEAN_IN, "Leaning in", "body", NEUTRAL),
    (Cue.LEAN_OUT, "Leaning out", "body", NEUTRAL),
    (Cue.ARMS_CROSSED, "Arms crossed", "body", ARMS),
)
"""Code, name, group, minimum signal."""

_WINDOWS_S: dict[Cue, float | None] = {
    Cue.SDX_HD: 5.0,
    Cue.SDXROT_HD: 5.0,
    Cue.TN_HD: 10.0,
    Cue.EN_HA: 5.0,
    Cue.F0_SD: 10.0,
    Cue.F0_RANGE: 10.0,
    Cue.JITTER: 10.0,
    Cue.SHIMMER: 10.0,
    Cue.HNR: 10.0,
    Cue.BREAKS: 10.0,
    Cue.SYLL_RATE: 10.0,
    Cue.ARTIC: 10.0,
    Cue.PAUSE_N: None,
    Cue.PAUSE_LONG_N: None,
    Cue.PAUSE_SHARE: None,
    Cue.PAUSE_LEN: None,
    Cue.LATENCY: None,
    Cue.SEG_LEN: None,
    Cue.EARLY: None,
    Cue.ANSWER_LEN: None,
    Cue.WPM: None,
    Cue.WORDS: None,
    Cue.FILLERS: None,
    Cue.REPEATS: None,
    Cue.RESTARTS: None,
    Cue.UNIQUE: None,
    Cue.I_WE: None,
    Cue.HEDGES: None,
    Cue.SENT_LEN: None,
    Cue.GRAMMAR: None,
}
"""Windows other than one second."""

_LOWER: frozenset[Cue] = frozenset({Cue.AM_CR, Cue.HD_TH})

_NOT_YET: frozenset[Cue] = frozenset()
"""Not computed by this version."""


def _continuous(row: _Row) -> CueSpec:
    code, name, unit, low, high, group, signal, source = row
    return CueSpec(
        *(code, name, unit, low, high, group, "continuous", _BANDS.get(code)),
        direction="lower" if code in _LOWER else None,
        minimum_signal=signal,
        source=source,
        available=code not in _NOT_YET,
        window_s=_WINDOWS_S.get(code, 1.0),
    )


def _event(code: Cue, name: str, group: Group, signal: Signal) -> CueSpec:
    return CueSpec(
        *(code, name, "strength", 0, 1, group, "event", None),
        direction=None,
        minimum_signal=signal,
        source=CUES,
        available=code not in _NOT_YET,
    )


_SPECS = (*(_continuous(row) for row in _CONTINUOUS), *(_event(*row) for row in _EVENTS))

CATALOGUE: Mapping[Cue, CueSpec] = MappingProxyType({spec.code: spec for spec in _SPECS})
"""Every cue's specification, in the order in which cues are shown."""
