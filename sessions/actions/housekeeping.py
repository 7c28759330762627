"""What has to be tidied when nobody came back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from sessions.actions.progress import Taken, claim_connection, end_session
from sessions.actions.takes import path_of
from sessions.analysis.queue import asked_for, queue_analysis
from sessions.errors import TakenOver
from sessions.live.journal import Broken, Scan, scan
from sessions.models import Answer, AnswerResult, AnswerState, PracticeSession, ResultState, State

ABANDONED_AFTER = timedelta(hours=24)
ASK_AGAIN_AFTER = timedelta(hours=1)
AT_ONCE = 200


def close_abandoned() -> int:
    """End the sessions in which nothing was asked for a day, as by `end`. Returns how many."""
    before = timezone.now() - ABANDONED_AFTER
    asked_since = Answer.objects.filter(session=OuterRef("pk"), asked_at__gte=before)
    left = PracticeSession.objects.filter(~Exists(asked_since), created_at__lt=before)
    keys = list(left.exclude(state=State.DONE).values_list("pk", flat=True)[:AT_ONCE])
    return sum(_close(key) for key in keys)


def _close(session_id: UUID) -> bool:
    try:
        epoch = claim_connection(session_id=session_id)
        end_session(session_id=session_id, epoch=epoch, taken=_left_behind(session_id))
    except TakenOver:
        return False  # somebody came back this very moment
    return True


def _left_behind(session_id: UUID) -> Taken | None:
    """What the spool holds of the open answer."""
    answer = Answer.objects.filter(session_id=session_id, state=AnswerState.OPEN).first()
    if answer is None:
        return None
    try:
        held = scan(path_of(answer))
    except Broken:
        held = Scan()
    return Taken(held.stream_ms, answer.speech_started_ms, held.dropped)


def ask_again() -> int:
    """Queue the analysis of answers that still wait for it and whose job is gone. Returns how many."""
    waiting = AnswerResult.objects.filter(
        state=ResultState.WAITING, answer__ended_at__lt=timezone.now() - ASK_AGAIN_AFTER
    )
    keys = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    under_way = asked_for(keys)
    lost = [key for key in keys if key not in under_way]
    for key in lost:
        queue_analysis(answer_id=key)
    return len(lost)
