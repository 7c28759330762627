"""Background work of the house itself."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

logger = structlog.get_logger("greenroom.queue")
SILENT_S = 60
"""A worker that has not been heard of for so long is dead; what it was doing is done again by another."""


@app.periodic(cron="* * * * *")
@app.task(queue="house", queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Jobs of workers that were killed go back into the queue. All our tasks are idempotent."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # The next run of a periodic task is in the queue already; the others must not wait for this one.
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            continue
        logger.warning("job of a dead worker begins again", task=job.task_name, job=job.id)
    await manager.prune_stalled_workers(SILENT_S)
