"""Background work on ratings and advice. Thin: the verbs are in `sessions.listener.renewal` and `.rescoring`.

Both wait in the queue of trainings: an analysis, which somebody waits for, goes first.
"""

from __future__ import annotations

import uuid

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from sessions.retrying import KILLS, TRIES, GoOn


@app.task(queue="training", retry=GoOn(), pass_context=True)
def renew_listening(context: JobContext, user_id: str, institution_id: str) -> None:
    from sessions.listener import renewal
    from sessions.listener.errors import Interrupted

    person = {"user_id": uuid.UUID(user_id), "institution_id": uuid.UUID(institution_id)}
    try:
        renewal.renew(**person, should_abort=context.should_abort)
    except Interrupted as interrupted:
        raise JobAborted from interrupted


@app.task(queue="training", retry=GoOn(), pass_context=True)
def rescore_history(context: JobContext, rescoring_id: str) -> None:
    from sessions.listener import rescoring
    from sessions.listener.errors import Interrupted

    key, attempts = uuid.UUID(rescoring_id), context.job.attempts
    if attempts >= KILLS:
        rescoring.give_up(rescoring_id=key)
        return
    try:
        rescoring.rescore(rescoring_id=key, should_abort=context.should_abort)
    except Interrupted as interrupted:
        raise JobAborted from interrupted
    except Exception:
        if attempts + 1 >= TRIES:
            rescoring.give_up(rescoring_id=key)
        raise
