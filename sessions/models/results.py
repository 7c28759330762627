"""What the analysis found in an answer: cues, words and scores."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import ONLY_YOU, Erasure, Fate, Shown
from accounts.models import Institution
from sessions.models.practice import Answer


class ResultState(models.TextChoices):
    WAITING = "waiting", _("Waiting for the analysis")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be analysed")
    STOPPED = "stopped", _("Analysis stopped")


class AnswerResult(models.Model):
    """What the analysis found in one answer. `cues` is {code: {"v": number} or {"absent": reason}}.

    While it waits, `progress` says how far the work is: {"stage": name, "share": 0..1}. `made_by` names the version of
    every model and library that made the result.
    """

    data_fate: ClassVar[Fate] = Fate(
        why="what was observed in an answer",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(
            _("What was observed in your answers"), _("You; your teacher sees summaries while you share them")
        ),
    )

    answer = models.OneToOneField(Answer, primary_key=True, on_delete=models.CASCADE, related_name="result")
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    state = models.CharField(max_length=8, choices=ResultState, default=ResultState.WAITING)
    catalogue_version = models.PositiveSmallIntegerField(null=True, blank=True)
    cues = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    quality = models.JSONField(default=dict)
    track = models.FileField(upload_to="tracks/", blank=True, max_length=200)
    made_by = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    problem = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"result of {self.answer_id}"


class AnswerTranscript(models.Model):
    """What was said. `words`: [[text, start_ms, end_ms, probability], ..] on stream time; `marks`: [{"code", "first",
    "last"}, ..] and `remarks`: [{"first", "last", "kind", "message", "suggestions"}, ..] point to places in it."""

    data_fate: ClassVar[Fate] = Fate(
        why="the words of one answer",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(
            _("What you said in your answers, as text"),
            _("You; the teachers of your cohort while you let them watch and rate"),
        ),
    )

    answer = models.OneToOneField(
        Answer, primary_key=True, on_delete=models.CASCADE, related_name="transcript"
    )
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    language = models.CharField(max_length=8)
    words = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    model = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"transcript of {self.answer_id}"


class ScoreKind(models.TextChoices):
    PERFORMANCE = "performance", _("Performance index")
    ENGAGEMENT = "engagement", _("Estimated listener rating: engagement")


class AnswerScore(models.Model):
    """A score of an answer and what made it. Scoring again with a new version keeps the old row, no longer `current`.

    Exactly one of `value` and `missing` (the reason) is set. `details` depends on the kind: the terms of the
    performance index, the seconds of an estimated rating.
    """

    data_fate: ClassVar[Fate] = Fate(
        why="how an answer compares with what its question expects",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("Scores of your answers, with what made them"), ONLY_YOU),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="scores")
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12, choices=ScoreKind)
    version = models.CharField(max_length=60, help_text=_("Of the formula or the model that made it."))
    value = models.FloatField(null=True, blank=True)
    missing = models.CharField(max_length=20, blank=True)
    details = models.JSONField(default=dict)
    current = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer", "kind"), condition=models.Q(current=True), name="one_current_score_per_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.answer_id}"
