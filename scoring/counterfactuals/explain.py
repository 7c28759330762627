"""From a sample to advice: what the generator proposes, pruned to the fewest changes that still turn the verdict.

The generator says where a sample should move so that it looks like a real high one. Most of its changes are not needed
for the verdict. So all sets of at most two features are tried at once: first with the generator's own values, then,
where no set turns the verdict, with the same direction carried further (never out of the schema's range). Among the
sets that turn it the smallest is taken, and among those the one with the shortest way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from scoring.counterfactuals.schema import Schema
from scoring.counterfactuals.training import Classifier, Scale, Turner

MOST_CHANGES = 2
GAINS = (1.0, 1.5, 2.0, 3.0, 5.0)
"""How far the proposed direction is carried; the first with which some set turns the verdict is taken."""

AT_ONCE = 1 << 16
"""Candidates that are classified together: bounds the memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactuals:
    """For n samples: `after` (n, k), what was `changed` (n, k), whether the verdict is `valid` (n,).

    `proposed` (n, k) is the generator's whole proposal. Where no set of `MOST_CHANGES` turns the verdict, `after` is
    the proposal itself if that does (more changes, in smaller steps), else the sample unchanged.
    """

    after: Tensor
    changed: Tensor
    valid: Tensor
    proposed: Tensor


class Explainer:
    """Asks the generator and prunes. Everything is batched; there is no search by trial for each sample."""

    def __init__(self, turner: Turner, classifier: Classifier, scale: Scale, schema: Schema) -> None:
        self._turn, self._classifier, self._scale, self._schema = turner, classifier, scale, schema
        sets = [*combinations(range(len(schema)), 1), *combinations(range(len(schema)), MOST_CHANGES)]
        self._sets = torch.zeros(len(sets), len(schema), dtype=torch.bool)
        for row, members in enumerate(sets):
            self._sets[row, list(members)] = True

    @torch.no_grad()
    def explain(self, features: Tensor, free: Tensor | None = None) -> Counterfactuals:
        """Counterfactuals of samples (n, k), NaN where absent; `free` (n, k) is False where a feature must not move."""
        free = torch.ones_like(features, dtype=torch.bool) if free is None else free
        proposed = self._turn(features, free)
        after, valid = features.clone(), torch.zeros(len(features), dtype=torch.bool)
        for gain in GAINS:
            rows = torch.nonzero(~valid)[:, 0]
            if not len(rows):
                break
            further = self._carry(features[rows], proposed[rows], free[rows], gain)
            found, works = self._fewest(features[rows], further)
            after[rows[works]] = found[works]
            valid[rows[works]] = True
        return self._finish(features, proposed, after, valid)

    def _carry(self, features: Tensor, proposed: Tensor, free: Tensor, gain: float) -> Tensor:
        further = features + gain * (proposed - features)
        further = self._schema.allowed(features, further, free & torch.isfinite(features))
        # What is too small to be named is no change.
        return torch.where((further - features).abs() >= self._schema.step, further, features)

    def _fewest(self, features: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """The cheapest set that turns the verdict, for each sample, and whether there is one."""
        found, works = [], []
        size = max(1, AT_ONCE // len(self._sets))
        for start in range(0, len(features), size):
            rows = torch.arange(start, min(start + size, len(features)))
            candidates = torch.where(self._sets, target[rows, None], features[rows, None])
            turned = self._classifier(candidates.flatten(0, 1)).view(len(rows), -1) >= 0
            cost = self._cost(candidates, features[rows, None]) + 1e3 * self._sets.sum(dim=1)
            best = torch.where(turned, cost, torch.inf).argmin(dim=1)
            found.append(candidates[torch.arange(len(rows)), best])
            works.append(turned.any(dim=1))
        return torch.cat(found), torch.cat(works)

    def _cost(self, candidates: Tensor, features: Tensor) -> Tensor:
        """The way in spreads."""
        return ((candidates - features) / self._scale.spread).nan_to_num().abs().sum(dim=-1)

    def _finish(self, features: Tensor, proposed: Tensor, after: Tensor, valid: Tensor) -> Counterfactuals:
        rest = torch.nonzero(~valid)[:, 0]
        if len(rest):
            works = self._classifier(proposed[rest]) >= 0
            after[rest[works]] = proposed[rest[works]]
            valid[rest[works]] = True
        moved = (after - features).nan_to_num().abs()
        return Counterfactuals(after, moved > 1e-6 * self._scale.spread, valid, proposed)
