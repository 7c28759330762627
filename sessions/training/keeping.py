"""What a training made goes into the registry, with the comparison: everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from scoring.models import RunState, TrainingRun
from scoring.registry.actions import Trained, register


class Unusable(Exception):
    """Nothing can be learned from what there is; `problem` says why: too_little, unreadable, no_model."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Learned:
    """The new models, what they were learned from (counts), and how they compare with those in use.

    `trial["against"]` names the model of engagement that the new one was compared with.
    """

    models: Sequence[Trained]
    data: Mapping[str, Any]
    trial: Mapping[str, Any]
    better: bool


@transaction.atomic
def keep(run: TrainingRun, learned: Learned) -> bool:
    """Register the models, whether better or not; False where the run was stopped at the last moment."""
    rows = TrainingRun.objects.select_for_update(of=("self",))
    row = rows.filter(pk=run.pk, state=RunState.RUNNING).first()
    if row is None:
        return False
    for trained in learned.models:
        register(run=row, trained=trained)
    row.state, row.ended_at, row.progress = RunState.DONE, timezone.now(), {}
    row.data, row.trial, row.better = dict(learned.data), dict(learned.trial), learned.better
    row.save()
    return True
