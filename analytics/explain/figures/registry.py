"""Which drawing explains which cue. Cues that words explain better have none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from analytics.explain.figures import bodies, heads, strips
from analytics.explain.figures.svg import Figure
from scoring.cues.catalogue import Cue

FIGURES: Mapping[Cue, Callable[[], Figure]] = MappingProxyType(
    {
        Cue.VAL_F: heads.expressions,
        Cue.GZ_DR: heads.gaze,
        Cue.HD_AC: heads.turned,
        Cue.SDXROT_HD: heads.pitches,
        Cue.SMILE_SHARE: heads.smiling,
        Cue.SMILE: heads.smiling,
        Cue.GAZE_AWAY: heads.gaze,
        Cue.NOD: strips.nod,
        Cue.SHAKE: strips.shake,
        Cue.AM_CR: bodies.crossed,
        Cue.ARMS_CROSSED: bodies.crossed,
        Cue.HD_TH: bodies.hand_at_face,
        Cue.HAND_FACE: bodies.hand_at_face,
        Cue.DIST_LW: partial(bodies.sideways, "left"),
        Cue.DIST_RW: partial(bodies.sideways, "right"),
        Cue.FO_LW: partial(bodies.above, "left"),
        Cue.FO_RW: partial(bodies.above, "right"),
        Cue.XROT_LE: partial(bodies.bent, "left"),
        Cue.XROT_RE: partial(bodies.bent, "right"),
        Cue.YROT_LE: partial(bodies.inward, "left"),
        Cue.YROT_RE: partial(bodies.inward, "right"),
        Cue.SDX_HD: bodies.swaying,
        Cue.LEAN_IN: partial(heads.leaning, True),
        Cue.LEAN_OUT: partial(heads.leaning, False),
        Cue.F0_SD: strips.variation,
        Cue.F0_RANGE: strips.span,
        Cue.PAUSE_N: strips.pauses,
        Cue.PAUSE_LONG_N: strips.pauses,
        Cue.PAUSE_SHARE: strips.pauses,
        Cue.PAUSE_LEN: strips.pauses,
        Cue.LATENCY: strips.pauses,
        Cue.SEG_LEN: strips.pauses,
        Cue.ANSWER_LEN: strips.pauses,
        Cue.EARLY: strips.early,
    }
)
"""A drawing is made anew for each page: its words are in the reader's language."""
