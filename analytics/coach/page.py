"""The coach's own page: what was advised so far with what became of it, and the drills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Institution, User
from analytics import cue_names
from analytics.coach import words
from analytics.coach.remembered import Remembered, moment_of, remembered
from scoring.performance.index import Profile
from sessions.models import Drill, PracticeSession

FEW = 3
"""Of the sessions in which something was advised so many are named."""


@dataclass(frozen=True, slots=True)
class Time:
    """A session in which it was advised."""

    session_id: UUID
    title: str
    at: datetime

    @classmethod
    def of(cls, session: PracticeSession) -> Time:
        return cls(session.pk, session.scenario.title, moment_of(session))


@dataclass(frozen=True, slots=True)
class RememberedLine:
    """One kind of advice; `effect` is what the cue did since, `state` is come, away or empty."""

    title: str
    code: str
    name: str
    times: tuple[Time, ...]
    more: int
    effect: str
    state: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class DrillLine:
    session_id: UUID
    names: str
    at: datetime
    simulated: bool


def remembered_lines(user: User, institution: Institution, profile: Profile) -> list[RememberedLine]:
    """What was advised, the latest first. At most three queries."""
    return [_line(one) for one in remembered(user, institution, profile=profile)]


def _line(found: Remembered) -> RememberedLine:
    return RememberedLine(
        title=words.title(found.kind),
        code=found.cue.value,
        name=cue_names.name(found.cue),
        times=tuple(Time.of(session) for session in found.sessions[:FEW]),
        more=max(0, len(found.sessions) - FEW),
        effect=words.since(found),
        state="come" if found.has_come else "away" if found.went_away else "",
        simulated=any(session.simulated for session in found.sessions),
    )


def drill_lines(drills: Iterable[Drill]) -> list[DrillLine]:
    return [_drill(drill) for drill in drills]


def _drill(drill: Drill) -> DrillLine:
    session = drill.session
    names = [cue_names.name(code) for code in drill.cues]
    return DrillLine(session.pk, words.listed(names), moment_of(session), session.simulated)
