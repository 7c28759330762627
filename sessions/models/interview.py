"""Interviews: a scenario and its questions."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Fate
from accounts.models import Institution


class OrderRule(models.TextChoices):
    FIXED = "fixed", _("As written")
    OPENING_THEN_ANY = "opening_then_any", _("First and last as written, the others mixed")
    EASY_TO_HARD = "easy_to_hard", _("From easy to hard")


class Scenario(models.Model):
    data_fate: ClassVar[Fate] = Fate(why="an interview's questions, not a person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(
        Institution,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("Empty: shipped with Greenroom."),
    )
    slug = models.SlugField(max_length=60)
    language = models.CharField(max_length=8)
    title = models.CharField(_("title"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=120)
    summary = models.TextField(_("summary"))
    order_rule = models.CharField(max_length=20, choices=OrderRule, default=OrderRule.FIXED)
    thinking_s = models.PositiveSmallIntegerField(_("thinking time in seconds"), default=20)
    expected_by_type = models.JSONField(
        default=dict, help_text=_("{type: expected_cues}, for questions that name none of their own.")
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("title",)
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "slug", "language"),
                name="scenario_once_per_language",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return self.title


class QuestionType(models.TextChoices):
    OPENING = "opening", _("Opening")
    MOTIVATION = "motivation", _("Motivation")
    EXPERIENCE = "experience", _("Experience")
    SITUATIONAL = "situational", _("A situation at work")
    BEHAVIOURAL = "behavioural", _("Something you did")
    STRENGTHS = "strengths", _("Strengths")
    DIFFICULT = "difficult", _("Difficult")
    KNOWLEDGE = "knowledge", _("Knowledge")
    CLOSING = "closing", _("Closing")


class Question(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="a question's text, not a person", institution="scenario__institution"
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    type = models.CharField(max_length=16, choices=QuestionType)
    topics = ArrayField(models.CharField(max_length=40), default=list)
    difficulty = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    expected_s_low = models.PositiveSmallIntegerField(default=45)
    expected_s_high = models.PositiveSmallIntegerField(default=120)
    thinking_s = models.PositiveSmallIntegerField(null=True, blank=True)
    expected_cues = models.JSONField(default=list)
    point = models.TextField(blank=True)
    key_points = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("scenario", "key"), name="question_key_once"),)

    def __str__(self) -> str:
        return self.text
