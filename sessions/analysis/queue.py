"""Putting the analysis of an answer into the queue."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

AFTER_OTHERS = -1
"""A worker that does everything takes what people wait for first."""


def job_name(answer_id: UUID) -> str:
    """The job's lock: two workers never do the same answer at the same time."""
    return f"answer:{answer_id}"


def queue_analysis(*, answer_id: UUID, in_s: int = 0) -> None:
    """Queue it, for `in_s` seconds from now; when it waits in the queue already, nothing changes.

    Two that come at the same moment may both queue it: the second job finds nothing left to do. (No `queueing_lock`: a
    job that is retried while the next one waits would break it.)
    """
    from sessions.tasks import analyse_answer

    if not _queued(answer_id).exists():
        job = analyse_answer.configure(
            lock=job_name(answer_id),
            priority=AFTER_OTHERS,
            schedule_at=timezone.now() + timedelta(seconds=in_s) if in_s else None,
        )
        job.defer(answer_id=str(answer_id))


@transaction.atomic
def hurry_analysis(*, answer_id: UUID) -> None:
    """What it waited for is there: it begins as soon as a worker is free. One that nobody asked for is not begun."""
    keys = list(_queued(answer_id).values_list("pk", flat=True))
    for key in keys:
        app.job_manager.cancel_job_by_id(key, delete_job=True)
    if keys:
        queue_analysis(answer_id=answer_id)


def asked_for(answer_ids: list[UUID]) -> set[UUID]:
    """Those of the answers whose job is in the queue or in somebody's hands."""
    names = {job_name(key): key for key in answer_ids}
    jobs = ProcrastinateJob.objects.filter(lock__in=list(names), status__in=("todo", "doing"))
    return {names[name] for name in jobs.values_list("lock", flat=True)}


def _queued(answer_id: UUID) -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(lock=job_name(answer_id), status="todo")
