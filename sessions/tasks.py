"""Background work on practice. Thin: the verbs are in `sessions.actions` and `sessions.analysis`.

procrastinate finds the tasks of an app in its module `tasks`, so those of other modules are imported here.
"""

from __future__ import annotations

import uuid

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from sessions.listener import tasks as listener_tasks
from sessions.recordings import tasks as recording_tasks
from sessions.retrying import KILLS, TRIES, GoOn
from sessions.training import tasks as training_tasks

__all__ = [
    "KILLS",
    "TRIES",
    "GoOn",
    "analyse_answer",
    "listener_tasks",
    "recording_tasks",
    "tidy",
    "training_tasks",
]


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
    from sessions.training import folder

    housekeeping.close_abandoned()
    housekeeping.ask_again()
    takes.clean_orphans()
    folder.clean_orphans()
