"""A teacher's cohort: who practises and who needs attention; and one student as far as they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, role_required
from accounts.models import Purpose, Role
from accounts.queries import agrees
from analytics import queries, usage
from analytics.charts import weeks as week_charts
from analytics.history import history_of, usual_of
from analytics.participation import SHOW, Participation, arrange, participation_in
from analytics.views.progress import groups, summary
from cohorts.models import CohortRole
from cohorts.queries import get_cohort_for, get_enrolment
from scoring.queries import profile_of
from sessions.disputes.queries import open_in

PAGE = 50
COLUMNS: tuple[tuple[str, str | Promise], ...] = (
    ("name", _("Student")),
    ("sessions", _("Sessions")),
    ("last", _("Last practised")),
    ("due", _("Due")),
    ("missed", _("Missed")),
    ("done", _("Done")),
)
FILTERS: dict[str, str | Promise] = {
    "all": _("Everyone"),
    "attention": _("Needs attention"),
    "due": _("Something due"),
    "sharing": _("Shares with you"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts; `order` is its state for screen readers."""

    key: str
    name: str | Promise
    url: str
    order: str


@require_safe
@role_required()
def cohort(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """A teacher sees every student's participation; an administrator the counts of the whole cohort."""
    found = get_cohort_for(request.user, request.membership, cohort_id)
    whole = participation_in(found)
    context = {"cohort": found, "participation": whole, "chart": _weeks_chart(found, len(whole.rows))}
    if request.membership.role != Role.TEACHER:
        return render(request, "analytics/cohort.html", context)
    return render(
        request,
        "analytics/cohort.html",
        context
        | {
            "teaches": True,
            "open_disputes": open_in(found),
            **_table(request, whole),
        },
    )


def _table(request: HttpRequest, whole: Participation) -> dict[str, Any]:
    """The rows as the address asks for them: filtered, sorted, a page of them."""
    sort, show = _choice(request, "sort", "name"), _choice(request, "show", "all")
    search = request.GET.get("q", "")[:100]
    rows = arrange(whole.rows, sort=sort, show=show, search=search)
    return {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "columns": [_column(request, key, name, sort) for key, name in COLUMNS],
        "filters": FILTERS,
        "show": show if show in SHOW else "all",
        "sort": sort,
        "query": search,
    }


def _weeks_chart(cohort: Any, students: int) -> Any:
    weeks = usage.cohort_weeks(cohort)
    return week_charts.participation(weeks, enrolled=students) if any(w.sessions for w in weeks) else None


def _choice(request: HttpRequest, name: str, default: str) -> str:
    return request.GET.get(name, default)[:20]


def _column(request: HttpRequest, key: str, name: str | Promise, sort: str) -> Column:
    order = {key: "ascending", f"-{key}": "descending"}.get(sort, "none")
    query = _without(request, "page", "sort")
    query["sort"] = f"-{key}" if order == "ascending" else key
    return Column(key, name, f"?{query.urlencode()}", order)


def _without(request: HttpRequest, *names: str) -> QueryDict:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query


@require_safe
@role_required()
def student(request: PersonRequest, cohort_id: UUID, user_id: UUID) -> HttpResponse:
    """Participation always; what was observed only while the student shares it."""
    found = get_cohort_for(request.user, request.membership, cohort_id)
    enrolment = get_enrolment(found, user_id)
    if request.membership.role != Role.TEACHER or enrolment.role != CohortRole.STUDENT:
        raise Http404
    person = enrolment.user
    whole = participation_in(found, user_id=person.pk)
    shares = agrees(person, found.institution_id, Purpose.SHARE)
    context = {
        "cohort": found,
        "person": person,
        "row": whole.rows[0],
        "duties": whole.duties,
        "sessions": queries.recent_sessions(person, found),
        "shares": shares,
    }
    if shares:
        profile = profile_of(user_id=person.pk, institution_id=found.institution_id)
        history = history_of(person, found.institution).without(profile.off)
        usual = usual_of(person, found.institution)
        context |= {
            "history": history,
            "groups": groups(history, usual, profile, own=False),
            "summary": summary(history),
        }
    return render(request, "analytics/student.html", context)
