"""The person's standing in the registration's institution.

Whoever comes from its platform belongs to it, also after having left. Somebody who teaches a launching course is a
teacher of the institution and sees the cohorts that they teach, nothing else of it. A launch never takes a role away.
"""

from __future__ import annotations

from uuid import UUID

from accounts.actions import add_member, record
from accounts.models import Institution, Membership, Role, User
from lti.errors import Code, PlaceRefused


def membership_of(institution: Institution, user: User, *, teaches: bool) -> Membership:
    """Within a transaction. Raises PlaceRefused for an account that reaches beyond the institution.

    Whoever looks after a platform can launch as anybody of it, and would come into the other institution, or into the
    operator's pages. Joining offers no such account, but one may grow into it later.
    """
    standing = _standing(user)
    if user.is_staff or user.is_superuser or set(standing) - {institution.pk}:
        raise PlaceRefused(Code.ACCOUNT_BEYOND)
    membership = standing.get(institution.pk)
    if membership is None:
        role = Role.TEACHER if teaches else Role.STUDENT
        membership = add_member(institution=institution, user=user, role=role)
    membership.institution, membership.user = institution, user
    if teaches:
        let_teach(membership)
    return membership


def let_teach(membership: Membership) -> None:
    """A student of the institution becomes a teacher of it; teachers and administrators are what they are.

    It does not tell `membership_changed`: that would close the places in which the person learns, which are what
    the platform says and nobody's mistake.
    """
    if membership.role != Role.STUDENT:
        return
    membership.role = Role.TEACHER
    membership.save(update_fields=["role"])
    record(
        institution=membership.institution,
        actor=None,
        verb="change_role",
        user=str(membership.user_id),
        before=Role.STUDENT.value,
        after=Role.TEACHER.value,
    )


def _standing(user: User) -> dict[UUID, Membership]:
    """Where the account belongs now, by institution."""
    return {row.institution_id: row for row in Membership.objects.filter(user=user, left_at=None)[:50]}
