"""What is measured of counterfactuals, the same for every method."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.neighbors import LocalOutlierFactor
from torch import Tensor

from benchmarks.support.peers_tables import Table

NOTICED = 0.01
"""Training spreads below which a change counts as none: gradient descent leaves crumbs."""

NEIGHBOURS = 20
"""Of the local outlier factor (Breunig et al. 2000), scikit-learn's default."""


def figures(
    table: Table, plausibility: Plausibility | None, before: Tensor, after: Tensor, free: Tensor
) -> dict[str, float]:
    """Of counterfactuals `after` (n, k) of samples `before` (n, k); where none was found the two are the same.

    `free` (n, k) is False where a feature was not to move. Changes, way and plausibility are those of what is valid;
    violations those of all.
    """
    valid = table.called_high(after)
    way = ((after - before) / table.scale.spread).nan_to_num()
    changed = way.abs() > NOTICED
    schema = table.schema
    outside = ((after > schema.high) | (after < schema.low)) & changed
    wrong = (changed & (way > 0) & ~schema.may_rise) | (changed & (way < 0) & ~schema.may_fall)
    return {
        "n": len(before),
        "validity": float(valid.float().mean()),
        "features_changed_median": float(np.median(changed[valid].sum(dim=1)))
        if valid.any()
        else float("nan"),
        "at_most_two": float((valid & (changed.sum(dim=1) <= 2)).float().mean()),
        "l1_sd": float(way[valid].abs().sum(dim=1).mean()),
        "l2_sd": float((way[valid] ** 2).sum(dim=1).sqrt().mean()),
        "plausibility_lof_ratio": plausibility.ratio(after[valid]) if plausibility else float("nan"),
        "frozen_violations": int((changed & ~(free & schema.movable)).sum()),
        "range_violations": int(outside.sum()),
        "wrong_sign": int(wrong.sum()),
    }


class Plausibility:
    """Mean local outlier factor against real high samples, over the same of other real high samples (about 1 is real).

    Samples are compared in training spreads, over the features that a sample has: for each pattern of presence there is
    a reference of its own, of at most `MOST` real high samples that have these features too.
    """

    MOST = 4000

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[tuple[bool, ...], LocalOutlierFactor] = {}
        self._real = float(self._scores(table.high).mean())

    def ratio(self, samples: Tensor) -> float:
        """Of samples (n, k); not a number where there are none."""
        return float(self._scores(samples).mean()) / self._real if len(samples) else float("nan")

    def _scores(self, samples: Tensor) -> Tensor:
        z, present = self._table.scale.into(samples)
        scores = torch.full((len(samples),), torch.nan)
        for pattern in torch.unique(present, dim=0):
            rows = (present == pattern).all(dim=1)
            judged = -self._judge(pattern).score_samples(z[rows][:, pattern].numpy())
            scores[rows] = torch.as_tensor(judged, dtype=scores.dtype)
        return scores

    def _judge(self, pattern: Tensor) -> LocalOutlierFactor:
        key = tuple(pattern.tolist())
        if key not in self._known:
            z, present = self._table.scale.into(self._table.reference)
            known = z[present[:, pattern].all(dim=1)][: self.MOST, pattern].numpy()
            self._known[key] = LocalOutlierFactor(min(NEIGHBOURS, len(known) - 1), novelty=True).fit(known)
        return self._known[key]
