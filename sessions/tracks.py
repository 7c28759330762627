"""The stored track of an answer: cues over time."""

from __future__ import annotations

import structlog
from django.core.files.storage import Storage

from scoring.cues.analysis import Track
from scoring.cues.track_file import from_bytes
from sessions.models import AnswerResult

log = structlog.get_logger(__name__)


def track_of(result: AnswerResult) -> Track | None:
    """The track; None where none was stored (simulated history) or its file cannot be read."""
    if not result.track:
        return None
    storage: Storage = result.track.storage
    try:
        with storage.open(str(result.track.name), "rb") as file:
            return from_bytes(file.read())
    except (OSError, ValueError):
        log.warning("track_unreadable", answer=str(result.answer_id))
        return None
