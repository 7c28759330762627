"""Reads about what is usual for a person, and about what they left out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.models import AccommodationProfile
from scoring.models import Baseline as StoredBaseline
from scoring.performance.index import NO_PROFILE, Profile
from scoring.performance.profile import from_json


def baseline_of(*, user_id: UUID, institution_id: UUID) -> Baseline | None:
    """What is usual for this person, by the catalogue of today; None before the first answer."""
    row = StoredBaseline.objects.filter(
        user_id=user_id, institution_id=institution_id, catalogue_version=CATALOGUE_VERSION
    ).first()
    return Baseline.from_json(row.stats) if row else None


def profile_of(*, user_id: UUID, institution_id: UUID) -> Profile:
    """What this person left out, and their own targets; an empty profile where they asked for nothing."""
    row = AccommodationProfile.objects.filter(user_id=user_id, institution_id=institution_id).first()
    return from_json(row.off, row.targets) if row else NO_PROFILE


def profiles_of(*, user_ids: Collection[UUID], institution_id: UUID) -> dict[UUID, Profile]:
    """The profiles of several people, in one query; an empty one where somebody asked for nothing."""
    rows = AccommodationProfile.objects.filter(user_id__in=user_ids, institution_id=institution_id)
    found = {row.user_id: from_json(row.off, row.targets) for row in rows}
    return {key: found.get(key, NO_PROFILE) for key in user_ids}
