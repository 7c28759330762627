"""A course's links, and which assignment each one opens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from cohorts.queries import get_cohort_for
from lti.choosing import binding

PER_PAGE = 25


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def links(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    page = Paginator(binding.links_of(cohort), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "lti/choosing/links.html", {"cohort": cohort, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def link(request: PersonRequest, cohort_id: UUID, link: int) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    found = binding.get_link_of(cohort, link)
    posted = request.POST if request.method == "POST" else None
    form = binding.BindForm(posted, cohort=cohort, link=found)
    if posted is not None and form.is_valid():
        try:
            binding.bind(link=found, assignment=form.cleaned_data["assignment"], by=request.user)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It counts from the next time that somebody opens the link."))
            return redirect("lti:links", cohort.pk)
    context = {"cohort": cohort, "link": found, "form": form}
    return render(request, "lti/choosing/link.html", context, status=200 if posted is None else 422)
