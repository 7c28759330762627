"""A job whose worker was killed is done by the next one."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from greenroom.supervisor import ANALYSIS_QUEUES, QUEUES, TRAINING_QUEUES
from greenroom.tasks import SILENT_S, retry_stalled_jobs
from sessions.recordings.tasks import prepare_recording

NOWHERE = "00000000-0000-0000-0000-000000000000"

pytestmark = pytest.mark.django_db(transaction=True)


def abandoned_job(*, silent_s: int, queueing_lock: str | None = None) -> int:
    """A job in the hands of a worker that was last heard of `silent_s` seconds ago."""
    job = prepare_recording.configure(queueing_lock=queueing_lock).defer(recording_id=NOWHERE)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
            " RETURNING id",
            [silent_s],
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job]
        )
    return job


@pytest.mark.parametrize(("silent_s", "status"), [(SILENT_S + 30, "todo"), (5, "doing")])
def test_only_the_dead_workers_job_begins_again(silent_s: int, status: str) -> None:
    job = abandoned_job(silent_s=silent_s)
    async_to_sync(retry_stalled_jobs.func)(timestamp=0)
    assert ProcrastinateJob.objects.get(pk=job).status == status


def test_one_that_is_in_the_queue_already_holds_up_no_other() -> None:
    first = abandoned_job(silent_s=SILENT_S + 30, queueing_lock="once")
    again = prepare_recording.configure(queueing_lock="once").defer(recording_id=NOWHERE)
    second = abandoned_job(silent_s=SILENT_S + 30)
    async_to_sync(retry_stalled_jobs.func)(timestamp=0)
    states = dict(ProcrastinateJob.objects.values_list("pk", "status"))
    assert (states[first], states[again], states[second]) == ("failed", "todo", "todo")


def test_every_queue_has_a_worker_and_analyses_have_one_of_their_own() -> None:
    queues = {task.queue for task in app.tasks.values()}
    assert queues == {*QUEUES, *ANALYSIS_QUEUES, *TRAINING_QUEUES}
    assert {task.name for task in app.tasks.values() if task.queue in ANALYSIS_QUEUES} == {
        "sessions.tasks.analyse_answer"
    }
