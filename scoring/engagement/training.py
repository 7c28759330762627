"""How the network is trained: people held out for stopping and for the temperature, seeds fixed, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from scoring.engagement.network import Config, EngagementNetwork
from scoring.metrics import binary

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Rated moments: features (n, k) with NaN where absent, high (n,) 0 or 1 (or between), person (n,) numbers."""

    features: Array
    high: Array
    person: NDArray[np.intp]

    def of(self, rows: NDArray[np.bool_]) -> Rated:
        return Rated(self.features[rows], self.high[rows], self.person[rows])


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one training. `held_out` is the share of people kept for stopping early and for the temperature."""

    seed: int = 0
    epochs: int = 40
    patience: int = 8
    batch: int = 512
    rate: float = 1e-3
    decay: float = 1e-2
    held_out: float = 0.15


Report = Callable[[int, int, float], None]
"""Told after each epoch: epochs done, of how many, and the loss on the people held out."""


def split_people(person: NDArray[np.intp], share: float, seed: int) -> NDArray[np.bool_]:
    """Which rows (n,) belong to the people held out: about `share` of them, at least one, never all.

    Raises:
        ValueError: there are fewer than two people.
    """
    people = np.unique(person)
    if len(people) < 2:
        raise ValueError("a training needs at least two people")
    held = min(max(1, round(share * len(people))), len(people) - 1)
    chosen = np.random.default_rng(seed).permutation(people)[:held]
    return np.isin(person, chosen)


def train(
    rated: Rated,
    *,
    config: Config | None = None,
    settings: Settings | None = None,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> EngagementNetwork:
    """A network, calibrated. With `checkpoint`, a training that was killed goes on from that file.

    Raises:
        ValueError: fewer than two people, or only one class.
    """
    config, settings = config or Config(), settings or Settings()
    held = split_people(rated.person, settings.held_out, settings.seed)
    if len(np.unique(rated.high[~held])) < 2:
        raise ValueError("a training needs moments rated high and low")
    run = _Run(rated.of(~held), rated.of(held), config, settings)
    if checkpoint is not None and checkpoint.exists():
        run.resume(checkpoint)
    while not run.finished:
        run.epoch()
        if checkpoint is not None:
            run.keep(checkpoint)
        if report is not None:
            report(run.epochs, settings.epochs, run.loss)
    return run.result()


class _Run:
    """A training in progress: everything that a checkpoint holds."""

    def __init__(self, learn: Rated, check: Rated, config: Config, settings: Settings) -> None:
        self._settings = settings
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(settings.seed)
        self._network = EngagementNetwork(config)
        self._network.mean.copy_(_tensor(_column(np.nanmean, learn.features, 0.0)))
        self._network.spread.copy_(_tensor(np.maximum(_column(np.nanstd, learn.features, 1.0), 1e-6)))
        self._network.to(self._device)
        self._learn = tuple(_tensor(part).to(self._device) for part in (learn.features, learn.high))
        self._check = tuple(_tensor(part).to(self._device) for part in (check.features, check.high))
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), lr=settings.rate, weight_decay=settings.decay
        )
        self._order = torch.Generator().manual_seed(settings.seed)
        self.epochs, self._since_best = 0, 0
        self.loss = self._best_loss = float("inf")
        self._best = {name: tensor.clone() for name, tensor in self._network.state_dict().items()}

    @property
    def finished(self) -> bool:
        return self.epochs >= self._settings.epochs or self._since_best >= self._settings.patience

    def epoch(self) -> None:
        features, high = self._learn
        self._network.train()
        order = torch.randperm(len(high), generator=self._order).to(self._device)
        for start in range(0, len(high), self._settings.batch):
            rows = order[start : start + self._settings.batch]
            loss = nn.functional.binary_cross_entropy_with_logits(self._network(features[rows]), high[rows])
            self._optimiser.zero_grad()
            torch.autograd.backward(loss)
            self._optimiser.step()
        self._judge()

    @torch.no_grad()
    def _judge(self) -> None:
        self._network.eval()
        features, high = self._check
        logits = self._network(features)
        self.loss = float(nn.functional.binary_cross_entropy_with_logits(logits, high))
        self.epochs += 1
        self._since_best += 1
        if self.loss < self._best_loss:
            self._best_loss, self._since_best = self.loss, 0
            self._best = {name: tensor.clone() for name, tensor in self._network.state_dict().items()}

    def keep(self, file: Path) -> None:
        part = file.with_suffix(".part")
        torch.save(
            {
                "network": self._network.state_dict(),
                "best": self._best,
                "optimiser": self._optimiser.state_dict(),
                "order": self._order.get_state(),
                "numbers": [self.epochs, self._since_best, self._best_loss],
            },
            part,
        )
        part.replace(file)

    def resume(self, file: Path) -> None:
        # weights_only: a checkpoint is read as numbers, never as code.
        kept = torch.load(file, weights_only=True, map_location=self._device)
        self._network.load_state_dict(kept["network"])
        self._best = kept["best"]
        self._optimiser.load_state_dict(kept["optimiser"])
        self._order.set_state(kept["order"].cpu())
        self.epochs, self._since_best, self._best_loss = kept["numbers"]

    def result(self) -> EngagementNetwork:
        self._network.load_state_dict(self._best)
        self._network.cpu().eval().requires_grad_(False)
        features, high = (part.cpu() for part in self._check)
        self._network.temperature.fill_(temperature(self._network(features), high))
        return self._network


def temperature(logits: Tensor, high: Tensor) -> float:
    """The temperature that makes logits (n,) likeliest to be the outcomes (n,) (Guo et al. 2017, section 4.2)."""
    candidates = torch.logspace(-0.7, 0.7, 141)
    losses = [nn.functional.binary_cross_entropy_with_logits(logits / t, high) for t in candidates]
    return float(candidates[int(torch.stack(losses).argmin())])


def figures(network: EngagementNetwork, rated: Rated) -> dict[str, float]:
    """Accuracy, F1, AUROC, calibration error and Brier score on moments that the network has not seen."""
    probability = probabilities(network, rated.features)
    high = (rated.high > binary.HALF).astype(np.float64)
    return {
        "accuracy": binary.accuracy(probability, high),
        "f1": binary.f1(probability, high),
        "auroc": binary.auroc(probability, high),
        "ece": binary.expected_calibration_error(probability, high),
        "brier": binary.brier(probability, high),
    }


@torch.no_grad()
def probabilities(network: EngagementNetwork, features: Array) -> Array:
    """P(high) (n,) of features (n, k)."""
    device = next(network.parameters()).device
    found: Array = torch.sigmoid(network(_tensor(features).to(device))).cpu().double().numpy()
    return found


def _tensor(values: Array) -> Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)


def _column(of: Callable[..., Array], features: Array, empty: float) -> Array:
    """`of` over each column (k,); `empty` for a column without a single value."""
    known = np.isfinite(features).any(axis=0)
    result = np.full(features.shape[1], empty)
    result[known] = of(features[:, known], axis=0)
    return result
