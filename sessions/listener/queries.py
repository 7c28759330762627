"""What may be shown of a rating and an advice, to the person whose answer it is and to nobody else.

Whoever reads them comes from `sessions.queries.get_session_for` or `get_answer_for`. Where the institution's policy
does not run the model there is nothing, also of what was stored before. What was made by another accommodation profile
than today's is on its way to be made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from accounts.models import Institution, ModelKind
from scoring.performance.index import Profile
from sessions.listener import basis
from sessions.models import Advice, Answer, AnswerScore, ScoreKind

Row = TypeVar("Row", AnswerScore, Advice)


@dataclass(frozen=True, slots=True)
class Standing(Generic[Row]):
    """What counts for an answer: the `row`, or None while it is `being_made` anew; None and False: none was made."""

    row: Row | None = None
    being_made: bool = False


def runs_engagement(institution: Institution) -> bool:
    return institution.runs(ModelKind.ENGAGEMENT)


def runs_advice(institution: Institution) -> bool:
    """Advice explains the rating: it runs only where both do."""
    return institution.runs(ModelKind.ENGAGEMENT) and institution.runs(ModelKind.ADVICE)


def engagement_of(answer: Answer, profile: Profile) -> Standing[AnswerScore] | None:
    """The answer's rating; None where the policy shows none. One query."""
    if answer.session.is_drill or not runs_engagement(answer.session.institution):
        return None
    rows = AnswerScore.objects.filter(answer=answer, kind=ScoreKind.ENGAGEMENT, current=True)
    return _standing(rows.first(), profile)


def advice_of(answer: Answer, profile: Profile) -> Standing[Advice] | None:
    """The answer's advice; None where the policy shows none. One query."""
    if answer.session.is_drill or not runs_advice(answer.session.institution):
        return None
    return _standing(Advice.objects.filter(answer=answer, current=True).first(), profile)


def advice_by_answer(
    institution: Institution, answer_ids: Iterable[UUID], profile: Profile
) -> Mapping[UUID, Standing[Advice]]:
    """The advice of several answers of one person; empty where the policy shows none. One query."""
    if not runs_advice(institution):
        return {}
    rows = Advice.objects.filter(
        answer_id__in=list(answer_ids), current=True, answer__session__is_drill=False
    )
    return {row.answer_id: _standing(row, profile) for row in rows}


def _standing(row: Row | None, profile: Profile) -> Standing[Row]:
    if row is not None and not basis.holds(row.details, profile):
        return Standing(None, being_made=True)
    return Standing(row)
