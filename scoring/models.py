"""What is known about a person's usual behaviour, what they do not want to be measured against, and the models in use.

A *baseline* is the mean and spread of each cue over the person's first three answers, refreshed slowly
afterwards (`scoring.cues.baseline`). There is one per person, institution and version of the cue catalogue.
An *accommodation profile* switches cues off or sets targets of the person's own (`scoring.performance.profile`).

The *registry* holds every model that may score answers: a *model version* is one set of weights with its card, shipped
with Greenroom (trained on simulated people) or trained by an institution on its own rated answers. A *model switch*
records who switched which version on; the newest one counts, and without any the shipped version does. A *training
run* is the background job that makes versions and compares them with what is in use.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import ONLY_YOU, Erasure, Fate, Retention, Shown
from accounts.models import Institution, ModelKind, User


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


class ModelVersion(models.Model):
    """One set of weights. `config` is the JSON that lies beside them, `figures` what was measured on held-out people.

    A shipped one has no institution, and its weights lie in the code. A version of counterfactual advice names in
    `against` the version of the engagement model that it explains: it is of use only with that one.
    """

    data_fate: ClassVar[Fate] = Fate(why="a trained model and its card: counts and figures, no person's data")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=ModelKind)
    name = models.CharField(max_length=60, unique=True, help_text=_("What stored results call it."))
    against = models.CharField(max_length=60, blank=True)
    catalogue_version = models.PositiveSmallIntegerField()
    simulated = models.BooleanField(default=False, help_text=_("Trained on simulated people."))
    trained_on = models.CharField(max_length=200)
    figures = models.JSONField(default=dict)
    config = models.JSONField(default=dict)
    card = models.TextField(help_text=_("Markdown."))
    weights = models.BinaryField(blank=True, help_text=_("safetensors, at most some hundred kilobytes."))
    run = models.ForeignKey(
        "scoring.TrainingRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("institution", "kind", "-made_at"), name="version_by_institution"),)

    def __str__(self) -> str:
        return self.name


class SwitchReason(models.TextChoices):
    BETTER = "better", _("Better than the one in use")
    ROLL_BACK = "roll_back", _("Rolled back")


class ModelSwitch(models.Model):
    """From `made_at` on `version` scores the institution's answers. The history is never edited."""

    data_fate: ClassVar[Fate] = Fate(
        why="which model scored whose answers from when on; the person's name goes when the person goes",
        person="by",
        export=True,
        erasure=Erasure.ANONYMISE,
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=ModelKind)
    version = models.ForeignKey(ModelVersion, on_delete=models.RESTRICT, related_name="switches")
    previous = models.ForeignKey(ModelVersion, on_delete=models.RESTRICT, related_name="+")
    reason = models.CharField(max_length=12, choices=SwitchReason)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("institution", "kind", "-made_at"), name="switch_newest_first"),)

    def __str__(self) -> str:
        return f"{self.version_id} from {self.made_at:%Y-%m-%d %H:%M}"


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")


class TrainingRun(models.Model):
    """A training on the institution's own rated answers. `progress` is {"stage": name, "share": 0..1}.

    `trial` is the comparison with the models in use on people held out, `data` counts what was learned from.
    """

    data_fate: ClassVar[Fate] = Fate(
        why="who trained models and how that ended; the person's name goes when the person goes",
        person="by",
        export=True,
        erasure=Erasure.ANONYMISE,
        retention=Retention("created_at", "keep_people_days"),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    progress = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    trial = models.JSONField(default=dict)
    better = models.BooleanField(default=False, help_text=_("May be switched on."))
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("institution", "-created_at"), name="run_newest_first"),)
        constraints = (
            models.UniqueConstraint(
                fields=("institution",),
                condition=models.Q(state__in=("waiting", "running")),
                name="one_training_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"training of {self.created_at:%Y-%m-%d %H:%M}"
