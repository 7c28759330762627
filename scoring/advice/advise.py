"""From the seconds of an answer to its advice: at most two changes with which the most low seconds would turn.

Every second that is estimated low has counterfactuals of its own (`scoring.counterfactuals.explain`). A person can act
on one or two things at a time, so the answer gets a common one: for each feature and direction that some second asks
for, the levels are tried that the seconds typically ask for, alone and in pairs, and the classifier says how many low
seconds each would turn. What is counted is exactly what is advised: in every low second the feature moves to the level
that is named (one that is there already stays), and nothing else moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from scoring.counterfactuals.explain import MOST_CHANGES, Explainer
from scoring.counterfactuals.schema import Schema
from scoring.counterfactuals.training import Classifier, Turner
from scoring.performance.index import Profile

Array = NDArray[np.float64]
Direction = Literal["up", "down"]

LEVELS = (0.5, 0.75)
"""Of what the seconds ask for in a feature, the quantiles that are tried as the common level."""

HIGH_ENOUGH = 0.95
"""Share of high seconds from which on there is nothing to advise."""

WORTH = 0.1
"""Share of the low seconds that advice must turn at least, and that a second change must turn beyond the first."""

MOST_MOMENTS, MERGED_S, LEAST_S = 6, 1, 2
"""Moments of a change, the gap that does not part them, and the length that is asked for where there is such."""


class Missing(StrEnum):
    """Why there is no advice. The words for it belong to the pages."""

    TOO_LITTLE = "too_little"
    ALREADY_HIGH = "already_high"
    NONE_FOUND = "none_found"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Change:
    """One feature to one level. `before` is the typical value in the `seconds` that turn and in which it moves.

    `moments` are those seconds as stretches of stream time in ms; values are in the feature's unit, in whole steps.
    """

    cue: str
    direction: Direction
    before: float
    after: float
    seconds: int
    moments: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The advice on an answer, most useful change first, or why there is none (`missing`).

    Of `seconds` with an estimate `low` are low, of which the changes turn `turned`. `before` and `after` are the mean
    probability of "high" over all of them, now and with the changes in the low ones.
    """

    changes: tuple[Change, ...] = ()
    seconds: int = 0
    low: int = 0
    turned: int = 0
    before: float | None = None
    after: float | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What the learner permits: `free` (k,) is False where nothing is advised, `low`..`high` (k,) the own targets."""

    free: Tensor
    low: Tensor
    high: Tensor

    @classmethod
    def of(cls, schema: Schema, profile: Profile) -> Limits:
        off = {code.value for code in profile.off}
        targets = {code.value: band for code, band in profile.targets.items()}
        low = [targets[name].low if name in targets else None for name in schema.names]
        high = [targets[name].high if name in targets else None for name in schema.names]
        return cls(
            free=torch.tensor([name not in off for name in schema.names]),
            low=torch.tensor([-math.inf if end is None else end for end in low]),
            high=torch.tensor([math.inf if end is None else end for end in high]),
        )


def advise(
    features: Array, probabilities: Array, *, first: int, network: Classifier, turner: Turner, limits: Limits
) -> Advice:
    """Advice on the seconds `first`, `first` + 1, .. of stream time: features (n, k), NaN where absent.

    `probabilities` (n,) are the classifier's estimates of them, NaN where it abstains. The columns are the schema's.

    Raises:
        ValueError: there are not as many columns as the schema has features.
    """
    if features.shape[1] != len(turner.schema):
        raise ValueError(f"{features.shape[1]} columns, but {len(turner.schema)} features")
    known = np.isfinite(probabilities)
    low = known & (np.nan_to_num(probabilities, nan=1.0) < 0.5)
    if not known.any():
        return Advice(missing=Missing.TOO_LITTLE)
    mean = float(probabilities[known].mean())
    none = Advice(seconds=int(known.sum()), low=int(low.sum()), before=mean, after=mean)
    if none.low <= (1 - HIGH_ENOUGH) * none.seconds:
        return replace(none, missing=Missing.ALREADY_HIGH)
    answer = _Answer(torch.as_tensor(features[low], dtype=torch.float32), network, turner, limits)
    best = answer.best()
    if best is None:
        return replace(none, missing=Missing.FROZEN if answer.is_frozen else Missing.NONE_FOUND)
    return replace(
        none,
        changes=answer.changes(best, first + np.flatnonzero(low)),
        turned=int(best.turned.sum()),
        after=mean + answer.gain(best) / none.seconds,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """One feature of all low seconds at a level: its column `after` (m,), and where that `moved` it (m,)."""

    place: int
    rises: bool
    level: float
    after: Tensor
    moved: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """A set of moves, with the seconds that it turns (m,) and the way it goes, in spreads over all seconds."""

    moves: tuple[_Move, ...]
    turned: Tensor
    way: float

    @property
    def rank(self) -> tuple[int, float]:
        return int(self.turned.sum()), -self.way


class _Answer:
    """The low seconds of an answer (m, k) and everything that can be asked of them."""

    def __init__(self, low: Tensor, network: Classifier, turner: Turner, limits: Limits) -> None:
        self._low, self._network, self._turner, self._limits = low, network, turner, limits
        self._schema = turner.schema
        self._free = (limits.free & self._schema.movable).expand_as(low)

    @property
    def is_frozen(self) -> bool:
        """Whether nothing may move that could be seen, and something of it was switched off by the learner."""
        could = bool((torch.isfinite(self._low) & self._free).any())
        return not could and bool((~self._limits.free & self._schema.movable).any())

    def best(self) -> _Tried | None:
        """The set that turns the most seconds; the shorter way among equals. A pair has to be worth it."""
        moves = list(self._moves())
        alone = self._best_of((move,) for move in moves)
        pairs = (pair for pair in combinations(moves, MOST_CHANGES) if pair[0].place != pair[1].place)
        pair = self._best_of(pairs)
        worth = max(1, math.ceil(WORTH * len(self._low)))
        found = alone
        if alone and pair and pair.rank[0] >= alone.rank[0] + worth:
            found = self._ordered(pair)
        return found if found and found.rank[0] >= worth else None

    def _best_of(self, sets: Iterator[tuple[_Move, ...]]) -> _Tried | None:
        return max((self._try(moves) for moves in sets), key=lambda tried: tried.rank, default=None)

    def _ordered(self, pair: _Tried) -> _Tried:
        """The change first that turns more seconds alone."""
        moves = sorted(pair.moves, key=lambda move: self._try((move,)).rank, reverse=True)
        return _Tried(tuple(moves), pair.turned, pair.way)

    @torch.no_grad()
    def _try(self, moves: tuple[_Move, ...]) -> _Tried:
        after = self._with(moves)
        way = ((after - self._low) / self._turner.scale.spread).nan_to_num().abs().sum()
        moved = torch.stack([move.moved for move in moves]).any(dim=0)
        return _Tried(moves, moved & (self._network(after) >= 0), float(way))

    def _with(self, moves: Sequence[_Move]) -> Tensor:
        after = self._low.clone()
        for move in moves:
            after[:, move.place] = move.after
        return after

    @torch.no_grad()
    def gain(self, tried: _Tried) -> float:
        """By how much the probabilities of the low seconds rise with the changes, summed."""
        after, now = (torch.sigmoid(self._network(rows)) for rows in (self._with(tried.moves), self._low))
        return float((after - now).sum())

    def _moves(self) -> Iterator[_Move]:
        """For each feature and direction that some second asks for, the levels to try."""
        found = Explainer(self._turner, self._network).explain(self._low, self._free)
        wanted = (found.shown != self._low) & torch.isfinite(self._low)
        for place in torch.nonzero(wanted.any(dim=0))[:, 0].tolist():
            column, asks = self._low[:, place], found.shown[:, place]
            for rises in (True, False):
                rows = (asks > column) if rises else (asks < column)
                levels = (
                    {self._level(place, asks[rows], share, rises) for share in LEVELS} if rows.any() else ()
                )
                yield from (move for level in sorted(levels) if (move := self._to(place, level, rises)))

    def _level(self, place: int, asks: Tensor, share: float, rises: bool) -> float:
        """What the seconds ask for, in whole steps, within the range and the learner's own target."""
        step = float(self._schema.step[place])
        level = step * round(float(torch.quantile(asks, share if rises else 1 - share)) / step)
        level = min(max(level, float(self._schema.low[place])), float(self._schema.high[place]))
        level = min(max(level, float(self._limits.low[place])), float(self._limits.high[place]))
        return round(level, 6)

    def _to(self, place: int, level: float, rises: bool) -> _Move | None:
        """The feature at this level in every second that lies at least a step before it; None where none does."""
        column, step = self._low[:, place], float(self._schema.step[place])
        way = level - column if rises else column - level
        moved = way >= step - 1e-6
        if not moved.any():
            return None
        return _Move(place, rises, level, torch.where(moved, torch.full_like(column, level), column), moved)

    def changes(self, tried: _Tried, places: NDArray[np.intp]) -> tuple[Change, ...]:
        """`places` (m,) are the low seconds, in stream time."""
        return tuple(self._change(move, tried, places) for move in tried.moves)

    def _change(self, move: _Move, tried: _Tried, places: NDArray[np.intp]) -> Change:
        rows = move.moved & tried.turned
        step = float(self._schema.step[move.place])
        before = step * round(float(self._low[rows, move.place].median()) / step)
        return Change(
            cue=self._schema.names[move.place],
            direction="up" if move.rises else "down",
            before=round(before, 6),
            after=move.level,
            seconds=int(rows.sum()),
            moments=moments(places[rows.numpy()].tolist()),
        )


def moments(seconds: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Ascending seconds as stretches in ms, at most `MOST_MOMENTS`: the longest ones, in order of time."""
    runs: list[list[int]] = []
    for second in seconds:
        if runs and second - runs[-1][1] <= 1 + MERGED_S:
            runs[-1][1] = second
        else:
            runs.append([second, second])
    long = [run for run in runs if run[1] - run[0] + 1 >= LEAST_S] or runs
    chosen = sorted(long, key=lambda run: run[0] - run[1])[:MOST_MOMENTS]
    return tuple((1000 * start, 1000 * (end + 1)) for start, end in sorted(chosen))
