"""Reads of advice over answers and sessions, all bounded; that of one answer is `sessions.listener.queries`.

Nothing is read where the institution's policy does not run the models, and nothing comes back that was made by another
accommodation profile than today's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Institution, User
from scoring.performance.index import Profile
from sessions.listener.basis import holds
from sessions.listener.queries import runs_advice
from sessions.models import Advice, Drill, PracticeSession, ResultState, State

LATEST = 300
"""So many of a person's advised answers are remembered, the latest."""
DRILLS = 200
"""And so many of their drills."""


@dataclass(frozen=True, slots=True)
class InSession:
    """The advice of a session in the order of its answers; `being_made`: that of some answer is made anew."""

    advice: tuple[Advice, ...]
    being_made: bool


def advice_in(session: PracticeSession, profile: Profile) -> InSession:
    """The advice on all answers of a session. One query."""
    rows = list(
        _current(session.institution)
        .filter(answer__session=session)
        .select_related("answer")
        .order_by("answer__position")
    )
    standing = tuple(row for row in rows if holds(row.details, profile))
    return InSession(standing, being_made=len(standing) < len(rows))


def advised_answers(
    user: User,
    institution: Institution,
    profile: Profile,
    *,
    before: PracticeSession | None = None,
    latest: int = LATEST,
) -> list[Advice]:
    """Advice with at least one change on the person's answers there, newest first. One query.

    `before` leaves out that session and those after it.
    """
    rows = _current(institution).filter(answer__session__user=user).exclude(changes=[])
    if before is not None:
        rows = rows.filter(answer__session__created_at__lt=before.created_at)
    ordered = rows.order_by("-answer__session__created_at", "answer__position")
    found = ordered.select_related("answer__session__scenario")[:latest]
    return [row for row in found if holds(row.details, profile)]


def drills_of(user: User, institution: Institution) -> Sequence[Drill]:
    """The person's drills there that were finished, newest first. One query."""
    rows = Drill.objects.filter(session__user=user, institution=institution, session__state=State.DONE)
    return list(rows.select_related("session").order_by("-made_at")[:DRILLS])


def _current(institution: Institution) -> QuerySet[Advice]:
    """Of interviews, not of drills: those are compared with the answer they came from."""
    if not runs_advice(institution):
        return Advice.objects.none()
    return Advice.objects.filter(
        institution=institution,
        current=True,
        answer__session__is_drill=False,
        answer__result__state=ResultState.READY,
    )
