"""Putting a training into the queue."""

from __future__ import annotations

from uuid import UUID

LOCK = "training"
"""One training at a time, whosever it is: it may fill the memory of a machine."""


def queue_training(*, run_id: UUID) -> None:
    from sessions.training.tasks import train_models

    train_models.configure(lock=LOCK).defer(run_id=str(run_id))
