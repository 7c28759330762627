"""The page one lands on: each role's first question (ux.md), one floor above the apps that answer it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.access import PersonRequest, role_required
from accounts.models import Role
from analytics.coach.panel import latest
from sessions.views.home import student_home

LANDING = {Role.TEACHER: "cohorts:list", Role.ADMINISTRATOR: "analytics:usage"}


def home(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated and not getattr(request, "membership", None):
        return render(request, "accounts/no_institution.html")
    return _home(request)


@role_required()
def _home(request: PersonRequest) -> HttpResponseBase:
    landing = LANDING.get(Role(request.membership.role))
    if landing:
        return redirect(landing)
    return student_home(request, advice=latest(request.user, request.membership.institution))
