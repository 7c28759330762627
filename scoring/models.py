"""What is known about a person's usual behaviour, and what they do not want to be measured against.

A *baseline* is the mean and spread of each cue over the person's first three answers, refreshed slowly
afterwards (`scoring.cues.baseline`). There is one per person, institution and version of the cue catalogue.
An *accommodation profile* switches cues off or sets targets of the person's own (`scoring.performance.profile`).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import ONLY_YOU, Erasure, Fate, Shown
from accounts.models import Institution, User


class Baseline(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="the person's own usual values, to compare an answer with",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("Your usual values, to compare an answer with"), ONLY_YOU),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="baselines")
    catalogue_version = models.PositiveSmallIntegerField()
    stats = models.JSONField(default=dict)
    refreshed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "user", "catalogue_version"), name="one_baseline_per_catalogue"
            ),
        )

    def __str__(self) -> str:
        return f"baseline of {self.user_id}"


class AccommodationProfile(models.Model):
    """`off` holds codes of cues, `targets` is {code: {"low", "high", "wide_low", "wide_high"}}. Nobody asks why."""

    data_fate: ClassVar[Fate] = Fate(
        why="what the person does not want to be measured against",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("What you left out, and your own targets"), ONLY_YOU),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="accommodations")
    off = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    targets = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("institution", "user"), name="one_accommodation_profile_each"),
        )

    def __str__(self) -> str:
        return f"accommodations of {self.user_id}"
