"""A student takes back what is theirs."""

from __future__ import annotations

from accounts.data.deletion import delete_rows
from sessions.models import PracticeSession, State


class GoingOn(Exception):
    """An interview that is going on is ended first."""


def delete_session(*, session: PracticeSession) -> None:
    """The interview with its answers, results, tracks and recordings. Raises GoingOn."""
    if session.state not in {State.DONE, State.LOBBY}:
        raise GoingOn
    delete_rows(PracticeSession.objects.filter(pk=session.pk))
