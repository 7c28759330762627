"""Reads about what is usual for a person."""

from __future__ import annotations

from uuid import UUID

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.models import Baseline as StoredBaseline


def baseline_of(*, user_id: UUID, institution_id: UUID) -> Baseline | None:
    """What is usual for this person, by the catalogue of today; None before the first answer."""
    row = StoredBaseline.objects.filter(
        user_id=user_id, institution_id=institution_id, catalogue_version=CATALOGUE_VERSION
    ).first()
    return Baseline.from_json(row.stats) if row else None
