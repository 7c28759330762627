"""Keeping what an analysis found: everything in one transaction, or nothing."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.data.deletion import StoredFile, forget_later
from scoring.actions import hold_person, refresh_baseline
from scoring.cues.analysis import Analysis, Quality
from scoring.cues.track_file import to_bytes
from scoring.cues.values import CueEvent
from scoring.cues.words.transcript import Transcript
from scoring.queries import baseline_of
from sessions import scores
from sessions.analysis.sources import Allowed, allowed_now
from sessions.drills.actions import keep_after
from sessions.listener import actions as listener
from sessions.models import Answer, AnswerResult, AnswerTranscript, ResultState

log = structlog.get_logger(__name__)


class Overtaken(Exception):
    """The result no longer waits, or what it was made from may no longer be used: nothing was kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """`made_by` names models and libraries with their versions; `problems` what could not be done, and why."""

    analysis: Analysis
    transcript: Transcript | None
    made_by: Mapping[str, str]
    problems: Sequence[str]


def keep(answer: Answer, found: Found, allowed: Allowed) -> None:
    """Write result, words, track, baseline, performance index and what a listener would make of it.

    `allowed` is what `found` was made with. Raises Overtaken.
    """
    heard = listener.prepare(answer, found.analysis.track)
    # Before the transaction, which then waits for no storage. A random name: even its address says nothing.
    field = AnswerResult._meta.get_field("track")
    name = field.generate_filename(AnswerResult(), f"{answer.institution_id}/{uuid.uuid4().hex}.parquet")
    name = field.storage.save(name, ContentFile(to_bytes(found.analysis.track)))
    try:
        with transaction.atomic():
            result = _waiting(answer)
            if allowed.reaches_beyond(allowed_now(answer)):
                raise Overtaken
            _write(result, found, name)
            _write_words(answer, found)
            listener.keep(answer, heard)
    except BaseException:
        field.storage.delete(name)
        raise


def _waiting(answer: Answer) -> AnswerResult:
    rows = AnswerResult.objects.select_for_update(of=("self",))
    result = rows.filter(answer=answer, state=ResultState.WAITING).first()
    if result is None:
        raise Overtaken
    return result


def _write(result: AnswerResult, found: Found, track: str) -> None:
    analysis, session = found.analysis, result.answer.session
    hold_person(user_id=session.user_id)
    before = baseline_of(user_id=session.user_id, institution_id=session.institution_id)
    # Once for each answer: what is analysed again must not move what is usual a second time. A drill never does.
    if result.catalogue_version != analysis.catalogue_version and not session.is_drill:
        refresh_baseline(user_id=session.user_id, institution_id=session.institution_id, analysis=analysis)
    if result.track:
        forget_later([StoredFile(AnswerResult._meta.label, "track", str(result.track.name))])
    result.state = ResultState.READY
    result.catalogue_version = analysis.catalogue_version
    result.cues = {
        code.value: {"absent": value.absent} if value.value is None else {"v": _short(value.value)}
        for code, value in analysis.values.items()
    }
    result.events = [_fields(event) for event in analysis.events]
    result.quality = _fields(analysis.quality) | {
        "speech": [[round(one.start_ms), round(one.end_ms)] for one in analysis.segments],
        "problems": list(found.problems),
    }
    result.made_by = {"catalogue": str(analysis.catalogue_version), **found.made_by}
    result.track.name = track
    result.progress, result.problem, result.made_at = {}, "", timezone.now()
    result.save()
    scores.keep(result.answer, result.cues, baseline=before)
    if session.is_drill:
        keep_after(answer=result.answer, cues=result.cues, track=analysis.track, baseline=before)


def _fields(found: Quality | CueEvent) -> dict[str, Any]:
    return {name: _short(value) for name, value in dataclasses.asdict(found).items()}


def _short(value: Any) -> Any:
    """A number to six significant digits, which is more than anything was measured with."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _write_words(answer: Answer, found: Found) -> None:
    transcript, verbal = found.transcript, found.analysis.verbal
    if transcript is None:
        AnswerTranscript.objects.filter(answer=answer).delete()
        return
    marks = verbal.marks if verbal else ()
    remarks = verbal.remarks if verbal else ()
    AnswerTranscript.objects.update_or_create(
        answer=answer,
        defaults={
            "institution_id": answer.institution_id,
            "language": transcript.language,
            "words": transcript.to_json()["words"],
            "marks": [{"code": mark.code.value, "first": mark.first, "last": mark.last} for mark in marks],
            "remarks": [dataclasses.asdict(remark) for remark in remarks],
            "model": transcript.model,
            "made_at": timezone.now(),
        },
    )


def fail(answer: Answer, problem: str) -> ResultState | None:
    """The result says why there is none; None when it no longer waits."""
    log.warning("analysis_failed", answer=str(answer.pk), problem=problem)
    rows = AnswerResult.objects.filter(answer=answer, state=ResultState.WAITING)
    failed = rows.update(state=ResultState.FAILED, problem=problem[:40], progress={}, made_at=timezone.now())
    return ResultState.FAILED if failed else None
