"""What an answer gets: an estimate for each second and for the whole, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import Cue
from scoring.engagement.network import EngagementNetwork
from scoring.engagement.training import probabilities

Array = NDArray[np.float64]

MOST_ABSENT = 10
"""Of the 18 features; with more of them absent the model abstains. Arms and hips out of the picture are 10."""

NEEDED: tuple[tuple[Cue, ...], ...] = ((Cue.GZ_DR, Cue.HD_AC, Cue.VAL_F), (Cue.TN_HD,))
"""Of each of these at least one must be there: an estimate without any face, or without any voice, is a guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Probability of a high rating for each second (n,), NaN where the model abstains, and for the whole answer.

    `whole` is None with `covered`, the share of seconds with an estimate, below one half.
    """

    seconds: Array
    whole: float | None
    covered: float


LEAST_COVERED = 0.5


def estimate(network: EngagementNetwork, columns: Mapping[Cue, Array]) -> Estimate:
    """The estimate from the features' columns (n,), one value for each second, NaN where absent.

    A feature that is not among `columns` counts as absent, as does one that the learner has switched off.
    """
    n = max((len(column) for column in columns.values()), default=0)
    features = np.full((n, len(network.config.features)), np.nan)
    for place, name in enumerate(network.config.features):
        column = columns.get(Cue(name))
        if column is not None:
            features[:, place] = column
    return of_features(network, features)


def of_features(network: EngagementNetwork, features: Array) -> Estimate:
    """The estimate from one answer's features (n, k), one row for each second, NaN where absent."""
    n, enough = len(features), enough_signal(features, network.config.features)
    seconds = np.full(n, np.nan)
    if enough.any():
        seconds[enough] = probabilities(network, features[enough])
    covered = float(enough.mean()) if n else 0.0
    whole = network.whole(float(seconds[enough].mean())) if covered >= LEAST_COVERED else None
    return Estimate(seconds, whole, covered)


def enough_signal(features: Array, names: tuple[str, ...]) -> NDArray[np.bool_]:
    """For which seconds (n,) of features (n, k) the model does not abstain."""
    present = np.isfinite(features)
    enough: NDArray[np.bool_] = (~present).sum(axis=1) <= MOST_ABSENT
    for group in NEEDED:
        places = [names.index(code) for code in group if code in names]
        enough &= present[:, places].any(axis=1)
    return enough
