"""Reads about people. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import NO_ADDRESS, Consent, Institution, Membership, Purpose, Role, User
from accounts.purposes import Wording, current


def membership_of(user: User | AnonymousUser, institution_id: Any = None) -> Membership | None:
    """The person's standing: in the institution they chose, else the first one they joined; None without any."""
    if not isinstance(user, User) or not user.is_active:
        return None
    standing = memberships_of(user)
    chosen = standing.filter(institution_id=institution_id).first() if institution_id else None
    return chosen or standing.first()


def memberships_of(user: User) -> QuerySet[Membership]:
    """Where the person belongs at this moment, the first joined first."""
    rows = Membership.objects.filter(user=user, left_at=None)
    return rows.select_related("institution").order_by("created_at", "pk")


def get_member_for(membership: Membership, user_id: UUID) -> Membership:
    """The gate of one person of the institution, for its administrator; 404 for anybody else's."""
    if membership.role != Role.ADMINISTRATOR:
        raise Http404
    return get_standing(membership.institution_id, user_id)


def get_standing(institution_id: UUID, user_id: UUID) -> Membership:
    rows = Membership.objects.filter(institution_id=institution_id, user_id=user_id, left_at=None)
    found = rows.select_related("user", "institution").first()
    if found is None:
        raise Http404
    return found


def people_of(institution: Institution, *, role: str = "", search: str = "") -> QuerySet[Membership]:
    """Everyone who belongs to the institution, by name; `search` looks in names and addresses."""
    rows = Membership.objects.filter(institution=institution, left_at=None).select_related("user")
    if role in Role.values:
        rows = rows.filter(role=role)
    if search := search.strip():
        rows = rows.filter(_named(search))
    return rows.order_by("user__name", "user__email")


def _named(search: str) -> Q:
    """In names and addresses; those that we made up for people from learning platforms are nobody's words."""
    told = Q(user__told_email__icontains=search)
    own = Q(user__email__icontains=search) & ~Q(user__email__endswith=f"@{NO_ADDRESS}")
    return Q(user__name__icontains=search) | told | own


def is_last_administrator(membership: Membership) -> bool:
    """Whether the institution would be left with people and without an administrator."""
    if membership.role != Role.ADMINISTRATOR:
        return False
    others = Membership.objects.filter(institution_id=membership.institution_id, left_at=None)
    others = others.exclude(pk=membership.pk)
    return others.exists() and not others.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists()


# --- consent --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsentState:
    """One purpose as the privacy page and the lobby show it. `standing` is the consent in force, if any."""

    wording: Wording
    how_long: str
    standing: Consent | None
    asks_again: bool
    """An older wording was agreed to; the new one has not been yet."""


def standing_consents(user: User, institution_id: Any) -> QuerySet[Consent]:
    """Consents in force: not withdrawn, and given to the wording as it is now."""
    by_version = Q(pk__in=[])
    for purpose in Purpose:
        by_version |= Q(purpose=purpose, version=current(purpose).version)
    return user.consents.filter(by_version, institution_id=institution_id, withdrawn_at=None)


def standing_purposes(user: User, institution_id: Any) -> set[Purpose]:
    """The purposes that the person agrees to at this moment, in this institution."""
    rows = standing_consents(user, institution_id)
    return {Purpose(purpose) for purpose in rows.values_list("purpose", flat=True)}


def agrees(user: User, institution_id: Any, purpose: Purpose) -> bool:
    return standing_consents(user, institution_id).filter(purpose=purpose).exists()


def who_agrees(user_ids: Sequence[UUID], institution_id: Any, purpose: Purpose) -> set[UUID]:
    """Those of the people named who agree to the purpose, in one query: for lists."""
    rows = Consent.objects.filter(
        user_id__in=user_ids,
        institution_id=institution_id,
        purpose=purpose,
        version=current(purpose).version,
        withdrawn_at=None,
    )
    return set(rows.values_list("user_id", flat=True))


def consent_states(user: User, institution: Institution) -> list[ConsentState]:
    """All purposes in the order of `Purpose`, each with its words and whether it stands."""
    given = {
        consent.purpose: consent
        for consent in user.consents.filter(institution=institution, withdrawn_at=None)
    }
    return [_state(purpose, given.get(purpose), institution) for purpose in Purpose]


def _state(purpose: Purpose, consent: Consent | None, institution: Institution) -> ConsentState:
    words = current(purpose)
    up_to_date = consent is not None and consent.version == words.version
    return ConsentState(
        wording=words,
        how_long=words.how_long_at(institution),
        standing=consent if up_to_date else None,
        asks_again=consent is not None and not up_to_date,
    )
