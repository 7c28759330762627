"""From a launch to a session: of the person whom it brought, with nothing of whoever was there before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.middleware import SESSION_KEY as INSTITUTION
from accounts.models import Institution, User
from accounts.views.sign_in import BACKEND

if TYPE_CHECKING:
    from lti.people.entering import Entered

SESSION_KEY = "lti_frame"


@receiver(user_logged_in)
def leave_frame(sender: type[User], request: HttpRequest, user: User, **named: object) -> None:
    """Whoever signs in by a password is in a window, also where a framed session was before in the same browser."""
    request.session.pop(SESSION_KEY, None)


def sign_in(request: HttpRequest, entered: Entered, *, framed_by: Sequence[str] | None = None) -> None:
    """Sign the launch's person in; `framed_by` says who may show the session in a frame, None: it is in a window."""
    begin_session(request, entered.user, entered.membership.institution, framed_by=framed_by)


def begin_session(
    request: HttpRequest, user: User, institution: Institution, *, framed_by: Sequence[str] | None = None
) -> None:
    """A new session, except for somebody who is there already: another tab of theirs may be in the middle of practice.

    Signing in anew would give that tab's session another CSRF secret, and its recording would be refused.
    """
    if not request.user.is_authenticated or request.user.pk != user.pk:
        request.session.flush()
        login(request, user, backend=BACKEND)
    request.session[INSTITUTION] = str(institution.pk)
    request.session.pop(SESSION_KEY, None)
    if framed_by is not None:
        request.session[SESSION_KEY] = list(framed_by)
