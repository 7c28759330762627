"""The GANterfactual networks with dense in place of convolutional blocks (GANterfactual, section 3.3).

Both generators are residual: they propose a change, which is multiplied by the mask of what may move. So what is frozen
or absent cannot move, whichever mask is asked for; it is drawn at random in training and chosen when asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

SLOPE = 0.2
"""Of the leaky rectifiers, as in CycleGAN's discriminators."""


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes. `reach` is the largest change that a generator proposes, in training spreads."""

    hidden: int = 128
    blocks: int = 2
    discriminator: int = 64
    reach: float = 3.0


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.LeakyReLU(SLOPE), nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + cast("Tensor", self.layers(x))


class Generator(nn.Module):
    """Proposed change (n, k) in training spreads, from standardised values (n, k; 0 where absent) and two masks."""

    def __init__(self, k: int, config: Config) -> None:
        super().__init__()
        self.config = config
        blocks = [_Block(config.hidden) for _ in range(config.blocks)]
        self.layers = nn.Sequential(
            nn.Linear(3 * k, config.hidden), *blocks, nn.LeakyReLU(SLOPE), nn.Linear(config.hidden, k)
        )

    def forward(self, z: Tensor, present: Tensor, free: Tensor) -> Tensor:
        mask = (present & free).to(z.dtype)
        x = torch.cat([z, present.to(z.dtype), mask], dim=-1)
        return self.config.reach * torch.tanh(cast("Tensor", self.layers(x))) * mask


class Discriminator(nn.Module):
    """How real a sample of one class looks (n,), by least squares: 1 is real."""

    def __init__(self, k: int, config: Config) -> None:
        super().__init__()
        width = config.discriminator
        self.layers = nn.Sequential(
            *(nn.Linear(2 * k, width), nn.LeakyReLU(SLOPE), nn.Linear(width, width), nn.LeakyReLU(SLOPE)),
            nn.Linear(width, 1),
        )

    def forward(self, z: Tensor, present: Tensor) -> Tensor:
        return cast("Tensor", self.layers(torch.cat([z, present.to(z.dtype)], dim=-1)))[..., 0]
