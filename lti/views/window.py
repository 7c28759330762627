"""From a frame into a window of one's own, and what a frame says when nobody is signed in there any more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, role_required
from accounts.models import Institution, User
from lti.errors import LaunchRefused
from lti.frames.policy import ANYBODY, allow
from lti.frames.signing_in import begin_session
from lti.handover import make, take
from lti.views.fields import fields


@never_cache
@require_POST
@role_required()
def window(request: PersonRequest) -> HttpResponse:
    """A way into a window for the person in this frame; a script asks for the token alone."""
    path = request.POST.get("path", "")
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"token": make(request.user, request.membership.institution, path)})
    return page_with_way_out(request, request.user, request.membership.institution, path)


def page_with_way_out(request: HttpRequest, user: User, institution: Institution, path: str) -> HttpResponse:
    return render(request, "lti/window.html", {"token": make(user, institution, path)})


@never_cache
@csrf_exempt
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """The new window. There may be no cookie to prove the form ours, so the browser has to say that it is.

    Without that anybody's page could sign somebody in as another person, who would then practise under a wrong name.
    """
    if not is_from_here(request):
        return render(request, "403.html", status=403)
    handover = take(_token(request))
    if handover is None:
        return render(request, "lti/from_your_course.html", {"too_late": True}, status=410)
    begin_session(request, handover.user, handover.institution)
    return HttpResponseRedirect(handover.path)


def _token(request: HttpRequest) -> str:
    try:
        return fields(request).get("token", "")
    except LaunchRefused:
        return ""


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sends this form; a browser says so, and no other page can make it say so."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """In a frame, instead of the sign-in form: it may not be framed, and who came by a launch has no password."""
    response = render(request, "lti/from_your_course.html", {"closed": True})
    allow(response, ANYBODY)
    return response
