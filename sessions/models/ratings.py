"""What people say of an answer: teachers, and the one who gave it, by the same rubric."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Erasure, Fate, Shown
from accounts.models import Institution, User
from sessions.models.interview import Scenario
from sessions.models.practice import Answer

LEVELS = 5
"""A rating is a level from 1 to 5."""

_LEVEL = [MinValueValidator(1), MaxValueValidator(LEVELS)]


class Rubric(models.Model):
    """What an institution rates in the answers of a scenario; without one, `sessions.ratings.rubric.DEFAULT` counts.

    `criteria` is [{"key", "name", "low", "high"}, ..]: a name, and what the levels 1 and 5 mean. A criterion that is
    taken out stays readable in the ratings that have it: those keep the names they were given by.
    """

    data_fate: ClassVar[Fate] = Fate(why="criteria of rating, not a person")

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="rubrics")
    criteria = models.JSONField(default=list)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("institution", "scenario"), name="one_rubric_per_scenario"),
        )

    def __str__(self) -> str:
        return f"rubric of {self.scenario_id}"


class RatingKind(models.TextChoices):
    TEACHER = "teacher", _("By a teacher")
    SELF = "self", _("By the person who answered")


class Opinion(models.TextChoices):
    LIKE = "like", _("Like")
    DISLIKE = "dislike", _("Dislike")


class Rating(models.Model):
    """One rater's view of one answer. `criteria` is [{"key", "name", "level"}, ..]; `engagement` is a level or None."""

    data_fate: ClassVar[Fate] = Fate(
        why="what a teacher or the person who answered said of an answer; the rater's name goes when the rater goes",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        leave_out=("rater",),
        shown=Shown(
            _("Ratings of your answers, your teachers' and your own"),
            _("You and the teachers of your cohort"),
        ),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="ratings")
    rater = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="ratings_given")
    kind = models.CharField(max_length=8, choices=RatingKind)
    engagement = models.PositiveSmallIntegerField(null=True, blank=True, validators=_LEVEL)
    criteria = models.JSONField(default=list)
    opinion = models.CharField(max_length=8, choices=Opinion, blank=True)
    shortlisted = models.BooleanField(default=False)
    note = models.TextField(blank=True, max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("answer", "rater"), name="one_rating_per_rater"),)
        indexes = (models.Index(fields=("institution", "-updated_at"), name="rating_by_institution"),)

    def __str__(self) -> str:
        return f"{self.kind} rating of {self.answer_id}"


class RatingComment(models.Model):
    """Something said about a moment of an answer (`at_ms`, stream time) or, without one, about the whole."""

    data_fate: ClassVar[Fate] = Fate(
        why="what a teacher said about a moment of an answer; the author's name goes when the author goes",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        leave_out=("author",),
        shown=Shown(_("Comments on your answers"), _("You and the teachers of your cohort")),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="comments_given")
    at_ms = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(max_length=1000)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at_ms", "made_at")

    def __str__(self) -> str:
        return self.text
