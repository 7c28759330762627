"""The best possible: the probability of a high rating given one moment's features, by the simulator's own equations.

Given engagement the hidden variables are normal, so that what is absent is simply left out; engagement itself is a
number, and the integral over it is done on a grid. No classifier of single moments can have a higher AUROC on average.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.simulation import behaviour
from scoring.simulation.behaviour import PERSON_VARIANCE, Array
from scoring.simulation.people import EPISODE
from scoring.simulation.raters import probability_of_high

GRID = np.linspace(-4.0, 4.0, 161)


def probability_of_high_given(features: Array) -> Array:
    """P(high | the features of one moment) (n,), of features (n, 18) with NaN where absent."""
    hidden = behaviour.to_hidden(features)
    logs = np.empty((len(hidden), len(GRID)))
    patterns, which = np.unique(np.isfinite(hidden), axis=0, return_inverse=True)
    for number, known in enumerate(patterns):
        rows = np.flatnonzero(which.reshape(-1) == number)
        logs[rows] = _log_densities(hidden[rows][:, known], known)
    logs += np.log(_prior())
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    posterior: Array = weights @ probability_of_high(GRID)
    return posterior


def _prior() -> Array:
    """Engagement's density on the grid: a high and a low episode, equally often."""
    variance = 1 - EPISODE**2
    off = GRID[:, None] - np.array([-EPISODE, EPISODE])
    density: Array = np.exp(-(off**2) / (2 * variance)).sum(axis=1)
    density /= density.sum()
    return density


def _log_densities(hidden: Array, known: NDArray[np.bool_]) -> Array:
    """Log density (n, grid) of hidden variables (n, k) at every engagement, up to a constant."""
    logs = np.zeros((len(hidden), len(GRID)))
    if not known.any():
        return logs
    correlation = behaviour.correlation()[np.ix_(known, known)]
    means, spreads = behaviour.mean_given(GRID)[:, known], behaviour.spread_given(GRID)[:, known]
    for column, (mean, spread) in enumerate(zip(means, spreads, strict=True)):
        moment = (1 - PERSON_VARIANCE) * correlation * np.outer(spread, spread)
        factor = np.linalg.cholesky(PERSON_VARIANCE * correlation + moment)
        off = np.linalg.solve(factor, (hidden - mean).T)
        logs[:, column] = -0.5 * (off**2).sum(axis=0) - np.log(np.diag(factor)).sum()
    return logs
