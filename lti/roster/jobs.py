"""Putting the reading of a roster into the queue."""

from __future__ import annotations

from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from lti.models import Course, RegistrationState


def job_name(course_id: int) -> str:
    return f"lti.roster:{course_id}"


def queue_refresh(*, course_id: int) -> None:
    """Once at a time: whoever presses twice does not ask twice."""
    if not waiting([course_id]).exists():
        _defer(course_id)


def _defer(course_id: int) -> None:
    from lti.tasks import refresh_roster

    refresh_roster.configure(lock=job_name(course_id)).defer(course_id=course_id)


def waiting(course_ids: list[int]) -> QuerySet[ProcrastinateJob]:
    """Their jobs that wait for a worker."""
    return ProcrastinateJob.objects.filter(lock__in=list(map(job_name, course_ids)), status="todo")


def queue_all() -> int:
    """Every course that has a roster and is taught at this moment, unless it waits already. Returns how many."""
    courses = Course.objects.filter(
        registration__state=RegistrationState.ACTIVE, cohort__archived_at=None
    ).exclude(roster_url="")
    keys = list(courses.order_by("pk").values_list("pk", flat=True))
    queued = set(waiting(keys).values_list("lock", flat=True))
    new = [key for key in keys if job_name(key) not in queued]
    for key in new:
        _defer(key)
    return len(new)
