"""Who may practise: students of the institution, and others in whose cohort they are a student.

Somebody who teaches one course may learn in another one. What they see as a learner is their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.access import PersonRequest, View, role_required
from accounts.models import Membership, Role
from cohorts.models import CohortRole, Enrolment

P = ParamSpec("P")


def may_practise(membership: Membership) -> bool:
    if membership.role == Role.STUDENT:
        return True
    places = Enrolment.objects.filter(user=membership.user_id, institution=membership.institution_id)
    return places.filter(role=CohortRole.STUDENT, left_at=None).exists()


def learner_required(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sign-in first, then whoever may practise; else 403. For pages that name no object."""

    @role_required()
    @wraps(view)
    def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_practise(request.membership):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
