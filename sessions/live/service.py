"""What the socket asks of the database: called in a thread, at the transitions of a session and never for a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from scoring.cues.baseline import Baseline
from scoring.performance.index import NO_PROFILE, Profile
from scoring.queries import baseline_of, profile_of
from sessions import actions
from sessions.actions import Taken
from sessions.drills import watching
from sessions.drills.queries import watched_by
from sessions.live.machine import State, Verb
from sessions.live.snapshot import Snapshot, take_snapshot
from sessions.models import PracticeSession
from sessions.queries import AnyUser, get_session_for


@dataclass(frozen=True, slots=True)
class Opened:
    """`epoch` is 0 for a session that is done: nothing of it can be written any more."""

    snapshot: Snapshot
    epoch: int
    baseline: Baseline | None
    profile: Profile = NO_PROFILE
    """What the person left out is neither shown nor hinted at; in a drill, neither is what it is not about."""


@dataclass(frozen=True, slots=True)
class Step:
    """A verb with what it takes. Times are stream time in ms."""

    verb: Verb
    at_ms: int = 0
    speech_started_ms: int | None = None
    taken: Taken | None = None


def open_practice(user: AnyUser, session_id: UUID) -> Opened:
    """Go through the gate and take the session over. Raises Http404, TakenOver."""
    session = get_session_for(user, session_id)
    if session.state == State.DONE:
        return Opened(take_snapshot(session_id), 0, None)
    epoch = actions.claim_connection(session_id=session_id)
    person = {"user_id": session.user_id, "institution_id": session.institution_id}
    profile = profile_of(**person)
    if session.is_drill:
        profile = watching.only(watched_by(session), profile)
    return Opened(take_snapshot(session_id), epoch, baseline_of(**person), profile)


def perform(session_id: UUID, epoch: int, step: Step) -> Snapshot:
    """Raises NotNow, TakenOver."""
    _ACTIONS[step.verb](session_id, epoch, step)
    return take_snapshot(session_id)


def note_speech(session_id: UUID, epoch: int, at_ms: int) -> Snapshot:
    """Raises TakenOver."""
    actions.note_speech(session_id=session_id, epoch=epoch, at_ms=at_ms)
    return take_snapshot(session_id)


def set_hints(session_id: UUID, epoch: int, on: bool) -> Snapshot:
    """Raises TakenOver."""
    actions.set_hints(session_id=session_id, epoch=epoch, on=on)
    return take_snapshot(session_id)


_ACTIONS: dict[Verb, Callable[[UUID, int, Step], PracticeSession]] = {
    Verb.BEGIN: lambda pk, epoch, _: actions.begin(session_id=pk, epoch=epoch),
    Verb.ASKED: lambda pk, epoch, step: actions.question_asked(session_id=pk, epoch=epoch, at_ms=step.at_ms),
    Verb.ANSWER: lambda pk, epoch, step: actions.begin_answer(
        session_id=pk, epoch=epoch, at_ms=step.at_ms, speech_started_ms=step.speech_started_ms
    ),
    Verb.DONE: lambda pk, epoch, step: actions.end_answer(
        session_id=pk, epoch=epoch, taken=step.taken or Taken()
    ),
    Verb.PAUSE: lambda pk, epoch, _: actions.pause(session_id=pk, epoch=epoch),
    Verb.RESUME: lambda pk, epoch, _: actions.resume(session_id=pk, epoch=epoch),
    Verb.REPEAT: lambda pk, epoch, _: actions.repeat_question(session_id=pk, epoch=epoch),
    Verb.END: lambda pk, epoch, step: actions.end_session(session_id=pk, epoch=epoch, taken=step.taken),
}
