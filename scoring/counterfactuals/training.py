"""Adversarial training of the generators against a frozen classifier (GANterfactual, section 3.3).

Losses: adversarial by least squares 1, counterfactual (the classifier's verdict on what was generated) 1, cycle L1 10,
identity L1 1; Adam with 2e-4 and beta1 0.5, as in CycleGAN. Beyond the paper: distance from the typical sample of the
wanted class 4, since an adversary alone is content when everybody is moved by the same amount, whoever is in need of
it. Seeds are fixed; a killed training goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from scoring.counterfactuals.network import Config, Discriminator, Generator
from scoring.counterfactuals.plausibility import Typical
from scoring.counterfactuals.schema import Schema

Classifier = Callable[[Tensor], Tensor]
"""Logit of "high" (n,) of features (n, k) in the table's units, NaN where absent. Differentiable; not trained here."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Weights of the losses, and how long and how fast."""

    seed: int = 0
    steps: int = 6000
    batch: int = 256
    rate: float = 2e-4
    beta1: float = 0.5
    adversarial: float = 1.0
    counterfactual: float = 1.0
    cycle: float = 10.0
    identity: float = 1.0
    typical: float = 4.0
    """Beyond the paper: of the squared distance from what is typical of the class, for each feature."""
    frozen_at_most: float = 0.6
    """Share of features that a training mask freezes at most."""
    bound: float = 0.5
    """Share of samples in which the schema's unmovable features are frozen; in the others the generator moves them."""


Report = Callable[[int, int], None]
"""Told every hundred steps: steps done, of how many."""

REPORT_EVERY = 100


class Scale:
    """Standardises the table: mean and spread (k,) of each feature where it is present."""

    def __init__(self, mean: Tensor, spread: Tensor) -> None:
        self.mean, self.spread = mean, spread

    @classmethod
    def of(cls, features: Tensor) -> Scale:
        present = torch.isfinite(features)
        count = present.sum(dim=0).clamp(min=1)
        filled = torch.where(present, features, torch.zeros_like(features))
        mean = filled.sum(dim=0) / count
        off = torch.where(present, features - mean, torch.zeros_like(features))
        spread = (off**2).sum(dim=0).div(count).sqrt()
        return cls(mean, torch.where(spread > 0, spread, torch.ones_like(spread)))

    def into(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised values with 0 where absent, and what is present."""
        present = torch.isfinite(features)
        z = (features - self.mean) / self.spread
        return torch.where(present, z, torch.zeros_like(z)), present

    def back(self, z: Tensor, present: Tensor) -> Tensor:
        """The inverse of `into`."""
        return torch.where(present, z * self.spread + self.mean, torch.full_like(z, torch.nan))


class Turner:
    """A generator in the table's units: what it makes of a sample is always allowed by the schema.

    With `typical`, what the high samples are like, a change goes no further than to their middle. In training there is
    none: whole distributions are to be matched.
    """

    def __init__(
        self, generator: Generator, scale: Scale, schema: Schema, typical: Typical | None = None
    ) -> None:
        self.generator, self.scale, self.schema = generator, scale, schema
        self.typical = typical or Typical.standard(len(schema))

    def unbound(self) -> Turner:
        """The same with every feature movable: what it would change if all could be advised."""
        return Turner(self.generator, self.scale, self.schema.unbound(), self.typical)

    def __call__(self, features: Tensor, free: Tensor) -> Tensor:
        z, present = self.scale.into(features)
        wanted = z + self.generator(z, present, free & self.schema.movable)
        moved = self.scale.back(self.typical.towards(z, wanted), present)
        allowed = self.schema.allowed(features, moved, free & present)
        # Straight through: at a bound the generator still learns which way it would have had to go.
        return (
            torch.where(present, moved + (allowed - moved).detach(), allowed)
            if moved.requires_grad
            else allowed
        )


def train(
    classifier: Classifier,
    features: Tensor,
    schema: Schema,
    *,
    config: Config | None = None,
    settings: Settings | None = None,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> Turner:
    """The generator from low to high, with its scale and schema. features (n, k), NaN where absent.

    The classes are what the classifier says, not what raters said: it is the classifier that is explained.

    Raises:
        ValueError: the classifier calls all samples high, or all low.
    """
    run = _Run(classifier, features, schema, config or Config(), settings or Settings())
    if checkpoint is not None and checkpoint.exists():
        run.resume(checkpoint)
    while run.steps < run.settings.steps:
        run.step()
        if run.steps % REPORT_EVERY == 0:
            if checkpoint is not None:
                run.keep(checkpoint)
            if report is not None:
                report(run.steps, run.settings.steps)
    run.up.generator.eval().requires_grad_(False)
    return run.up


class _Run:
    """A training in progress: everything that a checkpoint holds."""

    def __init__(
        self, classifier: Classifier, features: Tensor, schema: Schema, config: Config, settings: Settings
    ) -> None:
        self.settings, self._classifier, self._schema = settings, classifier, schema
        self.scale = Scale.of(features)
        with torch.no_grad():
            high = classifier(features) >= 0
        self._low, self._high = features[~high], features[high]
        if not len(self._low) or not len(self._high):
            raise ValueError("the classifier gives all samples the same class: there is nothing to explain")
        torch.manual_seed(settings.seed)
        self._random = torch.Generator().manual_seed(settings.seed)
        k = len(schema)
        # Down again: what may only rise on the way up may only fall on the way back.
        generator = Generator(k, config)
        self.up = Turner(generator, self.scale, schema, Typical.of(*self.scale.into(self._high)))
        self._raise = Turner(generator, self.scale, schema.unbound())
        self._typical_low = Typical.of(*self.scale.into(self._low))
        self._lower = Turner(Generator(k, config), self.scale, schema.unbound().reversed())
        self._is_high, self._is_low = Discriminator(k, config), Discriminator(k, config)
        self._makers = nn.ModuleList([self.up.generator, self._lower.generator])
        self._judges = nn.ModuleList([self._is_high, self._is_low])
        betas = (settings.beta1, 0.999)
        self._making = torch.optim.Adam(self._makers.parameters(), lr=settings.rate, betas=betas)
        self._judging = torch.optim.Adam(self._judges.parameters(), lr=settings.rate, betas=betas)
        self.steps = 0

    def step(self) -> None:
        low, high = self._draw(self._low), self._draw(self._high)
        raised, lowered = self._raise(*low), self._lower(*high)
        self._improve(self._making, torch.stack(self._makers_losses(low, high, raised, lowered)).sum())
        self._improve(self._judging, self._judges_loss(low[0], high[0], raised.detach(), lowered.detach()))
        self.steps += 1

    def _makers_losses(
        self, low: tuple[Tensor, Tensor], high: tuple[Tensor, Tensor], raised: Tensor, lowered: Tensor
    ) -> tuple[Tensor, ...]:
        s, bce = self.settings, nn.functional.binary_cross_entropy_with_logits
        adversarial = _squares(self._judge(self._is_high, raised), 1) + _squares(
            self._judge(self._is_low, lowered), 1
        )
        up, down = self._classifier(raised), self._classifier(lowered)
        verdict = bce(up, torch.ones_like(up)) + bce(down, torch.zeros_like(down))
        cycle = self._apart(self._lower(raised, low[1]), low[0]) + self._apart(
            self._raise(lowered, high[1]), high[0]
        )
        identity = self._apart(self._raise(*high), high[0]) + self._apart(self._lower(*low), low[0])
        typical = self._untypical(self.up.typical, raised) + self._untypical(self._typical_low, lowered)
        return (
            *(s.adversarial * adversarial, s.counterfactual * verdict, s.cycle * cycle),
            *(s.identity * identity, s.typical * typical),
        )

    def _judges_loss(self, low: Tensor, high: Tensor, raised: Tensor, lowered: Tensor) -> Tensor:
        pairs = ((self._is_high, high, raised), (self._is_low, low, lowered))
        losses = [
            _squares(self._judge(judge, real), 1) + _squares(self._judge(judge, made), 0)
            for judge, real, made in pairs
        ]
        return torch.stack(losses).sum()

    def _judge(self, judge: Discriminator, features: Tensor) -> Tensor:
        found: Tensor = judge(*self.scale.into(features))
        return found

    def _apart(self, a: Tensor, b: Tensor) -> Tensor:
        """Mean distance in spreads; what is absent is no distance."""
        return (self.scale.into(a)[0] - self.scale.into(b)[0]).abs().mean()

    def _untypical(self, of: Typical, features: Tensor) -> Tensor:
        return of.distance(*self.scale.into(features)).mean() / len(self._schema)

    def _draw(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """A batch, and which of its features are free: from all to few, within the schema or beyond it."""
        rows = torch.randint(len(samples), (self.settings.batch,), generator=self._random)
        batch = samples[rows]
        frozen = torch.rand(len(batch), 1, generator=self._random) * self.settings.frozen_at_most
        free = torch.rand(batch.shape, generator=self._random) >= frozen
        bound = torch.rand(len(batch), 1, generator=self._random) < self.settings.bound
        return batch, free & (self._schema.movable | ~bound)

    @staticmethod
    def _improve(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()

    def keep(self, file: Path) -> None:
        part = file.with_suffix(".part")
        torch.save(
            {
                "makers": self._makers.state_dict(),
                "judges": self._judges.state_dict(),
                "making": self._making.state_dict(),
                "judging": self._judging.state_dict(),
                "random": self._random.get_state(),
                "steps": self.steps,
            },
            part,
        )
        part.replace(file)

    def resume(self, file: Path) -> None:
        # weights_only: a checkpoint is read as numbers, never as code.
        kept = torch.load(file, weights_only=True)
        self._makers.load_state_dict(kept["makers"])
        self._judges.load_state_dict(kept["judges"])
        self._making.load_state_dict(kept["making"])
        self._judging.load_state_dict(kept["judging"])
        self._random.set_state(kept["random"])
        self.steps = kept["steps"]


def _squares(found: Tensor, wanted: float) -> Tensor:
    return ((found - wanted) ** 2).mean()
