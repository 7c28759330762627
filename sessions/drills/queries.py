"""Reads about drills. An advice, like an answer, is loaded through a gate; a drill through its session's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from accounts.models import User
from scoring.cues.catalogue import Cue
from sessions.listener.queries import runs_advice
from sessions.models import Advice, Answer, AnswerResult, Drill, PracticeSession, ResultState, State
from sessions.queries import AnyUser, get_session_for

LONGEST_SERIES = 30


def get_drill_for(user: AnyUser, session_id: UUID) -> Drill:
    """The person's own drill, with its session. Raises Http404, also for a session that is none."""
    session = get_session_for(user, session_id)
    drill = Drill.objects.filter(session=session).select_related("advice", "source__session").first()
    if drill is None:
        raise Http404
    drill.session = session
    return drill


def get_advice_for(user: User, advice_id: UUID) -> Advice:
    """The person's own advice, with its answer, where the institution's policy runs the models. Raises Http404."""
    rows = Advice.objects.filter(answer__session__user=user).select_related(
        "answer__session__scenario", "answer__session__user", "answer__session__institution"
    )
    found = rows.filter(pk=advice_id).first()
    if found is None or not runs_advice(found.answer.session.institution):
        raise Http404
    return found


def ready_result(answer: Answer) -> AnswerResult | None:
    return AnswerResult.objects.filter(answer=answer, state=ResultState.READY).first()


def watched_by(session: PracticeSession) -> tuple[Cue, ...]:
    """What is watched in this session, which is a drill."""
    known = {cue.value for cue in Cue}
    codes = Drill.objects.filter(session=session).values_list("cues", flat=True).first() or []
    return tuple(Cue(code) for code in codes if code in known)


def unfinished(
    user: User, answer: Answer, advice: Advice | None, cues: Collection[Cue]
) -> PracticeSession | None:
    """The drill of the same that was begun or prepared and not ended."""
    rows = Drill.objects.filter(
        session__user=user, source=answer, advice=advice, cues=[cue.value for cue in cues]
    )
    found = rows.exclude(session__state=State.DONE).select_related("session").order_by("-made_at").first()
    return found.session if found else None


def made_today(user: User) -> int:
    """Drills of the last 24 hours."""
    day = timezone.now() - timedelta(days=1)
    return Drill.objects.filter(session__user=user, made_at__gte=day).count()


def series_of(drill: Drill) -> Sequence[Drill]:
    """All ended drills of the same cues after the same answer, this one among them, oldest first; the latest thirty."""
    rows = Drill.objects.filter(session__user_id=drill.session.user_id, cues=drill.cues)
    if drill.source_id is None:
        rows = rows.filter(pk=drill.pk)
    else:
        rows = rows.filter(source_id=drill.source_id, session__state=State.DONE)
    return list(reversed(rows.select_related("session").order_by("-made_at")[:LONGEST_SERIES]))
