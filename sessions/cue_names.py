"""The names of the cues, as every page says them; the codes and the English of the catalogue stay out of sight."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from scoring.cues.catalogue import Cue

NAMES: Mapping[Cue, Any] = MappingProxyType(
    {
        Cue.VAL_F: _("Mouth corners and cheeks"),
        Cue.GZ_DR: _("Looking at the camera"),
        Cue.HD_AC: _("Head movement"),
        Cue.AM_CR: _("Arms crossed"),
        Cue.HD_TH: _("Hand at the face"),
        Cue.DIST_LW: _("Left hand, sideways from the hip"),
        Cue.DIST_RW: _("Right hand, sideways from the hip"),
        Cue.YROT_LE: _("Left elbow, turn"),
        Cue.YROT_RE: _("Right elbow, turn"),
        Cue.FO_LW: _("Left hand, height above the hip"),
        Cue.FO_RW: _("Right hand, height above the hip"),
        Cue.XROT_LE: _("Left elbow, bend"),
        Cue.XROT_RE: _("Right elbow, bend"),
        Cue.SDX_HD: _("Head, side to side"),
        Cue.SDXROT_HD: _("Head, up and down"),
        Cue.TN_HD: _("Share of the talking"),
        Cue.CONT_MOV: _("Body movement"),
        Cue.EN_HA: _("Hand movement while speaking"),
        Cue.SMILE_SHARE: _("Smiling"),
        Cue.VOICE: _("Speaking"),
        Cue.LOUD: _("Loudness"),
        Cue.ENERGY: _("Sound energy"),
        Cue.F0: _("Pitch of the voice"),
        Cue.F0_ST: _("Pitch on the musical scale"),
        Cue.F0_SD: _("Variation of pitch"),
        Cue.F0_RANGE: _("Range of pitch"),
        Cue.JITTER: _("Jitter of the voice"),
        Cue.SHIMMER: _("Shimmer of the voice"),
        Cue.HNR: _("Harmonics to noise"),
        Cue.BREAKS: _("Breaks in the voice"),
        Cue.SYLL_RATE: _("Pace, in syllables"),
        Cue.WPM: _("Pace, in words"),
        Cue.ARTIC: _("Pace without pauses"),
        Cue.PAUSE_N: _("Pauses"),
        Cue.PAUSE_LONG_N: _("Long pauses"),
        Cue.PAUSE_SHARE: _("Time spent in pauses"),
        Cue.PAUSE_LEN: _("Length of a pause"),
        Cue.LATENCY: _("Pause before answering"),
        Cue.SEG_LEN: _("Speaking without a pause"),
        Cue.EARLY: _("Talking into the question"),
        Cue.ANSWER_LEN: _("Length of the answer"),
        Cue.WORDS: _("Words"),
        Cue.FILLERS: _("Filler words"),
        Cue.REPEATS: _("Repeated phrases"),
        Cue.RESTARTS: _("Restarted phrases"),
        Cue.UNIQUE: _("Different words"),
        Cue.I_WE: _("Saying I and we"),
        Cue.HEDGES: _("Hedging words"),
        Cue.SENT_LEN: _("Length of sentences"),
        Cue.GRAMMAR: _("Remarks on grammar"),
        Cue.NOD: _("Nod"),
        Cue.SHAKE: _("Head shake"),
        Cue.SMILE: _("Smile"),
        Cue.GAZE_AWAY: _("Looking away"),
        Cue.HAND_FACE: _("Hand at the face"),
        Cue.LEAN_IN: _("Leaning in"),
        Cue.LEAN_OUT: _("Leaning back"),
        Cue.ARMS_CROSSED: _("Arms crossed"),
    }
)
