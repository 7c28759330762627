"""The models that come with Greenroom. Their weights lie in the code; the registry has a row for each.

Read here are only the JSON and the card beside the weights: nothing that needs torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import scoring
from accounts.models import ModelKind
from scoring.cues.catalogue import CATALOGUE_VERSION

_SCORING = Path(scoring.__file__).parent
FOLDERS: Mapping[ModelKind, Path] = MappingProxyType(
    {
        ModelKind.ENGAGEMENT: _SCORING / "engagement" / "defaults",
        ModelKind.ADVICE: _SCORING / "counterfactuals" / "defaults",
    }
)
CONFIG, CARD = "config.json", "CARD.md"


def name_of(kind: ModelKind) -> str:
    """What the shipped model of this kind is called; empty where none is shipped."""
    found = _about(kind)
    return str(found["version"]) if found else ""


def folder_of(name: str) -> Path | None:
    """Where the weights of a shipped model lie; None for one that is not shipped with this version of Greenroom."""
    return next((FOLDERS[kind] for kind in FOLDERS if name and name_of(kind) == name), None)


def register(model: Any, using: str) -> None:
    """Make or bring up to date the rows of the shipped models; `model` is ModelVersion. Rows of earlier ones stay.

    Idempotent: the same files change nothing.
    """
    for kind in FOLDERS:
        if name_of(kind):
            fields = _fields(kind)
            name = fields.pop("name")
            model.objects.using(using).update_or_create(name=name, institution=None, defaults=fields)


def _fields(kind: ModelKind) -> dict[str, Any]:
    config, about = _config(kind), _about(kind)
    return {
        "name": about["version"],
        "kind": kind.value,
        "against": about.get("classifier", ""),
        "catalogue_version": config["config"].get("catalogue_version", CATALOGUE_VERSION),
        "simulated": about.get("simulated", True),
        "trained_on": about["trained_on"],
        "figures": about["figures"],
        "config": config,
        "card": (FOLDERS[kind] / CARD).read_text(encoding="utf-8"),
    }


def _about(kind: ModelKind) -> dict[str, Any]:
    about: dict[str, Any] = _config(kind).get("about", {})
    return about


@cache
def _config(kind: ModelKind) -> dict[str, Any]:
    """The JSON beside the weights; empty where no model of this kind is shipped."""
    folder = FOLDERS.get(kind)
    if folder is None or not (folder / CONFIG).exists():
        return {}
    config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return config
