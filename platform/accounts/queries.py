"""Reads about people. Nothing here writes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Purpose, User


def membership_of(user: User | AnonymousUser, institution_id: Any = None) -> Membership | None:
    """The person's standing: in the institution they chose, else the first one they joined; None without any."""
    if not isinstance(user, User) or not user.is_active:
        return None
    standing = Membership.objects.filter(user=user, left_at=None).select_related("institution")
    chosen = standing.filter(institution_id=institution_id).first() if institution_id else None
    return chosen or standing.order_by("created_at", "pk").first()


def standing_purposes(user: User, institution_id: Any) -> set[Purpose]:
    """The purposes that the person agrees to at this moment, in this institution."""
    rows = user.consents.filter(institution_id=institution_id, withdrawn_at=None)
    return {Purpose(purpose) for purpose in rows.values_list("purpose", flat=True)}


def agrees(user: User, institution_id: Any, purpose: Purpose) -> bool:
    return user.consents.filter(institution_id=institution_id, purpose=purpose, withdrawn_at=None).exists()
