"""Links that a teacher made at the platform by hand: they name no assignment until the teacher says here which one.

What a platform's own link names counts before this, and counts again at its next launch.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused, record
from accounts.models import User
from cohorts.models import Assignment, Cohort
from cohorts.queries import assignments_of
from lti.models import Grade, ResourceLink

MOST_CHOICES = 50


class HasGrades(ActionRefused):
    text = _(
        "Grades were made by this link already, so it stays with its assignment. Make a new link instead."
    )


def links_of(cohort: Cohort) -> QuerySet[ResourceLink]:
    """All links of the cohort's courses, those that open nothing yet first; each with assignment and scenario."""
    rows = ResourceLink.objects.filter(course__cohort=cohort)
    rows = rows.select_related("assignment__scenario", "registration", "course__cohort__institution")
    return rows.order_by(F("assignment__due_at").desc(nulls_first=True), "-pk")


def get_link_of(cohort: Cohort, link_id: int) -> ResourceLink:
    """One of a cohort that came through its gate, with `has_grades`. Raises Http404."""
    graded = Exists(Grade.objects.filter(link=OuterRef("pk")))
    found = links_of(cohort).annotate(has_grades=graded).filter(pk=link_id).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def bind(*, link: ResourceLink, assignment: Assignment | None, by: User) -> None:
    """The link opens the assignment, or without one the choice of interviews. Raises HasGrades."""
    locked = ResourceLink.objects.select_for_update().get(pk=link.pk)
    chosen: UUID | None = assignment.pk if assignment else None
    if locked.assignment_id == chosen:
        return
    if Grade.objects.filter(link=locked).exists():
        raise HasGrades
    locked.assignment = assignment
    locked.save(update_fields=["assignment"])
    record(
        institution=link.institution, actor=by, verb="bind_link", link=link.pk, assignment=str(chosen or "")
    )


class AssignmentField(forms.ModelChoiceField[Assignment]):
    def label_from_instance(self, obj: Assignment) -> str:
        due = date_format(localtime(obj.due_at), "SHORT_DATE_FORMAT")
        return _("%(title)s, due %(due)s") % {"title": obj.scenario.title, "due": due}


class BindForm(forms.Form):
    """One of the cohort's standing assignments, or none."""

    def __init__(self, data: Any = None, *, cohort: Cohort, link: ResourceLink) -> None:
        super().__init__(data, initial={"assignment": link.assignment_id})
        self.fields["assignment"] = AssignmentField(
            label=_("What the link opens"),
            queryset=_choices(cohort, link),
            required=False,
            empty_label=_("The choice of interviews"),
        )


def _choices(cohort: Cohort, link: ResourceLink) -> QuerySet[Assignment]:
    """The cohort's newest assignments, and the link's own however old it is."""
    newest = assignments_of(cohort).order_by("-due_at").values("pk")[:MOST_CHOICES]
    own = Q(pk=link.assignment_id, cohort=cohort)
    rows = Assignment.objects.filter(own | Q(pk__in=newest))
    return rows.select_related("scenario").order_by("-due_at")
