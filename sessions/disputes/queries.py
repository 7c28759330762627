"""Reads about disputes, and the three gates: nothing loads one any other way. Each raises the same Http404.

The learner sees their own. A teacher of a cohort that the learner is in sees them too; where nobody teaches the
learner, the institution's administrators do, so that somebody can reply. All of this is as of now: the teachers of a
cohort no longer see who has left it.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone

from accounts.models import Institution, Membership, ModelKind, Role, User
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.models import (
    About,
    Advice,
    Answer,
    AnswerScore,
    AnswerTranscript,
    Dispute,
    DisputeReply,
    Rating,
    RatingComment,
    RatingKind,
    ResultState,
    ScoreKind,
)

OPEN = Q(answered_at=None, withdrawn_at=None)
"""It waits for a reply."""
MOST_OF_ANSWER = 100
"""No answer shows more disputes than this, the latest."""
MOST_MARKED = 500
"""No chart marks more disputed values than this, the latest."""
NEWS_DAYS = 14
"""For how long a reply is news."""


# --- what can be disputed -------------------------------------------------------------------------


def is_there(answer: Answer, about: About, cue: str = "") -> bool:
    """Whether the answer has such a result, and its learner sees it: a model that is switched off shows nothing."""
    if about == About.CUE:
        return cue in cues_of(answer)
    return not cue and _found(answer, about)


def cues_of(answer: Answer) -> frozenset[str]:
    """Codes of what was measured, or found to be not measurable, in the answer."""
    try:
        result = answer.result
    except ObjectDoesNotExist:
        return frozenset()
    return frozenset(result.cues) if result.state == ResultState.READY else frozenset()


def _found(answer: Answer, about: About) -> bool:
    of_answer = {"answer": answer}
    if about == About.RATING:
        ratings = Rating.objects.filter(**of_answer, kind=RatingKind.TEACHER)
        return ratings.exists() or RatingComment.objects.filter(**of_answer).exists()
    if about == About.TRANSCRIPT:
        return AnswerTranscript.objects.filter(**of_answer).exists()
    if not all(answer.session.institution.runs(kind) for kind in _MODELS.get(about, ())):
        return False
    if about == About.ADVICE:
        return Advice.objects.filter(**of_answer, current=True).exists()
    kind = ScoreKind.PERFORMANCE if about == About.PERFORMANCE else ScoreKind.ENGAGEMENT
    return AnswerScore.objects.filter(**of_answer, kind=kind, current=True).exists()


_MODELS = {
    About.ENGAGEMENT: (ModelKind.ENGAGEMENT,),
    About.ADVICE: (ModelKind.ENGAGEMENT, ModelKind.ADVICE),
}


# --- the learner's own ----------------------------------------------------------------------------


def disputes_by(user: User, institution: Institution) -> QuerySet[Dispute]:
    """What the person disputed there."""
    return Dispute.objects.filter(answer__session__user=user, institution=institution)


def own_disputes(user: User, institution: Institution) -> QuerySet[Dispute]:
    """The same with answer, interview and replies, newest first."""
    return _with_replies(disputes_by(user, institution)).order_by("-made_at", "pk")


def get_dispute_for(user: User, dispute_id: UUID) -> Dispute:
    """The gate of one's own dispute. Raises Http404."""
    return _one(_with_replies(Dispute.objects.filter(answer__session__user=user)), dispute_id)


def disputes_of(answer: Answer) -> list[Dispute]:
    """Of an answer that came through its own gate: all that were not taken back, newest first."""
    rows = Dispute.objects.filter(answer=answer, withdrawn_at=None)
    return list(rows.order_by("-made_at", "pk")[:MOST_OF_ANSWER])


def disputed_cues(user: User, institution: Institution) -> frozenset[tuple[UUID, str]]:
    """(session, code of the cue) of each measured cue that the person disputes and did not take back."""
    rows = disputes_by(user, institution).filter(about=About.CUE, withdrawn_at=None)
    return frozenset(rows.order_by("-made_at").values_list("answer__session_id", "cue")[:MOST_MARKED])


def latest_reply(user: User, institution: Institution) -> DisputeReply | None:
    """The newest reply of the last `NEWS_DAYS` days to what the person disputed there."""
    rows = DisputeReply.objects.filter(
        dispute__in=disputes_by(user, institution).filter(withdrawn_at=None),
        made_at__gt=timezone.now() - timedelta(days=NEWS_DAYS),
    )
    return rows.select_related("author", "dispute").order_by("-made_at").first()


# --- for those who reply --------------------------------------------------------------------------


def disputes_in(cohort: Cohort) -> QuerySet[Dispute]:
    """What the students who are in the cohort now dispute, what waits for a reply first, then the newest."""
    here = _places(OuterRef("answer__session__user_id"), CohortRole.STUDENT).filter(cohort=cohort)
    rows = Dispute.objects.filter(Exists(here), _belongs(), institution_id=cohort.institution_id)
    return _waiting_first(rows)


def get_dispute_in(cohort: Cohort, dispute_id: UUID) -> Dispute:
    """The gate for a teacher of the cohort, which came through its own gate. Raises Http404."""
    return _one(disputes_in(cohort), dispute_id)


def open_in(cohort: Cohort) -> int:
    """How many wait for a reply."""
    return disputes_in(cohort).filter(OPEN).count()


def untaught(institution: Institution) -> QuerySet[Dispute]:
    """Disputes of members whom nobody teaches at the moment: those are the administrators' to answer."""
    student = OuterRef("answer__session__user_id")
    rows = Dispute.objects.filter(
        ~Exists(_teachers_of(student, institution)), _belongs(), institution=institution
    )
    return _waiting_first(rows)


def get_untaught(institution: Institution, dispute_id: UUID) -> Dispute:
    """The gate for administrators. Raises Http404."""
    return _one(untaught(institution), dispute_id)


def is_taught(user: User, institution: Institution) -> bool:
    """Whether somebody teaches a cohort that the person is in, and so sees what they dispute."""
    return _teachers_of(user.pk, institution).exists()


def _teachers_of(student: UUID | OuterRef, institution: Institution) -> QuerySet[Enrolment]:
    """The places as a teacher in cohorts where the student has one, of those who belong to the institution."""
    member = Membership.objects.filter(
        user_id=OuterRef("user_id"), institution=institution, role=Role.TEACHER, left_at=None
    )
    return Enrolment.objects.filter(
        Exists(member),
        role=CohortRole.TEACHER,
        left_at=None,
        institution=institution,
        cohort__enrolments__user_id=student,
        cohort__enrolments__role=CohortRole.STUDENT,
        cohort__enrolments__left_at=None,
    )


def _places(user: OuterRef, role: CohortRole) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(user_id=user, role=role, left_at=None)


def _belongs() -> Exists:
    """The learner still belongs to the institution."""
    return Exists(
        Membership.objects.filter(
            user_id=OuterRef("answer__session__user_id"),
            institution_id=OuterRef("institution_id"),
            left_at=None,
        )
    )


def _waiting_first(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    waits = Case(When(OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    return _with_replies(rows).order_by(waits, "-made_at", "pk")


def _with_replies(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    replies = Prefetch("replies", DisputeReply.objects.select_related("author"))
    return rows.select_related("answer__session__scenario", "answer__session__user").prefetch_related(replies)


def _one(rows: QuerySet[Dispute], dispute_id: UUID) -> Dispute:
    found = rows.filter(pk=dispute_id).first()
    if found is None:
        raise Http404
    return found
