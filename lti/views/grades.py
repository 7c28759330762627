"""What the learning platform is told of a cohort's students, and who it says is in the course."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role, User
from cohorts.models import Cohort, CohortRole
from cohorts.queries import get_cohort_for, get_enrolment
from lti.grading import actions, completion, queries
from lti.grading.forms import PointsForm
from lti.grading.rubric import proposal_for
from lti.models import Grade, ResourceLink
from lti.roster.actions import may_refresh
from lti.roster.jobs import queue_refresh

PER_PAGE = 50


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def grades(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """Each student's grade in one link. Whoever is done without a grade gets one now: perhaps points came later."""
    cohort = queries.get_taught_cohort_for(request.user, request.membership, cohort_id)
    actions.grade_completions(links=completion.graded_links().filter(course__cohort=cohort))
    links = list(queries.with_counts(queries.links_of(cohort))[: queries.MOST_LINKS])
    context = {
        "cohort": cohort,
        "links": links,
        "rosters": queries.rosters_of(cohort),
        **_table(request, cohort, _chosen(request, links)),
    }
    return render(request, "lti/grades/grades.html", context)


def _chosen(request: HttpRequest, links: list[ResourceLink]) -> ResourceLink | None:
    """The link that the address names, else the first."""
    wanted = request.GET.get("link", "")
    return next((one for one in links if str(one.pk) == wanted), links[0] if links else None)


def _table(request: HttpRequest, cohort: Cohort, link: ResourceLink | None) -> dict[str, Any]:
    if link is None:
        return {}
    page = Paginator(queries.students_of(cohort), PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.rows_of(link, [enrolment.user for enrolment in page])
    return {"link": link, "page": page, "rows": rows}


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def again(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """`grade` is sent once more, or all of `link` that failed."""
    cohort = queries.get_taught_cohort_for(request.user, request.membership, cohort_id)
    link = _posted_link(request, cohort)
    if link is not None:
        found = actions.send_again(link=link, grade_id=_uuid(request.POST.get("grade", "")))
        if found:
            words = ngettext("%(n)s grade is sent again.", "%(n)s grades are sent again.", found)
            messages.success(request, words % {"n": found})
    return redirect(_address(cohort, link))


def _posted_link(request: HttpRequest, cohort: Cohort) -> ResourceLink | None:
    number = request.POST.get("link", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 18
    return queries.links_of(cohort).filter(pk=int(number)).first() if is_number else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(cohort: Cohort, link: ResourceLink | None) -> str:
    address = reverse("lti:grades", args=[cohort.pk])
    return f"{address}?link={link.pk}" if link else address


# --- a rubric -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def confirm(request: PersonRequest, cohort_id: UUID, graded_link: int, user_id: UUID) -> HttpResponse:
    """What the teacher's own ratings come to, and the points to send."""
    cohort = queries.get_taught_cohort_for(request.user, request.membership, cohort_id)
    found = queries.get_link_of(cohort, graded_link)
    enrolment = get_enrolment(cohort, user_id)
    student = enrolment.user if enrolment.role == CohortRole.STUDENT else None
    if student is None or found.points is None or found.assignment_id is None:
        return redirect(_address(cohort, found))
    proposal = proposal_for(
        teacher=request.user, student_id=student.pk, assignment_id=found.assignment_id, most=found.points
    )
    given = {"points": proposal.points} if proposal else {}
    form = PointsForm(request.POST or None, initial=given, most=found.points)
    if request.method == "POST" and form.is_valid() and _confirmed(request, found, student, form):
        return redirect(_address(cohort, found))
    context = {
        "cohort": cohort,
        "link": found,
        "student": student,
        "proposal": proposal,
        "grade": Grade.objects.filter(link=found, user=student).first(),
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "lti/grades/confirm.html", context, status=status)


def _confirmed(request: PersonRequest, link: ResourceLink, student: User, form: PointsForm) -> bool:
    try:
        actions.confirm_rubric(
            link=link, student=student, points=form.cleaned_data["points"], by=request.user
        )
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Confirmed. The points of %(name)s are on their way.") % {"name": student})
    return True


# --- the roster -----------------------------------------------------------------------------------------


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def roster(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """The platform is asked in the background who is in the course."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    courses = cohort.courses.select_related("registration", "cohort")[:20]
    asked = [course for course in courses if may_refresh(course)]
    for course in asked:
        queue_refresh(course_id=course.pk)
    if asked:
        messages.success(request, _("The list is being fetched. It may take a minute."))
    else:
        messages.error(request, _("The learning platform offers no list of people for this cohort."))
    back = request.membership.role == Role.TEACHER
    return redirect("lti:grades" if back else "cohorts:roster", cohort.pk)
