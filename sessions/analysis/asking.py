"""What a student may ask of the analysis of an answer: to stop, and to go on."""

from __future__ import annotations

from django.db import transaction

from sessions.analysis.queue import queue_analysis
from sessions.models import Answer, AnswerResult, ResultState


def stop_analysis(*, answer: Answer) -> bool:
    """The analysis ends within seconds and leaves what it has done; whether there was anything to stop."""
    waiting = AnswerResult.objects.filter(answer=answer, state=ResultState.WAITING)
    return bool(waiting.update(state=ResultState.STOPPED))


@transaction.atomic
def go_on(*, answer: Answer) -> bool:
    """A stopped analysis goes on where it was; whether there was one."""
    stopped = AnswerResult.objects.filter(answer=answer, state=ResultState.STOPPED)
    if not stopped.update(state=ResultState.WAITING):
        return False
    queue_analysis(answer_id=answer.pk)
    return True
