"""Reads about ratings, and the gates: a teacher opens an answer only through `get_reviewable_answer_for`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from accounts.models import Institution, Membership, Purpose, User
from accounts.queries import who_agrees
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.models import (
    Answer,
    AnswerState,
    AnswerTranscript,
    PracticeSession,
    Rating,
    RatingComment,
    RatingKind,
    Recording,
    RecordingState,
)
from sessions.queries import AnyUser, reviewed_by

MOST_COMMENTS = 200
MOST_RATINGS = 5000
"""So many ratings, the newest, are enough to say how far raters agree."""
NEWS_FOR = timedelta(days=14)
"""So long the student's first page tells of a teacher's word."""
MOST_NEWS = 2


# --- gates ----------------------------------------------------------------------------------------


def reviewable(user: AnyUser) -> QuerySet[Answer]:
    """Every answer that this teacher may read, watch and rate at this moment; drills are nobody's but the student's."""
    rows = Answer.objects.filter(reviewed_by(user, to="session__"))
    return rows.filter(state=AnswerState.SAVED, session__is_drill=False)


def get_reviewable_answer_for(user: AnyUser, answer_id: UUID) -> Answer:
    """The answer with session, student, question and scenario.

    For a teacher of a cohort that the student is in now, while the student's consent to `Purpose.REVIEW` stands and
    both belong to the institution. Raises the same Http404 for everybody else and for what does not exist.
    """
    rows = reviewable(user).select_related(
        "session__scenario", "session__user", "session__institution", "question", "transcript", "recording"
    )
    found = rows.filter(pk=answer_id).first()
    if found is None:
        raise Http404
    return found


def get_own_comment_for(user: AnyUser, comment_id: UUID) -> RatingComment:
    """A comment by this teacher, while they may still open its answer. Raises Http404."""
    rows = RatingComment.objects.filter(author_id=user.pk, answer__in=reviewable(user))
    found = rows.select_related("answer__session__user").filter(pk=comment_id).first()
    if found is None:
        raise Http404
    return found


# --- the queue ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a teacher narrows the queue."""

    unrated: bool = False
    shortlisted: bool = False
    student: UUID | None = None


def who_lets_rate(teacher: User, cohort: Cohort) -> list[UUID]:
    """The cohort's students whose answers this teacher may rate: the conditions of `reviewed_by`, for one cohort.

    Found first and by itself: asked answer by answer, in a whole history, the same takes the database minutes.
    """
    there = Membership.objects.filter(institution_id=cohort.institution_id, left_at=None)
    teaches = Enrolment.objects.filter(cohort=cohort, user=teacher, role=CohortRole.TEACHER, left_at=None)
    if not (teacher.is_active and there.filter(user=teacher).exists() and teaches.exists()):
        return []
    students = Enrolment.objects.filter(cohort=cohort, role=CohortRole.STUDENT, left_at=None)
    standing = there.filter(user__in=students.values("user")).values_list("user_id", flat=True)
    return list(who_agrees(list(standing), cohort.institution_id, Purpose.REVIEW))


def to_review(
    teacher: User, cohort: Cohort, wanted: Wanted | None = None, *, students: list[UUID] | None = None
) -> QuerySet[Answer]:
    """The answers of the cohort's students that the teacher may rate, newest first; for a page, to be paged.

    Each has `mine` (rated by this teacher), `listed` (on this teacher's shortlist) and `raters`, a number of teachers.
    Left out is what nobody can rate: answers without words and without a recording that plays. `students` is
    `who_lets_rate`, where it is known already.
    """
    wanted = wanted or Wanted()
    students = who_lets_rate(teacher, cohort) if students is None else students
    if wanted.student:
        students = [student for student in students if student == wanted.student]
    own = Rating.objects.filter(answer=OuterRef("pk"), rater=teacher)
    rows = _answers_of(students, cohort).filter(_with_content())
    rows = rows.annotate(mine=Exists(own), listed=Exists(own.filter(shortlisted=True)), raters=_raters())
    if wanted.unrated:
        rows = rows.filter(mine=False)
    if wanted.shortlisted:
        rows = rows.filter(listed=True)
    rows = rows.select_related("session__scenario", "session__user")
    return rows.order_by("-session__created_at", "position", "pk")


def next_to_rate(teacher: User, cohort: Cohort, after: Answer) -> Answer | None:
    """The next one in the queue that the teacher has not rated; at its end, the first one."""
    rows = to_review(teacher, cohort, Wanted(unrated=True)).exclude(pk=after.pk)
    began = after.session.created_at
    later = Q(session__created_at__lt=began) | Q(session__created_at=began, position__gt=after.position)
    return rows.filter(later).first() or rows.first()


def students_to_review(students: list[UUID], cohort: Cohort) -> list[User]:
    """Those of `who_lets_rate` with an answer that can be rated, by name."""
    answers = _answers_of(students, cohort).filter(_with_content())
    rows = User.objects.filter(pk__in=answers.values("session__user_id"))
    return list(rows.order_by("name", "email"))


def shared_cohort(teacher: User, student_id: UUID, institution_id: UUID) -> Cohort | None:
    """The first cohort in which the one teaches the other."""
    students = Enrolment.objects.filter(user_id=student_id, role=CohortRole.STUDENT, left_at=None)
    rows = Cohort.objects.filter(institution_id=institution_id, pk__in=students.values("cohort"))
    return rows.filter(
        enrolments__user=teacher, enrolments__role=CohortRole.TEACHER, enrolments__left_at=None
    ).first()


def _answers_of(students: list[UUID], cohort: Cohort) -> QuerySet[Answer]:
    """Saved answers of whole interviews in the cohort's institution."""
    return Answer.objects.filter(
        institution_id=cohort.institution_id,
        session__user_id__in=students,
        session__is_drill=False,
        state=AnswerState.SAVED,
    )


def _raters() -> Coalesce:
    rated = Rating.objects.filter(answer=OuterRef("pk"), kind=RatingKind.TEACHER).order_by()
    return Coalesce(Subquery(rated.values("answer").annotate(n=Count("pk")).values("n")), 0)


def _with_content() -> Q:
    words = AnswerTranscript.objects.filter(answer=OuterRef("pk"))
    plays = Recording.objects.filter(answer=OuterRef("pk"), state=RecordingState.READY)
    return Q(Exists(words)) | Q(Exists(plays))


# --- what was said of answers ---------------------------------------------------------------------


def ratings_of(answers: Iterable[Answer]) -> list[Rating]:
    """All ratings of the answers: teachers' in the order they were given, then the person's own; each with `rater`."""
    rows = Rating.objects.filter(answer__in=list(answers)).select_related("rater")
    return list(rows.order_by(F("kind").desc(), "made_at", "pk"))


def comments_of(answers: Iterable[Answer]) -> list[RatingComment]:
    """Comments in order of time, those about the whole answer first; each with `author`."""
    rows = RatingComment.objects.filter(answer__in=list(answers)).select_related("author")
    return list(rows.order_by(F("at_ms").asc(nulls_first=True), "made_at")[:MOST_COMMENTS])


def rated_in(students: list[UUID], cohort: Cohort) -> list[Rating]:
    """Teachers' ratings of the answers of those students, the newest `MOST_RATINGS`."""
    rows = Rating.objects.filter(
        institution_id=cohort.institution_id,
        kind=RatingKind.TEACHER,
        answer__session__user_id__in=students,
        answer__session__is_drill=False,
        rater__isnull=False,
    )
    return list(rows.order_by("-updated_at")[:MOST_RATINGS])


@dataclass(frozen=True, slots=True)
class News:
    """A teacher said something about a session: the newest word of one teacher."""

    by: str
    session: PracticeSession
    at: datetime


def news_for(user: User, institution: Institution) -> list[News]:
    """What teachers said of the student's answers in the last days, newest first, one line per session and teacher."""
    since = timezone.now() - NEWS_FOR
    own = Q(answer__session__user=user, institution=institution)
    ratings = Rating.objects.filter(own, kind=RatingKind.TEACHER, updated_at__gte=since)
    comments = RatingComment.objects.filter(own, made_at__gte=since)
    spoken = [
        *ratings.order_by("-updated_at").values_list("answer__session", "rater__name", "updated_at")[:100],
        *comments.order_by("-made_at").values_list("answer__session", "author__name", "made_at")[:100],
    ]
    newest: dict[tuple[UUID, str], datetime] = {}
    for session_id, name, at in spoken:
        key = (session_id, name or "")
        newest[key] = max(at, newest.get(key, at))
    first = sorted(newest.items(), key=lambda one: one[1], reverse=True)[:MOST_NEWS]
    sessions = PracticeSession.objects.select_related("scenario").in_bulk([key[0] for key, _at in first])
    return [News(name, sessions[session_id], at) for (session_id, name), at in first]


def heard_of(session: PracticeSession) -> set[UUID]:
    """The session's answers that a teacher rated or commented on."""
    rated = Rating.objects.filter(answer__session=session, kind=RatingKind.TEACHER)
    commented = RatingComment.objects.filter(answer__session=session)
    return set(rated.values_list("answer_id", flat=True).union(commented.values_list("answer_id", flat=True)))


def may_be_asked(user: User, institution: Institution) -> bool:
    """Whether to offer that teachers rate: a teacher teaches the student, and the student was never asked or agreed."""
    taught = Enrolment.objects.filter(
        role=CohortRole.TEACHER,
        left_at=None,
        institution=institution,
        cohort__enrolments__user=user,
        cohort__enrolments__role=CohortRole.STUDENT,
        cohort__enrolments__left_at=None,
    )
    if user.consents.filter(institution=institution, purpose=Purpose.REVIEW).exists():
        return False
    return taught.exists()
