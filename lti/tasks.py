"""Background work with platforms. Thin: the verbs are in `lti.grading` and `lti.roster`.

Grades are put off by their own rule (`lti.grading.sending.PAUSES_S`), so a job that could not send is done; only what
nobody foresaw is tried again by the queue.
"""

from __future__ import annotations

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from lti.errors import ServiceError

AGAIN = RetryStrategy(max_attempts=5, exponential_wait=5)
LATER = RetryStrategy(max_attempts=4, exponential_wait=30, retry_exceptions=[ServiceError])


@app.task(queue="house", retry=AGAIN)
def send_grades(link_id: int) -> None:
    from lti.grading import jobs, sending

    in_s = sending.send_waiting(link_id=link_id)
    if in_s is not None:
        jobs.queue_later(link_id=link_id, in_s=in_s)


@app.task(queue="house", retry=AGAIN)
def note_completion(assignment_id: str, user_id: str) -> None:
    from lti.grading import actions, completion

    links = completion.graded_links().filter(assignment=uuid.UUID(assignment_id))
    actions.grade_completions(links=links, user_id=uuid.UUID(user_id))


@app.task(queue="house", retry=AGAIN)
def note_link(link_id: int) -> None:
    from lti.grading import actions

    actions.heed_link(link_id=link_id)


@app.periodic(cron="23 * * * *")
@app.task(queue="house", queueing_lock="note_completions")
def note_completions(timestamp: int) -> None:
    """Those that were done before their link was opened, or before it gave points; and jobs that were lost."""
    from lti.grading import actions, jobs

    actions.grade_completions()
    jobs.queue_forgotten()


@app.task(queue="house", retry=LATER)
def refresh_roster(course_id: int) -> None:
    """What will not go well later either is noted with the registration, and that is all."""
    from lti.roster import actions

    try:
        actions.refresh(course_id=course_id)
    except ServiceError as error:
        if error.retry:
            raise


@app.periodic(cron="41 3 * * *")
@app.task(queue="house", queueing_lock="refresh_rosters")
def refresh_rosters(timestamp: int) -> None:
    from lti.roster import jobs

    jobs.queue_all()
