"""How long work is tried again: after a fault a few times, after the end of its worker until it keeps ending it."""

from __future__ import annotations

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

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
