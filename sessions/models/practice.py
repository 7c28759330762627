"""A practice session and its answers."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Erasure, Fate, Retention, Shown
from accounts.models import Institution, User
from cohorts.models import Assignment, Cohort
from sessions.models.interview import Question, Scenario


class State(models.TextChoices):
    LOBBY = "lobby", _("In the lobby")
    ASKING = "asking", _("The question is being asked")
    THINKING = "thinking", _("Thinking")
    ANSWERING = "answering", _("Answering")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")


class Mode(models.TextChoices):
    CAMERA = "camera", _("Camera and voice")
    VOICE = "voice", _("Voice only")


class SelfRating(models.TextChoices):
    """Whether the person rated their own answers; they are asked before they see the result."""

    NOT_ASKED = "", _("Not asked")
    ASKED = "asked", _("Asked")
    GIVEN = "given", _("Given")
    SKIPPED = "skipped", _("Skipped")


class PracticeSession(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="one practice interview",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        retention=Retention("created_at", "keep_results_days"),
        leave_out=("connection",),
        shown=Shown(_("Practices: which interview, and when"), _("You, the teachers of your cohort")),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="practice_sessions")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT)
    assignment = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.SET_NULL)
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.SET_NULL)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.CAMERA)
    record = models.BooleanField(default=False)
    hints = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=State, default=State.LOBBY)
    resumes = models.CharField(
        max_length=12, choices=State, blank=True, help_text=_("What `resume` goes back to while paused.")
    )
    question_ids = ArrayField(models.UUIDField(), help_text=_("The order, fixed when the session is made."))
    position = models.PositiveSmallIntegerField(default=0)
    connection = models.PositiveIntegerField(
        default=0, help_text=_("Counts the windows that took the session over; the newest one may write.")
    )
    used_ms = models.PositiveIntegerField(default=0)
    is_drill = models.BooleanField(default=False, help_text=_("One question, to practise an advice."))
    self_rating = models.CharField(max_length=8, choices=SelfRating, blank=True, default=SelfRating.NOT_ASKED)
    simulated = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-created_at"), name="session_by_person"),
            models.Index(fields=("institution", "-created_at"), name="session_by_institution"),
            models.Index(fields=("cohort", "-created_at"), name="session_by_cohort"),
        )

    def __str__(self) -> str:
        return f"{self.scenario_id} by {self.user_id}"


class AnswerState(models.TextChoices):
    OPEN = "open", _("Open")
    SAVED = "saved", _("Saved")
    SKIPPED = "skipped", _("Skipped")


class Answer(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="one answer of a practice interview",
        person="session__user",
        export=True,
        erasure=Erasure.DELETE,
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    session = models.ForeignKey(PracticeSession, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()
    question_text = models.TextField(help_text=_("As it was asked."))
    state = models.CharField(max_length=8, choices=AnswerState, default=AnswerState.OPEN)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Stream time, milliseconds (see docs/live-protocol.md).
    question_ended_ms = models.PositiveIntegerField(null=True, blank=True)
    speech_started_ms = models.PositiveIntegerField(null=True, blank=True)
    stream_ms = models.PositiveIntegerField(default=0)
    repeats = models.PositiveSmallIntegerField(default=0)
    frames_dropped = models.PositiveIntegerField(default=0)
    live = models.JSONField(
        default=dict, help_text=_("Running summary of the live cues when the answer ended.")
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("session", "position"), name="one_answer_per_position"),
        )

    def __str__(self) -> str:
        return self.question_text
