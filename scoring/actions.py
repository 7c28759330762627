"""Writes about what is usual for a person."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from scoring.cues.analysis import Analysis
from scoring.cues.baseline import Baseline
from scoring.models import Baseline as StoredBaseline


@transaction.atomic
def refresh_baseline(*, user_id: UUID, institution_id: UUID, analysis: Analysis) -> Baseline:
    """One more answer: the first three calibrate, later ones move it slowly. Call it once for each answer."""
    row, _ = StoredBaseline.objects.select_for_update().get_or_create(
        user_id=user_id, institution_id=institution_id, catalogue_version=analysis.catalogue_version
    )
    baseline = Baseline.from_json(row.stats).with_answer(analysis.values, analysis.neutral)
    row.stats, row.refreshed_at = baseline.to_json(), timezone.now()
    row.save(update_fields=["stats", "refreshed_at"])
    return baseline
