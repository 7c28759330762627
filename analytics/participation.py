"""Who practises, how often, and who needs attention: counted from sessions and dates, never from what was observed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Consent, Purpose
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from sessions.models import PracticeSession, State

QUIET_DAYS = 14
"""Without practice for so many days, a student needs attention."""
RECENT_DAYS = 28
"""A missed date asks for attention for so long; afterwards it is history, and only counted."""
LARGEST = 2000
"""A cohort page reads at most so many students."""


@dataclass(frozen=True, slots=True)
class Row:
    """One student's participation. Times are aware; `last` is None before the first session."""

    user_id: UUID
    name: str
    joined: datetime
    sessions: int
    last: datetime | None
    due: int
    missed: int
    missed_lately: int
    done: int
    asked: int
    shares: bool

    @property
    def quiet_days(self) -> int:
        return (timezone.now() - (self.last or self.joined)).days

    @property
    def reasons(self) -> list[str]:
        """Why this student may need attention, in words; empty when there is no reason."""
        found = []
        if self.quiet_days >= QUIET_DAYS:
            found.append(self._quiet())
        if n := self.missed_lately:
            found.append(ngettext("missed one date", "missed %(n)s dates", n) % {"n": n})
        return found

    def _quiet(self) -> str:
        if self.last is None:
            return _("has not practised yet")
        days = self.quiet_days
        return ngettext("no practice for one day", "no practice for %(n)s days", days) % {"n": days}


@dataclass(frozen=True, slots=True)
class Duty:
    """An assignment of the cohort with how many of its students have done it."""

    assignment: Assignment
    done: int
    students: int

    @property
    def state(self) -> str:
        now = timezone.now()
        if self.assignment.opens_at > now:
            return "upcoming"
        return "open" if self.assignment.due_at > now else "past"


@dataclass(frozen=True, slots=True)
class Participation:
    """The whole cohort: a row per student, a duty per assignment (soonest due first)."""

    rows: tuple[Row, ...]
    duties: tuple[Duty, ...]

    @property
    def active(self) -> int:
        """Students who practised within the last two weeks."""
        since = timezone.now() - timedelta(days=QUIET_DAYS)
        return sum(1 for row in self.rows if row.last and row.last >= since)

    @property
    def needing_attention(self) -> int:
        return sum(1 for row in self.rows if row.reasons)

    @property
    def sessions(self) -> int:
        return sum(row.sessions for row in self.rows)


def students_of(cohort: Cohort) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(cohort=cohort, role=CohortRole.STUDENT, left_at=None)
    return rows.select_related("user").order_by("user__name", "user_id")


def participation_in(cohort: Cohort, *, user_id: UUID | None = None) -> Participation:
    """The cohort's participation, or that of one of its students. Five queries, whatever the size."""
    enrolled = students_of(cohort)
    if user_id is not None:
        enrolled = enrolled.filter(user_id=user_id)
    members = list(enrolled[:LARGEST])
    assignments = list(
        Assignment.objects.filter(cohort=cohort, withdrawn_at=None)
        .select_related("scenario")
        .order_by("due_at")
    )
    users = [member.user_id for member in members]
    reading = _Reading(
        _practised(cohort, users), _finished(assignments, users), _sharing(cohort, users), assignments
    )
    rows = tuple(reading.row(member) for member in members)
    return Participation(rows, tuple(reading.duty(assignment, members) for assignment in assignments))


def _practised(cohort: Cohort, users: list[UUID]) -> dict[UUID, tuple[int, datetime]]:
    """Finished sessions of each student in the institution, and when the last one was."""
    done = PracticeSession.objects.filter(
        institution_id=cohort.institution_id, user_id__in=users, state=State.DONE, is_drill=False
    )
    counted = done.values("user_id").annotate(n=Count("pk"), last=Max("created_at")).order_by()
    return {row["user_id"]: (row["n"], row["last"]) for row in counted}


def _finished(assignments: list[Assignment], users: list[UUID]) -> dict[tuple[UUID, UUID], int]:
    """Finished sessions for an assignment, by assignment and student."""
    done: Any = PracticeSession.objects.filter(
        assignment__in=assignments, user_id__in=users, state=State.DONE, is_drill=False
    )
    counted = done.values("assignment_id", "user_id").annotate(n=Count("pk")).order_by()
    return {(row["assignment_id"], row["user_id"]): row["n"] for row in counted}


def _sharing(cohort: Cohort, users: list[UUID]) -> set[UUID]:
    standing = Q(institution_id=cohort.institution_id, purpose=Purpose.SHARE, withdrawn_at=None)
    return set(Consent.objects.filter(standing, user_id__in=users).values_list("user_id", flat=True))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read about a cohort, to be put together by student and by assignment."""

    practised: dict[UUID, tuple[int, datetime]]
    finished: dict[tuple[UUID, UUID], int]
    shares: set[UUID]
    assignments: list[Assignment]

    def row(self, member: Enrolment) -> Row:
        sessions, last = self.practised.get(member.user_id, (0, None))
        now = timezone.now()
        asked = [a for a in self.assignments if self._asked(a, member) and a.opens_at <= now]
        open_duties = [a for a in asked if not self._done(a, member)]
        return Row(
            user_id=member.user_id,
            name=str(member.user),
            joined=member.created_at,
            sessions=sessions,
            last=last,
            due=sum(1 for a in open_duties if a.due_at > now),
            missed=sum(1 for a in open_duties if a.due_at <= now),
            missed_lately=sum(1 for a in open_duties if now - timedelta(days=RECENT_DAYS) < a.due_at <= now),
            done=len(asked) - len(open_duties),
            asked=len(asked),
            shares=member.user_id in self.shares,
        )

    def duty(self, assignment: Assignment, members: Sequence[Enrolment]) -> Duty:
        asked = [member for member in members if self._asked(assignment, member)]
        return Duty(assignment, sum(1 for member in asked if self._done(assignment, member)), len(asked))

    def _asked(self, assignment: Assignment, member: Enrolment) -> bool:
        """Whoever joined after the date was never asked."""
        return member.created_at < assignment.due_at

    def _done(self, assignment: Assignment, member: Enrolment) -> bool:
        return self.finished.get((assignment.pk, member.user_id), 0) >= assignment.sessions_needed


# --- sorting and filtering of the table --------------------------------------------------------------

LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())
SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.name.casefold(),
    "sessions": lambda row: (row.sessions, row.name.casefold()),
    "last": lambda row: (row.last or LONG_AGO, row.name.casefold()),
    "due": lambda row: (row.due, row.name.casefold()),
    "missed": lambda row: (row.missed, row.name.casefold()),
    "done": lambda row: (row.done, row.name.casefold()),
}
SHOW: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "attention": lambda row: bool(row.reasons),
    "due": lambda row: row.due > 0,
    "sharing": lambda row: row.shares,
}


def arrange(rows: Iterable[Row], *, sort: str = "name", show: str = "all", search: str = "") -> list[Row]:
    """The rows that match, in order; `-` before the column's name turns it round. Unknown names mean the default."""
    matching = [row for row in rows if SHOW.get(show, SHOW["all"])(row)]
    needle = search.strip().casefold()
    found = [row for row in matching if needle in row.name.casefold()]
    return sorted(found, key=SORTS.get(sort.lstrip("-"), SORTS["name"]), reverse=sort.startswith("-"))
