"""Our own signing keys are renewed before they grow old; what they sign is short-lived, so nobody notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from lti.keys import own
from lti.models import SigningKey

logger = structlog.get_logger("lti.keys")
OLD = timedelta(days=180)
MOST_SHOWN = 20


@dataclass(frozen=True)
class Key:
    """One of our keys as the page shows it; `until` is None for the one that signs."""

    kid: str
    made_at: datetime
    until: datetime | None


def keys() -> Sequence[Key]:
    """The key that signs first, then replaced ones that are still published."""
    own.signing_key()
    published = Q(retire_at=None) | Q(retire_at__gt=timezone.now())
    rows = SigningKey.objects.filter(published).order_by("-created_at")[:MOST_SHOWN]
    return [Key(key.kid, key.created_at, key.retire_at) for key in rows]


def rotate(*, why: str) -> SigningKey:
    key = own.rotate()
    logger.info("signing key rotated", why=why, kid=key.kid)
    return key


def rotate_when_old() -> bool:
    """True when it was time. A house that has never signed anything gets no key by this."""
    newest = SigningKey.objects.filter(retire_at=None).order_by("-created_at").first()
    if newest is None or timezone.now() - newest.created_at < OLD:
        return False
    rotate(why="age")
    return True
