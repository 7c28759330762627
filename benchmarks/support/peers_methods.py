"""Peers that need no package of their own: the nearest real high sample, gradient descent, a plain CycleGAN.

Each takes the samples to be explained (n, k) and gives as many back; one that it cannot turn it gives back as it was.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from benchmarks.support.peers_tables import Table
from scoring.counterfactuals.network import Config
from scoring.counterfactuals.schema import Feature, Schema
from scoring.counterfactuals.training import Settings, Turner, train


@torch.no_grad()
def nearest_real(table: Table, low: Tensor) -> Tensor:
    """The nearest training sample that has the same features and is called high with them (NICE without its search)."""
    after = low.clone()
    present = torch.isfinite(low)
    for pattern in torch.unique(present, dim=0):
        rows = torch.nonzero((present == pattern).all(dim=1))[:, 0]
        real = table.training[torch.isfinite(table.training[:, pattern]).all(dim=1)]
        real = torch.where(pattern, real, torch.nan)
        real = real[table.called_high(real)]
        z = table.scale.into(real)[0]
        for row in rows.tolist():
            after[row] = real[(z - table.scale.into(low[row])[0]).abs().sum(dim=1).argmin()]
    return after


ROUNDS, STEPS, RATE = 8, 60, 0.05


def gradient_descent(table: Table, low: Tensor) -> Tensor:
    """Wachter, Mittelstadt and Russell (2017): the shortest way (L1, in spreads), the verdict weighing more and more.

    Adam on the verdict and a proximal step for the way, so that what is not needed stays exactly where it was.
    """
    z, present = table.scale.into(low)
    way, found = torch.zeros_like(z), low.clone()
    done = torch.zeros(len(low), dtype=torch.bool)
    for round_ in range(ROUNDS):
        weight = 2.0**round_
        way = _descended(table, z, present, way, weight)
        after = table.scale.back(z + way, present)
        turned = table.called_high(after) & ~done
        found[turned] = after[turned]
        done |= turned
    return found


def _descended(table: Table, z: Tensor, present: Tensor, way: Tensor, weight: float) -> Tensor:
    way = way.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([way], lr=RATE)
    for _ in range(STEPS):
        logits = table.classifier(table.scale.back(z + way, present))
        loss = weight * nn.functional.softplus(0.1 - logits).sum()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        way.grad = torch.nan_to_num(way.grad) if way.grad is not None else None
        optimiser.step()
        with torch.no_grad():
            way.copy_(way.sign() * (way.abs() - RATE / weight).clamp(min=0))
    return way.detach()


def plain_cyclegan(table: Table, settings: Settings, config: Config) -> Turner:
    """The same networks without the counterfactual loss, without masks, ranges and signs, and without pruning."""
    wide = Schema(Feature(name, -1e6, 1e6) for name in table.schema.names)
    plain = replace(settings, counterfactual=0.0, frozen_at_most=0.0, bound=0.0)
    return train(table.classifier, table.training, wide, config=config, settings=plain)


def turned_by(turner: Turner, low: Tensor) -> Tensor:
    """What a generator alone makes of samples, whether it turns the verdict or not."""
    with torch.no_grad():
        return turner(low, torch.ones_like(low, dtype=torch.bool))
