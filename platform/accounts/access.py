"""Who may open which page: one decorator for roles. Objects are guarded by their own gates, with 404.

The wrong role gets 403 on a page that everybody knows of, such as the usage page, and 404 where the address names an
object: somebody from another institution is told nothing about it, not even by the difference between the two.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import Membership, Role, User

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of a signed-in person with a standing in an institution."""

    user: User
    membership: Membership


View = Callable[Concatenate[PersonRequest, P], HttpResponseBase]


def role_required(
    *roles: Role,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Sign-in first, then the person's role in the current institution must be one of `roles` (any, if none).

    Else 403, and 404 on an object's address.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.membership or (roles and request.membership.role not in roles):
                raise Http404 if kwargs else PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
