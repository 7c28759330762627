"""Background work about registrations. Thin: the work is in `rotation`."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lti.registering import rotation


@app.periodic(cron="41 3 1 * *")
@app.task(queue="house", queueing_lock="rotate_lti_key")
def rotate_lti_key(timestamp: int) -> None:
    rotation.rotate_when_old()
