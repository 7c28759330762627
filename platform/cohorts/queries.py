"""Reads about cohorts, the people in them, invitations and assignments. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Institution, Membership, Role, User
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment, Invitation
from cohorts.tokens import digest


def cohorts_for(membership: Membership) -> QuerySet[Cohort]:
    """The cohorts that the person looks after: a teacher those they teach, an administrator all, a student none."""
    rows = Cohort.objects.filter(institution_id=membership.institution_id)
    if membership.role == Role.ADMINISTRATOR:
        return rows
    if membership.role != Role.TEACHER:
        return rows.none()
    return rows.filter(pk__in=_enrolled(membership.user_id, CohortRole.TEACHER).values("cohort"))


def get_cohort_for(user: User, membership: Membership | None, cohort_id: UUID) -> Cohort:
    """The gate of a cohort: who teaches it, and the institution's administrators; the same 404 for anybody else."""
    if membership is None or membership.user_id != user.pk or membership.left_at is not None:
        raise Http404
    cohort = cohorts_for(membership).select_related("institution").filter(pk=cohort_id).first()
    if cohort is None:
        raise Http404
    return cohort


def with_counts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Each cohort with `students` and `teachers`, those who are in it at this moment."""
    standing = Q(enrolments__left_at=None)
    return cohorts.annotate(
        students=Count("enrolments", filter=standing & Q(enrolments__role=CohortRole.STUDENT)),
        teachers=Count("enrolments", filter=standing & Q(enrolments__role=CohortRole.TEACHER)),
    )


# --- who is in it ---------------------------------------------------------------------------------


def _enrolled(user_id: UUID, role: CohortRole) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(user_id=user_id, role=role, left_at=None)


def roster(cohort: Cohort) -> QuerySet[Enrolment]:
    """Everyone who is in the cohort, teachers first, then by name; each with `user`."""
    rows = Enrolment.objects.filter(cohort=cohort, left_at=None).select_related("user")
    return rows.order_by(F("role").desc(), "user__name", "user__email")


def students_of(cohort: Cohort) -> QuerySet[User]:
    return User.objects.filter(
        enrolments__cohort=cohort, enrolments__role=CohortRole.STUDENT, enrolments__left_at=None
    ).order_by("name", "email")


def get_enrolment(cohort: Cohort, user_id: UUID) -> Enrolment:
    """The person's place in a cohort that was fetched through its gate; 404 without one."""
    found = (
        Enrolment.objects.filter(cohort=cohort, user_id=user_id, left_at=None).select_related("user").first()
    )
    if found is None:
        raise Http404
    return found


def teaches(user: User, student: User, institution_id: UUID) -> bool:
    """Whether the one teaches a cohort in which the other is a student at this moment."""
    taught = Enrolment.objects.filter(
        user=user, role=CohortRole.TEACHER, left_at=None, institution_id=institution_id
    )
    return _enrolled(student.pk, CohortRole.STUDENT).filter(cohort__in=taught.values("cohort")).exists()


def may_join(cohort: Cohort, role: Role) -> QuerySet[Membership]:
    """Members of the institution in that role who are not in the cohort yet, by name."""
    there = Enrolment.objects.filter(cohort=cohort, user=OuterRef("user"), left_at=None)
    rows = Membership.objects.filter(institution=cohort.institution_id, role=role, left_at=None)
    return rows.exclude(Exists(there)).select_related("user").order_by("user__name", "user__email")


# --- invitations ----------------------------------------------------------------------------------


def open_invitations(institution: Institution, cohort: Cohort | None = None) -> QuerySet[Invitation]:
    """Those that can still be used: of one cohort, or, without one, those for the institution itself."""
    rows = Invitation.objects.filter(
        institution=institution,
        cohort=cohort,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        uses__lt=F("max_uses"),
    )
    return rows.select_related("created_by").order_by("-created_at", "pk")


def invitation_by_token(token: str) -> Invitation:
    """404 for a token that never was; whether it may still be used is for `actions` to say."""
    rows = Invitation.objects.select_related("institution", "cohort", "created_by")
    found = rows.filter(token_hash=digest(token)).first()
    if found is None:
        raise Http404
    return found


def get_invitation_for(membership: Membership, invitation_id: UUID) -> Invitation:
    """The gate of an invitation: administrators of the institution, and the teachers of its cohort."""
    rows = Invitation.objects.filter(institution_id=membership.institution_id)
    if membership.role != Role.ADMINISTRATOR:
        rows = rows.filter(cohort__in=cohorts_for(membership))
    found = rows.select_related("cohort", "institution").filter(pk=invitation_id).first()
    if found is None:
        raise Http404
    return found


def addresses_in(cohort: Cohort, addresses: Iterable[str]) -> set[str]:
    """Which of the addresses belong to somebody who is in the cohort."""
    rows = Enrolment.objects.filter(cohort=cohort, left_at=None, user__email__in=list(addresses))
    return set(rows.values_list("user__email", flat=True))


def addresses_invited(institution: Institution, cohort: Cohort | None, addresses: Iterable[str]) -> set[str]:
    """Which of the addresses have an invitation that can still be used."""
    rows = open_invitations(institution, cohort).filter(email__in=list(addresses))
    return set(rows.values_list("email", flat=True))


def roles_by_address(institution: Institution, addresses: Iterable[str]) -> dict[str, Role]:
    """The role of each address that belongs to a member of the institution."""
    rows = Membership.objects.filter(
        institution=institution, left_at=None, user__email__in=list(addresses)
    ).values_list("user__email", "role")
    return {email: Role(role) for email, role in rows}


# --- assignments ----------------------------------------------------------------------------------


def get_assignment_for(user: User, membership: Membership | None, assignment_id: UUID) -> Assignment:
    """The gate of an assignment for those who look after its cohort; else 404."""
    rows = Assignment.objects.select_related("cohort__institution", "scenario")
    found = rows.filter(pk=assignment_id).first()
    if found is None:
        raise Http404
    get_cohort_for(user, membership, found.cohort_id)
    return found


def assignments_of(cohort: Cohort) -> QuerySet[Assignment]:
    """Not withdrawn ones, the one due next first; each with `scenario`."""
    return cohort.assignments.filter(withdrawn_at=None).select_related("scenario").order_by("due_at")


def open_assignments(
    user: User, institution_id: UUID, *, now: datetime | None = None
) -> QuerySet[Assignment]:
    """What the person is asked to practise at this moment: opened, not yet due, the one due first on top."""
    now = now or timezone.now()
    return asked_of(user, institution_id).filter(opens_at__lte=now, due_at__gt=now)


def asked_of(user: User, institution_id: UUID) -> QuerySet[Assignment]:
    """All assignments of the cohorts in which the person is a student, past and coming ones too."""
    cohorts = _enrolled(user.pk, CohortRole.STUDENT).filter(
        institution_id=institution_id, cohort__archived_at=None
    )
    rows = Assignment.objects.filter(
        institution_id=institution_id, cohort__in=cohorts.values("cohort"), withdrawn_at=None
    )
    return rows.select_related("scenario", "cohort").order_by("due_at", "pk")
