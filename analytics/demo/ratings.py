"""Ratings of simulated answers: by two teachers who agree as people do, and by the students themselves.

Each answer has a quality of its own; a rater sees it with a bias and with noise. All of it is made up, and every page
that shows it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from analytics.demo.history import generator
from analytics.demo.personas import Random
from sessions.models import (
    LEVELS,
    Answer,
    AnswerState,
    AnswerTranscript,
    PracticeSession,
    Rating,
    RatingComment,
    RatingKind,
    SelfRating,
)
from sessions.ratings.rubric import DEFAULT

RATED_SESSIONS = 4
"""So many of each student's last sessions are rated, by both teachers but for the newest one."""
RATED_ANSWERS = 3
BIAS = (0.3, -0.3)
NOISE = 0.7
"""In levels; with a spread of qualities of one level the teachers agree moderately."""
SAID_OF_SAM = (
    ("evenings.", "From here one sees you at work. This could stand at the beginning."),
    ("queue.", "A good, short sentence about yourself. Leave a pause after it."),
)
"""A word of Sam's newest introduction, and what Tia says about the moment."""


def rate(reviewed: Sequence[User], teachers: Sequence[User], sam: User, now: datetime) -> None:
    """Writes the ratings of the students who let their teachers rate, and Tia's two comments for Sam."""
    rows: list[Rating] = []
    for student in reviewed:
        interviews = PracticeSession.objects.filter(user=student, is_drill=False)
        sessions = list(interviews.order_by("-created_at")[:RATED_SESSIONS])
        rng = generator(f"ratings of {student.email}")
        for session in sessions:
            is_newest = session == sessions[0]
            rows += _of_session(session, teachers, rng, now, is_newest=is_newest, is_sam=student == sam)
        PracticeSession.objects.filter(pk__in=[one.pk for one in sessions]).update(
            self_rating=SelfRating.GIVEN
        )
    Rating.objects.bulk_create(rows)
    RatingComment.objects.bulk_create(_comments(sam, teachers[0], now))


def _of_session(
    session: PracticeSession,
    teachers: Sequence[User],
    rng: Random,
    now: datetime,
    *,
    is_newest: bool,
    is_sam: bool,
) -> Iterable[Rating]:
    answers = session.answers.filter(state=AnswerState.SAVED).order_by("position")[:RATED_ANSWERS]
    for answer in answers:
        quality = float(rng.normal(3.2, 1.0))
        yield _own(answer, session.user_id, quality + float(rng.normal(-0.3, 0.8)), rng)
        for number, teacher in enumerate(teachers):
            if is_newest and not _has_begun(number, answer, is_sam=is_sam):
                continue
            at = min(session.created_at + timedelta(hours=20 + 9 * number), now)
            yield _by_teacher(answer, teacher, quality + BIAS[number], rng, at)


def _has_begun(number: int, answer: Answer, *, is_sam: bool) -> bool:
    """Of the newest sessions something is left to do: Tia has rated Sam's introduction, the other teacher the rest."""
    return answer.position == 0 and (number == 0) == is_sam


def _own(answer: Answer, user_id: UUID, quality: float, rng: Random) -> Rating:
    at = answer.ended_at or answer.asked_at
    return Rating(
        institution_id=answer.institution_id,
        answer=answer,
        rater_id=user_id,
        kind=RatingKind.SELF,
        criteria=_criteria(quality, rng),
        made_at=at,
        updated_at=at,
    )


def _by_teacher(answer: Answer, teacher: User, quality: float, rng: Random, at: datetime) -> Rating:
    return Rating(
        institution_id=answer.institution_id,
        answer=answer,
        rater=teacher,
        kind=RatingKind.TEACHER,
        engagement=_level(quality, rng),
        criteria=_criteria(quality, rng),
        shortlisted=quality > 4.5,
        made_at=at,
        updated_at=at,
    )


def _criteria(quality: float, rng: Random) -> list[dict[str, object]]:
    return [{"key": one.key, "name": one.name, "level": _level(quality, rng)} for one in DEFAULT]


def _level(quality: float, rng: Random) -> int:
    return int(min(max(round(quality + float(rng.normal(0, NOISE))), 1), LEVELS))


def _comments(sam: User, teacher: User, now: datetime) -> Iterable[RatingComment]:
    spoken = AnswerTranscript.objects.filter(answer__session__user=sam, answer__position=0).select_related(
        "answer"
    )
    for transcript in spoken:
        starts = {word[0]: word[1] for word in transcript.words}
        for word, text in SAID_OF_SAM:
            yield RatingComment(
                institution_id=transcript.institution_id,
                answer=transcript.answer,
                author=teacher,
                at_ms=starts[word],
                text=text,
                made_at=now - timedelta(days=1),
            )
