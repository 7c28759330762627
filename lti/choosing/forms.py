"""What a teacher types about a link to be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Assignment
from lti.choosing.picks import Pick, Plan
from lti.models import Selection
from sessions.forms import AssignForm
from sessions.models import Scenario

LONGEST_TITLE = 120
MOST_POINTS = 1000
FURTHEST = timedelta(days=3 * 366)
"""Neither day lies further away than that: a slip of the key in the year."""


class LinkForm(forms.Form):
    """How the link is called in the course, and whether it has points there."""

    title = forms.CharField(label=_("Title in the course"), max_length=LONGEST_TITLE)
    points = forms.DecimalField(
        label=_("Points"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=MOST_POINTS,
        decimal_places=2,
        help_text=_("Your platform gets them when a student is done. Leave it empty to send no grade."),
    )

    def __init__(self, *args: Any, selection: Selection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not selection.accepts_line_item:
            del self.fields["points"]

    def points_given(self) -> float | None:
        points = self.cleaned_data.get("points")
        return None if points is None else float(points)


class ReuseForm(LinkForm):
    def pick(self, assignment: Assignment) -> Pick:
        return Pick(self.cleaned_data["title"], self.points_given(), assignment_id=assignment.pk)


class NewForm(AssignForm, LinkForm):
    """An assignment to make, as it is assigned on our own pages, and its link."""

    field_order = ("title", "opens", "due", "sessions_needed", "note", "points")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        today = timezone.localdate()
        for name in ("opens", "due"):
            if cleaned.get(name) and abs(cleaned[name] - today) > FURTHEST:
                self.add_error(name, _("This day is too far away. Look at the year."))
        if cleaned.get("due") and cleaned["due"] < today:
            self.add_error("due", _("This day is over. Choose today or a later one."))
        return cleaned

    def pick(self, scenario: Scenario) -> Pick:
        plan = Plan(scenario_id=scenario.pk, **self.verb_arguments())
        return Pick(self.cleaned_data["title"], self.points_given(), plan=plan)


def usual(scenario: Scenario) -> dict[str, Any]:
    """What the form starts with."""
    today = timezone.localdate()
    return {"title": scenario.title[:LONGEST_TITLE], "opens": today, "due": today + timedelta(days=14)}


def usual_again(assignment: Assignment) -> dict[str, Any]:
    return {"title": assignment.scenario.title[:LONGEST_TITLE]}


def id_in(text: str | None) -> UUID | None:
    """The id of a query's parameter; None where it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
