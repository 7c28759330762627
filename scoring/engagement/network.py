"""Two dense layers over the 18 features and their presence (GANterfactual, section 3.2), with its own scaling inside.

Weights are safetensors; the configuration, the training's summary and the version lie in a JSON file beside them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from scoring.cues.catalogue import CATALOGUE_VERSION, Cue

FEATURES: tuple[str, ...] = tuple(code.value for code in Cue)[:18]
"""The 18 features in the paper's order (figure 4)."""

FORMAT = 1
WEIGHTS, CONFIG = "weights.safetensors", "config.json"


class ModelFileError(Exception):
    """The files are not a model that this version can use; the message says why."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the network is. `clip` bounds a standardised feature: what lies further out says no more."""

    features: tuple[str, ...] = FEATURES
    hidden: int = 32
    clip: float = 4.0
    catalogue_version: int = CATALOGUE_VERSION


@dataclass(frozen=True, slots=True)
class About:
    """Where a model comes from: its name and version, what it was trained on, and its figures on held-out people."""

    name: str
    version: str
    trained_on: str
    figures: Mapping[str, float] = field(default_factory=dict)


class EngagementNetwork(nn.Module):
    """Logit of "high" (n,) from features (n, k) in the catalogue's units, NaN where absent.

    `mean` and `spread` (k,) are those of the training set, `temperature` is fitted afterwards (Guo et al. 2017).
    """

    mean: Tensor
    spread: Tensor
    temperature: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        k = len(config.features)
        self.first = nn.Linear(2 * k, config.hidden)
        self.second = nn.Linear(config.hidden, config.hidden)
        self.out = nn.Linear(config.hidden, 1)
        self.register_buffer("mean", torch.zeros(k))
        self.register_buffer("spread", torch.ones(k))
        self.register_buffer("temperature", torch.ones(()))

    def standardised(self, features: Tensor) -> Tensor:
        """Features (n, k) in training spreads from the training mean; NaN stays NaN."""
        return ((features - self.mean) / self.spread).clamp(-self.config.clip, self.config.clip)

    def forward(self, features: Tensor) -> Tensor:
        z = self.standardised(features)
        present = torch.isfinite(z)
        x = torch.cat([torch.where(present, z, torch.zeros_like(z)), present.to(z.dtype)], dim=-1)
        x = nn.functional.silu(self.first(x))
        x = nn.functional.silu(self.second(x))
        return cast("Tensor", self.out(x)[..., 0] / self.temperature)


def save(network: EngagementNetwork, about: About, folder: Path) -> None:
    """Write both files into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, folder / WEIGHTS)
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
        network.load_state_dict(load_file(folder / WEIGHTS))
        about = About(**text["about"])
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelFileError(f"{folder} holds no engagement model: {error}") from error
    return network.eval().requires_grad_(False), about
