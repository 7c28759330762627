"""Out of a platform's frame into a window of one's own: a token that signs one person in, once, within two minutes.

A frame's session does not reach a window (its cookies are kept apart, or there are none), and a frame may lack camera
and microphone. The token goes from the page in the frame to `lti:enter` in the new window by POST, so that it stands in
no address and no log. Only its digest is kept.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Institution, User
from lti.launch.login import digest
from lti.models import ADDRESS, Handover

LIFETIME = timedelta(minutes=2)


def make(user: User, institution: Institution, path: str) -> str:
    """The token that opens `path` in a window for this person; a path that is not ours becomes the first page."""
    token = secrets.token_urlsafe(32)
    Handover.objects.create(
        institution=institution, user=user, token_digest=digest(token), path=path if is_path(path) else "/"
    )
    return token


def take(token: str) -> Handover | None:
    """Use the token up; None where it is unknown, too old or used, or the person may no longer sign in."""
    fresh = Handover.objects.filter(
        token_digest=digest(token), used_at=None, made_at__gt=timezone.now() - LIFETIME, user__is_active=True
    )
    found = fresh.select_related("user", "institution").first()
    if found is None or not fresh.update(used_at=timezone.now()):
        return None
    return found


def is_path(path: str) -> bool:
    """Whether it is an address of this site, written as a path."""
    plain = path.startswith("/") and len(path) <= ADDRESS and path.isprintable()
    return plain and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
