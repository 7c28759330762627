"""Reads about practice, and the gates: nothing loads one person's session, answer or recording any other way.

Every gate raises the same Http404 for what does not exist and for what this person may not see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Consent, Institution, Membership, Purpose, User
from accounts.purposes import current
from cohorts.models import Assignment, CohortRole, Enrolment
from sessions.models import Answer, PracticeSession, Question, Recording, Scenario, State

AnyUser = User | AnonymousUser
Row = TypeVar("Row", bound=Model)
NOBODY = UUID(int=0)
PAGE = 50
"""No list gives more rows than this at once."""


# --- gates ------------------------------------------------------------------------------------------


def get_session_for(user: AnyUser, session_id: UUID) -> PracticeSession:
    """The person's own session, with scenario and institution. Raises Http404."""
    rows = PracticeSession.objects.select_related("scenario", "institution", "user")
    return _one(rows.filter(user_id=_id(user)), session_id)


def get_answer_for(user: AnyUser, answer_id: UUID) -> Answer:
    """The person's own answer, with its session. Raises Http404."""
    rows = Answer.objects.select_related("session__scenario", "session__user", "session__institution")
    return _one(rows.filter(session__user_id=_id(user)), answer_id)


def get_shared_session_for(user: AnyUser, session_id: UUID) -> PracticeSession:
    """The person's own session, or one that its student shares with this teacher. Raises Http404."""
    rows = PracticeSession.objects.select_related("scenario", "institution", "user")
    return _one(rows.filter(Q(user_id=_id(user)) | shared_with(user)), session_id)


def get_recording_for(user: AnyUser, recording_id: UUID) -> Recording:
    """The recording of the person's own answer, to do with it what they want. Raises Http404."""
    rows = Recording.objects.select_related("answer__session")
    return _one(rows.filter(answer__session__user_id=_id(user)), recording_id)


def get_playable_recording_for(user: AnyUser, recording_id: UUID) -> Recording:
    """The recording, to watch it: the person's own, or one whose student lets this teacher rate. Raises Http404."""
    to = "answer__session__"
    reviewed = reviewed_by(user, to=to) & Q(answer__session__is_drill=False)
    own = Q(answer__session__user_id=_id(user))
    return _one(Recording.objects.filter(own | reviewed), recording_id)


def shared_with(user: AnyUser, *, to: str = "") -> Q:
    """The sessions (found by the path `to`) whose student shares what was observed with this teacher now.

    The teacher belongs to the institution and teaches a cohort that the student is in; the student's consent
    to `Purpose.SHARE` stands there. Drills are the student's alone.
    """
    return taught_by(user, to=to) & agreed(Purpose.SHARE, to=to) & Q(**{f"{to}is_drill": False})


def reviewed_by(user: AnyUser, *, to: str = "") -> Q:
    """The sessions (found by the path `to`) whose answers this teacher may read, watch and rate now.

    As `shared_with`, by the consent to `Purpose.REVIEW`; and the student still belongs to the institution.
    """
    there = Membership.objects.filter(
        user_id=OuterRef(f"{to}user_id"), institution_id=OuterRef(f"{to}institution_id"), left_at=None
    )
    return taught_by(user, to=to) & agreed(Purpose.REVIEW, to=to) & Q(Exists(there))


def taught_by(user: AnyUser, *, to: str = "") -> Q:
    """The sessions (found by the path `to`) of students in a cohort that the person teaches."""
    teaches = Enrolment.objects.filter(
        Exists(_standing(user, OuterRef("institution_id"))),
        user_id=_id(user),
        role=CohortRole.TEACHER,
        left_at=None,
        institution_id=OuterRef(f"{to}institution_id"),
        cohort__enrolments__user_id=OuterRef(f"{to}user_id"),
        cohort__enrolments__role=CohortRole.STUDENT,
        cohort__enrolments__left_at=None,
    )
    return Q(Exists(teaches))


def agreed(purpose: Purpose, *, to: str = "") -> Q:
    """The sessions (found by the path `to`) whose person agrees to the purpose at this moment."""
    standing = Consent.objects.filter(
        user_id=OuterRef(f"{to}user_id"),
        institution_id=OuterRef(f"{to}institution_id"),
        purpose=purpose,
        version=current(purpose).version,
        withdrawn_at=None,
    )
    return Q(Exists(standing))


def _standing(user: AnyUser, institution_id: Any) -> QuerySet[Membership]:
    return Membership.objects.filter(user_id=_id(user), institution_id=institution_id, left_at=None)


def _id(user: AnyUser) -> UUID:
    """Nobody's for a stranger and for somebody who was shut out: no row has such an owner."""
    return user.pk if isinstance(user, User) and user.is_active else NOBODY


def _one(rows: QuerySet[Row], key: UUID) -> Row:
    row = rows.filter(pk=key).first()
    if row is None:
        raise Http404
    return row


# --- lists for pages --------------------------------------------------------------------------------


def sessions_of(
    user: User, institution: Institution, *, before: datetime | None = None
) -> list[PracticeSession]:
    """The person's interviews there, newest first, at most PAGE of them; `before` goes on from the last one's time."""
    rows = PracticeSession.objects.filter(user=user, institution=institution, is_drill=False)
    rows = rows.select_related("scenario")
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    counted = rows.annotate(saved=Count("answers", filter=Q(answers__state="saved")))
    return list(counted.order_by("-created_at")[:PAGE])


def unfinished_session(user: User, institution: Institution) -> PracticeSession | None:
    """The newest interview that was begun and not ended: the lobby offers to go on with it."""
    rows = PracticeSession.objects.filter(user=user, institution=institution, is_drill=False)
    return rows.exclude(state=State.DONE).select_related("scenario").order_by("-created_at").first()


def scenarios_for(institution: Institution, *, language: str | None = None) -> list[Scenario]:
    """What can be practised there: what is shipped and the institution's own, with `questions_count`.

    One of the institution's own takes the place of the shipped one of the same name and language.
    """
    own = Scenario.objects.filter(
        institution=institution, slug=OuterRef("slug"), language=OuterRef("language"), archived_at=None
    )
    shipped = Q(institution=None) & ~Exists(own)
    rows = Scenario.objects.filter(shipped | Q(institution=institution), archived_at=None)
    if language:
        rows = rows.filter(language=language)
    standing = Count("questions", filter=Q(questions__retired_at=None))
    return list(rows.annotate(questions_count=standing).filter(questions_count__gt=0)[: 4 * PAGE])


def get_scenario_for(institution: Institution, scenario_id: UUID) -> Scenario:
    """A scenario that can be practised there. Raises Http404."""
    rows = Scenario.objects.filter(Q(institution=None) | Q(institution=institution), archived_at=None)
    return _one(rows, scenario_id)


def get_own_scenario_for(institution: Institution, scenario_id: UUID) -> Scenario:
    """A scenario that belongs to the institution, which may change it. Raises Http404."""
    rows = Scenario.objects.select_related("institution")
    return _one(rows.filter(institution=institution, archived_at=None), scenario_id)


def open_assignments(user: User, institution: Institution) -> list[Assignment]:
    """What the person is asked to practise now, soonest due first, each with the number of `finished` sessions."""
    now = timezone.now()
    rows = assignments_of(user, institution).filter(opens_at__lte=now, due_at__gt=now)
    finished = Q(practicesession__state=State.DONE, practicesession__is_drill=False)
    done = Count("practicesession", filter=Q(practicesession__user=user) & finished)
    return list(rows.annotate(finished=done).order_by("due_at")[:PAGE])


def assignments_of(user: User, institution: Institution) -> QuerySet[Assignment]:
    """The standing assignments of the cohorts that the person is a student of."""
    enrolled = Enrolment.objects.filter(
        cohort=OuterRef("cohort"), user=user, role=CohortRole.STUDENT, left_at=None
    )
    rows = Assignment.objects.filter(Exists(enrolled), institution=institution, withdrawn_at=None)
    return rows.filter(cohort__archived_at=None).select_related("scenario", "cohort")


# --- one session ------------------------------------------------------------------------------------


def questions_in_order(session: PracticeSession) -> list[Question]:
    """The questions of the session in its own order. A retired one stays where it was asked."""
    found = Question.objects.in_bulk(session.question_ids)
    return [found[key] for key in session.question_ids if key in found]


def answers_of(session: PracticeSession) -> list[Answer]:
    """The answers in order, with question, result and recording where there are any."""
    return list(session.answers.select_related("question", "result", "recording").order_by("position"))
