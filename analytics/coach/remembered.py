"""Earlier advice, and what became of it: the cue when it was first advised against the cue in the sessions since.

The session that the advice came from, with up to two before it, is compared with the latest ones since. Advice follows
a low value, and after a low value a higher one is likely anyway; that is why earlier sessions are in the comparison
where there are any, and why a difference is called a change only beyond two limits: the reliable change of the means
(`scoring.metrics.change`) and, as on the page of progress, what single answers of the person vary.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Institution, User
from analytics.coach.pieces import Kind, pieces_of
from analytics.coach.queries import advised_answers
from analytics.history import History, history_of
from analytics.progress import SIDES, Point, pooled_spread
from scoring.cues.catalogue import Cue
from scoring.metrics.change import Change, Measured, Verdict, change
from scoring.performance.index import NO_PROFILE, Profile
from sessions.models import Advice, PracticeSession


@dataclass(frozen=True, slots=True)
class Effect:
    """`before` and `after` are means over answers; `sessions` is how many came since the advice."""

    before: float
    after: float
    change: Change
    sessions: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """One kind of change that was advised: in which sessions, newest first, and what the cue did since the first."""

    kind: Kind
    sessions: tuple[PracticeSession, ...]
    effect: Effect | None
    """None while nothing was measured since, or nothing before."""

    @property
    def cue(self) -> Cue:
        return self.kind[0]

    @property
    def last(self) -> PracticeSession:
        return self.sessions[0]

    @property
    def first(self) -> PracticeSession:
        return self.sessions[-1]

    @property
    def has_come(self) -> bool:
        """The cue changed as advised, by more than what varies anyway."""
        return self.effect is not None and self.effect.change.verdict == self.kind[1]

    @property
    def went_away(self) -> bool:
        """It changed by as much, but the other way."""
        away = {"up": Verdict.DOWN, "down": Verdict.UP}[self.kind[1]]
        return self.effect is not None and self.effect.change.verdict is away


def remembered(
    user: User,
    institution: Institution,
    *,
    profile: Profile = NO_PROFILE,
    before: PracticeSession | None = None,
) -> list[Remembered]:
    """What was advised so far, the latest first. At most three queries, one where nothing was.

    `before` asks as of that session: what was advised in earlier ones, and what was measured up to and with it.
    """
    sessions = advised(advised_answers(user, institution, profile, before=before))
    if not sessions:
        return []
    history = _until(history_of(user, institution), before)
    return [
        Remembered(kind, tuple(came), effect(history.cues.get(kind[0], ()), came[-1]))
        for kind, came in sessions.items()
    ]


def advised(advice: Iterable[Advice]) -> Mapping[Kind, Sequence[PracticeSession]]:
    """The sessions in which each kind of change was advised, in the order of the rows (newest first)."""
    found: dict[Kind, dict[PracticeSession, None]] = {}
    for one in advice:
        for piece in pieces_of(one):
            found.setdefault(piece.kind, {})[one.answer.session] = None
    return {kind: list(sessions) for kind, sessions in found.items()}


def effect(points: Sequence[Point], advised_in: PracticeSession) -> Effect | None:
    """The cue up to and with the session of the advice against the sessions since; `points` are oldest first."""
    at = moment_of(advised_in)
    before = [point for point in points if point.at <= at][-SIDES:]
    since = [point for point in points if point.at > at]
    if not before or not since:
        return None
    spread = pooled_spread(points)
    then, now = mean(before, spread), mean(since[-SIDES:], spread)
    return Effect(then.value, now.value, beyond(change(then, now), spread), len(since))


def beyond(found: Change, spread: float | None) -> Change:
    """The change, if it is larger than the `spread` between single answers as well."""
    if spread is None or found.limit is None or abs(found.difference) > spread:
        return found
    return Change(Verdict.NONE, found.difference, max(found.limit, spread))


def mean(points: Sequence[Point], spread: float | None) -> Measured:
    """Over all answers of these sessions, with its standard error from the `spread` between answers."""
    n = sum(point.n for point in points)
    value = sum(point.mean * point.n for point in points) / n
    return Measured(value, None if spread is None else spread / math.sqrt(n))


def moment_of(session: PracticeSession) -> datetime:
    """When a session counts from: as the points of a history do."""
    return session.ended_at or session.created_at


def _until(history: History, session: PracticeSession | None) -> History:
    if session is None:
        return history
    at = moment_of(session)
    cues = {cue: tuple(point for point in points if point.at <= at) for cue, points in history.cues.items()}
    return History(history.sessions, cues)
