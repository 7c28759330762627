"""What the lobby settles: with camera or by voice, recorded or not, with hints or without."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from sessions.actions.starting import check_consent
from sessions.drills.queries import watched_by
from sessions.drills.watching import needs_camera
from sessions.errors import CannotStart
from sessions.models import Mode, PracticeSession, State


@transaction.atomic
def prepare_session(*, session_id: UUID, mode: str, record: bool, hints: bool) -> PracticeSession:
    """Keep the lobby's choices. Raises CannotStart (also once the interview has begun: `already_begun`)."""
    rows = PracticeSession.objects.select_for_update(of=("self",)).select_related("user", "institution")
    session = rows.get(pk=session_id)
    if session.state != State.LOBBY:
        raise CannotStart("already_begun")
    check_consent(session.user, session.institution, mode=mode, record=record)
    if session.is_drill and mode == Mode.VOICE and needs_camera(watched_by(session)):
        raise CannotStart("drill_needs_camera")
    session.mode, session.record, session.hints = Mode(mode), record, hints
    session.save(update_fields=["mode", "record", "hints"])
    return session
