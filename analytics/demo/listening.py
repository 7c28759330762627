"""What a listener would make of simulated answers: the same code and the same models as at the end of an analysis."""

from __future__ import annotations

from collections.abc import Iterable

from sessions.listener import actions
from sessions.models import AnswerResult
from sessions.tracks import track_of


def listen(results: Iterable[AnswerResult]) -> None:
    """Rate the answers that have a track and advise on them, as of when they were analysed. Their rows are saved."""
    for result in results:
        if result.track:
            made = actions.prepare(result.answer, track_of(result))
            actions.keep(result.answer, made, at=result.made_at)
