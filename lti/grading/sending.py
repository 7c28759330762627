"""Bringing the waiting grades of one link to its platform.

Three ways to fail: the platform is away (everything waits, longer each time), it holds something newer (409: this grade
waits and gets a later timestamp), or it says no (this grade has failed, and the teacher is told why). A timestamp is
taken and kept right before a grade is sent, so that also after a crash the next one is later. No transaction is open
while the platform is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from lti.errors import ServiceError
from lti.grading.columns import NotToBeHad, column_of
from lti.grading.words import Problem
from lti.models import Grade, GradeState, Identity, Registration, RegistrationState, ResourceLink
from lti.services.line_items import SCORE, Score, send_score, stamp
from lti.services.token import bearer

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""After so many other jobs have their turn."""

PAUSES_S = (30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
"""Between two tries, by the number of those that failed; the last one goes on counting."""

AT_LEAST = timedelta(days=1)
"""No grade fails sooner because its platform is away, however often somebody had it tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a grade that was tried: sent, or a problem, which is final or not."""

    problem: str = ""
    is_final: bool = False


SENT = Outcome()


class Away(Exception):
    """No grade of this link can be sent now; `outcome` says why, and whether to try again."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.problem)
        self.outcome = outcome


def send_waiting(*, link_id: int) -> int | None:
    """Send what waits of a link, at most `AT_ONCE`. Seconds until the next try, None where nothing waits any more."""
    rows = ResourceLink.objects.select_related(
        "registration", "course", "institution", "assignment__scenario"
    )
    link = rows.filter(pk=link_id).first()
    if link is None or not waiting(link).exists():
        return None
    run = Run(link)
    try:
        run.check()
        for grade_id, subject in _first(link):
            run.send(grade_id, subject)
    except Away as away:
        _settle_all(link, away.outcome)
    if run.sent:
        Registration.objects.filter(pk=link.registration_id).update(last_grade_at=timezone.now())
    return _again_in(link)


def waiting(link: ResourceLink) -> QuerySet[Grade]:
    return Grade.objects.filter(link=link, state=GradeState.WAITING)


def _first(link: ResourceLink) -> list[tuple[UUID, str]]:
    """The grades that waited longest, each with what the platform calls the student; empty for nobody it knows."""
    rows = waiting(link).order_by("tries", "made_at", "pk").values_list("pk", "user_id")
    grades = dict(rows[:AT_ONCE])
    identities = Identity.objects.filter(registration=link.registration_id, user_id__in=grades.values())
    # Of two identities the one that launched last counts.
    oldest_first = identities.order_by(F("last_launch_at").asc(nulls_first=True), "pk")
    known = dict(oldest_first.values_list("user_id", "subject"))
    return [(grade_id, known.get(user_id, "")) for grade_id, user_id in grades.items()]


def _again_in(link: ResourceLink) -> int | None:
    tries = waiting(link).aggregate(least=Min("tries"))["least"]
    if tries is None:
        return None
    return PAUSES_S[min(tries, len(PAUSES_S)) - 1] if tries else 0


# --- one run --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """One try to send what waits of a link. Its line item is looked for at most once."""

    link: ResourceLink
    sent: int = 0
    _looked: bool = field(default=False, init=False)

    def check(self) -> None:
        """What would go wrong with every grade. Raises Away."""
        registration = self.link.registration
        if registration.state != RegistrationState.ACTIVE:
            raise Away(Outcome(Problem.SWITCHED_OFF, is_final=True))
        try:
            bearer(registration, [SCORE])
        except ServiceError as error:
            _note_error(registration, "access token", error)
            final = Outcome(Problem.NO_ACCESS, is_final=True)
            raise Away(Outcome(Problem.UNREACHABLE) if error.retry else final) from error

    def send(self, grade_id: UUID, subject: str) -> None:
        """Raises Away."""
        grade = _stamped(grade_id)
        if grade is None or grade.stamped_at is None:
            return  # it waits no more
        outcome = Outcome(Problem.UNKNOWN_PERSON, is_final=True)
        if subject:
            outcome = self._try(Score(subject, grade.points, grade.most, grade.stamped_at))
        _settle(grade, outcome)
        self.sent += outcome is SENT

    def _try(self, score: Score) -> Outcome:
        """Where the line item is gone, with another one. Raises Away."""
        column = self._column()
        outcome = self._to(column, score)
        if outcome.problem != _NOT_THERE:
            return outcome
        if self._looked:
            raise Away(Outcome(Problem.COLUMN_GONE, is_final=True))
        other = self._column(anew=True)
        if other == column:
            # It is there all the same, so it is the student that the platform does not know.
            return Outcome(_NOT_THERE, is_final=True)
        outcome = self._to(other, score)
        if outcome.problem == _NOT_THERE:
            raise Away(Outcome(Problem.COLUMN_GONE, is_final=True))
        return outcome

    def _column(self, *, anew: bool = False) -> str:
        """Raises Away."""
        self._looked = self._looked or anew
        try:
            return column_of(self.link, anew=anew)
        except NotToBeHad as missing:
            raise Away(Outcome(missing.problem, is_final=True)) from missing
        except ServiceError as error:
            _note_error(self.link.registration, "line items", error)
            raise Away(_judged(error)) from error

    def _to(self, column: str, score: Score) -> Outcome:
        """Raises Away."""
        try:
            send_score(self.link.registration, column, score)
        except ServiceError as error:
            if error.status == NEWER_THERE:
                return Outcome(Problem.NEWER_THERE)
            _note_error(self.link.registration, "grades", error)
            if error.retry:
                raise Away(_judged(error)) from error
            return _judged(error)
        return SENT


@transaction.atomic
def _stamped(grade_id: UUID) -> Grade | None:
    """The grade with its next timestamp, which is kept before anything is sent; None where it waits no more."""
    rows = Grade.objects.select_for_update(of=("self",)).filter(state=GradeState.WAITING)
    grade = rows.filter(pk=grade_id).first()
    if grade is not None:
        grade.stamped_at = stamp(timezone.now(), grade.stamped_at)
        grade.save(update_fields=["stamped_at"])
    return grade


NEWER_THERE = 409
_NOT_THERE = f"{Problem.REFUSED}:404"


def _judged(error: ServiceError) -> Outcome:
    if error.retry:
        return Outcome(Problem.UNREACHABLE)
    if error.status in {401, 403}:
        return Outcome(Problem.NOT_ALLOWED, is_final=True)
    return Outcome(f"{Problem.REFUSED}:{error.status or 0}", is_final=True)


# --- what became of it ----------------------------------------------------------------------------------


def _settle(grade: Grade, outcome: Outcome) -> None:
    """Only what was sent is settled: points that a teacher confirmed meanwhile go on waiting."""
    now = timezone.now()
    rows = Grade.objects.filter(
        pk=grade.pk, state=GradeState.WAITING, points=grade.points, most=grade.most, source=grade.source
    )
    if outcome is SENT:
        rows.update(state=GradeState.SENT, sent_at=now, tries=0, problem="")
    else:
        _put_off(rows, outcome, now)


def _settle_all(link: ResourceLink, outcome: Outcome) -> None:
    _put_off(waiting(link), outcome, timezone.now())


def _put_off(rows: QuerySet[Grade], outcome: Outcome, now: datetime) -> None:
    if outcome.is_final:
        rows.update(state=GradeState.FAILED, problem=outcome.problem)
        return
    rows.update(tries=F("tries") + 1, problem=outcome.problem)
    fresh = Q(made_at__gt=now - AT_LEAST) | Q(confirmed_at__gt=now - AT_LEAST)
    rows.filter(tries__gt=len(PAUSES_S)).exclude(fresh).update(state=GradeState.FAILED)


def _note_error(registration: Registration, service: str, error: ServiceError) -> None:
    Registration.objects.filter(pk=registration.pk).update(
        last_error=f"{service}: {error}"[:200], last_error_at=timezone.now()
    )
    log.warning("lti.grade_failed", registration=str(registration.pk), problem=str(error), said=error.said)
