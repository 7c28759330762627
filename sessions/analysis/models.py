"""Where the models are that media are read with: only files that are what they should be are named to the child."""

from __future__ import annotations

from pathlib import Path

import structlog

from greenroom import models_store
from scoring.media.signals import ModelFiles

log = structlog.get_logger(__name__)


def files(*, landmarks: bool) -> ModelFiles:
    """The models for a transcript, and those for landmarks where they are wanted. A missing one is None."""
    seen = {name: _file(name) for name in ("face", "pose", "hand")} if landmarks else {}
    return ModelFiles(words=_file("words"), **seen)


def _file(name: str) -> Path | None:
    try:
        return models_store.verify(name)
    except models_store.ModelStoreError as error:
        log.warning("model_missing", model=name, problem=type(error).__name__)
        return None
