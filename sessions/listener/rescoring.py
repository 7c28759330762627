"""Scoring an institution's history anew with another version: a job that goes on after the last answer it finished.

Answers are taken in the order of their ids, each in a transaction of its own that writes the rows and how far the job
is. Whatever ends the worker, the answer in its hands is done again and no other; earlier rows stay, no longer current.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import record
from accounts.models import Institution, ModelKind, User
from scoring.models import ModelVersion, RunState
from scoring.queries import profile_of
from scoring.registry import files
from scoring.registry.queries import InUse, as_if_in_use
from sessions.listener import actions, basis
from sessions.listener.errors import AlreadyRunning, DoesNotRun, Interrupted, NotLeading
from sessions.listener.renewal import to_hear
from sessions.models import Advice, Answer, AnswerResult, AnswerScore, Rescoring, ResultState, ScoreKind
from sessions.tracks import track_of

log = structlog.get_logger(__name__)

ACTIVE = (RunState.WAITING, RunState.RUNNING)
AT_ONCE = 100
"""Ids of answers that are read at a time."""


@transaction.atomic
def ask_rescoring(*, institution: Institution, version: ModelVersion, by: User) -> Rescoring:
    """Score every answer of the institution that has a track with this version of engagement, and its advice.

    Raises DoesNotRun, AlreadyRunning, NotLeading.
    """
    from sessions.listener.tasks import rescore_history

    held = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    if version.kind != ModelKind.ENGAGEMENT or version.institution_id not in (None, held.pk):
        raise NotLeading
    if not held.runs(ModelKind.ENGAGEMENT):
        raise DoesNotRun
    if Rescoring.objects.filter(institution=held, state__in=ACTIVE).exists():
        raise AlreadyRunning
    row = Rescoring.objects.create(institution=held, version=version, by=by, total=_to_score(held.pk).count())
    record(institution=held, actor=by, verb="rescore_history", version=version.name, answers=row.total)
    rescore_history.configure(lock=f"rescoring:{row.pk}").defer(rescoring_id=str(row.pk))
    return row


def stop_rescoring(*, rescoring_id: UUID) -> bool:
    """It ends with the answer in its hands, and what is scored stays; whether there was anything to stop."""
    return _end(rescoring_id, RunState.STOPPED)


def rescore(*, rescoring_id: UUID, should_abort: Callable[[], bool] = lambda: False) -> None:
    """Begin, or go on. Raises Interrupted once `should_abort` says so."""
    rows = Rescoring.objects.filter(pk=rescoring_id, state__in=ACTIVE)
    if not rows.update(state=RunState.RUNNING):
        return
    row = _with_version(rescoring_id)
    models = as_if_in_use(row.institution_id, row.version)
    files.engagement(models.engagement)  # one that cannot be read ends the job, not every answer for itself
    while keys := _next(row):
        for key in keys:
            if should_abort():
                raise Interrupted
            if not _score_one(row, key, models):
                return
    _end(rescoring_id, RunState.DONE)


def _with_version(rescoring_id: UUID) -> Rescoring:
    rows = Rescoring.objects.select_related("version", "institution").defer("version__weights")
    return rows.get(pk=rescoring_id)


def _end(rescoring_id: UUID, state: RunState, problem: str = "") -> bool:
    rows = Rescoring.objects.filter(pk=rescoring_id, state__in=ACTIVE)
    return bool(rows.update(state=state, problem=problem, ended_at=timezone.now()))


def give_up(*, rescoring_id: UUID) -> None:
    """Every try ended by a fault: the row says so, and what is scored stays."""
    _end(rescoring_id, RunState.FAILED, "gave_up")


def _to_score(institution_id: UUID) -> QuerySet[AnswerResult]:
    """Results with a track, of answers that are no drill."""
    rows = AnswerResult.objects.filter(institution_id=institution_id, state=ResultState.READY)
    return rows.exclude(track="").filter(answer__session__is_drill=False)


def _next(row: Rescoring) -> list[UUID]:
    rows = _to_score(row.institution_id)
    if row.after is not None:
        rows = rows.filter(answer_id__gt=row.after)
    return list(rows.order_by("answer_id").values_list("answer_id", flat=True)[:AT_ONCE])


def _score_one(row: Rescoring, key: UUID, models: InUse) -> bool:
    """Score one answer and keep how far the job is; False once it was stopped."""
    answer = to_hear(key)
    made = None
    if answer is not None and not _is_done(answer, models):
        made = actions.prepare(answer, track_of(answer.result), models=models)
    with transaction.atomic():
        held = Rescoring.objects.select_for_update().get(pk=row.pk)
        if held.state != RunState.RUNNING:
            return False
        if not Institution.objects.get(pk=row.institution_id).runs(ModelKind.ENGAGEMENT):
            return not _end(row.pk, RunState.STOPPED, "policy")
        if answer is not None and made is not None and to_hear(key) is not None:
            actions.keep(answer, made)
        held.after, held.done = key, held.done + 1
        held.save(update_fields=["after", "done"])
    row.after, row.done = held.after, held.done
    return True


def _is_done(answer: Answer, models: InUse) -> bool:
    """Whether these very models made what counts, by the profile of today."""
    profile = profile_of(user_id=answer.session.user_id, institution_id=answer.institution_id)
    score = AnswerScore.objects.filter(answer=answer, kind=ScoreKind.ENGAGEMENT, current=True).first()
    if score is None or score.version != models.engagement.name or not basis.holds(score.details, profile):
        return False
    advice = Advice.objects.filter(answer=answer, current=True).first()
    if advice is None:
        return not answer.institution.runs(ModelKind.ADVICE)
    version = models.advice.name if models.advice else ""
    return advice.version == version and basis.holds(advice.details, profile)
