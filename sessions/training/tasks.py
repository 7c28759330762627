"""Training as a job. Thin: the verbs are in `sessions.training.actions`."""

from __future__ import annotations

import uuid

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from sessions.retrying import KILLS, TRIES, GoOn


@app.task(queue="training", retry=GoOn(), pass_context=True)
def train_models(context: JobContext, run_id: str) -> None:
    from sessions.training import actions

    key, attempts = uuid.UUID(run_id), context.job.attempts
    if attempts >= KILLS:
        actions.give_up(run_id=key)
        return
    try:
        actions.train(run_id=key, should_abort=context.should_abort)
    except actions.Interrupted as interrupted:
        raise JobAborted from interrupted
    except Exception:
        if attempts + 1 >= TRIES:
            actions.give_up(run_id=key)
        raise
