"""One-time links for an administrator, and the page that a platform opens by one (LTI Dynamic Registration 1.0)."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, role_required
from accounts.actions import ActionRefused
from accounts.models import Role
from cohorts.views.invite import origin_of
from lti.forms import LinkForm
from lti.models import Product
from lti.registering import dynamic, links, queries, words
from lti.registering.addresses import origin_of as origin_in
from lti.registering.ours import Ours
from lti.registering.products import SCHOOLS

logger = structlog.get_logger("lti.registering")


# --- for the administrator -----------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMINISTRATOR)
def registration_link(request: PersonRequest) -> HttpResponse:
    """The link is in the answer to the form and nowhere else, for only its digest is kept."""
    form = LinkForm(request.POST or None, initial={"product": request.GET.get("product", "")})
    if request.method != "POST" or not form.is_valid():
        return render(request, "lti/registrations/link.html", {"form": form})
    made = links.make(
        institution=request.membership.institution,
        product=Product(form.cleaned_data["product"]),
        name=form.cleaned_data["name"],
        by=request.user,
    )
    origin = origin_of(request)
    context = {
        "link": made.link,
        "register_url": origin + reverse("lti:register", args=[made.token]),
        "canvas_url": origin + reverse("lti:canvas_configuration", args=[made.token]),
    }
    response = render(request, "lti/registrations/link_made.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@role_required(Role.ADMINISTRATOR)
def revoke_link(request: PersonRequest, registration_link_id: UUID) -> HttpResponse:
    links.revoke(link=queries.get_link_for(request.membership, registration_link_id), by=request.user)
    messages.success(request, _("The link no longer works."))
    return redirect("lti:registrations")


# --- for the platform -----------------------------------------------------------------------------------


@csrf_exempt
@never_cache
@require_GET
def register(request: HttpRequest, link_token: str) -> HttpResponse:
    """Acts at once: the platform opens this in a frame for its administrator, who agreed by pasting the link."""
    try:
        link = links.usable(link_token)
        with translation.override(link.institution.language):
            registration = dynamic.register(link, request.GET.dict(), Ours(origin_of(request)))
    except (dynamic.DynamicRefused, ActionRefused) as refused:
        return _refused(request, refused)
    logger.info("platform registered", registration=str(registration.pk), product=registration.product)
    response = render(request, "lti/registrations/registered.html", {"registration": registration})
    return _framed(response, registration.frame_origins)


def _refused(request: HttpRequest, refused: dynamic.DynamicRefused | ActionRefused) -> HttpResponse:
    said, code = words.words_of(refused), words.code_of(refused)
    detail = refused.detail if isinstance(refused, dynamic.DynamicRefused) else ""
    logger.warning("registration refused", code=code, detail=detail)
    context = {"said": said, "code": code, "detail": detail}
    response = render(request, "lti/registrations/not_registered.html", context, status=said.status)
    return _framed(response, _asking_origins(request))


def _asking_origins(request: HttpRequest) -> list[str]:
    """Who may show a refusal: the platform that asked. There is nothing on that page to be tricked into."""
    origin = origin_in(request.GET.get("openid_configuration", ""))
    clouds = (".canvaslms.com", ".instructure.com")
    return [origin, *([SCHOOLS] if origin.endswith(clouds) else [])] if origin else []


def _framed(response: HttpResponse, origins: list[str]) -> HttpResponse:
    if origins:
        response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
        response.xframe_options_exempt = True
    response["Referrer-Policy"] = "no-referrer"
    # A platform that opened a window instead of a frame hears from it as well.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
