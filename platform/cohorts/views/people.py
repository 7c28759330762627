"""All people of the institution, for its administrators: roles, and inviting those who look after students."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions as people_actions
from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from accounts.queries import get_member_for, people_of
from cohorts import actions
from cohorts.forms import FilterForm, InvitePersonForm, RoleForm
from cohorts.queries import open_invitations
from cohorts.views.invite import origin_of

PER_PAGE = 50


@require_safe
@role_required(Role.ADMINISTRATOR)
def people(request: PersonRequest) -> HttpResponse:
    return _page(request, InvitePersonForm())


def _page(request: PersonRequest, invite_form: InvitePersonForm) -> HttpResponse:
    institution = request.membership.institution
    chosen = FilterForm(request.GET)
    wanted = chosen.cleaned_data if chosen.is_valid() else {}
    rows = people_of(institution, role=wanted.get("role", ""), search=wanted.get("q", ""))
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "invitations": Paginator(open_invitations(institution), PER_PAGE).get_page(
            request.GET.get("invitations")
        ),
        "filter_form": chosen,
        "filtered": any(wanted.values()),
        "invite_form": invite_form,
        "roles": Role.choices,
    }
    return render(request, "cohorts/people.html", context)


@require_POST
@role_required(Role.ADMINISTRATOR)
def invite_person(request: PersonRequest) -> HttpResponse:
    form = InvitePersonForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    values = form.cleaned_data
    invitation = actions.invite_by_mail(
        institution=request.membership.institution,
        role=Role(values["role"]),
        invitee=actions.Invitee(values["email"], values["name"]),
        by=request.user,
        origin=origin_of(request),
    )
    if invitation is None:
        form.add_error("email", _("This address belongs to your institution already, or is invited."))
        return _page(request, form)
    messages.success(
        request, _("The invitation to %(address)s is on its way.") % {"address": invitation.email}
    )
    return redirect("cohorts:people")


@require_POST
@role_required(Role.ADMINISTRATOR)
def change_role(request: PersonRequest, user_id: UUID) -> HttpResponse:
    member = get_member_for(request.membership, user_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    try:
        people_actions.change_role(membership=member, role=Role(form.cleaned_data["role"]), by=request.user)
        messages.success(request, _("%(name)s has a new role.") % {"name": member.user})
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect("cohorts:people" if member.user_id != request.user.pk else "home")


@require_POST
@role_required(Role.ADMINISTRATOR)
def remove_person(request: PersonRequest, user_id: UUID) -> HttpResponse:
    member = get_member_for(request.membership, user_id)
    try:
        people_actions.leave_institution(membership=member, by=request.user)
        messages.success(
            request, _("%(name)s no longer belongs to your institution.") % {"name": member.user}
        )
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect("cohorts:people" if member.user_id != request.user.pk else "home")
