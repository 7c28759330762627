"""Which answers an institution may learn from, and how much that is: counts only, nobody's rating."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Avg, Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When

from accounts.models import Consent, Institution, Membership, Purpose
from accounts.purposes import current
from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.models import ModelVersion
from scoring.training import limits
from sessions.models import LEVELS, Answer, Rating, RatingKind, ResultState

MOST_ANSWERS = 50_000
"""An export and a training take the newest so many."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is: rated answers of all students, and of those who agree that it may be learned from."""

    rated: int
    rated_people: int
    answers: int
    people: int
    new_people: int
    """Those from whose ratings the model in use has not learnt yet: only they can judge a new one."""
    ratings: int
    raters: int
    self_ratings: int
    high: int
    low: int
    """Answers that most of their raters call high, and low."""


@dataclass(frozen=True, slots=True)
class Lack:
    """There is less of something than a training needs. `what` is people, answers, high, low or new_people."""

    what: str
    there: int
    needed: int


def lack_of(found: Amount) -> Lack | None:
    """What is too little to train on; None where there is enough."""
    needed = {
        "people": (found.people, limits.LEAST_PEOPLE),
        "new_people": (found.new_people, limits.LEAST_PEOPLE),
        "answers": (found.answers, limits.LEAST_ANSWERS),
        "high": (found.high, limits.LEAST_OF_A_SIDE),
        "low": (found.low, limits.LEAST_OF_A_SIDE),
    }
    lacks = (Lack(what, there, least) for what, (there, least) in needed.items() if there < least)
    return next(lacks, None)


def answers_of(institution: Institution) -> QuerySet[Answer]:
    """Answers with a teacher's rating of engagement, analysed by today's catalogue, whose student agrees.

    The student belongs to the institution now: whoever has left could no longer withdraw.
    """
    return _rated(institution).filter(_agrees(institution), _belongs(institution))


def ratings_of(institution: Institution) -> QuerySet[Rating]:
    """The people's ratings of these answers that say something of engagement."""
    return Rating.objects.filter(answer__in=answers_of(institution), engagement__isnull=False)


def learned_from(institution: Institution, version: ModelVersion) -> set[UUID]:
    """People whose ratings a model of the institution's own has seen, as far as can be known: it is not noted who they
    were, so that they are all who had been rated when it was made."""
    if version.institution_id is None:
        return set()
    rows = Rating.objects.filter(
        institution=institution,
        kind=RatingKind.TEACHER,
        engagement__isnull=False,
        made_at__lte=version.made_at,
    )
    return set(rows.values_list("answer__session__user", flat=True).distinct())


def amount(institution: Institution, in_use: ModelVersion | None) -> Amount:
    """How much there is now, with the model in use. In four queries at most, whatever the number of answers."""
    people = Count("session__user", distinct=True)
    rated = _rated(institution).aggregate(n=Count("pk"), people=people)
    ours = (
        answers_of(institution)
        .annotate(share=_share_of_high())
        .aggregate(
            n=Count("pk"),
            people=people,
            high=Count("pk", filter=Q(share__gt=0.5)),
            low=Count("pk", filter=Q(share__lt=0.5)),
        )
    )
    teachers = Q(kind=RatingKind.TEACHER)
    given = ratings_of(institution).aggregate(
        n=Count("pk", filter=teachers),
        raters=Count("rater", filter=teachers, distinct=True),
        own=Count("pk", filter=~teachers),
    )
    return Amount(
        rated=rated["n"],
        rated_people=rated["people"],
        answers=ours["n"],
        people=ours["people"],
        new_people=ours["people"] - _known(institution, in_use),
        ratings=given["n"],
        raters=given["raters"],
        self_ratings=given["own"],
        high=ours["high"],
        low=ours["low"],
    )


def _known(institution: Institution, in_use: ModelVersion | None) -> int:
    if in_use is None or in_use.institution_id is None:
        return 0
    known = learned_from(institution, in_use)
    rows = answers_of(institution).filter(session__user__in=known)
    return rows.aggregate(n=Count("session__user", distinct=True))["n"] or 0


def _share_of_high() -> Subquery:
    """Of an answer's teachers, how many rate above the middle; one right there counts half, as in a training."""
    given = Rating.objects.filter(answer=OuterRef("pk"), kind=RatingKind.TEACHER, engagement__isnull=False)
    middle = (LEVELS + 1) / 2
    high = Case(When(engagement__gt=middle, then=1.0), When(engagement=middle, then=0.5), default=0.0)
    return Subquery(given.order_by().values("answer").annotate(share=Avg(high)).values("share"))


def _rated(institution: Institution) -> QuerySet[Answer]:
    said = Rating.objects.filter(answer=OuterRef("pk"), kind=RatingKind.TEACHER, engagement__isnull=False)
    analysed = Answer.objects.filter(
        institution=institution,
        session__is_drill=False,
        result__state=ResultState.READY,
        result__catalogue_version=CATALOGUE_VERSION,
    )
    return analysed.exclude(result__track="").filter(Exists(said))


def _agrees(institution: Institution) -> Exists:
    return Exists(
        Consent.objects.filter(
            user=OuterRef("session__user"),
            institution=institution,
            purpose=Purpose.TRAINING,
            version=current(Purpose.TRAINING).version,
            withdrawn_at=None,
        )
    )


def _belongs(institution: Institution) -> Exists:
    return Exists(
        Membership.objects.filter(user=OuterRef("session__user"), institution=institution, left_at=None)
    )
