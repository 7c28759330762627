"""Every write about people and institutions, as a named verb.

What somebody does to their own data is not audited; what they do to others' or to the institution is, without names
or addresses in the details.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import data
from accounts.models import (
    LISTENER_RATINGS,
    AuditEntry,
    Consent,
    Institution,
    Membership,
    ModelKind,
    Purpose,
    Region,
    Role,
    User,
)
from accounts.purposes import current
from accounts.queries import is_last_administrator
from accounts.signals import consent_withdrawn, membership_changed


class ActionRefused(Exception):
    """An act that the rules do not allow. `text` may be shown to the person as it is."""

    text: Any = ""

    def __str__(self) -> str:
        return str(self.text)


class LastAdministrator(ActionRefused):
    text = _(
        "There would be nobody left to look after this institution. Name another administrator first, "
        "on the page People."
    )


class OldWording(ActionRefused):
    text = _("The words have changed since you opened this page. Read them again, then decide.")


def record(*, institution: Institution, actor: User | None, verb: str, **details: Any) -> AuditEntry:
    """One line of the audit log: what was done to others' data. `details` hold ids and counts, never names."""
    return AuditEntry.objects.create(institution=institution, actor=actor, verb=verb, details=details)


# --- people ---------------------------------------------------------------------------------------


@transaction.atomic
def create_institution(*, name: str, region: Region = Region.EU, **fields: Any) -> Institution:
    """A new institution with the default policy: no estimated listener rating runs."""
    return Institution.objects.create(name=name, region=region, **fields)


@transaction.atomic
def add_member(*, institution: Institution, user: User, role: Role) -> Membership:
    """The person belongs to the institution from now on; whoever left before is taken back in the new role."""
    membership, made = Membership.objects.select_for_update().get_or_create(
        institution=institution, user=user, defaults={"role": role}
    )
    if not made and membership.left_at is not None:
        membership.left_at, membership.role = None, role
        membership.save(update_fields=["left_at", "role"])
    return membership


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, time_zone: str) -> User:
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    return user


def change_language(*, user: User, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: User) -> Membership:
    """Raises LastAdministrator when nobody would be left to administer."""
    membership = _locked(membership)
    if membership.role == role:
        return membership
    if is_last_administrator(membership):
        raise LastAdministrator
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    membership_changed.send(sender=Membership, membership=membership)
    record(
        institution=membership.institution,
        actor=by,
        verb="change_role",
        user=str(membership.user_id),
        before=before,
        after=role.value,
    )
    return membership


@transaction.atomic
def leave_institution(*, membership: Membership, by: User) -> None:
    """The person no longer belongs to it; their records stay until the institution's period ends or they delete them.

    Raises LastAdministrator.
    """
    membership = _locked(membership)
    if membership.left_at is not None:
        return
    if is_last_administrator(membership):
        raise LastAdministrator
    membership.left_at = timezone.now()
    membership.save(update_fields=["left_at"])
    membership_changed.send(sender=Membership, membership=membership)
    if by.pk != membership.user_id:
        record(
            institution=membership.institution, actor=by, verb="remove_person", user=str(membership.user_id)
        )


def _locked(membership: Membership) -> Membership:
    # All memberships' administrators of one institution are locked through the institution's row, so that two
    # administrators who leave at the same moment cannot both find the other one still there.
    Institution.objects.select_for_update().get(pk=membership.institution_id)
    return Membership.objects.select_related("institution", "user").get(pk=membership.pk)


@transaction.atomic
def erase_person(*, user: User, by: User | None = None) -> dict[str, int]:
    """Deletes the account and all that is theirs, anonymises what stays. Returns counts by model label.

    Raises LastAdministrator when an institution with other people would be left without one.
    """
    standing = [_locked(row) for row in user.memberships.filter(left_at=None).order_by("institution_id")]
    if any(is_last_administrator(membership) for membership in standing):
        raise LastAdministrator
    actor = by if by is not None and by.pk != user.pk else None
    for membership in standing:
        record(institution=membership.institution, actor=actor, verb="erase_person", role=membership.role)
    return dict(data.erase(user))


# --- consent --------------------------------------------------------------------------------------


@transaction.atomic
def give_consent(
    *, user: User, institution: Institution, purpose: Purpose, version: int | None = None
) -> Consent:
    """Agrees to the current wording; doing it twice changes nothing. `version` is what was on the screen.

    Raises OldWording when that is not the current one: nobody agrees to words they have not seen.
    """
    words = current(purpose)
    if version is not None and version != words.version:
        raise OldWording
    User.objects.select_for_update().get(pk=user.pk)  # two windows: the second finds what the first gave
    standing = Consent.objects.filter(
        user=user, institution=institution, purpose=purpose, withdrawn_at=None
    ).first()
    if standing and standing.version == words.version:
        return standing
    if standing:
        standing.withdrawn_at = timezone.now()
        standing.save(update_fields=["withdrawn_at"])
    return Consent.objects.create(user=user, institution=institution, purpose=purpose, version=words.version)


@transaction.atomic
def withdraw_consent(*, user: User, institution: Institution, purpose: Purpose) -> bool:
    """At once. True when there was something to withdraw."""
    rows = Consent.objects.filter(user=user, institution=institution, purpose=purpose, withdrawn_at=None)
    withdrawn = rows.update(withdrawn_at=timezone.now())
    if withdrawn:
        consent_withdrawn.send(sender=Consent, user=user, institution=institution, purpose=purpose)
    return bool(withdrawn)


@transaction.atomic
def delete_under_purpose(*, user: User, institution: Institution, purpose: Purpose) -> int:
    """Deletes what exists only because of the purpose, such as recordings. Returns the number of rows."""
    return sum(data.erase_under_purpose(user, institution, purpose).values())


# --- policy ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What an institution decides for itself."""

    region: Region
    language: str
    time_zone: str
    models_allowed: Sequence[ModelKind]
    keep_recordings_days: int
    keep_results_days: int
    keep_people_days: int


POLICY_FIELDS = tuple(field.name for field in fields(Policy))


@transaction.atomic
def change_policy(*, institution: Institution, policy: Policy, by: User) -> Institution:
    """Takes effect with the next answer (models) and the next run of the retention job (days).

    An institution that moves into the European Union's law begins with the estimated listener ratings off.
    Raises ValidationError for days or a region that cannot be.
    """
    institution = Institution.objects.select_for_update().get(pk=institution.pk)
    before = _policy(institution)
    allowed = set(policy.models_allowed)
    if policy.region == Region.EU and institution.region != Region.EU:
        allowed -= LISTENER_RATINGS
    for name in POLICY_FIELDS:
        setattr(institution, name, getattr(policy, name))
    institution.models_allowed = [kind.value for kind in ModelKind if kind in allowed]
    institution.full_clean()
    institution.save(update_fields=POLICY_FIELDS)
    after = _policy(institution)
    changed = {name: [before[name], after[name]] for name in POLICY_FIELDS if before[name] != after[name]}
    if changed:
        record(institution=institution, actor=by, verb="change_policy", changed=changed)
    return institution


def _policy(institution: Institution) -> dict[str, Any]:
    return {name: getattr(institution, name) for name in POLICY_FIELDS}
