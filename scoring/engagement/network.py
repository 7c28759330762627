"""Two dense layers over the 18 features and their presence (GANterfactual, section 3.2), with its own scaling inside.

The head is ordinal (McCullagh 1980): one score, and an ordered threshold below each level but the first. "High" is
above the middle of the scale; a rating of low or high is the case of a single threshold. Weights are safetensors; the
configuration, the figures and the version lie in a JSON file beside them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.engagement import features as table

FEATURES = table.FEATURES

FORMAT = 1
WEIGHTS, CONFIG, CARD = "weights.safetensors", "config.json", "CARD.md"
DEFAULTS = Path(__file__).parent / "defaults"
MOST_HIDDEN, MOST_LEVELS = 1024, 10


class ModelFileError(Exception):
    """The files are not a model that this version can use; the message says why."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the network is. `clip` bounds a standardised feature: what lies further out says no more.

    `levels` is how many a rating has, from 1 upwards. Raises ValueError where a size is out of bounds.
    """

    features: tuple[str, ...] = FEATURES
    hidden: int = 32
    levels: int = 2
    clip: float = 4.0
    catalogue_version: int = CATALOGUE_VERSION

    def __post_init__(self) -> None:
        if not 1 <= self.hidden <= MOST_HIDDEN:
            raise ValueError(f"a layer of {self.hidden}: 1 to {MOST_HIDDEN} are possible")
        if not 2 <= self.levels <= MOST_LEVELS:
            raise ValueError(f"{self.levels} levels: 2 to {MOST_LEVELS} are possible")

    @property
    def middle(self) -> tuple[int, ...]:
        """Places of the thresholds around the middle of the scale: one of an even number of levels, two of an odd."""
        return middle_of(self.levels)


def middle_of(levels: int) -> tuple[int, ...]:
    """Which of the levels - 1 thresholds high is judged by: a rating right in the middle is half a high one."""
    return (levels // 2 - 1,) if levels % 2 == 0 else (levels // 2 - 1, levels // 2)


@dataclass(frozen=True, slots=True)
class About:
    """Where a model comes from: its name and version, what it was trained on, and its figures on held-out people.

    `simulated` is said wherever the model's result is shown.
    """

    name: str
    version: str
    trained_on: str
    figures: Mapping[str, float] = field(default_factory=dict)
    simulated: bool = False


class EngagementNetwork(nn.Module):
    """Logit of "high" (n,) from features (n, k) in the catalogue's units, NaN where absent.

    `mean` and `spread` (k,) are those of the training set. Fitted afterwards (Guo et al. 2017): `temperature` of a
    second's logit, and `whole_temperature` of a whole answer's, which stays 1 where seconds were rated.
    """

    mean: Tensor
    spread: Tensor
    temperature: Tensor
    whole_temperature: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        k = len(config.features)
        self.first = nn.Linear(2 * k, config.hidden)
        self.second = nn.Linear(config.hidden, config.hidden)
        self.score = nn.Linear(config.hidden, 1, bias=False)
        self.gaps = nn.Parameter(torch.zeros(config.levels - 1))
        self.register_buffer("mean", torch.zeros(k))
        self.register_buffer("spread", torch.ones(k))
        self.register_buffer("temperature", torch.ones(()))
        self.register_buffer("whole_temperature", torch.ones(()))

    def standardised(self, features: Tensor) -> Tensor:
        """Features (n, k) in training spreads from the training mean; NaN stays NaN."""
        return ((features - self.mean) / self.spread).clamp(-self.config.clip, self.config.clip)

    def thresholds(self) -> Tensor:
        """Ascending (levels - 1,): the first is free, each further one lies above the one before."""
        first, further = self.gaps[:1], nn.functional.softplus(self.gaps[1:])
        return torch.cat([first, first + further.cumsum(0)])

    def forward(self, features: Tensor) -> Tensor:
        above = self.above(features)[..., list(self.config.middle)]
        if above.shape[-1] == 1:
            return above[..., 0]
        return torch.logit(torch.sigmoid(above).mean(dim=-1), eps=1e-6)

    def above(self, features: Tensor) -> Tensor:
        """Logits of "rated above level j" (n, levels - 1) for j from 1."""
        return (self.scores(features) - self.thresholds()) / self.temperature

    def scores(self, features: Tensor) -> Tensor:
        """The one number (n, 1) that the thresholds are held against."""
        z = self.standardised(features)
        present = torch.isfinite(z)
        x = torch.cat([torch.where(present, z, torch.zeros_like(z)), present.to(z.dtype)], dim=-1)
        x = nn.functional.silu(self.first(x))
        x = nn.functional.silu(self.second(x))
        return cast("Tensor", self.score(x))

    def whole(self, mean: float) -> float:
        """P(the answer is rated high) from the mean of its seconds' probabilities."""
        kept = min(max(mean, 1e-6), 1 - 1e-6)
        logit = math.log(kept / (1 - kept)) / float(self.whole_temperature)
        return 1 / (1 + math.exp(-logit))


def save(network: EngagementNetwork, about: About, folder: Path) -> None:
    """Write both files into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    (folder / WEIGHTS).write_bytes(to_bytes(weights))
    text = {"format": FORMAT, "config": asdict(network.config), "about": asdict(about)}
    (folder / CONFIG).write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")


def load(folder: Path) -> tuple[EngagementNetwork, About]:
    """Read a model, ready to be asked.

    Raises:
        ModelFileError: a file is missing, damaged, of another format or of another catalogue's features.
    """
    try:
        text: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        if text["format"] != FORMAT:
            raise ModelFileError(f"{folder} has the format {text['format']}, not {FORMAT}")
        stored = text["config"]
        network = EngagementNetwork(Config(**{**stored, "features": tuple(stored["features"])}))
        if network.config.catalogue_version != CATALOGUE_VERSION:
            raise ModelFileError(f"{folder} was trained on the features of another catalogue")
        network.load_state_dict(load_file(folder / WEIGHTS))
        _check_numbers(network)
        about = About(**text["about"])
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelFileError(f"{folder} holds no engagement model: {error}") from error
    return network.eval().requires_grad_(False), about


def _check_numbers(network: EngagementNetwork) -> None:
    for name, tensor in network.state_dict().items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} holds values that are no numbers")
    for name in ("spread", "temperature", "whole_temperature"):
        if not (network.get_buffer(name) > 0).all():
            raise ValueError(f"{name} must be above 0")


@cache
def default() -> tuple[EngagementNetwork, About]:
    """The model that comes with Greenroom, trained on simulated people; its card lies beside it."""
    return load(DEFAULTS)
