"""The list of cohorts, and one cohort's name and archive."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from cohorts import actions
from cohorts.forms import CohortForm
from cohorts.queries import cohorts_for, get_cohort_for, with_counts

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def cohort_list(request: PersonRequest) -> HttpResponse:
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _created(request, form)
        if made:
            return made
    archived = request.GET.get("archived") == "1"
    rows = cohorts_for(request.membership).filter(archived_at__isnull=not archived)
    page = Paginator(with_counts(rows).order_by("name"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cohorts/list.html", {"page": page, "form": form, "archived": archived})


def _created(request: PersonRequest, form: CohortForm) -> HttpResponse | None:
    try:
        cohort = actions.create_cohort(
            institution=request.membership.institution, name=form.cleaned_data["name"], by=request.user
        )
    except ActionRefused as refused:
        form.add_error("name", str(refused))
        return None
    messages.success(request, _("%(name)s is there. Now invite its people.") % {"name": cohort.name})
    return redirect("cohorts:roster", cohort.pk)


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def rename(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    form = CohortForm(request.POST)
    try:
        if form.is_valid():
            actions.rename_cohort(cohort=cohort, name=form.cleaned_data["name"], by=request.user)
            messages.success(request, _("Saved."))
        else:
            messages.error(
                request, _("A cohort needs a name of at most 120 characters. Nothing was changed.")
            )
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect("cohorts:roster", cohort.pk)


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def archive(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """Archives the cohort, or with act=restore takes it out again."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    if request.POST.get("act") == "restore":
        actions.unarchive_cohort(cohort=cohort, by=request.user)
        return redirect("cohorts:roster", cohort.pk)
    actions.archive_cohort(cohort=cohort, by=request.user)
    messages.success(request, _("%(name)s is archived. Its history stays.") % {"name": cohort.name})
    return redirect("cohorts:list")
