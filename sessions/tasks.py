"""Background work on practice. Thin: the verbs are in `sessions.actions` and `sessions.analysis`.

procrastinate finds the tasks of an app in its module `tasks`, so those of the recordings are imported here.
"""

from __future__ import annotations

import uuid

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from sessions.recordings import tasks as recording_tasks

__all__ = ["analyse_answer", "recording_tasks", "tidy"]

TRIES = 6
KILLS = 12
"""A job that so often took its worker with it, or was in its hands when it ended, is not begun again."""


class GoOn(BaseRetryStrategy):
    """After a fault again, later and later; after the end of a worker at once, however often that happens."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, JobAborted):
            return RetryDecision()
        if job.attempts + 1 >= TRIES:
            return None
        return RetryDecision(retry_in={"seconds": 3 ** (job.attempts + 1)})


@app.task(queue="analysis", retry=GoOn(), pass_context=True)
def analyse_answer(context: JobContext, answer_id: str) -> None:
    from sessions.analysis import actions

    key, attempts = uuid.UUID(answer_id), context.job.attempts
    if attempts >= KILLS:
        actions.give_up(answer_id=key)
        return
    try:
        actions.analyse(answer_id=key, should_abort=context.should_abort)
    except actions.Interrupted as interrupted:
        raise JobAborted from interrupted
    except Exception:
        if attempts + 1 >= TRIES:
            actions.give_up(answer_id=key)
        raise


@app.periodic(cron="7 * * * *")
@app.task(queue="house", queueing_lock="tidy_practice")
def tidy(timestamp: int) -> None:
    """Sessions that were left, results that nobody works on, takes that nobody will read."""
    from sessions.actions import housekeeping, takes

    housekeeping.close_abandoned()
    housekeeping.ask_again()
    takes.clean_orphans()
