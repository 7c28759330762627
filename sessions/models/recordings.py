"""Picture and sound of an answer, where the student agreed to keep them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Erasure, Fate, Retention, Shown
from accounts.models import Institution
from sessions.models.practice import Answer


class RecordingState(models.TextChoices):
    RECEIVING = "receiving", _("Being uploaded")
    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Not usable")


class Recording(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="picture and sound of one answer, kept only with consent",
        person="answer__session__user",
        export=True,
        erasure=Erasure.DELETE,
        retention=Retention("created_at", "keep_recordings_days"),
        purpose="recording",
        shown=Shown(
            _("Recordings of your answers"),
            _("You; the teachers of your cohort while you let them watch and rate"),
        ),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="recording")
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    state = models.CharField(max_length=12, choices=RecordingState, default=RecordingState.RECEIVING)
    mime = models.CharField(max_length=60)
    received = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    started_ms = models.IntegerField(default=0, help_text=_("Stream time at which the recording begins."))
    file = models.FileField(upload_to="recordings/", blank=True, max_length=200)
    problem = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"recording of {self.answer_id}"


class RecordingSegment(models.Model):
    """One run of the browser's recorder; a reload begins another. Its bytes lie in the spool until prepared."""

    data_fate: ClassVar[Fate] = Fate(
        why="bookkeeping of an upload; goes with its recording",
        person="recording__answer__session__user",
        erasure=Erasure.DELETE,
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="segments")
    number = models.PositiveSmallIntegerField()
    started_ms = models.PositiveIntegerField(help_text=_("Stream time at which the recorder began."))
    complete = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("recording", "number"), name="segment_number_once"),)

    def __str__(self) -> str:
        return f"segment {self.number} of {self.recording_id}"
