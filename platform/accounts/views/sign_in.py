"""The way in and out: sign-in with its limit, the demo's own door, sign-out."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.demo import demo_people, demo_person
from accounts.forms import SignInForm

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_people=demo_people(), **kwargs)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view(http_method_names=["post", "options"])


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as one of the four demo people, by the address in `person`. Does not exist outside a demo."""
    user = demo_person(request.POST.get("person", ""))
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    return redirect(settings.LOGIN_REDIRECT_URL)


def locked_out(request: HttpRequest, *context: Any) -> HttpResponse:
    """What django-axes answers after too many failures: for how long, and what else one can do.

    It passes the response and the credentials, or in an asynchronous request the credentials alone.
    """
    credentials = next((item for item in context if isinstance(item, dict)), {})
    address = credentials.get("username") or request.POST.get("username", "")
    wait = time_left(address, getattr(request, "axes_ip_address", None))
    response = render(
        request,
        "accounts/locked_out.html",
        {"minutes": max(1, math.ceil(wait.total_seconds() / 60))},
        status=429,
    )
    response["Retry-After"] = str(max(1, math.ceil(wait.total_seconds())))
    return response


def time_left(address: str, ip_address: str | None) -> timedelta:
    """How long sign-in stays closed for this address from this place."""
    cool_off: timedelta = get_cool_off() or timedelta(0)
    rows = AccessAttempt.objects.filter(username=address, ip_address=ip_address)
    last = rows.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    if last is None:
        return cool_off
    left: timedelta = last + cool_off - timezone.now()
    return max(left, timedelta(0))
