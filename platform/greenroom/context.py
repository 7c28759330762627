"""What every page needs around its own content: where one can go from here, and whose house this is.

Everything that asks the database is asked only for somebody who is signed in, so that the pages for
strangers and the error pages stand without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Membership, Role

PLACES: dict[Role, tuple[tuple[str, StrOrPromise], ...]] = {
    Role.STUDENT: (
        ("home", _("Home")),
        ("practice:choose", _("Practise")),
        ("analytics:progress", _("Progress")),
        ("analytics:coach", _("Coach")),
        ("accounts:privacy", _("Privacy")),
    ),
    Role.TEACHER: (
        ("cohorts:list", _("Cohorts")),
        ("practice:scenarios", _("Scenarios")),
    ),
    Role.ADMINISTRATOR: (
        ("analytics:usage", _("Usage")),
        ("analytics:models", _("Models")),
        ("cohorts:people", _("People")),
        ("lti:registrations", _("Platforms")),
        ("accounts:policy", _("Policy")),
    ),
}


@dataclass(frozen=True)
class Place:
    """One entry of the navigation; `current` on the page itself and on those below its address."""

    url: str
    label: StrOrPromise
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `navigation`, `institution`, `demo` and `version` for base.html."""
    return {
        "navigation": SimpleLazyObject(lambda: navigation(_membership(request), request.path)),
        "institution": SimpleLazyObject(lambda: getattr(_membership(request), "institution", None)),
        "demo": settings.GREENROOM_DEMO,
        "version": settings.VERSION,
    }


def navigation(membership: Membership | None, path: str) -> list[Place]:
    """The places of the person's role, in order, without those whose address does not exist yet."""
    if not membership:
        return []
    places = [(url_of(name), label) for name, label in PLACES[Role(membership.role)]]
    found = [(url, label) for url, label in places if url]
    here = max((url for url, _label in found if _leads_to(url, path)), key=len, default=None)
    return [Place(url, label, current=url == here) for url, label in found]


def url_of(name: str) -> str:
    """The address of a named page, empty while there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _membership(request: HttpRequest) -> Membership | None:
    """The standing that `accounts.middleware` found; absent where a request never passed it."""
    return getattr(request, "membership", None) or None
