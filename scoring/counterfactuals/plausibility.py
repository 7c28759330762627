"""How typical a sample is of the high ones: the distance of Mahalanobis (1936) from a normal distribution of them.

It stands in for a search among real samples: a model keeps their mean, covariance and middle, and nobody's data. What
is absent is marginalised, which for a normal distribution is leaving it out.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

SMALLEST = 0.05
"""Least eigenvalue of the covariance: pairs of features that were seen on different rows can contradict each other."""


MIDDLE = 0.4, 0.6
"""Between these quantiles of the high samples a proposal ends: it moves what is untypical, and only so far."""

FAR = 1e3
"""Spreads that no value is away."""


@dataclass(frozen=True, slots=True, eq=False)
class Typical:
    """Mean (k,), covariance (k, k) and middle (`low`..`high`, (k,)) of high samples, in training spreads."""

    mean: Tensor
    covariance: Tensor
    low: Tensor
    high: Tensor

    @classmethod
    def of(cls, z: Tensor, present: Tensor) -> Typical:
        """Of samples z (n, k), each pair of features from the rows where both are `present` (n, k)."""
        there = present.to(z.dtype)
        mean = (z * there).sum(dim=0) / there.sum(dim=0).clamp(min=1)
        off = (z - mean) * there
        both = (there.T @ there).clamp(min=1)
        values, vectors = torch.linalg.eigh(off.T @ off / both)
        known = torch.where(present, z, torch.nan)
        low, high = (torch.nanquantile(known, share, dim=0).nan_to_num() for share in MIDDLE)
        return cls(mean, vectors @ torch.diag(values.clamp(min=SMALLEST)) @ vectors.T, low, high)

    @classmethod
    def standard(cls, k: int) -> Typical:
        """Where nothing is known of the high samples: like all samples, and independent."""
        return cls(torch.zeros(k), torch.eye(k), torch.full((k,), -FAR), torch.full((k,), FAR))

    def towards(self, z: Tensor, wanted: Tensor) -> Tensor:
        """From z (n, k) to `wanted` (n, k), but no further than the middle; what is beyond it goes no further out."""
        return torch.minimum(torch.maximum(wanted, torch.minimum(self.low, z)), torch.maximum(self.high, z))

    def precision(self, present: Tensor) -> Tensor:
        """Inverse covariances (n, k, k) of what is `present` (n, k); 0 for what is not."""
        patterns, which = torch.unique(present, dim=0, return_inverse=True)
        both = patterns[:, :, None] & patterns[:, None, :]
        alone = torch.diag_embed((~patterns).to(self.covariance.dtype))
        inverse = torch.linalg.inv(torch.where(both, self.covariance, torch.zeros(())) + alone)
        return torch.where(both, inverse, torch.zeros(()))[which]

    def distance(self, z: Tensor, present: Tensor) -> Tensor:
        """Squared distance (n,) of samples z (n, k)."""
        off = torch.where(present, z - self.mean, torch.zeros(()))
        return torch.einsum("ni,nij,nj->n", off, self.precision(present), off)

    def pull(self, z: Tensor, present: Tensor, precision: Tensor) -> Tensor:
        """Half the slope (n, k) of the squared distance at z (n, k); `precision` (n, k, k) of what is present."""
        off = torch.where(present, z - self.mean, 0.0)
        return torch.bmm(precision, off[..., None])[..., 0]

    def beside(self, z: Tensor, present: Tensor, precision: Tensor) -> Tensor:
        """Where each value of z (n, k) would be the most typical while the others stay; NaN for what is absent."""
        return z - self.pull(z, present, precision) / torch.diagonal(precision, dim1=1, dim2=2)


class Precisions:
    """The inverse covariances of one `Typical`, each pattern of presence reckoned once."""

    MOST = 4096
    """Patterns that are kept: bounds the memory."""

    def __init__(self, typical: Typical) -> None:
        self._typical = typical
        self._known: dict[tuple[bool, ...], Tensor] = {}

    def of(self, present: Tensor) -> Tensor:
        """As `Typical.precision`: (n, k, k) of what is `present` (n, k)."""
        if not len(present):
            return self._typical.precision(present)
        if len(present) == 1 or bool((present == present[:1]).all()):
            return self._one(present[0]).expand(len(present), -1, -1)
        patterns, which = torch.unique(present, dim=0, return_inverse=True)
        return torch.stack([self._one(pattern) for pattern in patterns])[which]

    def _one(self, pattern: Tensor) -> Tensor:
        key = tuple(pattern.tolist())
        if key not in self._known:
            if len(self._known) >= self.MOST:
                self._known.clear()
            self._known[key] = self._typical.precision(pattern[None])[0]
        return self._known[key]
