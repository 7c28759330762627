"""Keeping what the full analysis found in an answer."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from scoring.actions import refresh_baseline
from scoring.cues.analysis import Analysis, Quality
from scoring.cues.analysis import analyse as analyse_cues
from scoring.cues.frames import Frames
from scoring.cues.track_file import to_bytes
from scoring.queries import baseline_of
from sessions.actions.takes import forget, path_of
from sessions.live.journal import Broken, Take, read_take
from sessions.live.snapshot import may_use_camera
from sessions.models import Answer, AnswerResult, ResultState

log = structlog.get_logger(__name__)


def analyse(*, answer_id: uuid.UUID) -> ResultState | None:
    """Analyse an answer's take and keep what it shows; None when there is nothing (left) to do.

    Idempotent: the result's row is locked meanwhile, and only a waiting one is worked on. The take goes once the
    result is committed. A take that cannot be read stays where it is, and the result says why.
    """
    with transaction.atomic():
        result = (
            AnswerResult.objects.select_for_update(of=("self",))
            .select_related("answer__session__user")
            .filter(answer_id=answer_id, state=ResultState.WAITING)
            .first()
        )
        if result is None:
            return None
        path = path_of(result.answer)
        try:
            take = read_take(path)
        except Broken as broken:
            return _fail(result, broken.problem)
        _keep(result, _analysis_of(result.answer, take))
        transaction.on_commit(lambda: forget(path))
    return ResultState.READY


def _analysis_of(answer: Answer, take: Take) -> Analysis:
    session = answer.session
    sees = may_use_camera(session)
    return analyse_cues(
        take.frames if sees else Frames.empty(),
        take.sound,
        question_ended_ms=answer.question_ended_ms,
        voice_only=not sees,
        baseline=baseline_of(user_id=session.user_id, institution_id=session.institution_id),
    )


def _keep(result: AnswerResult, analysis: Analysis) -> None:
    session = result.answer.session
    refresh_baseline(user_id=session.user_id, institution_id=session.institution_id, analysis=analysis)
    result.state = ResultState.READY
    result.catalogue_version = analysis.catalogue_version
    result.cues = {
        code.value: {"v": value.value} if value.value is not None else {"absent": value.absent}
        for code, value in analysis.values.items()
    }
    result.events = [dataclasses.asdict(event) for event in analysis.events]
    result.quality = quality_fields(analysis.quality)
    result.problem = ""
    result.made_at = timezone.now()
    # A random name: even the storage's address says nothing.
    name = f"{result.institution_id}/{uuid.uuid4().hex}.parquet"
    result.track.save(name, ContentFile(to_bytes(analysis.track)), save=False)
    try:
        result.save()
    except Exception:
        result.track.storage.delete(str(result.track.name))
        raise


def quality_fields(quality: Quality) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in dataclasses.asdict(quality).items()
    }


def _fail(result: AnswerResult, problem: str) -> ResultState:
    log.warning("take_unusable", answer=str(result.answer_id), problem=problem)
    result.state, result.problem, result.made_at = ResultState.FAILED, problem, timezone.now()
    result.save(update_fields=["state", "problem", "made_at"])
    return ResultState.FAILED
