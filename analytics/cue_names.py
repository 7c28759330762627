"""What a person reads instead of a code: names of cues (`sessions.cue_names`), of groups, and reasons of absence.

The catalogue in `scoring.cues` imports no Django; the words for its codes belong to the pages and are translated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from scoring.cues import catalogue
from scoring.cues.catalogue import CATALOGUE, Cue, Group, Signal
from scoring.cues.values import Absent
from sessions.cue_names import NAMES

GROUPS: Mapping[Group, Any] = MappingProxyType(
    {"face": _("Face"), "body": _("Body"), "voice": _("Voice"), "words": _("Words")}
)

REASONS: Mapping[Absent, Any] = MappingProxyType(
    {
        Absent.NOT_AVAILABLE: _("this version does not measure it yet"),
        Absent.NO_CAMERA: _("the practice was by voice alone"),
        Absent.NO_FACE: _("the face was in the picture less than half of the time"),
        Absent.FACE_TOO_SMALL: _("the face was too small in the picture"),
        Absent.TOO_DARK: _("the picture was too dark"),
        Absent.TOO_FEW_FRAMES: _("too few pictures arrived"),
        Absent.NO_POSE: _("the shoulders were not in the picture long enough"),
        Absent.HANDS_OUT_OF_VIEW: _("the hands were out of the picture"),
        Absent.HIPS_OUT_OF_VIEW: _("the hips were out of the picture"),
        Absent.EYES_UNCLEAR: _("the eyes could not be seen clearly"),
        Absent.ARM_UNCLEAR: _("where the arm points could not be told"),
        Absent.NO_SOUND: _("no sound arrived"),
        Absent.NO_VOICE: _("there was too little voice in the sound"),
        Absent.TOO_LITTLE_SPEECH: _("too little was said"),
        Absent.NOISY: _("there was too much noise"),
        Absent.NO_PAUSE: _("there was no pause to measure"),
        Absent.QUESTION_OPEN: _("the question had not ended"),
        Absent.NO_TRANSCRIPT: _("there is no transcript"),
        Absent.LANGUAGE: _("it is not measured in the language of this answer"),
        Absent.TOO_FEW_WORDS: _("too few words were said"),
    }
)
UNKNOWN_REASON = _("there was not enough signal")

SIGNALS: Mapping[Signal, Any] = MappingProxyType(
    {
        catalogue.FACE: _("a face, large and light enough, in half of the pictures"),
        catalogue.POSE: _("shoulders in half of the pictures"),
        catalogue.HANDS: _("the hand in sight in half of the pictures"),
        catalogue.ARMS: _("both elbows and wrists in sight in half of the pictures"),
        catalogue.ARM: _("shoulders, the elbow and the wrist in sight in half of the pictures"),
        catalogue.FOREARM: _("the arm in sight, the forearm not upright, in half of the pictures"),
        catalogue.HIPS: _("wrist and hip in sight in half of the pictures"),
        catalogue.NEUTRAL: _("a face in half of the pictures, and for two seconds before"),
        catalogue.SOUND: _("sound"),
        catalogue.VOICED: _("0.2 s of voiced speech"),
        catalogue.VOICED_LONG: _("1 s of voiced speech"),
        catalogue.SPEECH: _("0.2 s of speech"),
        catalogue.SPEECH_LONG: _("3 s of speech"),
        catalogue.ONCE: _("one stretch of speech"),
        catalogue.PAUSE: _("one pause between stretches of speech"),
        catalogue.VOICED_CLEAR: _("1 s of voiced speech, at least 25 dB above the noise"),
        catalogue.WORD_COUNT: _("a transcript of 20 words"),
        catalogue.WORD_WINDOW: _("a transcript of 50 words, um and uh left out"),
        catalogue.PERSON_WORDS: _("a transcript of 20 words, with I or we in it three times"),
    }
)
"""The signal that a cue needs at least, in words for people."""

# A reason that lies in the version and not in this answer: said once, at the end, never next to what went wrong.
NOT_YET = frozenset({Absent.NOT_AVAILABLE})
# And one that lies in the language: said once, with the words (`verbal`).
SAID_ONCE = frozenset({*NOT_YET, Absent.LANGUAGE})

SHOWN: tuple[Cue, ...] = (
    Cue.GZ_DR,
    Cue.LATENCY,
    Cue.F0_SD,
    Cue.ANSWER_LEN,
    Cue.PAUSE_SHARE,
    Cue.LOUD,
    Cue.SMILE_SHARE,
    Cue.HD_TH,
    Cue.CONT_MOV,
    Cue.HD_AC,
    Cue.SEG_LEN,
    Cue.PAUSE_LONG_N,
    Cue.EN_HA,
    Cue.AM_CR,
    Cue.EARLY,
    Cue.VOICE,
)
"""Cues that are put into sentences, most telling first. Those of words have a list of their own (`verbal.SAID`); the
others stand in the table of all numbers."""

OVER_SESSIONS: tuple[Cue, ...] = (*SHOWN[:2], Cue.WPM, Cue.FILLERS, *SHOWN[2:])
"""Cues that get a chart over a person's sessions, most telling first."""


def name(code: str) -> str:
    """The name of a cue; a code that this version does not know is shown as it is."""
    cue = as_cue(code)
    return str(NAMES[cue]) if cue else code


def as_cue(code: str) -> Cue | None:
    """The cue of a stored code, or None: a later version may have stored codes that this one does not know."""
    return Cue(code) if code in Cue.__members__ else None


def reason(code: str) -> str:
    return str(REASONS[Absent(code)]) if code in set(Absent) else str(UNKNOWN_REASON)


def in_order(codes: Iterable[str]) -> list[Cue]:
    """Known codes, face before body before voice before words, and within them in the catalogue's order."""
    wanted = set(codes)
    known = [cue for cue in CATALOGUE if cue.value in wanted]
    return sorted(known, key=lambda cue: list(GROUPS).index(CATALOGUE[cue].group))


def signal(cue: Cue) -> str:
    """What a cue needs at least to be measured."""
    needed = CATALOGUE[cue].minimum_signal
    return str(SIGNALS.get(needed, needed.words))
