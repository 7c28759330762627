"""Inviting students into a cohort: by one link for many, or by a list with a preview."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from cohorts import actions, people_csv
from cohorts.csv_preview import State, preview_of, sealed, unsealed
from cohorts.csv_words import FAULTS, problem_words
from cohorts.forms import CsvForm, LinkForm
from cohorts.models import Cohort
from cohorts.queries import get_cohort_for

SHOWN = 200
"""So many lines of each kind the preview shows; it counts them all."""


def origin_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


@require_safe
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def invite(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    return render(request, "cohorts/invite.html", {"cohort": cohort})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def invite_link(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """The link is in the answer to the form and nowhere else, for only its hash is kept."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    form = LinkForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "cohorts/invite_link.html", {"cohort": cohort, "form": form})
    try:
        link = actions.invite_by_link(
            cohort=cohort,
            max_uses=form.cleaned_data["max_uses"],
            expires_at=timezone.now() + timedelta(days=form.cleaned_data["days"]),
            by=request.user,
        )
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return render(request, "cohorts/invite_link.html", {"cohort": cohort, "form": form})
    context = {"cohort": cohort, "link": f"{origin_of(request)}{link.path}", "invitation": link.invitation}
    response = render(request, "cohorts/invite_link_made.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def invite_csv(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    form = CsvForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            # One byte more than may be, so that a file that is too large is known without reading all of it.
            people = people_csv.read(form.cleaned_data["file"].read(people_csv.MAX_BYTES + 1))
        except people_csv.Unreadable as unreadable:
            form.add_error("file", str(FAULTS[unreadable.fault]))
        else:
            return _preview(request, cohort, people)
    return render(request, "cohorts/invite_csv.html", {"cohort": cohort, "form": form})


def _preview(request: PersonRequest, cohort: Cohort, people: people_csv.People) -> HttpResponse:
    preview = preview_of(people, cohort)
    invited = [row for row in preview.rows if row.state == State.INVITE]
    others = [row for row in preview.rows if row.state != State.INVITE]
    context = {
        "cohort": cohort,
        "rows": invited[:SHOWN],
        "count": len(invited),
        "others": others[:SHOWN],
        "others_count": len(others),
        "problems": [(bad, problem_words(bad)) for bad in preview.problems[:SHOWN]],
        "problems_count": len(preview.problems),
        "shown": SHOWN,
        "sealed": sealed(preview, cohort, request.user),
    }
    response = render(request, "cohorts/invite_csv_preview.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@role_required(Role.TEACHER, Role.ADMINISTRATOR)
def invite_csv_confirm(request: PersonRequest, cohort_id: UUID) -> HttpResponse:
    """Sends to exactly those whom the preview showed; pressing it again sends to nobody again."""
    cohort = get_cohort_for(request.user, request.membership, cohort_id)
    try:
        invitees = unsealed(request.POST.get("people", ""), cohort, request.user)
        sent = actions.invite_by_csv(
            cohort=cohort, invitees=invitees, by=request.user, origin=origin_of(request)
        )
    except BadSignature:
        messages.error(request, _("This preview is too old. Upload the list again; nothing was sent."))
        return redirect("cohorts:invite_csv", cohort.pk)
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect("cohorts:roster", cohort.pk)
    messages.success(request, _sent(sent))
    return redirect("cohorts:roster", cohort.pk)


def _sent(count: int) -> str:
    if not count:
        return _("Everybody on this list is invited already. Nothing was sent.")
    return ngettext(
        "%(count)d invitation is on its way.", "%(count)d invitations are on their way.", count
    ) % {"count": count}
