"""Reads about registrations, all through their institution. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Institution, Membership, Role
from lti.errors import Code
from lti.models import (
    Course,
    Deployment,
    DeploymentState,
    Grade,
    Identity,
    Registration,
    RegistrationLink,
    RegistrationState,
)
from lti.words import words_of

MOST_LINKS = 20


def registrations_of(institution: Institution) -> QuerySet[Registration]:
    """With `waiting` (new deployments), as the list shows them."""
    new = Count("deployments", filter=Q(deployments__state=DeploymentState.NEW))
    rows = Registration.objects.filter(institution=institution).defer("keys")
    return rows.annotate(waiting=new).order_by("name", "pk")


def open_links_of(institution: Institution) -> QuerySet[RegistrationLink]:
    """Links that can still be used, the newest first."""
    rows = RegistrationLink.objects.filter(institution=institution, used_at=None)
    return rows.filter(expires_at__gt=timezone.now()).select_related("made_by").order_by("-made_at")


def get_registration_for(membership: Membership, registration_id: UUID) -> Registration:
    """The gate of one registration; 404 for anybody but its administrators."""
    rows = Registration.objects.filter(institution_id=membership.institution_id, pk=registration_id)
    found = rows.select_related("institution").first()
    if found is None or membership.role != Role.ADMINISTRATOR:
        raise Http404
    return found


def get_link_for(membership: Membership, link_id: UUID) -> RegistrationLink:
    """The gate of one link, likewise."""
    rows = RegistrationLink.objects.filter(institution_id=membership.institution_id, pk=link_id, used_at=None)
    found = rows.select_related("institution").first()
    if found is None or membership.role != Role.ADMINISTRATOR:
        raise Http404
    return found


def get_deployment_of(registration: Registration, pk: str) -> Deployment:
    rows = registration.deployments.select_related("institution")
    found = rows.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if found is None:
        raise Http404
    return found


def deployments_of(registration: Registration) -> QuerySet[Deployment]:
    """New ones first, since they wait for a word."""
    is_new = Count("pk", filter=Q(state=DeploymentState.NEW))
    rows = registration.deployments.select_related("decided_by").annotate(is_new=is_new)
    return rows.order_by("-is_new", "first_seen_at", "pk")


# --- what hangs on it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Extent:
    """How much a registration carries: what one loses by deleting it."""

    courses: int
    people: int
    grades: int


def extent_of(registration: Registration) -> Extent:
    return Extent(
        courses=Course.objects.filter(registration=registration).count(),
        people=Identity.objects.filter(registration=registration).count(),
        grades=Grade.objects.filter(link__registration=registration).count(),
    )


# --- health -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Health:
    """In a word, with the kind of its badge. `error` is what last went wrong, in words."""

    word: str
    kind: str
    error: str
    error_at: datetime | None


def health_of(registration: Registration, waiting: int) -> Health:
    word, kind = _word(registration, waiting)
    return Health(word, kind, _error(registration.last_error), registration.last_error_at)


def _word(registration: Registration, waiting: int) -> tuple[str, str]:
    if registration.state == RegistrationState.DISABLED:
        return pgettext("platform", "Switched off"), ""
    if registration.state == RegistrationState.PENDING:
        return _("Not launching yet"), "act"
    if waiting:
        return ngettext("%(count)d new deployment", "%(count)d new deployments", waiting) % {
            "count": waiting
        }, "act"
    if _is_troubled(registration):
        return _("Trouble"), "error"
    if registration.last_launch_at is None:
        return _("No launch yet"), ""
    return _("Works"), "done"


def _is_troubled(registration: Registration) -> bool:
    """Whether the last thing that happened was an error."""
    at = registration.last_error_at
    if at is None:
        return False
    good = (registration.last_launch_at, registration.last_grade_at, registration.last_roster_at)
    return all(moment is None or moment < at for moment in good)


def _error(kept: str) -> str:
    """A refusal's code in words for who administers; anything else as it was kept."""
    return str(words_of(Code(kept)).tell) if kept in set(Code) else kept
