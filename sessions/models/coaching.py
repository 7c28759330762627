"""What follows from an answer: advice, the drill that practises it, and what its person disputes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import ONLY_YOU, Erasure, Fate, Retention, Shown
from accounts.models import Institution, User
from scoring.models import ModelVersion, RunState
from sessions.models.practice import Answer, PracticeSession


class Advice(models.Model):
    """At most two changes with which the answer would probably have come across better, or the reason why none.

    `changes` is [{"cue", "direction": "up" or "down", "before", "after", "seconds", "moments": [[start_ms, end_ms],
    ..]}, ..], most useful first, values in the cue's unit, moments on stream time. `details` is {"seconds", "low",
    "turned", "before", "after"}: seconds that have an estimate, how many of them were estimated low, how many of those
    the changes would turn, and the mean probability of "high" before and after. A new version keeps the old row, no
    longer `current`.
    """

    data_fate: ClassVar[Fate] = Fate(
        why="what small change would come across better in an answer",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("Advice on your answers"), ONLY_YOU),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="advice")
    version = models.CharField(max_length=60, help_text=_("Of the model that proposed the changes."))
    engagement_version = models.CharField(
        max_length=60, help_text=_("Of the model whose estimate they change.")
    )
    changes = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    missing = models.CharField(max_length=20, blank=True)
    current = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer",), condition=models.Q(current=True), name="one_current_advice"
            ),
        )

    def __str__(self) -> str:
        return f"advice on {self.answer_id}"


class Drill(models.Model):
    """A practice session of one question that watches only the advised cues, to compare with the answer before.

    `before` is {code: {"v", "error"} or {"absent": reason}}, as measured in the answer that the advice was about, and
    `after` the same of the drill, once it is analysed; an error that nobody knows is left out. `aims` is {code:
    {"direction": "up" or "down", "low", "high"}}: which way it should go, and from where on it is there; each only
    where there is one. All of it stays when that answer is deleted.
    """

    data_fate: ClassVar[Fate] = Fate(
        why="which advice a short practice was about",
        person="session__user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("Drills: what you practised at once"), ONLY_YOU),
    )

    session = models.OneToOneField(
        PracticeSession, primary_key=True, on_delete=models.CASCADE, related_name="drill"
    )
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    advice = models.ForeignKey(Advice, null=True, on_delete=models.SET_NULL, related_name="drills")
    source = models.ForeignKey(Answer, null=True, on_delete=models.SET_NULL, related_name="drills")
    cues = ArrayField(models.CharField(max_length=20))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    aims = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"drill of {self.session_id}"


class About(models.TextChoices):
    """What a dispute is about."""

    CUE = "cue", _("Something that was measured")
    TRANSCRIPT = "transcript", _("What you said, as text")
    PERFORMANCE = "performance", _("The performance index")
    ENGAGEMENT = "engagement", _("The estimated listener rating")
    ADVICE = "advice", _("The advice")
    RATING = "rating", _("A teacher's rating or comment")


class Dispute(models.Model):
    """A learner disagrees with a result, in their own words; it stays with the answer, as do the replies."""

    data_fate: ClassVar[Fate] = Fate(
        why="what a person disputes of a result",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(
            _("What you disputed, and the replies"),
            _(
                "You and the teachers of your cohort; where there is none, the administrators, without your name"
            ),
        ),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="disputes")
    about = models.CharField(max_length=12, choices=About)
    cue = models.CharField(max_length=20, blank=True)
    words = models.TextField(max_length=1000)
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("institution", "-made_at"), name="dispute_by_institution"),)

    def __str__(self) -> str:
        return f"dispute of {self.answer_id}"


class DisputeReply(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="a reply in a dispute; the author's name goes when the author goes",
        person="dispute__answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        leave_out=("author",),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("made_at",)

    def __str__(self) -> str:
        return self.text


class Rescoring(models.Model):
    """Scoring an institution's history anew with `version`: a job that goes on after the last answer it finished."""

    data_fate: ClassVar[Fate] = Fate(
        why="who had a history scored anew; the person's name goes when the person goes",
        person="by",
        export=True,
        erasure=Erasure.ANONYMISE,
        retention=Retention("created_at", "keep_people_days"),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    version = models.ForeignKey(ModelVersion, on_delete=models.RESTRICT)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    after = models.UUIDField(null=True, blank=True, help_text=_("The last answer that is finished."))
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution",),
                condition=models.Q(state__in=("waiting", "running")),
                name="one_rescoring_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"rescoring with {self.version_id}"
