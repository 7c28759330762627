"""The tables on which counterfactuals are compared: simulated interviews, and two that scikit-learn ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn

from scoring.advice.schema import interview_schema
from scoring.counterfactuals import files
from scoring.counterfactuals.network import Config
from scoring.counterfactuals.schema import Feature, Schema
from scoring.counterfactuals.training import Classifier, Scale, Settings, Turner, train
from scoring.engagement import network
from scoring.engagement.serving import enough_signal
from scoring.simulation.dataset import simulate


@dataclass(frozen=True, eq=False)
class Table:
    """Samples (n, k), NaN where absent, in three parts that share no person (of public tables: no row).

    `training` is what every method may learn from, `reference` the real high samples against which plausibility is
    judged, `high` real high samples beside the counterfactuals, `low` the samples to be explained.
    """

    name: str
    classifier: Classifier
    turner: Turner
    training: Tensor
    reference: Tensor
    high: Tensor
    low: Tensor

    @property
    def schema(self) -> Schema:
        return self.turner.schema

    @property
    def scale(self) -> Scale:
        return self.turner.scale

    def called_high(self, samples: Tensor) -> Tensor:
        """Which samples (..., k) the classifier calls high (...)."""
        with torch.no_grad():
            logits = self.classifier(samples.reshape(-1, samples.shape[-1]))
        return (logits >= 0).view(samples.shape[:-1])


TRAINING, REFERENCE, HELD_OUT = 101, 102, 103
"""Seeds of the people whom the methods may learn from, who are compared with, and who are explained. The default models
were trained on other people again (their cards name the seeds)."""


def interviews(low: int) -> Table:
    """Seconds of simulated people, `low` of them to be explained, with the default classifier and generator.

    Left out are seconds of which the classifier says nothing, because too much is absent.

    Raises:
        ModelFileError: there is no default generator.
        ValueError: the default generator was trained against another classifier.
    """
    classifier, about = network.default()
    turner, of = files.default()
    if of.classifier != about.version:
        raise ValueError(
            f"{of.version} was trained against {of.classifier}, but the default is {about.version}"
        )
    turner = Turner(turner.generator, turner.scale, interview_schema(), turner.typical)
    training, reference, held = (_seconds(seed) for seed in (TRAINING, REFERENCE, HELD_OUT))
    with torch.no_grad():
        of_reference, of_held = classifier(reference) >= 0, classifier(held) >= 0
    return Table(
        "interviews",
        classifier,
        turner,
        training,
        reference[of_reference],
        held[of_held][:low],
        held[~of_held][:low],
    )


def _seconds(seed: int, people: int = 1500) -> Tensor:
    """Four seconds each of two answers, in an order that mixes people."""
    features = simulate(seed=seed, people=people, answers=2, seconds=4).features
    features = features[enough_signal(features, network.FEATURES)]
    return _tensor(np.random.default_rng(seed).permutation(features))


class _Small(nn.Module):
    """A small differentiable classifier of a complete table: one hidden layer over standardised features."""

    def __init__(self, scale: Scale, hidden: int = 16) -> None:
        super().__init__()
        self._scale = scale
        self.layers = nn.Sequential(nn.Linear(len(scale.mean), hidden), nn.SiLU(), nn.Linear(hidden, 1))

    def forward(self, samples: Tensor) -> Tensor:
        logits: Tensor = self.layers(self._scale.into(samples)[0])[..., 0]
        return logits


@dataclass(frozen=True)
class Recipe:
    """How a generator is trained on a table."""

    config: Config
    settings: Settings


@dataclass(frozen=True)
class Public:
    """A table of scikit-learn's, which of its classes counts as high, and how the core is trained on it."""

    load: Callable[[], Any]
    high: int
    recipe: Recipe = Recipe(Config(hidden=64), Settings(steps=1500, batch=64, rate=1e-3))


PUBLIC = {"breast_cancer": Public(datasets.load_breast_cancer, 1), "wine": Public(datasets.load_wine, 0)}
"""Wisconsin (569 rows of 30 features; high is benign), and 178 wines (13 features; one cultivar against the rest)."""


def public(name: str) -> Table:
    """A table of `PUBLIC`, split by row: half for training, a quarter to compare with, a quarter to explain."""
    table, of = PUBLIC[name].load(), PUBLIC[name]
    order = np.random.default_rng(0).permutation(len(table.data))
    samples, labels = _tensor(table.data[order]), torch.tensor(table.target[order] == of.high)
    half, rest = len(samples) // 2, len(samples) * 3 // 4
    training, reference, held = samples[:half], samples[half:rest], samples[rest:]
    classifier = _fitted(training, labels[:half])
    schema = Schema(
        Feature(str(title), float(column.min()), float(column.max()))
        for title, column in zip(table.feature_names, training.T, strict=True)
    )
    turner = train(classifier, training, schema, config=of.recipe.config, settings=of.recipe.settings)
    with torch.no_grad():
        of_reference, of_held = classifier(reference) >= 0, classifier(held) >= 0
    return Table(name, classifier, turner, training, reference[of_reference], held[of_held], held[~of_held])


def _fitted(samples: Tensor, labels: Tensor) -> _Small:
    torch.manual_seed(0)
    classifier = _Small(Scale.of(samples))
    optimiser = torch.optim.AdamW(classifier.parameters(), lr=1e-2, weight_decay=1e-1)
    for _ in range(300):
        loss = nn.functional.binary_cross_entropy_with_logits(classifier(samples), labels.to(samples.dtype))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return classifier.eval().requires_grad_(False)


def _tensor(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)
