"""What the pages show of the coach: a panel of one piece at a time, the advice of an opened answer, the latest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Institution, User
from analytics import cue_names, units
from analytics.coach import queries, words
from analytics.coach.pieces import Gathered, Kind, Piece, gather, pieces_of
from analytics.coach.queries import InSession
from analytics.coach.remembered import remembered
from analytics.coach.words import Said
from analytics.explain import page
from scoring.performance.index import Profile
from scoring.queries import profile_of
from sessions.listener.queries import advice_of, runs_advice
from sessions.models import Answer, PracticeSession

FEW = 6
"""Of an answer's moments so many are shown."""
UNCHANGED = frozenset({"already_high", "none_found"})
"""Why there is no advice, where the reason is that there is nothing to change."""
NO_MODEL = "no_model"
"""And where there was nothing to make any with: a session is silent about it."""
ANSWERS = 30
"""More than any interview has questions."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A place to look at: the playhead goes to `t_ms`."""

    t_ms: int
    end_ms: int

    @property
    def at(self) -> str:
        return units.clock(self.t_ms)

    @property
    def until(self) -> str:
        return units.clock(self.end_ms)


@dataclass(frozen=True, slots=True)
class Place:
    """The moments of one answer. `url` is the answer's own page, `target` where it stands on the result page."""

    number: int
    url: str
    moments: tuple[Moment, ...]

    @property
    def target(self) -> str:
        return f"answer-{self.number}"


@dataclass(frozen=True, slots=True)
class PieceView:
    """One piece as it is shown. `place` is where its words come from, `elsewhere` the other answers that show it."""

    said: Said
    code: str
    name: str
    place: Place
    elsewhere: tuple[Place, ...]
    advice_id: UUID
    version: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of a session, the `at`-th `of` all; without any, the reason. `again`: that it was advised before."""

    session: PracticeSession
    piece: PieceView | None = None
    at: int = 0
    of: int = 0
    again: str = ""
    drawing: SafeString | None = None
    drawn: str = ""
    reason: str = ""

    @property
    def previous(self) -> int | None:
        return self.at - 1 if self.at > 1 else None

    @property
    def next(self) -> int | None:
        return self.at + 1 if self.at < self.of else None


@dataclass(frozen=True, slots=True)
class AnswerAdvice:
    """The advice on one answer, or why there is none."""

    pieces: tuple[PieceView, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The most useful piece of the latest interview that has any."""

    piece: PieceView
    session: PracticeSession


def session_panel(session: PracticeSession, profile: Profile, chosen: int = 1) -> Panel | None:
    """The panel of a finished session whose analysis is over; None where nothing advises, or nothing did yet.

    `chosen` counts from 1; what there is not becomes the nearest. At most four queries.
    """
    standing = queries.advice_in(session, profile)
    if not standing.being_made and all(one.missing == NO_MODEL for one in standing.advice):
        return None
    found = _sayable(gather(standing.advice))
    if not found:
        return Panel(session, reason=_why_none(standing))
    at = min(max(chosen, 1), len(found))
    shown = found[at - 1]
    told = page.explanation(shown.first.cue)
    return Panel(
        session=session,
        piece=piece_view(shown, session.pk),
        at=at,
        of=len(found),
        again=_again(session, profile, shown.first.kind),
        drawing=told.figure,
        drawn=told.example,
    )


def answer_advice(answer: Answer, profile: Profile) -> AnswerAdvice | None:
    """The advice on an opened answer whose analysis is over; None where nothing advises. At most one query."""
    standing = advice_of(answer, profile)
    if standing is None:
        return None
    if standing.being_made:
        return AnswerAdvice((), str(words.ANEW))
    if standing.row is None or not standing.row.changes:
        return AnswerAdvice((), words.reason(standing.row.missing if standing.row else ""))
    standing.row.answer = answer
    found = [Gathered((one,)) for one in pieces_of(standing.row)]
    pieces = tuple(piece_view(one, answer.session_id) for one in _sayable(found))
    return AnswerAdvice(pieces, "" if pieces else words.reason(""))


def latest(user: User, institution: Institution) -> Latest | None:
    """What the home page reminds of. Two queries, none where nothing advises."""
    if not runs_advice(institution):
        return None
    profile = profile_of(user_id=user.pk, institution_id=institution.pk)
    advice = queries.advised_answers(user, institution, profile, latest=ANSWERS)
    if not advice:
        return None
    session = advice[0].answer.session
    found = _sayable(gather(one for one in advice if one.answer.session_id == session.pk))
    return Latest(piece_view(found[0], session.pk), session) if found else None


def piece_view(found: Gathered, session_id: UUID) -> PieceView:
    """A piece that can be said."""
    first = found.first
    return PieceView(
        said=words.said(first),
        code=first.cue.value,
        name=cue_names.name(first.cue),
        place=_place(first, session_id),
        elsewhere=tuple(_place(one, session_id) for one in found.others),
        advice_id=first.advice_id,
        version=first.version,
    )


def _sayable(found: Sequence[Gathered]) -> list[Gathered]:
    return [one for one in found if words.can_say(one.first)]


def _place(piece: Piece, session_id: UUID) -> Place:
    url = reverse("analytics:answer", args=[session_id, piece.answer_id])
    return Place(piece.number, url, tuple(Moment(start, end) for start, end in piece.moments[:FEW]))


def _again(session: PracticeSession, profile: Profile, kind: Kind) -> str:
    earlier = remembered(session.user, session.institution, profile=profile, before=session)
    return next((words.again(one) for one in earlier if one.kind == kind), "")


def _why_none(standing: InSession) -> str:
    if standing.being_made:
        return _("Since you changed what may be measured, the advice on these answers is being made anew.")
    if all(one.missing in UNCHANGED for one in standing.advice):
        return _("Nothing to change here: in none of your answers was one thing found that would stand out.")
    return _("There is no advice on these answers. Each of them says why when you open it.")
