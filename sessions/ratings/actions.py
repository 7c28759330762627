"""Every write about ratings. Who may write was decided by the gate that the answer or session came through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import record
from accounts.models import Institution, User
from sessions.models import (
    LEVELS,
    Answer,
    AnswerState,
    Opinion,
    PracticeSession,
    Rating,
    RatingComment,
    RatingKind,
    Rubric,
    Scenario,
    SelfRating,
)
from sessions.ratings.errors import NoLevel, NotAsked, NothingSaid, OutsideAnswer, RubricRefused
from sessions.ratings.rubric import ANCHOR_LENGTH, MOST, NAME_LENGTH, Criterion, rubric_of

NOTE_LENGTH, COMMENT_LENGTH = 2000, 1000


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a teacher says of an answer. Levels are 1..5; a criterion without a level is not in `levels`."""

    engagement: int | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    opinion: Opinion | None = None
    shortlisted: bool = False
    note: str = ""


# --- teachers -------------------------------------------------------------------------------------


@transaction.atomic
def rate(*, answer: Answer, by: User, said: Said) -> Rating:
    """The teacher's rating of the answer; a second one takes the place of the first. Raises NoLevel, NothingSaid."""
    criteria = _kept(rubric_of(answer.institution_id, answer.session.scenario_id), said.levels)
    if said.engagement is not None:
        _check(said.engagement)
    note = said.note.strip()[:NOTE_LENGTH]
    if said.engagement is None and not (criteria or said.opinion or said.shortlisted or note):
        raise NothingSaid
    fields = {
        "institution_id": answer.institution_id,
        "kind": RatingKind.TEACHER,
        "engagement": said.engagement,
        "criteria": criteria + _taken_out(answer, by),
        "opinion": said.opinion or "",
        "shortlisted": said.shortlisted,
        "note": note,
        "updated_at": timezone.now(),
    }
    return Rating.objects.update_or_create(answer=answer, rater=by, defaults=fields)[0]


@transaction.atomic
def comment(*, answer: Answer, by: User, text: str, at_ms: int | None = None) -> RatingComment:
    """Something said about a moment (stream time) or about the whole answer; saying the same twice changes nothing.

    Raises NothingSaid, OutsideAnswer.
    """
    text = text.strip()[:COMMENT_LENGTH]
    if not text:
        raise NothingSaid
    if at_ms is not None and not 0 <= at_ms <= answer.stream_ms:
        raise OutsideAnswer
    Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)  # a form that is sent twice
    return RatingComment.objects.get_or_create(
        answer=answer, author=by, at_ms=at_ms, text=text, defaults={"institution_id": answer.institution_id}
    )[0]


def delete_comment(*, comment: RatingComment) -> None:
    """The author takes it back."""
    comment.delete()


# --- the person who answered ----------------------------------------------------------------------


@transaction.atomic
def rate_self(*, session: PracticeSession, levels: Mapping[UUID, Mapping[str, int]]) -> list[Rating]:
    """What the person says of their own answers, once, before they see the result: levels by answer and criterion.

    Raises NotAsked, NoLevel, NothingSaid.
    """
    _asked(session)
    answers = Answer.objects.filter(session=session, state=AnswerState.SAVED, pk__in=list(levels))
    found = {answer.pk: answer for answer in answers}
    if set(levels) - set(found):
        raise NoLevel
    criteria = rubric_of(session.institution_id, session.scenario_id)
    made = [_own(found[key], session, _kept(criteria, said)) for key, said in levels.items() if said]
    if not made:
        raise NothingSaid
    Rating.objects.bulk_create(made)
    _decide(session, SelfRating.GIVEN)
    return made


@transaction.atomic
def skip_self_rating(*, session: PracticeSession) -> None:
    """The person goes to the result without rating. Raises NotAsked."""
    _asked(session)
    _decide(session, SelfRating.SKIPPED)


def _own(answer: Answer, session: PracticeSession, criteria: list[dict[str, Any]]) -> Rating:
    return Rating(
        institution_id=session.institution_id,
        answer=answer,
        rater_id=session.user_id,
        kind=RatingKind.SELF,
        criteria=criteria,
    )


def _asked(session: PracticeSession) -> None:
    """The session's row is locked: of two windows, one decides."""
    now = PracticeSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if now.self_rating != SelfRating.ASKED:
        raise NotAsked


def _decide(session: PracticeSession, how: SelfRating) -> None:
    session.self_rating = how
    session.save(update_fields=["self_rating"])


# --- levels ---------------------------------------------------------------------------------------


def _taken_out(answer: Answer, by: User) -> list[dict[str, Any]]:
    """What the teacher said before by criteria that are no longer in the rubric."""
    before = Rating.objects.select_for_update().filter(answer=answer, rater=by).first()
    keys = {one.key for one in rubric_of(answer.institution_id, answer.session.scenario_id)}
    return [one for one in before.criteria if one["key"] not in keys] if before else []


def _kept(criteria: Sequence[Criterion], levels: Mapping[str, int]) -> list[dict[str, Any]]:
    """The levels as they are stored, with the names of the moment, in the rubric's order."""
    if set(levels) - {criterion.key for criterion in criteria}:
        raise NoLevel
    for level in levels.values():
        _check(level)
    return [
        {"key": criterion.key, "name": criterion.name, "level": levels[criterion.key]}
        for criterion in criteria
        if criterion.key in levels
    ]


def _check(level: int) -> None:
    if not 1 <= level <= LEVELS:
        raise NoLevel


# --- rubrics --------------------------------------------------------------------------------------


@transaction.atomic
def set_rubric(
    *, institution: Institution, scenario: Scenario, criteria: Sequence[Criterion], by: User
) -> Rubric:
    """From now on the institution rates answers of the scenario by these. Ratings that were given keep theirs.

    Raises RubricRefused.
    """
    _check_rubric(criteria)
    rubric, _made = Rubric.objects.update_or_create(
        institution=institution,
        scenario=scenario,
        defaults={"criteria": [one.to_json() for one in criteria], "updated_at": timezone.now()},
    )
    record(
        institution=institution,
        actor=by,
        verb="set_rubric",
        scenario=str(scenario.pk),
        criteria=len(criteria),
    )
    return rubric


@transaction.atomic
def drop_rubric(*, institution: Institution, scenario: Scenario, by: User) -> None:
    """Back to the shipped criteria."""
    dropped, _by_model = Rubric.objects.filter(institution=institution, scenario=scenario).delete()
    if dropped:
        record(institution=institution, actor=by, verb="drop_rubric", scenario=str(scenario.pk))


def _check_rubric(criteria: Sequence[Criterion]) -> None:
    names = [criterion.name.casefold() for criterion in criteria]
    keys = [criterion.key for criterion in criteria]
    if not 1 <= len(criteria) <= MOST or len(set(names)) < len(names) or len(set(keys)) < len(keys):
        raise RubricRefused
    for one in criteria:
        if not one.key or not one.name or len(one.name) > NAME_LENGTH:
            raise RubricRefused
        if max(len(one.low), len(one.high)) > ANCHOR_LENGTH:
            raise RubricRefused
