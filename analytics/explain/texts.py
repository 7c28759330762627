"""The five short texts of every cue, and what is common to them: sources, bases of bands, reasons for no band."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.explain import body, face, verbal, voice
from analytics.explain.told import Told
from scoring.cues import catalogue
from scoring.cues.catalogue import Cue, Signal
from scoring.cues.values import Absent

TEXTS: Mapping[Cue, Told] = MappingProxyType({**face.TEXTS, **body.TEXTS, **voice.TEXTS, **verbal.TEXTS})

SOURCES: Mapping[str, Any] = MappingProxyType(
    {
        catalogue.ENGAGEMENT: _(
            "One of the 18 features of visible behaviour in “GANterfactual” feedback for job interview "
            "training (section 3.1, figure 4). How it is measured here is our own."
        ),
        catalogue.TARDIS: _(
            "One of the cues of the voice in the TARDIS project's virtual recruiter (Jones, Sabouret, "
            "Damian, Baur, André, Porayska-Pomsta and Rizzo, table 1). How it is measured here is our own."
        ),
        catalogue.WORDS_FROM: _(
            "Used in studies of video interviews (HireNet) and in practice systems (AI-powered mock "
            "interview). How it is measured here is our own."
        ),
        catalogue.PERIODS: _(
            "A cue of the voice in the TARDIS project's virtual recruiter (table 1); measured by matching neighbouring "
            "vibrations (Titze & Liang 1993)."
        ),
        catalogue.HARMONICS: _(
            "A cue of the voice in the TARDIS project's virtual recruiter (table 1); measured as by Boersma (1993)."
        ),
        catalogue.NUCLEI: _(
            "A cue of the voice in the TARDIS project's virtual recruiter (table 1); syllables are found as by de Jong "
            "& Wempe (2009)."
        ),
        "Covington & McFall 2010": _("The moving-average type-token ratio (Covington & McFall 2010)."),
        catalogue.CUES: _("Greenroom's own."),
    }
)
"""Where a cue comes from, for the sources that the catalogue names."""

BASES: Mapping[str, Any] = MappingProxyType(
    {
        "Street & Brady 1982; Miller 1976": _(
            "studies of how listeners judge pace (Street & Brady 1982; Miller 1976)"
        ),
        "coaching practice": _("what interview trainers recommend; no study stands behind it"),
        "coaching practice; of speaking time": _(
            "what interview trainers recommend; no study stands behind it"
        ),
        "Ziano & Wang 2021; Bangerter; wider for hard questions": _(
            "studies of pauses before an answer (Ziano & Wang 2021; Bangerter); hard questions may take "
            "longer"
        ),
        "Hincks; Rodero 2022": _("studies of speech melody (Hincks; Rodero 2022)"),
        "own choice": _("our own choice"),
        "as in English: Grosjean & Deschamps 1975": _(
            "as in English, because interviews in both languages were equally fast (Grosjean & Deschamps 1975)"
        ),
        "HireNet: mean 52 s": _("real video interviews, whose answers lasted 52 s on average (HireNet)"),
    }
)
"""What a band rests on, for the bases that the catalogue names."""

NO_BAND = _("There is no band: we know of no study that says where this lies in good interviews.")
_LESS = _("There is no band. Interview trainers advise less of it; no study gives a number.")
_OF_THE_DEVICE = _("There is no band: the value depends on the voice, the microphone and the room.")
_OF_THE_BODY = _("There is no band: voices are as high as they are.")
_OF_THE_SEAT = _("There is no band: the value depends on chair, table and camera.")
NO_BANDS: Mapping[Cue, Any] = MappingProxyType(
    {
        **dict.fromkeys((Cue.JITTER, Cue.SHIMMER, Cue.HNR, Cue.BREAKS, Cue.ENERGY), _OF_THE_DEVICE),
        **dict.fromkeys((Cue.AM_CR, Cue.HD_TH), _LESS),
        **dict.fromkeys((Cue.F0, Cue.F0_ST), _OF_THE_BODY),
        **dict.fromkeys((Cue.DIST_LW, Cue.DIST_RW, Cue.FO_LW, Cue.FO_RW), _OF_THE_SEAT),
        **dict.fromkeys((Cue.XROT_LE, Cue.XROT_RE, Cue.YROT_LE, Cue.YROT_RE), _OF_THE_SEAT),
    }
)
"""Why a cue has no band, where it is not for want of a study."""

_CAMERA = (Absent.NO_CAMERA, Absent.TOO_FEW_FRAMES)
_FACE = (Absent.NO_FACE, Absent.FACE_TOO_SMALL, Absent.TOO_DARK)
_SOUND = (Absent.NO_SOUND, Absent.NOISY)
_WORDS = (Absent.NO_TRANSCRIPT, Absent.TOO_FEW_WORDS, Absent.LANGUAGE)
_SPEECH = (*_SOUND, Absent.NO_VOICE, Absent.TOO_LITTLE_SPEECH)
REASONS: Mapping[Signal, tuple[Absent, ...]] = MappingProxyType(
    {
        catalogue.FACE: (*_CAMERA, *_FACE),
        catalogue.NEUTRAL: (*_CAMERA, *_FACE),
        catalogue.POSE: (*_CAMERA, Absent.NO_POSE),
        catalogue.HANDS: (*_CAMERA, Absent.HANDS_OUT_OF_VIEW),
        catalogue.ARMS: (*_CAMERA, Absent.NO_POSE, Absent.HANDS_OUT_OF_VIEW),
        catalogue.ARM: (*_CAMERA, Absent.NO_POSE, Absent.HANDS_OUT_OF_VIEW, Absent.ARM_UNCLEAR),
        catalogue.FOREARM: (*_CAMERA, Absent.NO_POSE, Absent.HANDS_OUT_OF_VIEW, Absent.ARM_UNCLEAR),
        catalogue.HIPS: (*_CAMERA, Absent.NO_POSE, Absent.HIPS_OUT_OF_VIEW),
        catalogue.SOUND: _SOUND,
        catalogue.VOICED: _SPEECH,
        catalogue.VOICED_LONG: _SPEECH,
        catalogue.VOICED_CLEAR: _SPEECH,
        catalogue.SPEECH: _SPEECH,
        catalogue.SPEECH_LONG: _SPEECH,
        catalogue.ONCE: (*_SOUND, Absent.NO_VOICE),
        catalogue.PAUSE: (*_SOUND, Absent.NO_VOICE, Absent.NO_PAUSE),
        catalogue.WORD_COUNT: _WORDS,
        catalogue.WORD_WINDOW: _WORDS,
        catalogue.PERSON_WORDS: _WORDS,
    }
)
"""The commonest reasons why a cue that needs this signal is absent."""

MORE_REASONS: Mapping[Cue, tuple[Absent, ...]] = MappingProxyType(
    {
        Cue.GZ_DR: (Absent.EYES_UNCLEAR, Absent.TOO_LITTLE_SPEECH),
        Cue.GAZE_AWAY: (Absent.EYES_UNCLEAR,),
        Cue.HD_TH: (Absent.NO_POSE,),
        Cue.HAND_FACE: (Absent.NO_POSE,),
        Cue.EN_HA: (Absent.NO_VOICE,),
        **dict.fromkeys((Cue.TN_HD, Cue.LATENCY, Cue.EARLY), (Absent.QUESTION_OPEN,)),
    }
)
"""Those that a cue has beyond what its signal says."""
