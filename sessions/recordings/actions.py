"""Writes about recordings, each a named verb.

Consent is asked again at every one of them, so that a withdrawal takes effect at once.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.data.deletion import delete_rows
from accounts.models import Purpose
from accounts.queries import agrees
from sessions.analysis.queue import hurry_analysis
from sessions.models import Answer, AnswerState, Recording, RecordingSegment, RecordingState
from sessions.recordings.prepare import Prepared, Segment, Unusable, prepare
from sessions.recordings.receive import (
    MAX_SEGMENTS,
    ReceiveError,
    SegmentPlace,
    append,
    container_of,
    received,
)

WAIT_FOR_THE_REST = timedelta(minutes=2)
"""How long after an answer's end segments may still arrive from a browser that was reloaded."""
MAX_ANSWER_MS = 15 * 60 * 1000


class NotAgreed(ReceiveError):
    status = 403
    code = "no_consent"


class Closed(ReceiveError):
    status = 409
    code = "closed"


def place_of(segment: RecordingSegment) -> SegmentPlace:
    return SegmentPlace(
        spool=Path(settings.SPOOL_DIR),
        institution=segment.institution_id,
        answer=segment.recording.answer_id,
        number=segment.number,
    )


@transaction.atomic
def open_segment(*, answer: Answer, mime: str, started_ms: int) -> RecordingSegment:
    """A new segment of the answer's recording. Raises ReceiveError when it may not be recorded."""
    container_of(mime)
    if not 0 <= started_ms <= MAX_ANSWER_MS:
        raise ReceiveError("started_ms lies outside an answer.")
    _may_record(answer)
    if answer.state != AnswerState.OPEN:
        raise Closed("This answer has ended.")
    recording, _ = Recording.objects.select_for_update().get_or_create(
        answer=answer, defaults={"institution_id": answer.institution_id, "mime": mime[:60]}
    )
    number = recording.segments.count()
    if number >= MAX_SEGMENTS:
        raise ReceiveError("This answer was interrupted too often to be recorded further.")
    return RecordingSegment.objects.create(
        institution_id=answer.institution_id, recording=recording, number=number, started_ms=started_ms
    )


def receive_piece(*, segment: RecordingSegment, offset: int, piece: bytes) -> int:
    """Keeps one piece; returns the bytes received so far. Raises ReceiveError. Writes a file and no row."""
    _may_record(segment.recording.answer)
    if segment.complete or segment.recording.state != RecordingState.RECEIVING:
        raise Closed("This part of the recording is complete.")
    container = container_of(segment.recording.mime)
    return append(place_of(segment), offset=offset, piece=piece, container=container)


@transaction.atomic
def complete_segment(*, segment: RecordingSegment) -> None:
    """The browser has sent all of it. Completing twice changes nothing."""
    from sessions.recordings.tasks import prepare_recording

    if segment.complete:
        return
    segment.complete = True
    segment.save(update_fields=["complete"])
    # The answer's own end may still be on its way over the socket: then a few seconds later.
    seconds = 0 if segment.recording.answer.state != AnswerState.OPEN else 5
    prepare_recording.configure(schedule_in={"seconds": seconds}).defer(
        recording_id=str(segment.recording_id)
    )


def _may_record(answer: Answer) -> None:
    session = answer.session
    if not session.record or not agrees(session.user, session.institution_id, Purpose.RECORDING):
        raise NotAgreed("Recording is off, or no longer agreed to.")


def prepare_received(*, recording_id: uuid.UUID) -> RecordingState | None:
    """Makes the seekable file once everything is here. Idempotent; None when it is too early or already done."""
    recording = (
        Recording.objects.select_related("answer__session__user")
        .annotate(missing=Count("segments", filter=Q(segments__complete=False)))
        .filter(pk=recording_id, state=RecordingState.RECEIVING)
        .first()
    )
    if recording is None or not _everything_here(recording, recording.missing):
        return None
    segments = [segment for segment in recording.segments.all() if received(place_of(segment))]
    with TemporaryDirectory(prefix="greenroom-") as folder:
        try:
            prepared = prepare(
                [Segment(place_of(segment).path, segment.started_ms) for segment in segments],
                Path(folder) / "joined",
            )
        except Unusable as unusable:
            state = _refuse(recording, unusable.code)
        else:
            state = _keep(recording, prepared)
    hurry_analysis(answer_id=recording.answer_id)
    return state


def _everything_here(recording: Recording, missing: int) -> bool:
    answer = recording.answer
    if answer.state == AnswerState.OPEN or answer.ended_at is None:
        return False
    return not missing or timezone.now() - answer.ended_at > WAIT_FOR_THE_REST


def _keep(recording: Recording, prepared: Prepared) -> RecordingState:
    suffix = prepared.path.suffix
    with prepared.path.open("rb") as file:
        # The name is random, not the answer's id: even the storage's address says nothing.
        recording.file.save(f"{recording.institution_id}/{uuid.uuid4().hex}{suffix}", File(file), save=False)
    recording.size = prepared.path.stat().st_size
    recording.mime = prepared.mime
    recording.duration_ms = prepared.duration_ms
    recording.started_ms = prepared.started_ms
    recording.state = RecordingState.READY
    recording.save()
    _forget_segments(recording)
    return RecordingState.READY


def _refuse(recording: Recording, problem: str) -> RecordingState:
    recording.state = RecordingState.REFUSED
    recording.problem = problem
    recording.save(update_fields=["state", "problem"])
    _forget_segments(recording)
    return RecordingState.REFUSED


def _forget_segments(recording: Recording) -> None:
    for segment in recording.segments.all():
        place_of(segment).path.unlink(missing_ok=True)


def delete_recording(*, recording: Recording) -> None:
    """The recording with its file and what was not prepared yet; the answer and its result stay."""
    delete_rows(Recording.objects.filter(pk=recording.pk))
