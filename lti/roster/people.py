"""Accounts for members of a roster, by the hundred: as a launch makes them, without a query for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from accounts.models import NO_ADDRESS, Membership, Role, User
from lti.models import Identity, Registration
from lti.people import told
from lti.people.alone import each_at_a_time
from lti.people.forgotten import forgotten
from lti.people.persons import nameless
from lti.services.roster import Member

BATCH = 1000


def identities_of(registration: Registration, subjects: Collection[str]) -> dict[str, Identity]:
    """Those of the subjects that are known here, each with `user`."""
    rows = Identity.objects.filter(registration=registration, subject__in=list(subjects))
    return {row.subject: row for row in rows.select_related("user")}


def with_new(
    registration: Registration, known: dict[str, Identity], members: Iterable[Member]
) -> dict[str, Identity]:
    """The known identities and those of the members that nobody has seen before. Within a transaction.

    Whoever had everything deleted here stays away until they launch again.
    """
    new = {one.subject: one for one in members if one.subject not in known}
    for subject in forgotten(registration.pk, new):
        del new[subject]
    if not new:
        return known
    each_at_a_time(("person", registration.pk, subject) for subject in new)
    # Whoever launched meanwhile is there now.
    known |= identities_of(registration, new)
    return known | _made(registration, [one for subject, one in new.items() if subject not in known])


def _made(registration: Registration, members: list[Member]) -> dict[str, Identity]:
    users = User.objects.bulk_create([_user(registration, one) for one in members], batch_size=BATCH)
    identities = [
        Identity(
            institution_id=registration.institution_id,
            registration=registration,
            subject=member.subject,
            user=user,
            name=user.name,
            email=user.told_email,
        )
        for member, user in zip(members, users, strict=True)
    ]
    return {one.subject: one for one in Identity.objects.bulk_create(identities, batch_size=BATCH)}


def _user(registration: Registration, member: Member) -> User:
    institution = registration.institution
    return User(
        email=f"{uuid4().hex}@{NO_ADDRESS}",
        told_email=told.email(member.email),
        name=told.name(member.name) or nameless(institution.language),
        password=make_password(None),
        language=institution.language,
        time_zone=institution.time_zone,
    )


# --- those who are known --------------------------------------------------------------------------------


def follow(identities: dict[str, Identity], members: Iterable[Member]) -> None:
    """New names and addresses of people who never launched. Of all others a launch tells, which they see."""
    waiting = [
        (identities[one.subject], one)
        for one in members
        if one.subject in identities and identities[one.subject].last_launch_at is None
    ]
    changed = [identity for identity, member in waiting if _renamed(identity, member)]
    User.objects.bulk_update([one.user for one in changed], ["name", "told_email"], batch_size=BATCH)
    Identity.objects.bulk_update(changed, ["name", "email"], batch_size=BATCH)


def _renamed(identity: Identity, member: Member) -> bool:
    """What the roster does not say stays, and so does a name that somebody changed here."""
    name, email = told.name(member.name) or identity.name, told.email(member.email) or identity.email
    if (name, email) == (identity.name, identity.email):
        return False
    user = identity.user
    if user.email.endswith(f"@{NO_ADDRESS}"):
        user.name = name if user.name == identity.name else user.name
        user.told_email = email
    identity.name, identity.email = name, email
    return True


def belonging(registration: Registration, users: Collection[User]) -> set[User]:
    """Those who belong to the institution, new ones from now on.

    Whoever left it, or was taken out, does not come back by a list: only by a launch of their own.
    """
    standing = {user.pk: user for user in users if user.is_active}
    rows: QuerySet[Membership] = Membership.objects.filter(institution_id=registration.institution_id)
    known = dict(rows.filter(user_id__in=list(standing)).values_list("user_id", "left_at"))
    new = [
        Membership(institution_id=registration.institution_id, user=user, role=Role.STUDENT)
        for key, user in standing.items()
        if key not in known
    ]
    Membership.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return {user for key, user in standing.items() if known.get(key) is None}
