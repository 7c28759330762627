"""A generator's two files: weights as safetensors, and a JSON with its sizes, its schema and where it comes from.

The scale and what is typical of high samples lie with the weights. The schema is inside, so that a folder explains
itself: what each column is, in which range, by which step, what may move and which way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from scoring.counterfactuals.network import Config, Generator
from scoring.counterfactuals.plausibility import Typical
from scoring.counterfactuals.schema import Feature, Schema, SchemaError
from scoring.counterfactuals.training import Scale, Turner
from scoring.engagement.network import ModelFileError

FORMAT = 1
WEIGHTS, CONFIG, CARD = "weights.safetensors", "config.json", "CARD.md"
DEFAULTS = Path(__file__).parent / "defaults"


@dataclass(frozen=True, slots=True)
class About:
    """Where a generator comes from; `classifier` is the version of the model whose verdicts it learnt to turn."""

    name: str
    version: str
    trained_on: str
    classifier: str
    figures: Mapping[str, float] = field(default_factory=dict)


def save(turner: Turner, about: About, folder: Path) -> None:
    """Write both files into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_tensors(turner), folder / WEIGHTS)
    text = {
        "format": FORMAT,
        "config": asdict(turner.generator.config),
        "schema": [asdict(feature) for feature in turner.schema.features],
        "about": asdict(about),
    }
    (folder / CONFIG).write_text(json.dumps(text, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def load(folder: Path) -> tuple[Turner, About]:
    """Read a generator with its scale and schema, ready to be asked.

    Raises:
        ModelFileError: a file is missing, damaged, of another format, or the two do not belong together.
    """
    try:
        text: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        if text["format"] != FORMAT:
            raise ModelFileError(f"{folder} has the format {text['format']}, not {FORMAT}")
        schema = Schema(Feature(**feature) for feature in text["schema"])
        turner = _assembled(schema, Config(**text["config"]), load_file(folder / WEIGHTS))
        about = About(**text["about"])
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError, SchemaError) as error:
        raise ModelFileError(f"{folder} holds no generator of counterfactuals: {error}") from error
    return turner, about


def default() -> tuple[Turner, About]:
    """The generator that comes with Greenroom: trained on simulated people (defaults/CARD.md)."""
    return load(DEFAULTS)


def _tensors(turner: Turner) -> dict[str, Tensor]:
    named = {f"generator.{name}": tensor for name, tensor in turner.generator.state_dict().items()}
    named |= {"mean": turner.scale.mean, "spread": turner.scale.spread}
    named |= {f"typical.{one.name}": getattr(turner.typical, one.name) for one in fields(Typical)}
    return {name: tensor.cpu().contiguous() for name, tensor in named.items()}


def _assembled(schema: Schema, config: Config, tensors: dict[str, Tensor]) -> Turner:
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} holds values that are no numbers")
    k = len(schema)
    mean, spread = tensors.pop("mean"), tensors.pop("spread")
    typical = Typical(**{one.name: tensors.pop(f"typical.{one.name}") for one in fields(Typical)})
    if mean.shape != (k,) or spread.shape != (k,) or not (spread > 0).all():
        raise ValueError(f"the scale is not one of {k} features")
    if typical.covariance.shape != (k, k) or any(
        part.shape != (k,) for part in (typical.mean, typical.low, typical.high)
    ):
        raise ValueError(f"what is typical is not said of {k} features")
    generator = Generator(k, config)
    generator.load_state_dict({name.removeprefix("generator."): value for name, value in tensors.items()})
    return Turner(generator.eval().requires_grad_(False), Scale(mean, spread), schema, typical)
