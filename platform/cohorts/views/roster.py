"""The people of one cohort, and the invitations into it that are still open."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.models import Role
from cohorts import actions
from cohorts.forms import CohortForm, TeacherForm
from cohorts.models import CohortRole
from cohorts.queries import (
    get_cohort_for,
    get_enrolment,
    get_invitation_for,
    open_invitations,
    roster,
)

PER_PAGE = 50


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def people_of_cohort(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    administers = request.membership.role == Role.ADMINISTRATOR
    invitations = open_invitations(cohort.institution, cohort)
    context = {
        "cohort": cohort,
        "page": Paginator(roster(cohort), PER_PAGE).get_page(request.GET.get("page")),
        "invitations": Paginator(invitations, PER_PAGE).get_page(request.GET.get("invitations")),
        "rename_form": CohortForm(initial={"name": cohort.name}),
        "teacher_form": TeacherForm(cohort=cohort) if administers else None,
        "administers": administers,
    }
    return render(request, "cohorts/roster.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def enrol_teacher(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    form = TeacherForm(request.POST, cohort=cohort)
    if form.is_valid():
        teacher = form.cleaned_data["teacher"].user
        actions.enrol(cohort=cohort, user=teacher, role=CohortRole.TEACHER, by=request.user)
        messages.success(request, _("%(name)s now teaches this cohort.") % {"name": teacher})
    else:
        messages.error(request, _("Choose a teacher of your institution. Nothing was changed."))
    return redirect("cohorts:roster", cohort.pk)


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def mark_left(request: PersonRequest, cohort_id: UUID, user_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    enrolment = get_enrolment(cohort, user_id)
    if enrolment.role == CohortRole.TEACHER and request.membership.role != Role.ADMINISTRATOR:
        raise PermissionDenied
    actions.mark_left(enrolment=enrolment, by=request.user)
    messages.success(request, _("%(name)s is no longer in this cohort.") % {"name": enrolment.user})
    return redirect("cohorts:roster", cohort.pk)


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def revoke(request: PersonRequest, invitation_id: UUID) -> HttpResponse:
    invitation = get_invitation_for(request.membership, invitation_id)
    actions.revoke_invitation(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return (
        redirect("cohorts:roster", invitation.cohort_id)
        if invitation.cohort_id
        else redirect("cohorts:people")
    )
