"""Background work on recordings. Thin: the verbs are in `sessions.recordings.actions`."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sessions.models import AnswerState, Recording, RecordingState
from sessions.recordings import actions

AT_ONCE = 200


@app.task(queue="media", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def prepare_recording(recording_id: str) -> None:
    actions.prepare_received(recording_id=uuid.UUID(recording_id))


@app.periodic(cron="*/5 * * * *")
@app.task(queue="media", queueing_lock="prepare_waiting_recordings")
def prepare_waiting_recordings(timestamp: int) -> None:
    """Recordings whose browser never said that it was finished (closed, crashed) are prepared from what came."""
    waiting = Recording.objects.filter(
        state=RecordingState.RECEIVING,
        answer__ended_at__lt=timezone.now() - actions.WAIT_FOR_THE_REST,
    ).exclude(answer__state=AnswerState.OPEN)
    for recording_id in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        prepare_recording.configure(lock=f"recording:{recording_id}").defer(recording_id=str(recording_id))
