"""Background work on practice. Thin: the verbs are in `sessions.actions`.

procrastinate finds the tasks of an app in its module `tasks`, so those of the recordings are imported here.
"""

from __future__ import annotations

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sessions.recordings import tasks as recording_tasks

__all__ = ["analyse_answer", "recording_tasks", "tidy"]


@app.task(queue="analysis", retry=RetryStrategy(max_attempts=6, exponential_wait=3))
def analyse_answer(answer_id: str) -> None:
    from sessions.actions.results import analyse

    analyse(answer_id=uuid.UUID(answer_id))


@app.periodic(cron="7 * * * *")
@app.task(queue="analysis", queueing_lock="tidy_practice")
def tidy(timestamp: int) -> None:
    """Sessions that were left, results that nobody works on, takes that nobody will read."""
    from sessions.actions import housekeeping, takes

    housekeeping.close_abandoned()
    housekeeping.ask_again()
    takes.clean_orphans()
