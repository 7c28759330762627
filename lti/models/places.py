"""Where launches lead: cohorts, assignments, choices; and what goes back to the platform."""

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
from lti.models.registrations import ADDRESS, IDENTIFIER, Registration


class Course(models.Model):
    """The cohort of a platform's context. It follows the course's name as long as nobody renamed the cohort here."""

    data_fate: ClassVar[Fate] = Fate(why="which cohort a course is, not a person")

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE)
    context_id = models.CharField(max_length=IDENTIFIER)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="courses")
    title = models.CharField(max_length=IDENTIFIER, blank=True, help_text=_("As the platform last said it."))
    roster_url = models.CharField(max_length=ADDRESS, blank=True)
    line_items_url = models.CharField(max_length=ADDRESS, blank=True)
    scopes = ArrayField(models.CharField(max_length=IDENTIFIER), default=list)
    roster_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("registration", "context_id"), name="one_cohort_per_context"),
        )

    def __str__(self) -> str:
        return self.title or self.context_id


class ResourceLink(models.Model):
    """A link in a course, and the assignment it opens; without one it opens the choice of interviews."""

    data_fate: ClassVar[Fate] = Fate(why="what a link in a course opens, not a person")

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE)
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE)
    link_id = models.CharField(max_length=IDENTIFIER)
    assignment = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=IDENTIFIER, blank=True)
    line_item_url = models.CharField(max_length=ADDRESS, blank=True)
    points = models.FloatField(
        null=True, blank=True, help_text=_("Of its line item; empty: no grade is sent.")
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("registration", "link_id"), name="one_place_per_resource_link"),
        )

    def __str__(self) -> str:
        return self.link_id


class Selection(models.Model):
    """A Deep Linking request that a teacher answers in our picker; used up when the answer is sent."""

    data_fate: ClassVar[Fate] = Fate(
        why="a choice in progress; useless when it is made or, after hours, too old",
        person="user",
        export=False,
        erasure=Erasure.DELETE,
        retention=Retention("made_at", days=2),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE)
    deployment_id = models.CharField(max_length=IDENTIFIER)
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    return_url = models.CharField(max_length=ADDRESS)
    data = models.TextField(blank=True, help_text=_("Goes back to the platform as it came."))
    accepts_several = models.BooleanField(default=False)
    accepts_line_item = models.BooleanField(default=True)
    accepts_links = models.BooleanField(
        default=True, help_text=_("Whether the platform takes links to us at all.")
    )
    picks = models.JSONField(
        default=list, help_text=_("What was picked so far; once it is answered, what was sent.")
    )
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"choice of {self.made_at:%Y-%m-%d %H:%M}"


class GradeState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class GradeSource(models.TextChoices):
    """What a grade may be made of. There is no third: no estimate of a model is ever one."""

    COMPLETION = "completion", _("The sessions asked for are done")
    RUBRIC = "rubric", _("A rubric that a teacher confirmed")


class Grade(models.Model):
    """The one grade of a student in an assignment, and whether the platform has it.

    `stamped_at` strictly rises by whole seconds: a platform refuses what is not newer (409).
    """

    data_fate: ClassVar[Fate] = Fate(
        why="what the platform is told of an assignment: done, or a teacher's confirmed points",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        shown=Shown(_("Grades sent to your learning platform"), _("You and the teachers of your cohort")),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    link = models.ForeignKey(ResourceLink, on_delete=models.CASCADE, related_name="grades")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grades")
    source = models.CharField(max_length=12, choices=GradeSource)
    points = models.FloatField()
    most = models.FloatField()
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=GradeState, default=GradeState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    stamped_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("link", "user"), name="one_grade_per_student"),
            models.CheckConstraint(
                condition=models.Q(points__gte=0, points__lte=models.F("most")), name="points_within_most"
            ),
            models.CheckConstraint(
                condition=models.Q(source="completion") | models.Q(confirmed_at__isnull=False),
                name="a_rubric_is_confirmed",
            ),
        )

    def __str__(self) -> str:
        return f"grade of {self.user_id}"
