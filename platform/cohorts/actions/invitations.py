"""Inviting people, and coming by an invitation.

An open link is shown once to who made it. An invitation to an address is mailed by a background job, which
makes the token: it exists in the mail and nowhere else, not even in the queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.actions import add_member, record
from accounts.models import Institution, Role, User
from cohorts import tokens
from cohorts.actions.groups import place
from cohorts.errors import CohortArchived, Expired, HasAccount, OtherRole, Revoked, UsedUp, WrongAddress
from cohorts.models import Cohort, CohortRole, Invitation
from cohorts.queries import addresses_in, addresses_invited, roles_by_address

MAIL_DAYS = 30
MOST_USES = 500


@dataclass(frozen=True)
class Link:
    """An invitation with its token, which cannot be shown again."""

    invitation: Invitation
    token: str

    @property
    def path(self) -> str:
        return reverse("cohorts:join", args=[self.token])


@dataclass(frozen=True)
class Invitee:
    """Somebody to invite. The address is lower case."""

    email: str
    name: str = ""


# --- inviting -------------------------------------------------------------------------------------


@transaction.atomic
def invite_by_link(*, cohort: Cohort, max_uses: int, expires_at: datetime, by: User) -> Link:
    """A link for students, for as many as `max_uses` (at most 500). Raises CohortArchived."""
    _check_open(cohort)
    token = tokens.new()
    invitation = Invitation.objects.create(
        institution=cohort.institution,
        cohort=cohort,
        role=Role.STUDENT,
        token_hash=tokens.digest(token),
        max_uses=min(max(1, max_uses), MOST_USES),
        expires_at=expires_at,
        created_by=by,
    )
    record(
        institution=cohort.institution,
        actor=by,
        verb="invite_by_link",
        cohort=str(cohort.pk),
        uses=invitation.max_uses,
    )
    return Link(invitation, token)


@transaction.atomic
def invite_by_mail(
    *, institution: Institution, role: Role, invitee: Invitee, by: User | None, origin: str
) -> Invitation | None:
    """Invites into the institution itself, in any role; None when the address belongs to it or is invited already."""
    Institution.objects.select_for_update().get(pk=institution.pk)
    address = invitee.email.lower()
    if roles_by_address(institution, [address]) or addresses_invited(institution, None, [address]):
        return None
    made = _mail_to(institution=institution, cohort=None, role=role, invitees=[invitee], by=by, origin=origin)
    record(institution=institution, actor=by, verb="invite", role=role.value)
    return made[0]


@transaction.atomic
def invite_by_csv(*, cohort: Cohort, invitees: Sequence[Invitee], by: User, origin: str) -> int:
    """Invites students into the cohort; returns how many. Those who are in it or invited already are left alone.

    Confirming the same list twice therefore invites nobody twice. Whoever has another role in the institution is
    left out as well. Raises CohortArchived.
    """
    # Locked, so that two confirmations come one after the other.
    _check_open(Cohort.objects.select_for_update().get(pk=cohort.pk))
    addresses = [invitee.email for invitee in invitees]
    roles = roles_by_address(cohort.institution, addresses)
    skip = addresses_in(cohort, addresses) | addresses_invited(cohort.institution, cohort, addresses)
    skip |= {address for address, role in roles.items() if role != Role.STUDENT}
    fresh = {invitee.email: invitee for invitee in invitees if invitee.email not in skip}
    if fresh:
        _mail_to(
            institution=cohort.institution,
            cohort=cohort,
            role=Role.STUDENT,
            invitees=fresh.values(),
            by=by,
            origin=origin,
        )
        record(
            institution=cohort.institution,
            actor=by,
            verb="invite_by_csv",
            cohort=str(cohort.pk),
            count=len(fresh),
        )
    return len(fresh)


def _check_open(cohort: Cohort) -> None:
    if cohort.archived_at is not None:
        raise CohortArchived


def _mail_to(
    *,
    institution: Institution,
    cohort: Cohort | None,
    role: Role,
    invitees: Iterable[Invitee],
    by: User | None,
    origin: str,
) -> list[Invitation]:
    from cohorts.tasks import mail_invitation

    expires_at = timezone.now() + timedelta(days=MAIL_DAYS)
    made = Invitation.objects.bulk_create(
        Invitation(
            institution=institution,
            cohort=cohort,
            role=role,
            email=invitee.email.lower(),
            name=invitee.name[:120],
            # The hash of a token that nobody has: the job puts that of the mailed one in its place.
            token_hash=tokens.digest(tokens.new()),
            expires_at=expires_at,
            created_by=by,
        )
        for invitee in invitees
    )
    jobs: list[dict[str, Any]] = [{"invitation_id": str(row.pk), "origin": origin} for row in made]
    mail_invitation.batch_defer(*jobs)
    return made


def send_invitation(*, invitation_id: UUID, origin: str) -> None:
    """Makes the token, stores its hash and mails the link. A retry makes a new one; the last mail's link works."""
    rows = Invitation.objects.select_related("institution", "cohort", "created_by")
    invitation = rows.filter(pk=invitation_id, revoked_at=None, uses=0).exclude(email="").first()
    if invitation is None or invitation.expires_at <= timezone.now():
        return
    token = tokens.new()
    invitation.token_hash = tokens.digest(token)
    invitation.save(update_fields=["token_hash"])
    known = User.objects.filter(email=invitation.email).values_list("language", flat=True).first()
    mail.send(
        template="cohorts/mail/invitation",
        to=invitation.email,
        language=known or invitation.institution.language,
        invitation=invitation,
        link=f"{origin}{Link(invitation, token).path}",
    )


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """The link stops working at once."""
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(
            institution=invitation.institution,
            actor=by,
            verb="revoke_invitation",
            invitation=str(invitation.pk),
        )


# --- coming ---------------------------------------------------------------------------------------


def check_invitation(invitation: Invitation, user: User | None = None) -> None:
    """Raises the InvitationProblem that keeps this person (or a stranger) from using it."""
    if invitation.revoked_at is not None or (invitation.cohort and invitation.cohort.archived_at):
        raise Revoked
    if invitation.expires_at <= timezone.now():
        raise Expired
    if invitation.uses >= invitation.max_uses:
        raise UsedUp
    if user is None:
        return
    if invitation.email and invitation.email != user.email:
        raise WrongAddress
    role = roles_by_address(invitation.institution, [user.email]).get(user.email)
    if role is not None and role != invitation.role:
        raise OtherRole


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> None:
    """The person joins. Raises InvitationProblem. Doing it twice changes nothing and takes no second place."""
    invitation = _locked(invitation)
    if not is_there(invitation, user):
        check_invitation(invitation, user)
        _join(invitation, user)


@transaction.atomic
def join_as_new_person(
    *, invitation: Invitation, name: str, email: str, password: str, language: str
) -> User:
    """An account for somebody who had none, and their place. Raises InvitationProblem.

    An invitation that was mailed decides the address: whoever has the mail has proved that it is theirs.
    """
    invitation = _locked(invitation)
    check_invitation(invitation)
    address = (invitation.email or email).lower()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                address,
                password,
                name=name,
                language=language,
                time_zone=invitation.institution.time_zone,
            )
    except IntegrityError as error:
        raise HasAccount from error
    _join(invitation, user)
    return user


def is_there(invitation: Invitation, user: User) -> bool:
    """Whether the person already has what the invitation offers."""
    if invitation.cohort:
        return bool(addresses_in(invitation.cohort, [user.email]))
    return roles_by_address(invitation.institution, [user.email]).get(user.email) == invitation.role


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("institution", "cohort")
    return rows.get(pk=invitation.pk)


def _join(invitation: Invitation, user: User) -> None:
    add_member(institution=invitation.institution, user=user, role=Role(invitation.role))
    if invitation.cohort:
        place(invitation.cohort, user, CohortRole(invitation.role))
    invitation.uses += 1
    # The address has served its purpose: from here on the person's account holds it.
    invitation.email = invitation.name = ""
    invitation.save(update_fields=["uses", "email", "name"])
