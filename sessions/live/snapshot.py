"""Where a session stands, as plain data: read once at every step, and all that the socket needs until the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Sum

from accounts.models import Purpose
from accounts.queries import agrees
from sessions.errors import TakenOver
from sessions.live.machine import Place, State
from sessions.models import Answer, AnswerState, Mode, PracticeSession


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    id: UUID
    text: str
    thinking_s: int
    expected_s: tuple[int, int]


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    id: UUID
    position: int
    question_ended_ms: int | None
    speech_started_ms: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`used_ms` is that of the answers that have ended; `question` and `answer` are of the open one, if any."""

    session_id: UUID
    institution_id: UUID
    user_id: UUID
    place: Place
    question: OpenQuestion | None
    answer: OpenAnswer | None
    used_ms: int
    language: str
    hints: bool
    voice_only: bool
    started_at: datetime | None


def take_snapshot(session_id: UUID) -> Snapshot:
    """Raises TakenOver when the session is gone."""
    opened = Prefetch(
        "answers", Answer.objects.filter(state=AnswerState.OPEN).select_related("question"), "opened"
    )
    rows = PracticeSession.objects.select_related("scenario", "user").prefetch_related(opened)
    session = rows.filter(pk=session_id).annotate(spent_ms=Sum("answers__stream_ms")).first()
    if session is None:
        raise TakenOver
    answer: Answer | None = next(iter(session.opened), None)
    place = Place(
        State(session.state),
        session.position,
        len(session.question_ids),
        State(session.resumes) if session.resumes else None,
    )
    return Snapshot(
        session_id=session.pk,
        institution_id=session.institution_id,
        user_id=session.user_id,
        place=place,
        question=_question(session, answer) if answer else None,
        answer=_answer(answer) if answer else None,
        used_ms=session.spent_ms or 0,
        language=session.scenario.language,
        hints=session.hints,
        voice_only=not may_use_camera(session),
        started_at=session.started_at,
    )


def may_use_camera(session: PracticeSession) -> bool:
    """Chosen for this session, and still agreed to."""
    return session.mode == Mode.CAMERA and agrees(session.user, session.institution_id, Purpose.CAMERA)


def _question(session: PracticeSession, answer: Answer) -> OpenQuestion:
    question = answer.question
    thinking_s = session.scenario.thinking_s if question.thinking_s is None else question.thinking_s
    expected_s = (question.expected_s_low, question.expected_s_high)
    return OpenQuestion(question.pk, answer.question_text, thinking_s, expected_s)


def _answer(answer: Answer) -> OpenAnswer:
    return OpenAnswer(answer.pk, answer.position, answer.question_ended_ms, answer.speech_started_ms)


def state_fields(snapshot: Snapshot, *, next_seq: int, stream_ms: int) -> dict[str, Any]:
    """The `state` of the protocol. `next_seq` and `stream_ms` are those of the open answer's stored stream."""
    place, question, answer = snapshot.place, snapshot.question, snapshot.answer
    return {
        "name": place.state.value,
        "resumes": place.resumes.value if place.resumes else None,
        "question": question
        and {
            "no": place.position,
            "of": place.questions,
            "id": str(question.id),
            "text": question.text,
            "thinking_s": question.thinking_s,
            "expected_s": list(question.expected_s),
        },
        "answer": answer
        and {
            "no": answer.position,
            "id": str(answer.id),
            "next_seq": next_seq,
            "stream_ms": stream_ms,
            "asked_ms": answer.question_ended_ms,
            "speech_ms": answer.speech_started_ms,
        },
        "camera": not snapshot.voice_only,
        "used_s": round((snapshot.used_ms + stream_ms) / 1000, 2),
    }
