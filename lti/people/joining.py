"""One person with two accounts: the one that a launch made, and one of their own that was here before.

A platform's word that both have the same address is a reason to ask, and nothing more: whoever signs in to the older
account with its password has shown that it is theirs. The launch's account is then given up while it is still empty.

Never offered: an account in another institution or with a place in one, since the platform's administrators could come
in as that person from then on; an operator's account, for the same reason; and one without a password, whose owner
could not show anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions import erase_person, record
from accounts.models import NO_ADDRESS, Institution, Membership, Role, User
from cohorts.actions.groups import place
from cohorts.models import CohortRole, Enrolment
from lti.models import Identity
from lti.people.members import let_teach
from lti.people.persons import has_no_address
from sessions.models import PracticeSession


class CannotJoin(Exception):
    """What was offered is not to be had any more: decided in another window, or the account has gone."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`owner` may be the same person as the identity's."""

    identity: Identity
    owner: User


def offer_for(user: User) -> Offer | None:
    """What can be offered to somebody who is signed in to a launch's account."""
    if not has_no_address(user):
        return None
    rows = Identity.objects.filter(user=user).select_related("user")
    newest = rows.order_by(F("last_launch_at").desc(nulls_last=True)).first()
    return offer_of(newest) if newest else None


def offer_of(identity: Identity) -> Offer | None:
    if identity.stays_apart_at is not None or not identity.email or not has_no_address(identity.user):
        return None
    owner = _owner(identity)
    if owner is None or _has_practised(identity.user):
        return None
    return Offer(identity, owner)


def _owner(identity: Identity) -> User | None:
    rows = User.objects.filter(email=identity.email, is_active=True, is_staff=False, is_superuser=False)
    found = rows.exclude(email__endswith=f"@{NO_ADDRESS}").exclude(pk=identity.user_id).first()
    if found is None or not found.has_usable_password():
        return None
    places = Membership.objects.filter(user=found, left_at=None).values_list("institution_id", flat=True)
    return found if set(places) == {identity.institution_id} else None


def _has_practised(user: User) -> bool:
    return PracticeSession.objects.filter(user=user).exists()


def stay_apart(identity: Identity) -> None:
    """The person goes on without joining, and is not asked again."""
    Identity.objects.filter(pk=identity.pk, stays_apart_at=None).update(stays_apart_at=timezone.now())


@transaction.atomic
def join(offer: Offer) -> Identity:
    """The owner is whom the platform means from now on; the launch's empty account is erased. Raises CannotJoin.

    The caller has seen the owner's password.
    """
    identity = _locked(offer)
    launched, owner = identity.user, offer.owner
    _move_places(launched, owner, identity.institution)
    Identity.objects.filter(user=launched).update(user=owner)
    record(institution=identity.institution, actor=owner, verb="join_accounts", user=str(owner.pk))
    erase_person(user=launched, by=owner)
    identity.user = owner
    return identity


def _locked(offer: Offer) -> Identity:
    """The identity while nothing about its people can change, and only as long as the offer stands."""
    # The same first lock as of all that changes memberships or erases people.
    Institution.objects.select_for_update().get(pk=offer.identity.institution_id)
    rows = Identity.objects.select_for_update(of=("self",)).select_related("user", "institution")
    identity = rows.filter(pk=offer.identity.pk).first()
    again = offer_of(identity) if identity else None
    if identity is None or again is None or again.owner.pk != offer.owner.pk:
        raise CannotJoin
    return identity


def _move_places(launched: User, owner: User, institution: Institution) -> None:
    """The owner gets the cohorts that the launches led to, in the role that they said."""
    rows = Enrolment.objects.filter(user=launched, institution=institution, left_at=None)
    for enrolment in rows.select_related("cohort"):
        place(enrolment.cohort, owner, CohortRole(enrolment.role))
    if Membership.objects.filter(user=launched, institution=institution, role=Role.TEACHER).exists():
        let_teach(Membership.objects.get(user=owner, institution=institution))
