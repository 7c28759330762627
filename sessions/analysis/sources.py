"""What an analysis may read of an answer at this moment: by what there is, and by what the student agrees to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Purpose
from accounts.queries import standing_purposes
from sessions.models import (
    Answer,
    AnswerResult,
    Mode,
    PracticeSession,
    Recording,
    RecordingState,
    ResultState,
)

WAIT_FOR_RECORDING = timedelta(minutes=3)
"""How long after an answer's end its analysis waits for the recording, which shows more than what was streamed."""
_ON_THE_WAY = (RecordingState.RECEIVING, RecordingState.PREPARING)


@dataclass(frozen=True, slots=True)
class Allowed:
    """`camera`: landmarks may be used; `recording`: so may the recording's sound, and its pictures with the camera."""

    camera: bool
    recording: bool

    def needs_recording(self, *, has_take: bool) -> bool:
        """Whether a recording would be read: for its pictures, or instead of a take that is broken."""
        return self.recording and (self.camera or not has_take)

    def reaches_beyond(self, now: Allowed) -> bool:
        """Whether something was allowed that is not any more."""
        return (self.camera and not now.camera) or (self.recording and not now.recording)


def waiting_answer(answer_id: UUID) -> Answer | None:
    """The answer, if its result waits to be made."""
    rows = AnswerResult.objects.filter(answer_id=answer_id, state=ResultState.WAITING)
    found = rows.select_related("answer__session__user", "answer__session__scenario").first()
    return found.answer if found else None


def allowed_now(answer: Answer) -> Allowed:
    """Asked of the database anew, since a consent may be withdrawn while the work goes on."""
    session = answer.session
    agreed = standing_purposes(session.user, session.institution_id)
    # The session's mode may change while it goes on, only ever to voice alone.
    mode = PracticeSession.objects.filter(pk=session.pk).values_list("mode", flat=True).first()
    return Allowed(
        camera=mode == Mode.CAMERA and Purpose.CAMERA in agreed,
        recording=Purpose.RECORDING in agreed,
    )


def ready_recording(answer: Answer) -> Recording | None:
    """The recording that can be read, asked of the database anew."""
    return Recording.objects.filter(answer=answer, state=RecordingState.READY).exclude(file="").first()


def seconds_to_wait(answer: Answer, *, now: datetime | None = None) -> int:
    """For how long the recording is worth waiting for; 0 when it is ready, refused or late, or there is none."""
    on_the_way = Recording.objects.filter(answer=answer, state__in=_ON_THE_WAY).exists()
    if not on_the_way or answer.ended_at is None:
        return 0
    left = answer.ended_at + WAIT_FOR_RECORDING - (now or timezone.now())
    return max(0, round(left.total_seconds()))
