"""Practice, from the question to what was seen.

A *scenario* is an interview for one job in one language: an order rule and *questions* with topics, type,
difficulty, expected length and expected cues. Scenarios shipped with the product belong to no institution;
one written by a teacher belongs to theirs. A *practice session* is one person going through a scenario once:
the server holds its state (lobby, asking, thinking, answering, paused, done), so that a reload or a killed
server resumes at the same question. An *answer* is made when its question is asked and saved the moment it
ends; what the browser streamed meanwhile lies in the spool (`sessions.live.journal`) until the analysis has
read it. The *answer result* holds what the analysis found: a summary per cue, events and a track over time,
with the version of the catalogue that made it; the *answer transcript* holds the words. A *recording* exists
only where the student agreed to it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import ONLY_YOU, Erasure, Fate, Retention, Shown
from accounts.models import Institution, User
from cohorts.models import Assignment, Cohort


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
        shown=Shown(_("What you said in your answers, as text"), ONLY_YOU),
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
        shown=Shown(_("Recordings of your answers"), ONLY_YOU),
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
