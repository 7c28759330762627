"""Ratings and advice anew after their person changed the accommodation profile: a job, since it needs the models.

Until it has come round, what was made by the profile of before is not shown (`queries`).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Institution, ModelKind
from scoring.queries import profile_of
from sessions.listener import basis
from sessions.listener.errors import Interrupted
from sessions.models import Advice, Answer, AnswerScore, ResultState, ScoreKind
from sessions.tracks import track_of


def ask_renewal(*, user_id: UUID, institution_id: UUID) -> None:
    """In the same transaction as the change. The job finds nothing to do where nothing has to be made anew.

    Asked for every time: a job that waits already may have read the profile of before.
    """
    from sessions.listener.tasks import renew_listening

    if not Institution.objects.get(pk=institution_id).runs(ModelKind.ENGAGEMENT):
        return
    if _rated(user_id, institution_id).exists():
        job = renew_listening.configure(lock=f"listening:{institution_id}:{user_id}")
        job.defer(user_id=str(user_id), institution_id=str(institution_id))


def renew(*, user_id: UUID, institution_id: UUID, should_abort: Callable[[], bool] = lambda: False) -> int:
    """Make anew what the profile of today makes otherwise; how many answers those were. Raises Interrupted."""
    done = 0
    for answer_id in _outdated(user_id, institution_id):
        if should_abort():
            raise Interrupted
        done += _renew_one(answer_id)
    return done


def _renew_one(answer_id: UUID) -> bool:
    """Whether there was something to do; an answer that was deleted in between has nothing."""
    from sessions.listener import actions

    answer = to_hear(answer_id)
    if answer is None:
        return False
    made = actions.prepare(answer, track_of(answer.result))
    with transaction.atomic():
        if to_hear(answer_id) is None:
            return False
        actions.keep(answer, made)
    return made is not None


def to_hear(answer_id: UUID) -> Answer | None:
    """The answer with its result, where that is ready."""
    rows = Answer.objects.filter(pk=answer_id, result__state=ResultState.READY)
    return rows.select_related("result", "session__scenario").first()


def _outdated(user_id: UUID, institution_id: UUID) -> list[UUID]:
    """The answers whose rating or advice was made by another profile, newest first."""
    profile = profile_of(user_id=user_id, institution_id=institution_id)
    rated = list(_rated(user_id, institution_id).values_list("answer_id", "details"))
    advised = Advice.objects.filter(
        current=True, answer__session__user_id=user_id, institution_id=institution_id
    ).values_list("answer_id", "details")
    stale = {key for key, details in [*rated, *advised] if not basis.holds(details, profile)}
    rows = Answer.objects.filter(pk__in=stale).order_by("-asked_at")
    return list(rows.values_list("pk", flat=True))


def _rated(user_id: UUID, institution_id: UUID) -> QuerySet[AnswerScore]:
    return AnswerScore.objects.filter(
        kind=ScoreKind.ENGAGEMENT,
        current=True,
        answer__session__user_id=user_id,
        institution_id=institution_id,
    )
