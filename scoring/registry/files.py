"""From a version to its network. torch is imported here, inside the functions: a page that asks for it is at fault.

A network is read once in a process. Its weights come from the registry, those of a shipped one from the code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from scoring.models import ModelVersion
from scoring.registry import shipped

if TYPE_CHECKING:
    from scoring.counterfactuals.training import Turner
    from scoring.engagement.network import EngagementNetwork

WEIGHTS = "weights.safetensors"
KEPT = 8
"""Networks of each kind that a process keeps: some hundred kilobytes each."""


class NoWeights(Exception):
    """The version was shipped with another version of Greenroom: its weights are not here any more."""


def engagement(version: ModelVersion) -> EngagementNetwork:
    """The network of an engagement version. Raises NoWeights, ModelFileError."""
    return cast("EngagementNetwork", _engagement(_Key(version)))


def generator(version: ModelVersion) -> Turner:
    """The generator of an advice version, with its scale and schema. Raises NoWeights, ModelFileError."""
    return cast("Turner", _generator(_Key(version)))


class _Key:
    """A version, the same as any other of its name: names are unique and a version's weights never change."""

    def __init__(self, version: ModelVersion) -> None:
        self.version = version

    def __hash__(self) -> int:
        return hash(self.version.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.version.name == self.version.name


@lru_cache(maxsize=KEPT)
def _engagement(key: _Key) -> object:
    from scoring.engagement.network import load

    with _folder(key.version) as folder:
        return load(folder)[0]


@lru_cache(maxsize=KEPT)
def _generator(key: _Key) -> object:
    from scoring.counterfactuals.files import load

    with _folder(key.version) as folder:
        return load(folder)[0]


@contextmanager
def _folder(version: ModelVersion) -> Iterator[Path]:
    """The version's files as a folder, in which the core reads and checks them."""
    if version.institution_id is None:
        yield _shipped(version)
        return
    with TemporaryDirectory(prefix="greenroom-model-") as name:
        folder = Path(name)
        (folder / WEIGHTS).write_bytes(version.weights)
        (folder / shipped.CONFIG).write_text(json.dumps(version.config), encoding="utf-8")
        yield folder


def _shipped(version: ModelVersion) -> Path:
    folder = shipped.folder_of(version.name)
    if folder is None:
        raise NoWeights(version.name)
    return folder
