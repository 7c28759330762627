"""Cohorts, and who is in them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actions import record
from accounts.models import Institution, Membership, Role, User
from cohorts.errors import NameTaken, NotAMember
from cohorts.models import Cohort, CohortRole, Enrolment


@transaction.atomic
def create_cohort(*, institution: Institution, name: str, by: User) -> Cohort:
    """A teacher who makes a cohort teaches it. Raises NameTaken."""
    _check_name(institution, name)
    cohort = Cohort.objects.create(institution=institution, name=name)
    teaches = Membership.objects.filter(institution=institution, user=by, role=Role.TEACHER, left_at=None)
    if teaches.exists():
        place(cohort, by, CohortRole.TEACHER)
    record(institution=institution, actor=by, verb="create_cohort", cohort=str(cohort.pk))
    return cohort


@transaction.atomic
def rename_cohort(*, cohort: Cohort, name: str, by: User) -> Cohort:
    """Raises NameTaken."""
    if name != cohort.name:
        _check_name(cohort.institution, name)
        cohort.name = name
        cohort.save(update_fields=["name"])
        record(institution=cohort.institution, actor=by, verb="rename_cohort", cohort=str(cohort.pk))
    return cohort


def _check_name(institution: Institution, name: str) -> None:
    Institution.objects.select_for_update().get(pk=institution.pk)
    if Cohort.objects.filter(institution=institution, name=name).exists():
        raise NameTaken


@transaction.atomic
def archive_cohort(*, cohort: Cohort, by: User) -> None:
    """It asks nothing of its students any more, and its invitations are void. Histories stay readable."""
    if cohort.archived_at is None:
        cohort.archived_at = timezone.now()
        cohort.save(update_fields=["archived_at"])
        record(institution=cohort.institution, actor=by, verb="archive_cohort", cohort=str(cohort.pk))


@transaction.atomic
def unarchive_cohort(*, cohort: Cohort, by: User) -> None:
    if cohort.archived_at is not None:
        cohort.archived_at = None
        cohort.save(update_fields=["archived_at"])
        record(institution=cohort.institution, actor=by, verb="unarchive_cohort", cohort=str(cohort.pk))


@transaction.atomic
def enrol(*, cohort: Cohort, user: User, role: CohortRole, by: User) -> Enrolment:
    """Puts a member of the institution into the cohort, back again if they had left. Raises NotAMember.

    Somebody is in a cohort in the role they have in the institution: a student can never be put over others.
    """
    membership = Membership.objects.filter(
        institution=cohort.institution_id, user=user, role=role.value, left_at=None
    )
    if not membership.exists():
        raise NotAMember
    enrolment = place(cohort, user, role)
    record(
        institution=cohort.institution,
        actor=by,
        verb="enrol",
        cohort=str(cohort.pk),
        user=str(user.pk),
        role=role.value,
    )
    return enrolment


def place(cohort: Cohort, user: User, role: CohortRole) -> Enrolment:
    """The person's place in the cohort, without a question: for acts that have asked already."""
    enrolment, made = Enrolment.objects.select_for_update().get_or_create(
        cohort=cohort, user=user, defaults={"institution_id": cohort.institution_id, "role": role}
    )
    if not made and (enrolment.left_at is not None or enrolment.role != role):
        enrolment.left_at, enrolment.role = None, role
        enrolment.save(update_fields=["left_at", "role"])
    return enrolment


@transaction.atomic
def mark_left(*, enrolment: Enrolment, by: User) -> None:
    """The person is no longer in the cohort; what they practised in it stays theirs."""
    if enrolment.left_at is None:
        enrolment.left_at = timezone.now()
        enrolment.save(update_fields=["left_at"])
        record(
            institution=enrolment.institution,
            actor=by,
            verb="mark_left",
            cohort=str(enrolment.cohort_id),
            user=str(enrolment.user_id),
        )


def close_misfits(*, membership: Membership) -> int:
    """Enrolments that no longer go with the person's standing: all after leaving, else those in another role."""
    rows = Enrolment.objects.filter(
        institution_id=membership.institution_id, user_id=membership.user_id, left_at=None
    )
    if membership.left_at is None:
        rows = rows.exclude(role=membership.role)
    return rows.update(left_at=timezone.now())
