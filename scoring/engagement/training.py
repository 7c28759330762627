"""How the network is trained: people held out for stopping and for the temperature, seeds fixed, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from scoring.engagement.network import Config, EngagementNetwork
from scoring.metrics import binary

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Rated moments: features (n, k) with NaN where absent, high (n,) 0 or 1 (or between), person (n,) numbers.

    Several raters' ratings are soft labels: the share of them that is high, and for more than two levels `above`
    (n, levels - 1), the share above each level but the last. `weight` (n,) is what a moment counts, 1 where it is None.
    `answer` (n,) is given where whole answers were rated and their label was given to their seconds (a weak label).
    """

    features: Array
    high: Array
    person: NDArray[np.intp]
    above: Array | None = None
    weight: Array | None = None
    answer: NDArray[np.intp] | None = None

    def of(self, rows: NDArray[np.bool_]) -> Rated:
        """The part in these rows (n,)."""
        return Rated(
            *(self.features[rows], self.high[rows], self.person[rows]),
            above=None if self.above is None else self.above[rows],
            weight=None if self.weight is None else self.weight[rows],
            answer=None if self.answer is None else self.answer[rows],
        )

    @property
    def targets(self) -> Array:
        """Share of the ratings above each level but the last (n, levels - 1)."""
        return self.high[:, None] if self.above is None else self.above


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one training. `held_out` is the share of people kept for stopping early and for the temperature.

    `decay` draws the weights to 0, `pull` to those that the training started from (Li et al. 2018, L2-SP).
    """

    seed: int = 0
    epochs: int = 40
    patience: int = 8
    batch: int = 512
    rate: float = 1e-3
    decay: float = 1e-2
    pull: float = 0.0
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
    start: EngagementNetwork | None = None,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> EngagementNetwork:
    """A network, calibrated. With `checkpoint`, a training that was killed goes on from that file.

    With `start` it begins at that network's layers, scaling included, instead of at random ones: where there are few
    ratings, most of what is to be learnt is known already. The thresholds come along where the levels are as many.

    Raises:
        ValueError: fewer than two people, only one class, or a `start` of other features or another size.
    """
    config, settings = config or Config(levels=rated.targets.shape[1] + 1), settings or Settings()
    held = split_people(rated.person, settings.held_out, settings.seed)
    if len(np.unique(rated.high[~held])) < 2:
        raise ValueError("a training needs moments rated high and low")
    run = _Run(rated.of(~held), rated.of(held), config, settings)
    if start is not None:
        run.start_from(start)
    if checkpoint is not None and checkpoint.exists():
        run.resume(checkpoint)
    while not run.finished:
        run.epoch()
        if checkpoint is not None:
            run.keep(checkpoint)
        if report is not None:
            report(run.epochs, settings.epochs, run.loss)
    return run.result()


ALL = slice(None)


class _Moments(NamedTuple):
    """What the network learns from or is judged by, as tensors on its device."""

    features: Tensor
    targets: Tensor
    weight: Tensor

    @classmethod
    def of(cls, rated: Rated, device: torch.device) -> _Moments:
        weight = np.ones(len(rated.high)) if rated.weight is None else rated.weight / rated.weight.mean()
        parts = (rated.features, rated.targets, weight)
        return cls(*(_tensor(part).to(device) for part in parts))

    def loss(self, network: EngagementNetwork, rows: Tensor | slice = ALL) -> Tensor:
        """The network's mean loss on these rows."""
        return self.loss_of(network.above(self.features[rows]), rows)

    def loss_of(self, above: Tensor, rows: Tensor | slice = ALL) -> Tensor:
        """Mean of the thresholds' losses (McCullagh 1980; soft labels), weighted, of logits (rows, levels - 1)."""
        losses = nn.functional.binary_cross_entropy_with_logits(above, self.targets[rows], reduction="none")
        return (losses.mean(dim=-1) * self.weight[rows]).mean()


class _Run:
    """A training in progress: everything that a checkpoint holds."""

    def __init__(self, learn: Rated, check: Rated, config: Config, settings: Settings) -> None:
        self._settings, self._held = settings, check
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(settings.seed)
        self._network = EngagementNetwork(config)
        self._network.mean.copy_(_tensor(_column(np.nanmean, learn.features, 0.0)))
        self._network.spread.copy_(_tensor(np.maximum(_column(np.nanstd, learn.features, 1.0), 1e-6)))
        self._network.to(self._device)
        self._learn, self._check = _Moments.of(learn, self._device), _Moments.of(check, self._device)
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), lr=settings.rate, weight_decay=settings.decay
        )
        self._order = torch.Generator().manual_seed(settings.seed)
        self.epochs, self._since_best = 0, 0
        self.loss = self._best_loss = float("inf")
        self._best = _copied(self._network)
        self._origin: list[Tensor] | None = None

    def start_from(self, other: EngagementNetwork) -> None:
        ours, theirs = self._network.config, other.config
        if (ours.features, ours.hidden) != (theirs.features, theirs.hidden):
            raise ValueError("the network to start from has other features or another size")
        known = other.state_dict()
        if ours.levels != theirs.levels:
            del known["gaps"]
        self._network.load_state_dict(known, strict=False)
        self._network.temperature.fill_(1.0)
        self._network.whole_temperature.fill_(1.0)
        self._fit_head()
        self._origin = [weights.detach().clone() for weights in self._network.parameters()]
        self._judge()

    def _fit_head(self) -> None:
        """Thresholds and the score's size alone: the point from which whatever else is learnt must improve."""
        network, size = self._network, torch.ones((), device=self._device, requires_grad=True)
        with torch.no_grad():
            scores = network.scores(self._learn.features)
        head = torch.optim.LBFGS([size, network.gaps], max_iter=100, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            head.zero_grad()
            found = self._learn.loss_of(size * scores - network.thresholds())
            torch.autograd.backward(found)
            return found

        head.step(loss)  # type: ignore[no-untyped-call]
        with torch.no_grad():
            network.score.weight.mul_(size)

    @property
    def finished(self) -> bool:
        return self.epochs >= self._settings.epochs or self._since_best >= self._settings.patience

    def epoch(self) -> None:
        self._network.train()
        count = len(self._learn.targets)
        order = torch.randperm(count, generator=self._order).to(self._device)
        for start in range(0, count, self._settings.batch):
            loss = self._learn.loss(self._network, order[start : start + self._settings.batch])
            self._optimiser.zero_grad()
            torch.autograd.backward(loss)
            self._optimiser.step()
            self._pull()
        self.epochs += 1
        self._since_best += 1
        self._judge()

    @torch.no_grad()
    def _pull(self) -> None:
        if self._origin is not None:
            for weights, origin in zip(self._network.parameters(), self._origin, strict=True):
                weights.lerp_(origin, self._settings.rate * self._settings.pull)

    @torch.no_grad()
    def _judge(self) -> None:
        self._network.eval()
        self.loss = float(self._check.loss(self._network))
        if self.loss < self._best_loss:
            self._best_loss, self._since_best = self.loss, 0
            self._best = _copied(self._network)

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
        return calibrated(self._network, self._held)


def calibrated(network: EngagementNetwork, rated: Rated) -> EngagementNetwork:
    """The same network with the temperatures that suit people whom it has not seen."""
    network.temperature.fill_(1.0)
    targets = _tensor(rated.targets)
    with torch.no_grad():
        logits = network.above(_tensor(rated.features))
    network.temperature.fill_(temperature(logits.flatten(), targets.flatten()))
    if rated.answer is not None:
        mean, high = (
            _tensor(means(part, rated.answer))
            for part in (probabilities(network, rated.features), rated.high)
        )
        network.whole_temperature.fill_(temperature(torch.logit(mean, 1e-6), high))
    return network


def means(values: Array, answer: NDArray[np.intp]) -> Array:
    """The mean of each answer's seconds (answers,), in the order of the answers' numbers; values, answer: (n,)."""
    _, place = np.unique(answer, return_inverse=True)
    total: Array = np.bincount(place, values) / np.bincount(place)
    return total


def _copied(network: EngagementNetwork) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def temperature(logits: Tensor, high: Tensor) -> float:
    """The temperature that makes logits (n,) likeliest to be the outcomes (n,) (Guo et al. 2017, section 4.2)."""
    candidates = torch.logspace(-1.4, 0.7, 211)
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
