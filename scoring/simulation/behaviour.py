"""How engagement shows in the 18 features: the only place where that is assumed.

Every feature has a hidden normal variable u. Given engagement e (mean 0, variance 1) it is

    u = person + linear * e + curved * (e^2 - 1) + exp(wider * e / 2) * moment

with `person` the same for all moments of a person and `moment` correlated between the features. The feature itself is
`link(centre + scale * u)`. Since links are monotone, whoever knows u knows the feature and the other way round: so the
best possible classifier can be computed exactly (`bayes`), although the features are neither normal nor linear in e.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import Cue

Array = NDArray[np.float64]
Link = Literal["share", "signed", "positive", "bend", "plain"]

PERSON_VARIANCE = 0.45
"""Of a feature's hidden variance, what belongs to the person: individual differences are strong (TARDIS, section 5)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature's assumptions; CARD.md gives the reasons. `centre` and `scale` are in the link's argument."""

    cue: Cue
    link: Link
    centre: float
    scale: float
    linear: float
    curved: float
    wider: float


FEATURES: tuple[Feature, ...] = (
    Feature(Cue.VAL_F, "signed", 0.08, 0.18, 0.35, -0.09, 0.05),
    Feature(Cue.GZ_DR, "share", 0.6, 0.9, 0.38, -0.26, -0.15),
    Feature(Cue.HD_AC, "positive", 2.2, 0.45, 0.29, 0.14, 0.05),
    Feature(Cue.AM_CR, "share", -3.0, 1.8, -0.38, 0.09, -0.2),
    Feature(Cue.HD_TH, "share", -3.2, 1.4, -0.32, 0.14, -0.1),
    Feature(Cue.DIST_LW, "positive", -1.0, 0.45, 0.17, 0.07, 0.1),
    Feature(Cue.DIST_RW, "positive", -1.0, 0.45, 0.2, 0.07, 0.1),
    Feature(Cue.YROT_LE, "plain", 25.0, 22.0, -0.14, 0.12, 0.1),
    Feature(Cue.YROT_RE, "plain", 25.0, 22.0, -0.17, 0.12, 0.1),
    Feature(Cue.FO_LW, "plain", 0.45, 0.3, 0.2, 0.09, 0.1),
    Feature(Cue.FO_RW, "plain", 0.45, 0.3, 0.23, 0.09, 0.1),
    Feature(Cue.XROT_LE, "bend", 0.05, 0.5, 0.14, -0.07, 0.1),
    Feature(Cue.XROT_RE, "bend", 0.05, 0.5, 0.17, -0.07, 0.1),
    Feature(Cue.SDX_HD, "positive", -3.3, 0.5, -0.12, 0.23, 0.05),
    Feature(Cue.SDXROT_HD, "positive", 0.8, 0.5, 0.29, 0.09, 0.1),
    Feature(Cue.TN_HD, "share", 1.4, 1.0, 0.41, -0.12, -0.15),
    Feature(Cue.CONT_MOV, "positive", -0.5, 0.5, 0.06, 0.35, 0.1),
    Feature(Cue.EN_HA, "positive", -1.1, 0.6, 0.41, -0.14, 0.1),
)
"""The 18 features in the order of the paper (GANterfactual, figure 4)."""

CODES: tuple[Cue, ...] = tuple(feature.cue for feature in FEATURES)

_GROUPS: tuple[tuple[tuple[Cue, ...], float], ...] = (
    ((Cue.HD_AC, Cue.SDXROT_HD, Cue.SDX_HD, Cue.CONT_MOV), 0.55),
    ((Cue.EN_HA, Cue.CONT_MOV, Cue.FO_LW, Cue.FO_RW), 0.45),
    ((Cue.DIST_LW, Cue.DIST_RW, Cue.YROT_LE, Cue.YROT_RE), 0.40),
    ((Cue.XROT_LE, Cue.XROT_RE, Cue.FO_LW, Cue.FO_RW), 0.50),
    ((Cue.DIST_LW, Cue.FO_LW, Cue.YROT_LE, Cue.XROT_LE), 0.30),
    ((Cue.DIST_RW, Cue.FO_RW, Cue.YROT_RE, Cue.XROT_RE), 0.30),
    ((Cue.VAL_F, Cue.GZ_DR), 0.30),
    ((Cue.GZ_DR, Cue.TN_HD), -0.25),
    ((Cue.AM_CR, Cue.EN_HA), -0.35),
)
"""Features that move together, with their loading on a common factor; in a pair, a negative one turns the second."""


def linear() -> Array:
    return np.array([feature.linear for feature in FEATURES])


def curved() -> Array:
    return np.array([feature.curved for feature in FEATURES])


def wider() -> Array:
    return np.array([feature.wider for feature in FEATURES])


def correlation() -> Array:
    """How the moments of the 18 features move together (18, 18): common factors and a rest of their own."""
    loadings = np.zeros((len(CODES), len(_GROUPS)))
    for column, (cues, loading) in enumerate(_GROUPS):
        for place, cue in enumerate(cues):
            sign = -1.0 if loading < 0 and place else 1.0
            loadings[CODES.index(cue), column] = sign * abs(loading)
    common = loadings @ loadings.T
    covariance = common + np.diag(np.maximum(1.0 - np.diag(common), 0.25))
    spread = np.sqrt(np.diag(covariance))
    matrix: Array = covariance / np.outer(spread, spread)
    return matrix


def mean_given(engagement: Array) -> Array:
    """The mean of u (n, 18) at engagement (n,)."""
    e = engagement[:, None]
    return linear() * e + curved() * (e**2 - 1)


def spread_given(engagement: Array) -> Array:
    """By how much the moments' part of u is wider (n, 18) at engagement (n,)."""
    return np.exp(wider() * engagement[:, None] / 2)


def to_features(hidden: Array) -> Array:
    """The 18 features (..., 18) in the catalogue's units, of their hidden variables."""
    return _by_feature(hidden, _forward)


def to_hidden(features: Array) -> Array:
    """The inverse of `to_features`; NaN stays NaN."""
    return _by_feature(features, _backward)


def _by_feature(values: Array, change: Callable[[Feature, Array], Array]) -> Array:
    columns = [change(feature, values[..., i]) for i, feature in enumerate(FEATURES)]
    return np.stack(columns, axis=-1)


_EDGE = 1e-9
"""Shares of exactly 0 and 1 have no logit."""


def _forward(feature: Feature, hidden: Array) -> Array:
    x = feature.centre + feature.scale * hidden
    if feature.link == "positive":
        return np.exp(x)
    if feature.link == "signed":
        return np.tanh(x)
    if feature.link == "plain":
        return x
    share = 1 / (1 + np.exp(-x))
    return 180 * share if feature.link == "bend" else share


def _backward(feature: Feature, value: Array) -> Array:
    if feature.link == "positive":
        x = np.log(np.maximum(value, _EDGE))
    elif feature.link == "signed":
        x = np.arctanh(np.clip(value, -1 + _EDGE, 1 - _EDGE))
    elif feature.link == "plain":
        x = value
    else:
        share = np.clip(value / 180 if feature.link == "bend" else value, _EDGE, 1 - _EDGE)
        x = np.log(share / (1 - share))
    hidden: Array = (x - feature.centre) / feature.scale
    return hidden
