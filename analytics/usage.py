"""How much an institution practises: counts by cohort and week, and its people by role. Nobody's results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, Membership, Role
from cohorts.models import Cohort, CohortRole
from sessions.models import PracticeSession, State

WEEKS = 12
COHORTS = 100
"""The usage page reads at most so many cohorts; the export has them all."""


@dataclass(frozen=True, slots=True)
class Week:
    """One cohort's week from `monday`: finished sessions, different students, minutes practised."""

    cohort_id: UUID | None
    monday: date
    sessions: int
    students: int
    minutes: int


@dataclass(frozen=True, slots=True)
class CohortUsage:
    """A cohort with its weeks; `cohort_id` None is practice outside any cohort."""

    cohort_id: UUID | None
    name: str
    enrolled: int
    weeks: tuple[Week, ...]

    @property
    def sessions(self) -> int:
        return sum(week.sessions for week in self.weeks)

    @property
    def this_week(self) -> Week:
        return self.weeks[-1]


@dataclass(frozen=True, slots=True)
class Usage:
    mondays: tuple[date, ...]
    cohorts: tuple[CohortUsage, ...]

    @property
    def sessions(self) -> int:
        return sum(cohort.sessions for cohort in self.cohorts)


def zone_of(institution: Institution) -> ZoneInfo:
    try:
        return ZoneInfo(institution.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def last_mondays(institution: Institution, weeks: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the last weeks, this one included, by the institution's own clock."""
    today = timezone.localdate(timezone=zone_of(institution))
    this = today - timedelta(days=today.weekday())
    return tuple(this - timedelta(days=7 * back) for back in reversed(range(weeks)))


def weeks_of(institution: Institution, *, since: date, cohort: Cohort | None = None) -> QuerySet[Any, Any]:
    """Finished sessions, without drills, by cohort and week, oldest week first; weeks without any have no row."""
    zone = zone_of(institution)
    began = datetime.combine(since, datetime.min.time(), tzinfo=zone)
    rows = PracticeSession.objects.filter(institution=institution, state=State.DONE, created_at__gte=began)
    rows = rows.filter(is_drill=False)
    if cohort is not None:
        rows = rows.filter(cohort=cohort)
    weekly = rows.annotate(week=TruncWeek("created_at", tzinfo=zone)).values("cohort_id", "week")
    return weekly.annotate(
        sessions=Count("pk"), students=Count("user_id", distinct=True), used=Sum("used_ms")
    ).order_by("week", "cohort_id")


def _week(row: dict[str, Any]) -> Week:
    minutes = round((row["used"] or 0) / 60_000)
    return Week(row["cohort_id"], row["week"].date(), row["sessions"], row["students"], minutes)


def usage_of(institution: Institution) -> Usage:
    """The last twelve weeks of every cohort. Two queries."""
    mondays = last_mondays(institution)
    weeks: dict[UUID | None, dict[date, Week]] = {}
    for row in weeks_of(institution, since=mondays[0]):
        week = _week(row)
        weeks.setdefault(week.cohort_id, {})[week.monday] = week
    cohorts = [
        CohortUsage(cohort.pk, cohort.name, cohort.enrolled, _filled(cohort.pk, mondays, weeks))
        for cohort in _cohorts(institution)[:COHORTS]
    ]
    if None in weeks:
        cohorts.append(CohortUsage(None, "", 0, _filled(None, mondays, weeks)))
    return Usage(mondays, tuple(cohorts))


def _filled(
    cohort_id: UUID | None, mondays: tuple[date, ...], weeks: dict[UUID | None, dict[date, Week]]
) -> tuple[Week, ...]:
    known = weeks.get(cohort_id, {})
    return tuple(known.get(monday, Week(cohort_id, monday, 0, 0, 0)) for monday in mondays)


def _cohorts(institution: Institution) -> QuerySet[Any]:
    students = Q(enrolments__role=CohortRole.STUDENT, enrolments__left_at=None)
    rows = Cohort.objects.filter(institution=institution, archived_at=None)
    return rows.annotate(enrolled=Count("enrolments", filter=students)).order_by("name")


def cohort_weeks(cohort: Cohort) -> tuple[Week, ...]:
    """One cohort's last twelve weeks. One query."""
    mondays = last_mondays(cohort.institution)
    rows = weeks_of(cohort.institution, since=mondays[0], cohort=cohort)
    weeks = {week.monday: week for week in map(_week, rows)}
    return _filled(cohort.pk, mondays, {cohort.pk: weeks})


ROLES: dict[Role, Any] = {
    Role.STUDENT: _("Students"),
    Role.TEACHER: _("Teachers"),
    Role.ADMINISTRATOR: _("Administrators"),
}


def people_by_role(institution: Institution) -> list[tuple[str, int]]:
    """Names of the roles with the number of people who hold them now."""
    standing = Membership.objects.filter(institution=institution, left_at=None)
    counts = dict(standing.values_list("role").annotate(n=Count("pk")).order_by())
    return [(str(name), counts.get(role.value, 0)) for role, name in ROLES.items()]


def export_rows(institution: Institution, *, since: date) -> Iterator[tuple[Any, ...]]:
    """One row per cohort and week with practice, as the CSV export has them; read in steps, never all at once."""
    cohorts = {cohort.pk: cohort for cohort in _cohorts(institution)}
    for row in weeks_of(institution, since=since).iterator(chunk_size=500):
        week, cohort = _week(row), cohorts.get(row["cohort_id"])
        yield (
            week.monday.isoformat(),
            cohort.name if cohort else "",
            cohort.enrolled if cohort else "",
            week.students,
            week.sessions,
            week.minutes,
        )
