"""A proposal taken apart: moves of one feature to one value, and pairs of them, each with what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from scoring.counterfactuals.plausibility import Precisions
from scoring.counterfactuals.schema import Schema
from scoring.counterfactuals.training import Turner

TARGETS = 2
"""Of each feature: as far as is proposed and plausible, and the end of its range."""

PLAUSIBLE = 1.0
"""Spreads of way that one unit of squared distance from the typical high sample is worth."""

CHANGE = 0.5
"""Spreads of way that a second change costs: one is easier to practise than two."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples `features` (n, k) with what moves are weighed by: `z` in spreads, `present`, `precision` (n, k, k)."""

    features: Tensor
    z: Tensor
    present: Tensor
    precision: Tensor

    @classmethod
    def of(cls, features: Tensor, turner: Turner, precisions: Precisions) -> Samples:
        z, present = turner.scale.into(features)
        return cls(features, z, present, precisions.of(present))

    def at(self, rows: Tensor) -> Samples:
        return Samples(self.features[rows], self.z[rows], self.present[rows], self.precision[rows])

    def moved_to(self, features: Tensor, turner: Turner) -> Samples:
        return replace(self, features=features, z=turner.scale.into(features)[0])


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """For n samples m moves each, of the same features for all: `place` (m,), and the `value` (n, m) that it gets.

    `possible` (n, m) is False where the move is forbidden, or too small to be named; its value is then the old one.
    """

    place: Tensor
    value: Tensor
    possible: Tensor

    def at(self, rows: Tensor) -> Moves:
        return Moves(self.place, self.value[rows], self.possible[rows])

    def alone(self, samples: Tensor) -> Tensor:
        """Samples (n, m, k): in each of samples (n, k) each of the moves alone."""
        n, m = self.value.shape
        place = self.place[None, :, None].expand(n, m, 1)
        return samples[:, None].expand(n, m, -1).scatter(2, place, self.value[..., None])

    def made(self, samples: Tensor, *which: Tensor) -> Tensor:
        """Samples (n, c, k): in each of samples (n, k) the moves `which` (n, c), all of them."""
        n, k = samples.shape
        after = samples[:, None].expand(n, which[0].shape[1], k)
        for numbers in which:
            place = self.place.take(numbers)[..., None]
            after = after.scatter(2, place, self.value.gather(1, numbers)[..., None])
        return after


def charges(schema: Schema) -> Tensor:
    """What a candidate costs beyond its moves (m, m): 0 for one move (the diagonal), `CHANGE` for two features.

    Infinite where it is no candidate: the same feature twice, or a pair that stands above the diagonal already.
    """
    place = places(schema)
    pairs = (place[:, None] != place).triu()
    return torch.where(pairs, CHANGE, torch.inf).fill_diagonal_(0.0)


def places(schema: Schema) -> Tensor:
    """The feature (m,) that each move moves: all movable features to one target, then all of them to the next."""
    return torch.nonzero(schema.movable)[:, 0].repeat(TARGETS)


def towards(samples: Samples, proposed: Tensor, free: Tensor, turner: Turner, place: Tensor) -> Moves:
    """Where `proposed` (n, k) moves a feature, the same way further, and the same way to the end of its range.

    Further is to where it would be the most plausible beside the others, if that lies beyond what is proposed. `free`
    (n, k) is False where nothing must move; `place` (m,) is `places` of the schema.
    """
    schema, features, before = turner.schema, samples.features, samples.features[:, None]
    beside = turner.typical.beside(samples.z, samples.present, samples.precision)
    beside = beside * turner.scale.spread + turner.scale.mean
    rises, falls = proposed > features, proposed < features
    further = torch.where(rises, torch.maximum(proposed, beside), torch.minimum(proposed, beside))
    end = torch.where(rises, schema.high, schema.low)
    targets = torch.where((rises | falls)[:, None], torch.stack([further, end], dim=1), before)
    values = schema.allowed(before, targets, free[:, None])
    moved = (values - before).abs()
    # As a float, a step can come out a little shorter than it was written.
    possible = (moved > 0) & (moved >= schema.step * (1 - 1e-5))
    values = torch.where(possible, values, before)
    movable = place[: len(place) // TARGETS]
    return Moves(place, *(part.index_select(2, movable).flatten(1) for part in (values, possible)))


class Costs:
    """What moves cost: their way in spreads, less what they gain in plausibility (negative: they gain more).

    `alone` (n, m) is of each move, infinite where it is not possible.
    """

    def __init__(self, samples: Samples, moves: Moves, turner: Turner) -> None:
        place = moves.place
        pull = turner.typical.pull(samples.z, samples.present, samples.precision).index_select(1, place)
        own = torch.diagonal(samples.precision, dim1=1, dim2=2).index_select(1, place)
        way = (moves.value - samples.features.index_select(1, place)) / turner.scale.spread[place]
        self._way = torch.where(moves.possible, way, 0.0)
        self._precision, self._place = samples.precision, place
        alone = self._way.abs() + PLAUSIBLE * self._way * (2 * pull + self._way * own)
        self.alone = torch.where(moves.possible, alone, torch.inf)

    def of(self, charges: Tensor) -> Tensor:
        """Of candidates (n, m, m): each move alone on the diagonal, pairs above it."""
        between = self._precision.index_select(1, self._place).index_select(2, self._place)
        joint = torch.mul((2 * PLAUSIBLE * self._way)[:, :, None], self._way[:, None]).mul_(between)
        pairs = joint.add_(self.alone[:, :, None]).add_(self.alone[:, None]).add_(charges)
        pairs.diagonal(dim1=1, dim2=2).copy_(self.alone)
        return pairs
