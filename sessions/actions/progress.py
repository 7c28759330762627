"""Moving a session from question to question. Each verb saves at once, so that a killed server resumes there.

`epoch` is the number that `claim_connection` gave to the window that writes. Every write compares it with the
session's, in the same transaction and under the row's lock: a window that was taken over cannot write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import Purpose
from accounts.queries import standing_purposes
from sessions.analysis.queue import queue_analysis
from sessions.errors import TakenOver
from sessions.live import machine
from sessions.live.machine import Place, Verb
from sessions.models import Answer, AnswerResult, AnswerState, Mode, PracticeSession, Question, SelfRating


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer's stream held when it ended. Times are stream time in ms."""

    stream_ms: int = 0
    speech_started_ms: int | None = None
    frames_dropped: int = 0
    live: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def claim_connection(*, session_id: UUID) -> int:
    """Take the session over: the new epoch, with which alone it can be written from now on. Raises TakenOver."""
    rows = PracticeSession.objects.filter(pk=session_id)
    # The update locks the row, so the number that is read is the one that was written.
    if not rows.update(connection=F("connection") + 1):
        raise TakenOver
    return rows.values_list("connection", flat=True).get()


def begin(*, session_id: UUID, epoch: int) -> PracticeSession:
    """The first question is asked."""
    with _writing(session_id, epoch) as session:
        _move(session, Verb.BEGIN)
        session.started_at = timezone.now()
        _open_answer(session)
    return session


def question_asked(*, session_id: UUID, epoch: int, at_ms: int) -> PracticeSession:
    """The question was read out by `at_ms`. After a repeat the later time counts, unless the answer had begun."""
    with _writing(session_id, epoch) as session:
        _move(session, Verb.ASKED)
        answer = _answer(session)
        if answer.speech_started_ms is None:
            answer.question_ended_ms = at_ms
            answer.save(update_fields=["question_ended_ms"])
    return session


def begin_answer(
    *, session_id: UUID, epoch: int, at_ms: int, speech_started_ms: int | None = None
) -> PracticeSession:
    """Answering begins. Whoever answers before the question was read out has ended the question at `at_ms`."""
    with _writing(session_id, epoch) as session:
        _move(session, Verb.ANSWER)
        answer = _answer(session)
        if answer.question_ended_ms is None:
            answer.question_ended_ms = at_ms
        if answer.speech_started_ms is None:
            answer.speech_started_ms = speech_started_ms
        answer.save(update_fields=["question_ended_ms", "speech_started_ms"])
    return session


def note_speech(*, session_id: UUID, epoch: int, at_ms: int) -> PracticeSession:
    """The answer's first speech was heard at `at_ms`; a later one changes nothing."""
    with _writing(session_id, epoch) as session:
        session.answers.filter(
            position=session.position, state=AnswerState.OPEN, speech_started_ms=None
        ).update(speech_started_ms=at_ms)
    return session


def end_answer(*, session_id: UUID, epoch: int, taken: Taken) -> PracticeSession:
    """The answer is saved and its analysis queued, in one transaction; then the next question, or the end.

    An answer without any stream is marked as skipped: there is nothing to analyse.
    """
    with _writing(session_id, epoch) as session:
        answer = _answer(session)
        _move(session, Verb.DONE)
        _close_answer(answer, taken, keep=taken.stream_ms > 0)
        _after_answer(session)
    return session


def end_session(*, session_id: UUID, epoch: int, taken: Taken | None = None) -> PracticeSession:
    """The session is done. The open answer is saved if it holds speech (`taken`), else marked as skipped."""
    with _writing(session_id, epoch) as session:
        was = _place(session)
        _move(session, Verb.END)
        if was.has_open_answer:
            taken = taken or Taken()
            _close_answer(_answer(session), taken, keep=taken.speech_started_ms is not None)
        _after_answer(session)
    return session


def pause(*, session_id: UUID, epoch: int) -> PracticeSession:
    with _writing(session_id, epoch) as session:
        _move(session, Verb.PAUSE)
    return session


def resume(*, session_id: UUID, epoch: int) -> PracticeSession:
    with _writing(session_id, epoch) as session:
        _move(session, Verb.RESUME)
    return session


def repeat_question(*, session_id: UUID, epoch: int) -> PracticeSession:
    """The question is asked again; the answer's stream goes on."""
    with _writing(session_id, epoch) as session:
        _move(session, Verb.REPEAT)
        answer = _answer(session)
        answer.repeats += 1
        answer.save(update_fields=["repeats"])
    return session


def set_hints(*, session_id: UUID, epoch: int, on: bool) -> PracticeSession:
    with _writing(session_id, epoch) as session:
        session.hints = on
    return session


# --- inside -----------------------------------------------------------------------------------------

_MOVED = (
    *("state", "resumes", "position", "mode", "record", "hints"),
    *("used_ms", "started_at", "ended_at", "self_rating"),
)


@contextmanager
def _writing(session_id: UUID, epoch: int) -> Iterator[PracticeSession]:
    """The session's row, locked and saved afterwards. Raises TakenOver."""
    with transaction.atomic():
        rows = PracticeSession.objects.select_for_update(of=("self",)).select_related("user")
        session = rows.filter(pk=session_id, connection=epoch).first()
        if session is None:
            raise TakenOver
        _heed_withdrawal(session)
        yield session
        session.save(update_fields=_MOVED)


def _heed_withdrawal(session: PracticeSession) -> None:
    """A consent that was withdrawn meanwhile ends what it allowed: the session goes on by voice alone."""
    if session.mode != Mode.CAMERA and not session.record:
        return
    agreed = standing_purposes(session.user, session.institution_id)
    if Purpose.CAMERA not in agreed:
        session.mode = Mode.VOICE
    if Purpose.RECORDING not in agreed:
        session.record = False


def _place(session: PracticeSession) -> Place:
    resumes = machine.State(session.resumes) if session.resumes else None
    return Place(machine.State(session.state), session.position, len(session.question_ids), resumes)


def _move(session: PracticeSession, verb: Verb) -> None:
    place = machine.step(_place(session), verb)
    session.state = place.state.value
    session.resumes = place.resumes.value if place.resumes else ""
    session.position = place.position


def _open_answer(session: PracticeSession) -> Answer:
    question = Question.objects.get(pk=session.question_ids[session.position])
    return Answer.objects.create(
        institution_id=session.institution_id,
        session=session,
        question=question,
        position=session.position,
        question_text=question.text,
    )


def _answer(session: PracticeSession) -> Answer:
    return session.answers.get(position=session.position, state=AnswerState.OPEN)


def _close_answer(answer: Answer, taken: Taken, *, keep: bool) -> None:
    answer.state = AnswerState.SAVED if keep else AnswerState.SKIPPED
    answer.ended_at = timezone.now()
    answer.stream_ms = taken.stream_ms
    if answer.speech_started_ms is None:
        answer.speech_started_ms = taken.speech_started_ms
    answer.frames_dropped = taken.frames_dropped
    answer.live = dict(taken.live)
    answer.save()
    if keep:
        # In the transaction that saves the answer: all of it happens, or nothing.
        AnswerResult.objects.create(answer=answer, institution_id=answer.institution_id)
        queue_analysis(answer_id=answer.pk)


def _after_answer(session: PracticeSession) -> None:
    """Time used is the sum of the streams: it stands still in a pause and survives a killed server."""
    session.used_ms = session.answers.aggregate(total=Sum("stream_ms"))["total"] or 0
    if session.state == machine.State.DONE:
        session.ended_at = timezone.now()
        _ask_for_self_rating(session)
    else:
        _open_answer(session)


def _ask_for_self_rating(session: PracticeSession) -> None:
    """Before the result, and only of a whole interview: a drill is measured, not rated."""
    if not session.is_drill and session.answers.filter(state=AnswerState.SAVED).exists():
        session.self_rating = SelfRating.ASKED
