"""Putting the sending of grades into the queue: one job for a link, so that nobody asks for its line item twice at
once, and a platform that is down is asked once and not once for every student."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from lti.models import Grade, GradeState

AT_ONCE = 1000


def job_name(link_id: int) -> str:
    """The job's lock: two workers never send for one link at the same time."""
    return f"lti.grades:{link_id}"


@transaction.atomic
def queue_sending(*, link_id: int) -> None:
    """As soon as a worker is free, also where it was put off after a failure."""
    waiting = list(_waiting(link_id).values_list("pk", "scheduled_at"))
    if any(at is None for _key, at in waiting):
        return
    for key, _at in waiting:
        app.job_manager.cancel_job_by_id(key, delete_job=True)
    _defer(link_id)


def queue_later(*, link_id: int, in_s: int) -> None:
    """After a failure; nothing changes where somebody asked for it meanwhile."""
    if not _waiting(link_id).exists():
        _defer(link_id, in_s=in_s)


def queue_forgotten() -> int:
    """Links whose grades wait without a job: it was lost. Returns how many."""
    rows = Grade.objects.filter(state=GradeState.WAITING).order_by("link_id")
    keys = list(rows.values_list("link_id", flat=True).distinct()[:AT_ONCE])
    jobs = ProcrastinateJob.objects.filter(lock__in=list(map(job_name, keys)), status__in=("todo", "doing"))
    known = set(jobs.values_list("lock", flat=True))
    lost = [key for key in keys if job_name(key) not in known]
    for key in lost:
        _defer(key)
    return len(lost)


def queue_completion(*, assignment_id: UUID, user_id: UUID) -> None:
    """Look whether this student is done now."""
    from lti.tasks import note_completion

    note_completion.defer(assignment_id=str(assignment_id), user_id=str(user_id))


def queue_link(*, link_id: int) -> None:
    """Look who is done with its assignment already."""
    from lti.tasks import note_link

    note_link.defer(link_id=link_id)


def _defer(link_id: int, *, in_s: int = 0) -> None:
    from lti.tasks import send_grades

    later = timezone.now() + timedelta(seconds=in_s) if in_s else None
    send_grades.configure(lock=job_name(link_id), schedule_at=later).defer(link_id=link_id)


def _waiting(link_id: int) -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(lock=job_name(link_id), status="todo")
