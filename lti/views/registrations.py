"""The platforms of an institution, for its administrators: the list with its health, one platform, new ones by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from cohorts.views.invite import origin_of
from lti.forms import BY_HAND, DeleteForm, DeploymentForm, DetailsForm, EditForm
from lti.models import Product, Registration, RegistrationLink, RegistrationState
from lti.registering import actions, links, queries
from lti.registering.checks import Checked, check
from lti.registering.details import Details
from lti.registering.ours import Ours
from lti.registering.words import lines

PER_PAGE = 25
DEPLOYMENTS_PER_PAGE = 50


@require_safe
@role_required(Role.ADMINISTRATOR)
def registrations(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    rows = queries.registrations_of(institution)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, queries.health_of(row, getattr(row, "waiting", 0))) for row in page],
        "links": queries.open_links_of(institution)[: queries.MOST_LINKS],
    }
    return render(request, "lti/registrations/list.html", context)


# --- new, by hand -------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def new(request: PersonRequest) -> HttpResponse:
    """Which form it is says `product` in the address; `link` names the link by which Canvas read our configuration."""
    product = request.GET.get("product", "other")
    kind = BY_HAND.get(product)
    if kind is None:
        raise Http404
    link = _link(request)
    form = kind(request.POST or None, initial={"name": link.name} if link else None)
    context = {
        "form": form,
        "product": product,
        "ours": lines(Ours(origin_of(request)), Product(product)),
        "link": link,
    }
    if request.method == "POST" and form.is_valid():
        made = _made(request, form, link)
        if made is not None:
            return redirect("lti:registration", made.pk)
        context["may_insist"] = not form.non_field_errors()
    return render(request, "lti/registrations/new.html", context)


def _link(request: PersonRequest) -> RegistrationLink | None:
    try:
        return queries.get_link_for(request.membership, UUID(request.GET["link"]))
    except (KeyError, ValueError, Http404):
        return None


def _made(request: PersonRequest, form: DetailsForm, link: RegistrationLink | None) -> Registration | None:
    """The registration, unless the platform says otherwise and nobody insists."""
    institution, details = request.membership.institution, form.details()
    checked = check(details.on(Registration(institution=institution)))
    if _stands_in_the_way(request, form, details, checked):
        return None
    state = RegistrationState.ACTIVE if checked.keys else RegistrationState.PENDING
    try:
        made = actions.register(
            institution=institution,
            details=details,
            state=state,
            deployment_ids=form.accepted(),
            by=request.user,
        )
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return None
    actions.note_check(registration=made, checked=checked)
    if link is not None:
        links.mark_used(link=link, registration=made)
    _say_saved(request, made, checked)
    return made


def _stands_in_the_way(request: PersonRequest, form: DetailsForm, details: Details, checked: Checked) -> bool:
    """Puts what is wrong beside its field; true where there is something, unless it shall be saved all the same."""
    if "anyway" in request.POST:
        return False
    for finding in checked.problems:
        field = form.field_of(finding.field)
        # An address that nobody typed is named beside what it follows from.
        about = "" if field == finding.field else f" ({getattr(details, finding.field)})"
        form.add_error(field, f"{finding.text}{about}")
    return bool(checked.problems)


def _say_saved(request: PersonRequest, registration: Registration, checked: Checked) -> None:
    if registration.state == RegistrationState.PENDING:
        messages.warning(
            request, _("Saved. Nobody can launch from there yet: the platform's keys could not be read.")
        )
    elif checked.problems:
        messages.warning(request, _("Saved. Not everything works yet; see below."))
    else:
        messages.success(request, _("Saved. The platform answers as it should."))


# --- one of them ----------------------------------------------------------------------------------------


@require_safe
@role_required(Role.ADMINISTRATOR)
def registration(request: PersonRequest, registration_id: UUID) -> HttpResponse:
    return _page(request, queries.get_registration_for(request.membership, registration_id))


def _page(
    request: PersonRequest,
    registration: Registration,
    *,
    checked: Checked | None = None,
    deployment_form: DeploymentForm | None = None,
) -> HttpResponse:
    deployments = queries.deployments_of(registration)
    page = Paginator(deployments, DEPLOYMENTS_PER_PAGE).get_page(request.GET.get("page"))
    waiting = sum(deployment.state == "new" for deployment in page)
    context = {
        "registration": registration,
        "health": queries.health_of(registration, waiting),
        "page": page,
        "waiting": waiting,
        "extent": queries.extent_of(registration),
        "checked": checked,
        "deployment_form": deployment_form or DeploymentForm(),
        "ours": lines(Ours(origin_of(request)), Product(registration.product)),
    }
    return render(request, "lti/registrations/registration.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def edit(request: PersonRequest, registration_id: UUID) -> HttpResponse:
    registration = queries.get_registration_for(request.membership, registration_id)
    form = EditForm(request.POST or None, initial=EditForm.initial_of(registration))
    context: dict[str, Any] = {"form": form, "registration": registration}
    if request.method == "POST" and form.is_valid():
        if _changed(request, registration, form):
            return redirect("lti:registration", registration.pk)
        context["may_insist"] = not form.non_field_errors()
    return render(request, "lti/registrations/edit.html", context)


def _changed(request: PersonRequest, registration: Registration, form: EditForm) -> bool:
    details = form.details()
    trial = details.on(Registration(institution=registration.institution))
    checked = check(trial)
    if _stands_in_the_way(request, form, details, checked):
        return False
    try:
        registration = actions.change(registration=registration, details=details, by=request.user)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    actions.note_check(registration=registration, checked=checked)
    _say_saved(request, registration, checked)
    return True


@require_POST
@role_required(Role.ADMINISTRATOR)
def check_now(request: PersonRequest, registration_id: UUID) -> HttpResponse:
    registration = queries.get_registration_for(request.membership, registration_id)
    checked = check(registration)
    actions.note_check(registration=registration, checked=checked)
    return _page(request, registration, checked=checked)


@require_POST
@role_required(Role.ADMINISTRATOR)
def switch(request: PersonRequest, registration_id: UUID) -> HttpResponse:
    registration = queries.get_registration_for(request.membership, registration_id)
    on = request.POST.get("act") == "on"
    actions.switch(registration=registration, on=on, by=request.user)
    said = (
        _("Launches from this platform are let in.") if on else _("Launches from this platform are refused.")
    )
    messages.success(request, said)
    return redirect("lti:registration", registration.pk)


@require_POST
@role_required(Role.ADMINISTRATOR)
def deployment(request: PersonRequest, registration_id: UUID) -> HttpResponse:
    """Accepts or refuses the deployment of this number, or adds one that is typed."""
    registration = queries.get_registration_for(request.membership, registration_id)
    act = request.POST.get("act")
    if act == "add":
        return _add_deployment(request, registration)
    found = queries.get_deployment_of(registration, request.POST.get("deployment", ""))
    actions.decide_deployment(deployment=found, accept=act == "accept", by=request.user)
    said = _("Launches from this deployment are let in.")
    messages.success(request, said if act == "accept" else _("Launches from this deployment are refused."))
    return redirect("lti:registration", registration.pk)


def _add_deployment(request: PersonRequest, registration: Registration) -> HttpResponse:
    form = DeploymentForm(request.POST)
    if not form.is_valid():
        return _page(request, registration, deployment_form=form)
    actions.add_deployment(
        registration=registration, deployment_id=form.cleaned_data["deployment_id"], by=request.user
    )
    messages.success(request, _("Launches from this deployment are let in."))
    return redirect("lti:registration", registration.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def delete(request: PersonRequest, registration_id: UUID) -> HttpResponse:
    registration = queries.get_registration_for(request.membership, registration_id)
    form = DeleteForm(request.POST or None, name=registration.name)
    if request.method == "POST" and form.is_valid():
        actions.delete(registration=registration, by=request.user)
        messages.success(request, _("%(name)s is no longer connected.") % {"name": registration.name})
        return redirect("lti:registrations")
    context = {"registration": registration, "form": form, "extent": queries.extent_of(registration)}
    return render(request, "lti/registrations/delete.html", context)
