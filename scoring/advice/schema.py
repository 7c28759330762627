"""What a coach may advise about the 18 engagement features: range, smallest change worth naming, direction.

Three rules made this table (docs/decisions/0010-what-a-coach-may-advise.md has the reasons, feature by feature):

- Advised is what a person can do on purpose and see for themselves: look up, smile, nod, open the arms, use the hands.
  Angles of elbows, the sway of the head and the sum of all movement are felt as nothing in particular; whoever wants to
  change them does so by a behaviour that is in the list already. They are read by the classifier and never advised.
- The direction is the one that a coach may say: friendlier and never more serious, more open and never more closed,
  livelier and never "sit still".
- The range ends where more is no longer better, or no longer comfortable: nobody is told to stare. Somebody who is
  beyond it already may stay there.

A step is the smallest change that a person would notice in a replay (own choice: a quarter to half of what the
simulated people differ by).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.counterfactuals.feature import Feature
from scoring.cues.catalogue import Cue

if TYPE_CHECKING:
    from scoring.counterfactuals.schema import Schema

FEATURES: tuple[Feature, ...] = (
    Feature(Cue.VAL_F.value, -0.6, 0.6, step=0.1, sign="up"),
    Feature(Cue.GZ_DR.value, 0.0, 0.8, step=0.1, sign="up"),
    Feature(Cue.HD_AC.value, 0.0, 22.0, step=2.0, sign="up"),
    Feature(Cue.AM_CR.value, 0.0, 1.0, step=0.05, sign="down"),
    Feature(Cue.HD_TH.value, 0.0, 1.0, step=0.03, sign="down"),
    Feature(Cue.DIST_LW.value, 0.0, 0.9, step=0.1, sign="up"),
    Feature(Cue.DIST_RW.value, 0.0, 0.9, step=0.1, sign="up"),
    Feature(Cue.YROT_LE.value, -60.0, 90.0, movable=False),
    Feature(Cue.YROT_RE.value, -60.0, 90.0, movable=False),
    Feature(Cue.FO_LW.value, -0.5, 1.1, step=0.1, sign="up"),
    Feature(Cue.FO_RW.value, -0.5, 1.1, step=0.1, sign="up"),
    Feature(Cue.XROT_LE.value, 20.0, 160.0, movable=False),
    Feature(Cue.XROT_RE.value, 20.0, 160.0, movable=False),
    Feature(Cue.SDX_HD.value, 0.0, 0.2, movable=False),
    Feature(Cue.SDXROT_HD.value, 0.0, 6.0, step=0.5, sign="up"),
    Feature(Cue.TN_HD.value, 0.0, 0.95, step=0.05, sign="up"),
    Feature(Cue.CONT_MOV.value, 0.0, 3.0, movable=False),
    Feature(Cue.EN_HA.value, 0.0, 1.2, step=0.1, sign="up"),
)
"""In the order of the paper (GANterfactual, figure 4), in the units of docs/cues.md. Pages may read it: no torch."""

ADVISABLE: tuple[Cue, ...] = tuple(Cue(feature.name) for feature in FEATURES if feature.movable)
"""What advice can be about."""


def interview_schema() -> Schema:
    """The table above as the counterfactuals take it."""
    from scoring.counterfactuals.schema import Schema

    return Schema(FEATURES)
