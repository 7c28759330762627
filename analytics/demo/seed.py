"""Writes the demo into the database: once, quickly, and only what is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import (
    Consent,
    Institution,
    Membership,
    ModelKind,
    Purpose,
    Role,
    User,
    default_models,
)
from accounts.purposes import current
from analytics import summaries
from analytics.demo import people, personas, ratings
from analytics.demo.answers import track
from analytics.demo.drilling import practise_at_once
from analytics.demo.history import Interview, Rows, Student, Taken, generator, practise, times
from analytics.demo.listening import listen
from analytics.demo.openings import OPENINGS
from analytics.demo.spoken import TEXTS
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from scoring.cues.analysis import Track
from scoring.cues.baseline import Baseline as KnownBaseline
from scoring.cues.catalogue import CATALOGUE_VERSION, Cue
from scoring.cues.track_file import to_bytes
from scoring.models import Baseline
from scoring.performance.index import NO_PROFILE
from sessions import scores
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerScore,
    AnswerTranscript,
    PracticeSession,
    Question,
    Recording,
    Scenario,
)

SCENARIOS = ("shop-assistant", "care-assistant", "hotel-reception", "office-administrator")
# Weeks before today, oldest first, on which Sam practised; weekday and hour vary with it.
SAM_DAYS_AGO = (79, 74, 66, 60, 51, 45, 38, 31, 23, 15, 9, 2)
SAM_VOICE_ONLY = 4
TRACKS_OF_SAM = 3
MODELS = [*default_models(), ModelKind.ENGAGEMENT.value, ModelKind.ADVICE.value]
"""The listener models run on simulated people, so that there is something to see."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What there is now; `created` says whether this run made it."""

    institution: Institution
    created: bool
    sessions: int


def seed(*, fresh: bool = False, now: datetime | None = None) -> Seeded:
    """Make the demo, unless it is there. `fresh` deletes and builds it anew. All or nothing."""
    now = now or timezone.now()
    with transaction.atomic():
        there = Institution.objects.filter(pk=people.key("institution", people.NORTHFIELD)).first()
        if there is not None and not fresh:
            return Seeded(there, False, PracticeSession.objects.filter(institution=there).count())
        erase()  # also what an earlier demo may have left behind
        return _build(now)


def erase() -> None:
    """Delete the demo's institutions and people with everything of theirs, the files included."""
    ids = [people.key("institution", name) for name in (people.NORTHFIELD, people.SOUTHPORT)]
    tracks = AnswerResult.objects.filter(institution_id__in=ids).exclude(track="")
    for result in tracks.only("track"):
        result.track.delete(save=False)
    for recording in Recording.objects.filter(institution_id__in=ids).exclude(file="").only("file"):
        recording.file.delete(save=False)
    PracticeSession.objects.filter(institution_id__in=ids).delete()
    Assignment.objects.filter(institution_id__in=ids).delete()
    Institution.objects.filter(pk__in=ids).delete()
    User.objects.filter(simulated=True, email__endswith=f"@{people.DOMAIN}").delete()


def _build(now: datetime) -> Seeded:
    northfield, southport = _institutions()
    interviews = _interviews()
    autumn = _cohort(northfield, people.AUTUMN, now)
    evening = _cohort(northfield, people.EVENING, now)
    winter = _cohort(southport, people.WINTER, now)
    users = _people(northfield, southport, now)
    _enrol(autumn, [users[people.TIA]], CohortRole.TEACHER, now)
    _enrol(evening, [users[people.TIA]], CohortRole.TEACHER, now)
    teo = _second_teacher(autumn, now)
    _enrol(winter, [users[people.OTTO]], CohortRole.TEACHER, now)
    autumn_students = [users[people.SAM], *_students(autumn, people.AUTUMN_NAMES, now)]
    evening_students = _students(evening, people.EVENING_NAMES, now)
    _students(winter, people.WINTER_NAMES, now)
    _enrol(autumn, [users[people.SAM]], CohortRole.STUDENT, now)
    duties = _assignments(autumn, interviews, users[people.TIA], now)
    students = [_student(user, autumn, interviews, duties) for user in autumn_students]
    students += [_student(user, evening, interviews, ()) for user in evening_students]
    sharing = _consents(students, northfield, now)
    sessions = _write(students, sharing, now)
    reviewed = [student.user for student in students if _lets_rate(student.user)]
    ratings.rate(reviewed, (users[people.TIA], teo), users[people.SAM], now)
    return Seeded(northfield, True, sessions)


# --- people and groups ------------------------------------------------------------------------------


def _institutions() -> list[Institution]:
    names = (people.NORTHFIELD, people.SOUTHPORT)
    return Institution.objects.bulk_create(
        Institution(id=people.key("institution", name), name=name, simulated=True, models_allowed=MODELS)
        for name in names
    )


def _cohort(institution: Institution, name: str, now: datetime) -> Cohort:
    return Cohort.objects.create(
        id=people.key("cohort", name),
        institution=institution,
        name=name,
        simulated=True,
        created_at=now - timedelta(weeks=13),
    )


def _people(northfield: Institution, southport: Institution, now: datetime) -> dict[str, User]:
    roles = {people.SAM: Role.STUDENT, people.TIA: Role.TEACHER, people.ADA: Role.ADMINISTRATOR}
    users = {email: _user(email, name, now) for email, name in people.STANDING.items()}
    User.objects.bulk_create(users.values())
    for email, role in roles.items():
        _join(northfield, [users[email]], role, now)
    _join(southport, [users[people.OTTO]], Role.TEACHER, now)
    return users


def _second_teacher(cohort: Cohort, now: datetime) -> User:
    teo = _user(people.TEO, people.TEO_NAME, now)
    teo.save()
    _join(cohort.institution, [teo], Role.TEACHER, now)
    _enrol(cohort, [teo], CohortRole.TEACHER, now)
    return teo


def _user(email: str, name: str, now: datetime) -> User:
    """Nobody can sign in as a simulated person with a password: the demo's own door is the only one."""
    user = User(id=people.key("user", email), email=email, name=name, simulated=True)
    user.created_at = now - timedelta(weeks=13)
    user.set_unusable_password()
    return user


def _students(cohort: Cohort, names: Iterable[str], now: datetime) -> list[User]:
    users = User.objects.bulk_create(_user(people.address(name), name, now) for name in names)
    _join(cohort.institution, users, Role.STUDENT, now)
    _enrol(cohort, users, CohortRole.STUDENT, now)
    return users


def _join(institution: Institution, users: Iterable[User], role: Role, now: datetime) -> None:
    joined = now - timedelta(weeks=13)
    Membership.objects.bulk_create(
        Membership(institution=institution, user=user, role=role, created_at=joined) for user in users
    )


def _enrol(cohort: Cohort, users: Iterable[User], role: CohortRole, now: datetime) -> None:
    began, institution_id = now - timedelta(weeks=13), cohort.institution_id
    Enrolment.objects.bulk_create(
        Enrolment(institution_id=institution_id, cohort=cohort, user=user, role=role, created_at=began)
        for user in users
    )


def _assignments(
    cohort: Cohort, interviews: Sequence[Interview], tia: User, now: datetime
) -> list[Assignment]:
    """Two past, one due in five days, one that opens next week."""
    evening = now.replace(hour=18, minute=0, second=0, microsecond=0)
    plan = ((-64, -50, 1), (-36, -22, 1), (-8, 5, 2), (9, 23, 1))
    return Assignment.objects.bulk_create(
        Assignment(
            id=people.key("assignment", str(number)),
            institution_id=cohort.institution_id,
            cohort=cohort,
            scenario=interviews[number % len(interviews)].scenario,
            opens_at=evening + timedelta(days=opens),
            due_at=evening + timedelta(days=due),
            sessions_needed=needed,
            created_by=tia,
            created_at=evening + timedelta(days=opens - 1),
        )
        for number, (opens, due, needed) in enumerate(plan)
    )


def _interviews() -> list[Interview]:
    if not Scenario.objects.filter(institution=None).exists():
        call_command("load_scenarios", verbosity=0)
    standing = Prefetch("questions", Question.objects.filter(retired_at=None).order_by("position"))
    rows = Scenario.objects.filter(institution=None, language="en", archived_at=None, slug__in=SCENARIOS)
    found = {row.slug: Interview(row, tuple(row.questions.all())) for row in rows.prefetch_related(standing)}
    return [found[slug] for slug in SCENARIOS if slug in found]


# --- consent and history ----------------------------------------------------------------------------


def _student(
    user: User, cohort: Cohort, interviews: Sequence[Interview], duties: Sequence[Assignment]
) -> Student:
    rng = generator(user.email)
    if user.email == people.SAM:
        # Longer answers than usual the last time, so that the newest result has something to tell.
        longer = {Cue.ANSWER_LEN: 26.0}
        return Student(
            user, cohort, personas.sam(rng), interviews, duties, rng, last_time=longer, texts=TEXTS
        )
    persona, answers = personas.someone(rng), int(rng.integers(5, 9))
    return Student(
        user, cohort, persona, interviews, duties, rng, answers=answers, texts=_opening(user, interviews)
    )


def _opening(user: User, interviews: Sequence[Interview]) -> dict[tuple[str, str], str]:
    """The words with which the person introduces themselves, whichever interview comes last."""
    if user.name not in OPENINGS:
        return {}
    return {(one.scenario.slug, one.questions[0].key): OPENINGS[user.name] for one in interviews}


def _lets_rate(user: User) -> bool:
    return user.email == people.SAM or user.name in OPENINGS


def _consents(students: Sequence[Student], institution: Institution, now: datetime) -> set[str]:
    """Who practises with a camera agrees to it; six in ten share, Sam among them. Returns who shares."""
    given, sharing = [], set()
    for student in students:
        purposes = [Purpose.CAMERA] if student.persona.voice_only < 1 else []
        if student.user.email == people.SAM or student.rng.random() < 0.6:
            purposes.append(Purpose.SHARE)
            sharing.add(student.user.email)
        if _lets_rate(student.user):
            purposes.append(Purpose.REVIEW)
        given += [_consent(student.user, institution, purpose, now) for purpose in purposes]
    Consent.objects.bulk_create(given)
    return sharing


def _consent(user: User, institution: Institution, purpose: Purpose, now: datetime) -> Consent:
    began, version = now - timedelta(weeks=12, days=6), current(purpose).version
    return Consent(institution=institution, user=user, purpose=purpose, version=version, given_at=began)


def _write(students: Sequence[Student], sharing: set[str], now: datetime) -> int:
    rows, histories = Rows(), {}
    for student in students:
        history = practise(student, _moments(student, now), now, rows)
        histories[student.user.email] = history
        rows.scores += _scores(history)
    _tracks(students, histories, sharing)
    PracticeSession.objects.bulk_create(rows.sessions, batch_size=500)
    Answer.objects.bulk_create(rows.answers, batch_size=1000)
    AnswerResult.objects.bulk_create(rows.results, batch_size=500)
    AnswerTranscript.objects.bulk_create(rows.transcripts)
    AnswerScore.objects.bulk_create(rows.scores, batch_size=500)
    Baseline.objects.bulk_create(
        _baseline(student, histories[student.user.email], now)
        for student in students
        if histories[student.user.email]
    )
    listen(_results(histories[people.SAM]))
    for student in students:
        if student.user.email == people.SAM:
            practise_at_once(student)
    return len(rows.sessions)


def _moments(student: Student, now: datetime) -> list[datetime]:
    if student.user.email != people.SAM:
        return times(student, now)
    hours = (16, 11, 18, 9, 17, 13)
    days = [now - timedelta(days=ago) for ago in SAM_DAYS_AGO]
    return [day.replace(hour=hours[n % 6], minute=(7 * n) % 60, second=0) for n, day in enumerate(days)]


def _baseline(student: Student, history: Sequence[Taken], now: datetime) -> Baseline:
    return Baseline(
        institution_id=student.cohort.institution_id,
        user=student.user,
        catalogue_version=CATALOGUE_VERSION,
        stats=_learnt(history).to_json(),
        refreshed_at=history[-1].session.ended_at or now,
    )


def _learnt(history: Sequence[Taken]) -> KnownBaseline:
    """The baseline as the analysis would have learnt it, answer by answer."""
    baseline = KnownBaseline()
    for result in _results(history):
        baseline = summaries.learnt(baseline, result.cues)
    return baseline


def _results(history: Sequence[Taken]) -> Iterator[AnswerResult]:
    return (result for taken in history for result in taken.results)


def _scores(history: Sequence[Taken]) -> Iterator[AnswerScore]:
    """The performance index of each answer, made as at the end of an analysis."""
    baseline = KnownBaseline()
    for result in _results(history):
        score = scores.made(result.answer, result.cues, scores.basis_of(result.answer, baseline), NO_PROFILE)
        score.made_at = result.made_at or score.made_at
        yield score
        baseline = summaries.learnt(baseline, result.cues)


def _tracks(students: Sequence[Student], histories: dict[str, list[Taken]], sharing: set[str]) -> None:
    """Cues over time for Sam's last sessions and the last one of everybody who shares; older ones have none."""
    for student in students:
        email = student.user.email
        wanted = TRACKS_OF_SAM if email == people.SAM else int(email in sharing)
        for taken in histories[email][-wanted:] if wanted else []:
            for found, result in zip(taken.simulated, taken.results, strict=True):
                file = ContentFile(to_bytes(Track(*track(found, student.rng))))
                result.track.save(f"{result.institution_id}/{result.answer_id}.parquet", file, save=False)
