"""A person's sessions over time: bounded reads, aggregated by the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Institution, User
from analytics import summaries
from analytics.cue_names import as_cue
from analytics.progress import Point, of_one_language
from analytics.summaries import Usual
from scoring.cues.baseline import CALIBRATION, Baseline
from scoring.cues.catalogue import CATALOGUE_VERSION, Cue
from scoring.queries import baseline_of
from sessions.models import AnswerResult, PracticeSession, ResultState, Scenario, State

LAST = 60
"""A history shows at most so many sessions, the latest."""
CALENDAR_WEEKS = 12
RELEARNT = 80
"""Answers from which the usual of an earlier day is learnt again."""


@dataclass(frozen=True, slots=True)
class History:
    """The latest sessions, oldest first, and for each cue its points in the same order."""

    sessions: tuple[PracticeSession, ...]
    cues: dict[Cue, tuple[Point, ...]]

    @property
    def simulated(self) -> bool:
        return any(session.simulated for session in self.sessions)

    def without(self, off: Collection[Cue]) -> History:
        """This without the cues that the person left out."""
        return History(self.sessions, {cue: points for cue, points in self.cues.items() if cue not in off})

    def disputed(self, values: Collection[tuple[UUID, str]]) -> History:
        """This with the points marked of which the person disputes a value, named by session and code of the cue."""
        marked = {
            cue: tuple(replace(one, disputed=(one.session_id, cue) in values) for one in points)
            for cue, points in self.cues.items()
        }
        return History(self.sessions, marked)


def done_sessions(user: User, institution: Institution) -> QuerySet[PracticeSession]:
    """Finished interviews. Drills are left out here and so everywhere that a history shows."""
    done = PracticeSession.objects.filter(user=user, institution=institution, state=State.DONE)
    return done.filter(is_drill=False)


def history_of(user: User, institution: Institution, *, scenario_id: UUID | None = None) -> History:
    """The person's latest `LAST` finished sessions there, of one scenario or of all. Two queries."""
    rows = done_sessions(user, institution).select_related("scenario").order_by("-created_at")
    if scenario_id is not None:
        rows = rows.filter(scenario_id=scenario_id)
    sessions = tuple(reversed(rows[:LAST]))
    return History(sessions, _points(sessions))


def _points(sessions: Sequence[PracticeSession]) -> dict[Cue, tuple[Point, ...]]:
    by_id = {session.pk: session for session in sessions}
    found: dict[Cue, list[Point]] = {}
    for session_id, code, mean, variance, n in _cue_means(list(by_id)):
        session, cue = by_id[session_id], as_cue(code)
        if cue is not None:
            found.setdefault(cue, []).append(_point(session, mean, variance, n))
    return {cue: of_one_language(cue, sorted(points, key=lambda p: p.at)) for cue, points in found.items()}


def _point(session: PracticeSession, mean: float, variance: float | None, n: int) -> Point:
    at = session.ended_at or session.created_at
    return Point(
        at,
        session.scenario.title,
        mean,
        variance,
        n,
        session.simulated,
        session.scenario.language,
        session.pk,
    )


def _cue_means(session_ids: list[UUID]) -> list[tuple[UUID, str, float, float | None, int]]:
    """Mean, variance and number of answers of each cue in each session. What is absent takes no part."""
    if not session_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT answer.session_id, cue.key, avg((cue.value->>'v')::float8),
                   var_samp((cue.value->>'v')::float8), count(*)
            FROM practice_answerresult result
            JOIN practice_answer answer ON answer.id = result.answer_id
            CROSS JOIN LATERAL jsonb_each(result.cues) AS cue
            WHERE answer.session_id = ANY(%s) AND result.state = 'ready'
              AND result.catalogue_version = %s AND jsonb_typeof(cue.value->'v') = 'number'
            GROUP BY answer.session_id, cue.key
            """,
            [session_ids, CATALOGUE_VERSION],
        )
        return list(cursor.fetchall())


def usual_of(user: User, institution: Institution) -> dict[Cue, Usual]:
    """What is usual for the person there today; empty until three answers have been seen."""
    return summaries.usual(baseline_of(user_id=user.pk, institution_id=institution.pk))


def usual_before(session: PracticeSession) -> dict[Cue, Usual]:
    """What was usual before this session, which itself has moved today's baseline.

    The answers before it are learnt again, as the analysis learnt them; those further back than `RELEARNT` no longer
    weigh anything, and drills never did. Someone's first session is compared with its own first answers, which
    calibrate. One or two queries.
    """
    cues = _earlier(session)
    if len(cues) < CALIBRATION:
        cues = _earlier(session, with_own=True)[:CALIBRATION]
    baseline = Baseline()
    for answer in cues:
        baseline = summaries.learnt(baseline, answer)
    return summaries.usual(baseline)


def _earlier(session: PracticeSession, *, with_own: bool = False) -> list[Any]:
    """Stored cues of the answers before this session (and, `with_own`, of its own), oldest first."""
    rows = AnswerResult.objects.filter(
        answer__session__user_id=session.user_id,
        answer__session__is_drill=False,
        institution_id=session.institution_id,
        state=ResultState.READY,
        catalogue_version=CATALOGUE_VERSION,
    )
    until = "answer__session__created_at__lte" if with_own else "answer__session__created_at__lt"
    found = rows.filter(**{until: session.created_at}).order_by(
        "-answer__session__created_at", "-answer__position"
    )
    return list(reversed(found.values_list("cues", flat=True)[:RELEARNT]))


def scenarios_practised(user: User, institution: Institution) -> list[Scenario]:
    """For the filter: scenarios that the person has finished at least once."""
    practised = done_sessions(user, institution).values("scenario_id")
    return list(Scenario.objects.filter(pk__in=practised).order_by("title", "language")[:50])


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    sessions: int
    is_future: bool


def calendar(user: User, institution: Institution, *, today: date | None = None) -> list[list[CalendarDay]]:
    """The last twelve weeks, each a list of seven days from Monday, with the sessions finished on each."""
    today = today or timezone.localdate()
    monday = today - timedelta(days=today.weekday() + 7 * (CALENDAR_WEEKS - 1))
    counts = _by_day(user, institution, monday)
    days = [monday + timedelta(days=n) for n in range(7 * CALENDAR_WEEKS)]
    cells = [CalendarDay(day, counts.get(day, 0), day > today) for day in days]
    return [cells[week : week + 7] for week in range(0, len(cells), 7)]


def _by_day(user: User, institution: Institution, since: date) -> dict[date, int]:
    rows: Any = done_sessions(user, institution).filter(created_at__gte=_midnight(since))
    counted = rows.annotate(day=TruncDate("created_at")).values("day").annotate(n=Count("pk")).order_by()
    return {row["day"]: row["n"] for row in counted}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
