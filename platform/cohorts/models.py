"""Groups of students with the people who teach them.

A *cohort* belongs to an institution. An *enrolment* puts a person into it as student or teacher; whoever leaves is
marked, never deleted, so that histories stay readable. An *assignment* asks a cohort to practise one scenario a
number of times between two dates. An *invitation* is a link: open (anyone who has it may join, up to a number) or for
one e-mail address; only the hash of its token is stored.

The scenario that an assignment names lives one floor above (`practice.Scenario`); it is referred to by name only,
and no code here imports it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fate import Erasure, Fate, Retention, Shown
from accounts.models import Institution, Role, User


class Cohort(models.Model):
    data_fate: ClassVar[Fate] = Fate(why="a group's name and dates, not a person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="cohorts")
    name = models.CharField(_("name"), max_length=120)
    simulated = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("institution", "name"), name="cohort_name_once_per_institution"),
        )

    def __str__(self) -> str:
        return self.name


class CohortRole(models.TextChoices):
    STUDENT = Role.STUDENT.value, _("Student")
    TEACHER = Role.TEACHER.value, _("Teacher")


class Enrolment(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="who is in which cohort",
        person="user",
        export=True,
        erasure=Erasure.DELETE,
        retention=Retention("left_at", "keep_people_days"),
        shown=Shown(_("The cohorts you are in"), _("You, the teachers of the cohort, administrators")),
    )

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="enrolments")
    role = models.CharField(max_length=16, choices=CohortRole)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("cohort", "user"), name="one_role_per_cohort"),)

    def __str__(self) -> str:
        return f"{self.user} in {self.cohort}"


class Invitation(models.Model):
    data_fate: ClassVar[Fate] = Fate(
        why="an invitation holds an e-mail address until it is used or, a month later, has expired",
        address="email",
        export=True,
        erasure=Erasure.DELETE,
        retention=Retention("expires_at", days=30),
        leave_out=("token_hash",),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, choices=Role)
    email = models.EmailField(
        blank=True, help_text=_("Empty: a link that anyone may use who has it, up to the number of uses.")
    )
    name = models.CharField(max_length=120, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email or f"link for {self.max_uses}"


class Assignment(models.Model):
    data_fate: ClassVar[Fate] = Fate(why="what a cohort was asked to do, not a person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="assignments")
    scenario = models.ForeignKey("practice.Scenario", on_delete=models.PROTECT, related_name="assignments")
    opens_at = models.DateTimeField(_("opens"))
    due_at = models.DateTimeField(_("due"))
    sessions_needed = models.PositiveSmallIntegerField(_("sessions to practise"), default=1)
    note = models.CharField(_("note to the students"), max_length=300, blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("opens_at")), name="assignment_due_after_it_opens"
            ),
            models.CheckConstraint(
                condition=models.Q(sessions_needed__gte=1), name="assignment_needs_a_session"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scenario_id} for {self.cohort}"
