"""Who has done what an assignment asks for, counted as everywhere: finished interviews of the assignment, no drills."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from lti.models import Grade, Identity, RegistrationState, ResourceLink
from sessions.models import PracticeSession, State

AT_ONCE = 2000
_LINK = "assignment__resourcelink"


@dataclass(frozen=True, slots=True)
class Done:
    """A student who is done with the assignment of a link and has no grade there yet."""

    link_id: int
    user_id: UUID
    institution_id: UUID
    points: float


def graded_links() -> QuerySet[ResourceLink]:
    """The links that have grades: an assignment that stands, points, and a platform that is switched on."""
    return ResourceLink.objects.filter(
        points__gt=0,
        course__isnull=False,
        assignment__isnull=False,
        assignment__withdrawn_at=None,
        registration__state=RegistrationState.ACTIVE,
    )


def done_without_grade(
    *, links: QuerySet[ResourceLink] | None = None, user_id: UUID | None = None
) -> list[Done]:
    """At most `AT_ONCE`; those of all links, or of some, or one person's. One query."""
    wanted = Q(**{f"{_LINK}__in": graded_links() if links is None else links})
    rows = _finished().filter(wanted)
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    known = Identity.objects.filter(registration=OuterRef(f"{_LINK}__registration"), user=OuterRef("user_id"))
    graded = Grade.objects.filter(link=OuterRef(f"{_LINK}__pk"), user=OuterRef("user_id"))
    counted = (
        rows.filter(Exists(known), ~Exists(graded))
        .values("user_id", "institution_id", f"{_LINK}__pk", f"{_LINK}__points")
        .annotate(n=Count("pk"))
        .filter(n__gte=F("assignment__sessions_needed"))
        .order_by(f"{_LINK}__pk", "user_id")
    )
    return [
        Done(row[f"{_LINK}__pk"], row["user_id"], row["institution_id"], row[f"{_LINK}__points"])
        for row in counted[:AT_ONCE]
    ]


def finished_of(assignment_id: UUID, users: Collection[UUID]) -> dict[UUID, int]:
    """How many sessions of the assignment each of them finished."""
    rows = _finished().filter(assignment_id=assignment_id, user_id__in=users)
    counted = rows.values("user_id").annotate(n=Count("pk")).order_by()
    return {row["user_id"]: row["n"] for row in counted}


def _finished() -> QuerySet[PracticeSession]:
    return PracticeSession.objects.filter(state=State.DONE, is_drill=False)
