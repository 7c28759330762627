"""LIME for tables (Ribeiro et al. 2016), batched: how much each value of a sample speaks for the verdict it got.

As in the authors' package with its default settings: features are cut into quartiles; a sample's neighbours are drawn
from the training data, feature by feature; a neighbour is described by which of its features fall into the sample's own
quartile, and weighs less the fewer do; a ridge regression on that explains the classifier's probability. Features that
a sample lacks are left out for it. (The package itself is from 2020 and takes one sample at a time.)
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

NEIGHBOURS = 3000
KERNEL = 0.75
"""Width of the kernel, times the root of the number of features."""
RIDGE = 1.0
QUARTILES = torch.tensor([0.25, 0.5, 0.75])


@torch.no_grad()
def relevance(
    probability: Callable[[Tensor], Tensor], samples: Tensor, training: Tensor, seed: int = 0
) -> Tensor:
    """Weights (n, k) of samples (n, k), NaN where absent, in explaining `probability` (of n samples, (n,))."""
    random = torch.Generator().manual_seed(seed)
    found = torch.full_like(samples, torch.nan)
    cuts = torch.nanquantile(training, QUARTILES, dim=0)
    pools = [column[torch.isfinite(column)] for column in training.T]
    for row, sample in enumerate(samples):
        present = torch.nonzero(torch.isfinite(sample))[:, 0]
        neighbours = sample.expand(NEIGHBOURS, -1).clone()
        for place in present.tolist():
            drawn = torch.randint(len(pools[place]), (NEIGHBOURS - 1,), generator=random)
            neighbours[1:, place] = pools[place][drawn]
        near = neighbours[:, present]
        alike = _quartile(near, cuts[:, present]) == _quartile(sample[None, present], cuts[:, present])
        found[row, present] = _ridge(alike.to(samples.dtype), probability(neighbours))
    return found


def _quartile(values: Tensor, cuts: Tensor) -> Tensor:
    return (values[..., None] > cuts.T).sum(dim=-1)


def _ridge(alike: Tensor, target: Tensor) -> Tensor:
    """Weighted ridge regression with an intercept; the coefficients (k,)."""
    k = alike.shape[1]
    distance = (1 - alike).sum(dim=1).sqrt()
    weight = torch.exp(-((distance / (KERNEL * k**0.5)) ** 2)).sqrt()
    weight = weight / weight.sum()
    x = alike - (weight[:, None] * alike).sum(dim=0)
    y = target - (weight * target).sum()
    gram = (x * weight[:, None]).T @ x * len(x) + RIDGE * torch.eye(k)
    return torch.linalg.solve(gram, (x * weight[:, None]).T @ y * len(x))


def correlations(relevances: Tensor, changes: Tensor) -> list[float]:
    """Pearson's r of each feature's relevance and how far it is changed, over the samples (n, k) that have it.

    0 where one of the two never varies: a feature that is never changed does not follow its relevance.
    """
    return [_pearson(relevances[:, place], changes[:, place]) for place in range(relevances.shape[1])]


def _pearson(a: Tensor, b: Tensor) -> float:
    both = torch.isfinite(a) & torch.isfinite(b)
    a, b = a[both], b[both]
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1])
