"""Writes about what is usual for a person, and about what they leave out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from scoring.cues.analysis import Analysis
from scoring.cues.baseline import Baseline
from scoring.models import AccommodationProfile
from scoring.models import Baseline as StoredBaseline
from scoring.performance.index import Profile
from scoring.performance.profile import checked, to_json


def hold_person(*, user_id: UUID) -> None:
    """Until the transaction ends nobody else changes this person's profile, baseline or scores by way of here.

    A result is locked before its person, never after: deleting an account takes them in that order.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)


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


@transaction.atomic
def set_profile(
    *, user_id: UUID, institution_id: UUID, off: Iterable[str], targets: Mapping[str, Mapping[str, Any]]
) -> Profile:
    """The person's whole profile, in the place of what it was. Raises ProfileError; then nothing was written.

    The scores that were made by another profile are `sessions.scores.score_again`'s to make anew.
    """
    profile = checked(off, targets)
    codes, stored = to_json(profile)
    hold_person(user_id=user_id)
    AccommodationProfile.objects.update_or_create(
        user_id=user_id,
        institution_id=institution_id,
        defaults={"off": codes, "targets": stored, "updated_at": timezone.now()},
    )
    return profile
