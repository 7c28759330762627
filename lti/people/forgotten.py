"""Who was here and had everything deleted: a platform's list does not bring them back, only a launch of their own does.

Of them a digest is left, keyed with our secret, from which nobody can be told; and only for as long as lists may still
name them.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from lti.models import Forgotten


def forget(registration_id: UUID, subject: str) -> None:
    """Everything of this identity is being deleted."""
    Forgotten.objects.get_or_create(digest=_digest(settings.SECRET_KEY, registration_id, subject))


def forgotten(registration_id: UUID, subjects: Collection[str]) -> set[str]:
    """Those of the subjects whom a list must not bring back. One query."""
    digests = {one: subject for subject in subjects for one in _digests(registration_id, subject)}
    there = Forgotten.objects.filter(digest__in=list(digests)).values_list("digest", flat=True)
    return {digests[one] for one in there}


def welcome(registration_id: UUID, subject: str) -> None:
    """They launched again, of their own will."""
    Forgotten.objects.filter(digest__in=list(_digests(registration_id, subject))).delete()


def _digests(registration_id: UUID, subject: str) -> Iterable[str]:
    """As written now, and as written before our secret changed."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_digest(secret, registration_id, subject) for secret in secrets]


def _digest(secret: str, registration_id: UUID, subject: str) -> str:
    said = f"lti.forgotten\0{registration_id}\0{subject}"
    return hmac.new(secret.encode(), said.encode(), sha256).hexdigest()
