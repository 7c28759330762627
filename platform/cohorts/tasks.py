"""Background work about cohorts. Thin: the verbs are in `cohorts.actions`."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from cohorts import actions


@app.task(queue="mail", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def mail_invitation(invitation_id: str, origin: str) -> None:
    actions.send_invitation(invitation_id=UUID(invitation_id), origin=origin)
