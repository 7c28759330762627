"""A roster over real HTTP: who comes, who is back, who left, and what it may not do."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from accounts.actions import erase_person
from accounts.models import NO_ADDRESS, Institution, Membership, Role, User
from cohorts.actions.groups import mark_left
from cohorts.models import Cohort, CohortRole, Enrolment
from lti import tasks
from lti.errors import ServiceError
from lti.launch.arrival import Arrived
from lti.message import claims as names
from lti.message.claims import message
from lti.models import Course, Forgotten, Identity, Registration, RegistrationState
from lti.people.entering import enter
from lti.roster import people
from lti.roster.actions import Taken, learns, refresh, take_over
from lti.roster.jobs import queue_all
from lti.services import asking
from lti.services.roster import Fetched, Member
from tests.conftest import person
from tests.lti.conftest import launch_claims
from tests.lti.emulated_services import Reply, Services
from tests.lti.served import known_as

pytestmark = pytest.mark.django_db
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
LEARNER, INSTRUCTOR = f"{ROLE}Learner", f"{ROLE}Instructor"


def member(subject: str, role: str = LEARNER, **about: Any) -> dict[str, Any]:
    return {"user_id": subject, "roles": [role], "status": "Active", **about}


def launched(course: Course, subject: str, role: str) -> User:
    claims: dict[str, Any] = {"sub": subject, names.ROLES: [role], names.CONTEXT: {"id": course.context_id}}
    registration = Registration.objects.get(pk=course.registration_id)
    return enter(Arrived(registration, message(launch_claims(**claims)))).user


def in_cohort(cohort: Cohort) -> dict[str, str]:
    """Who is in it now: name and role."""
    rows = Enrolment.objects.filter(cohort=cohort, left_at=None)
    return dict(rows.values_list("user__name", "role"))


# --- who comes ------------------------------------------------------------------------------------------


def test_students_are_there_before_they_launch(
    course: Course, cohort: Cohort, services: Services, registration: Registration
) -> None:
    services.members = [
        member("u1", name="Ann Lee", email="Ann@School.example"),
        member("u2", given_name="Bo", family_name="Ek", email="no address"),
        member("u3"),
    ]
    assert refresh(course_id=course.pk) == Taken(new=3)
    ann = Identity.objects.get(subject="u1").user
    assert (ann.name, ann.told_email, ann.language) == ("Ann Lee", "ann@school.example", "en")
    assert ann.email.endswith(f"@{NO_ADDRESS}")
    assert not ann.has_usable_password()
    assert Membership.objects.get(user=ann).role == Role.STUDENT
    assert Identity.objects.get(subject="u2").user.told_email == ""
    assert Identity.objects.get(subject="u3").user.name.startswith("Guest learner ")
    assert {"Ann Lee", "Bo Ek", "Sam Okafor", "Tia Brandt"} < set(in_cohort(cohort))
    course.refresh_from_db()
    registration.refresh_from_db()
    assert course.roster_at is not None
    assert registration.last_roster_at is not None


def test_a_second_time_changes_nothing(course: Course, services: Services) -> None:
    services.members = [member("u1", name="Ann"), member("u2")]
    refresh(course_id=course.pk)
    before = list(User.objects.order_by("pk").values())
    assert refresh(course_id=course.pk) == Taken()
    assert list(User.objects.order_by("pk").values()) == before


def test_their_first_launch_finds_them(course: Course, services: Services) -> None:
    services.members = [member("u1", name="Ann")]
    refresh(course_id=course.pk)
    assert launched(course, "u1", LEARNER) == Identity.objects.get(subject="u1").user
    assert Enrolment.objects.filter(user__identities__subject="u1").count() == 1


def test_whoever_had_everything_deleted_comes_back_by_a_launch_alone(
    course: Course, services: Services, settings: Any
) -> None:
    services.members = [member("u1", name="Ann"), member("u2", name="Bo")]
    refresh(course_id=course.pk)
    erase_person(user=Identity.objects.get(subject="u1").user)
    assert "u1" not in str(list(Forgotten.objects.values()))
    # The secret may change meanwhile.
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of this house"
    assert refresh(course_id=course.pk) == Taken()
    assert not User.objects.filter(name="Ann").exists()
    launched(course, "u1", LEARNER)
    assert not Forgotten.objects.exists()
    assert refresh(course_id=course.pk) == Taken()


def test_a_platform_that_goes_takes_its_people_along(course: Course, services: Services) -> None:
    services.members = [member("u1", name="Ann")]
    refresh(course_id=course.pk)
    Registration.objects.get(pk=course.registration_id).delete()
    assert not Identity.objects.exists()


def test_an_address_that_is_told_opens_no_account(course: Course, services: Services, sam: User) -> None:
    services.members = [member("u1", name="Sam Okafor", email=sam.email)]
    refresh(course_id=course.pk)
    assert Identity.objects.get(subject="u1").user != sam


def test_teachers_come_when_they_launch(course: Course, cohort: Cohort, services: Services) -> None:
    services.members = [member("t", INSTRUCTOR, name="Theo"), member("u1", name="Ann")]
    assert refresh(course_id=course.pk) == Taken(new=1)
    assert not Identity.objects.filter(subject="t").exists()


@pytest.mark.parametrize(
    ("roles", "is_learner"),
    [
        ([], True),
        (["Learner"], True),
        ([LEARNER], True),
        ([f"{ROLE[:-1]}/Learner#GuestLearner"], True),
        (["urn:unknown", LEARNER], True),
        ([INSTRUCTOR], False),
        ([LEARNER, INSTRUCTOR], False),
        ([f"{ROLE}Mentor"], False),
        (["urn:unknown"], False),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Learner"], False),
        ([LEARNER, "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"], False),
    ],
)
def test_whom_a_roster_puts_into_the_cohort(roles: list[str], is_learner: bool) -> None:
    assert learns(Member("u", roles=tuple(roles))) is is_learner


def test_names_follow_until_somebody_launches_or_changes_theirs(course: Course, services: Services) -> None:
    services.members = [member("u1", name="Ann"), member("u2", name="Bo"), member("u3", name="Cy")]
    refresh(course_id=course.pk)
    User.objects.filter(name="Bo").update(name="Bosse")
    launched(course, "u3", LEARNER)
    services.members = [
        member("u1", name="Ann Lee", email="ann@x.example"),
        member("u2", name="B"),
        member("u3", name="Other"),
    ]
    refresh(course_id=course.pk)
    named = dict(Identity.objects.values_list("subject", "user__name"))
    assert named == {"u1": "Ann Lee", "u2": "Bosse", "u3": "Sam Okafor"}  # as the launch of u3 says
    assert User.objects.get(name="Ann Lee").told_email == "ann@x.example"


# --- who left -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["missing", "Inactive", "Deleted"])
def test_whoever_is_no_longer_in_the_course_has_left(
    course: Course, cohort: Cohort, services: Services, how: str
) -> None:
    services.members = [member("u1", name="Ann"), member("u2", name="Bo")]
    refresh(course_id=course.pk)
    services.members = [member("u1", name="Ann")]
    if how != "missing":
        services.members.append(member("u2", name="Bo", status=how))
    assert refresh(course_id=course.pk) == Taken(left=1)
    assert "Bo" not in in_cohort(cohort)
    assert User.objects.filter(name="Bo").exists()
    services.members = [member("u1"), member("u2")]
    assert refresh(course_id=course.pk) == Taken(back=1)
    assert in_cohort(cohort)["Bo"] == CohortRole.STUDENT


def test_people_whom_we_invited_ourselves_stay(course: Course, cohort: Cohort, services: Services) -> None:
    services.members = [member("u1", name="Ann")]
    refresh(course_id=course.pk)
    assert {"Sam Okafor", "Tia Brandt"} < set(in_cohort(cohort))


def test_other_cohorts_are_left_alone(
    course: Course, services: Services, northfield: Institution, sam: User
) -> None:
    known_as(sam, course.registration)
    other = Cohort.objects.create(institution=northfield, name="Other")
    Enrolment.objects.create(institution=northfield, cohort=other, user=sam, role=CohortRole.STUDENT)
    services.members = [member("u1")]
    assert refresh(course_id=course.pk).left == 1
    assert set(in_cohort(other)) == {"Sam Okafor"}


def test_somebody_with_two_identities_is_there_with_one(
    course: Course, cohort: Cohort, services: Services, sam: User
) -> None:
    known_as(sam, course.registration, "old")
    known_as(sam, course.registration, "new")
    services.members = [member("new")]
    assert refresh(course_id=course.pk) == Taken()
    assert "Sam Okafor" in in_cohort(cohort)


@pytest.mark.parametrize("role", [LEARNER, INSTRUCTOR])
def test_the_launch_counts_for_more(course: Course, cohort: Cohort, services: Services, role: str) -> None:
    """A teacher without editing rights launches as Instructor and stands in the roster as Learner."""
    teacher = launched(course, "t", INSTRUCTOR)
    services.members = [member("t", role), member("u1")]
    refresh(course_id=course.pk)
    assert Enrolment.objects.get(cohort=cohort, user=teacher, left_at=None).role == CohortRole.TEACHER
    assert Membership.objects.get(user=teacher).role == Role.TEACHER


def test_a_teacher_who_left_the_course_has_left_and_comes_back_as_one_only_by_a_launch(
    course: Course, cohort: Cohort, services: Services
) -> None:
    teacher = launched(course, "t", INSTRUCTOR)
    place = Enrolment.objects.get(cohort=cohort, user=teacher)
    services.members = [member("u1")]
    assert refresh(course_id=course.pk).left == 1
    services.members = [member("u1"), member("t", INSTRUCTOR)]
    assert refresh(course_id=course.pk) == Taken()
    services.members = [member("u1"), member("t", LEARNER)]
    assert refresh(course_id=course.pk) == Taken(back=1)
    place.refresh_from_db()
    assert place.role == CohortRole.STUDENT
    launched(course, "t", INSTRUCTOR)
    place.refresh_from_db()
    assert place.role == CohortRole.TEACHER


def test_whom_a_teacher_took_out_stays_out_until_they_launch(
    course: Course, cohort: Cohort, services: Services, tia: User
) -> None:
    services.members = [member("u1", name="Ann"), member("u2")]
    refresh(course_id=course.pk)
    ann = Identity.objects.get(subject="u1").user
    mark_left(enrolment=Enrolment.objects.get(user=ann), by=tia)
    assert refresh(course_id=course.pk) == Taken()
    launched(course, "u1", LEARNER)
    services.members = [member("u2")]
    assert refresh(course_id=course.pk) == Taken(left=1)
    services.members = [member("u1"), member("u2")]
    assert refresh(course_id=course.pk) == Taken(back=1)  # this time it was the platform


def test_whoever_left_the_institution_does_not_come_back_by_a_list(
    course: Course, cohort: Cohort, services: Services, sam: User
) -> None:
    known_as(sam, course.registration)
    Membership.objects.filter(user=sam).update(left_at=timezone.now())
    Enrolment.objects.filter(user=sam).update(left_at=timezone.now())
    services.members = [member("subject-sam")]
    assert refresh(course_id=course.pk) == Taken()
    assert "Sam Okafor" not in in_cohort(cohort)


def test_a_closed_account_is_put_nowhere(course: Course, services: Services, sam: User) -> None:
    known_as(sam, course.registration)
    Enrolment.objects.filter(user=sam).delete()
    User.objects.filter(pk=sam.pk).update(is_active=False)
    services.members = [member("subject-sam")]
    assert refresh(course_id=course.pk) == Taken()


# --- lists that are not whole ---------------------------------------------------------------------------


def test_nobody_has_left_by_a_list_that_broke_off(
    course: Course, cohort: Cohort, services: Services, registration: Registration
) -> None:
    services.members = [member(f"u{n}", name=f"Person {n}") for n in range(30)]
    refresh(course_id=course.pk)
    before = in_cohort(cohort)
    first = Course.objects.get(pk=course.pk).roster_at
    services.members.insert(0, member("new", name="New"))
    services.page_size = 10
    answered = services._members

    def fails_second(asked: Any) -> Reply:
        return Reply(403, {"error": "insufficient_scope"}) if "page=" in asked.query else answered(asked)

    services._members = fails_second  # type: ignore[method-assign]
    with pytest.raises(ServiceError):
        refresh(course_id=course.pk)
    assert in_cohort(cohort) == before | {"New": CohortRole.STUDENT}
    registration.refresh_from_db()
    assert registration.last_error == "roster: the platform answered 403"
    assert Course.objects.get(pk=course.pk).roster_at == first


def test_an_empty_list_takes_nobody_out(course: Course, cohort: Cohort, services: Services) -> None:
    services.members = [member("u1", name="Ann")]
    refresh(course_id=course.pk)
    services.members = []
    with pytest.raises(ServiceError):
        refresh(course_id=course.pk)
    assert "Ann" in in_cohort(cohort)


def test_the_job_ends_where_trying_again_is_of_no_use(course: Course, services: Services) -> None:
    services.members = [member("u1")]
    services.failures["/members"] = [403, 500, 500, 500]
    tasks.refresh_roster(course.pk)
    with pytest.raises(ServiceError):
        tasks.refresh_roster(course.pk)
    tasks.refresh_roster(course.pk)
    assert Identity.objects.filter(subject="u1").exists()


@pytest.mark.parametrize("lack", ["address", "registration", "archived"])
def test_nobody_is_asked_where_there_is_no_use(course: Course, services: Services, lack: str) -> None:
    if lack == "address":
        Course.objects.update(roster_url="")
    elif lack == "registration":
        Registration.objects.update(state=RegistrationState.DISABLED)
    else:
        Cohort.objects.update(archived_at=timezone.now())
    assert refresh(course_id=course.pk) == Taken()
    assert services.asked == []
    assert queue_all() == 0


def test_every_night_every_course_is_queued_once(course: Course) -> None:
    tasks.refresh_rosters(0)
    tasks.refresh_rosters(0)
    jobs = ProcrastinateJob.objects.filter(task_name="lti.tasks.refresh_roster")
    assert [job.args for job in jobs] == [{"course_id": course.pk}]


# --- hundreds -------------------------------------------------------------------------------------------


def test_hundreds_cost_as_many_queries_as_one(
    course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """New ones, then the same with other names, then all gone but one, then all back."""
    course = Course.objects.select_related("registration__institution", "cohort").get(pk=course.pk)
    steps: list[list[int]] = []
    for size in (2, 300):
        group = {f"{size}-{n}": Member(f"{size}-{n}", roles=(LEARNER,), name="A") for n in range(size)}
        renamed = {key: Member(key, roles=(LEARNER,), name=f"B {key}") for key in group}
        one = dict(list(renamed.items())[:1])
        counts = []
        for members in (group, renamed, one, renamed):
            with django_assert_num_queries(25, exact=False) as queries:
                take_over(course=course, fetched=Fetched(dict(members)))
            counts.append(len(queries))
        steps.append(counts)
    assert steps[0] == steps[1]


def test_five_thousand_are_taken_over(course: Course, cohort: Cohort) -> None:
    course = Course.objects.select_related("registration__institution", "cohort").get(pk=course.pk)
    members = {f"u{n}": Member(f"u{n}", roles=(LEARNER,), name=f"P {n}") for n in range(5000)}
    assert take_over(course=course, fetched=Fetched(members)) == Taken(new=5000)
    gone = dict(list(members.items())[:10])
    assert take_over(course=course, fetched=Fetched(gone)) == Taken(left=4990)


# --- at the same time -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_platform_is_asked(
    course: Course, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, open_ones = asking.ask, []

    def watched(*args: Any, **named: Any) -> Any:
        open_ones.append(connection.in_atomic_block)
        return real(*args, **named)

    monkeypatch.setattr(asking, "ask", watched)
    monkeypatch.setattr("lti.services.token.ask", watched)
    services.members = [member("u1")]
    refresh(course_id=course.pk)
    assert open_ones == [False, False]


@pytest.mark.django_db(transaction=True)
def test_a_launch_in_the_middle_of_a_roster_makes_nobody_twice(
    course: Course, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The launch waits for the roster's transaction, which holds the name, and finds the person it made."""
    services.members = [member("u1", name="Ann"), member("u2", name="Bo")]
    made = people._made
    launches: list[Thread] = []
    problems: list[BaseException] = []

    def launch() -> None:
        try:
            launched(course, "u2", LEARNER)
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    def made_while_somebody_launches(*args: Any) -> Any:
        launches.append(Thread(target=launch))
        launches[0].start()
        wait_for_a_lock()
        return made(*args)

    monkeypatch.setattr(people, "_made", made_while_somebody_launches)
    refresh(course_id=course.pk)
    launches[0].join(30)
    assert problems == []
    assert Identity.objects.filter(subject="u2").count() == 1
    assert User.objects.filter(email__endswith=NO_ADDRESS).count() == 2
    assert Enrolment.objects.filter(user__identities__subject="u2", left_at=None).count() == 1


def wait_for_a_lock() -> None:
    """Until somebody waits for an advisory lock: the launch has come to the roster's."""
    until = timezone.now() + timedelta(seconds=20)
    while timezone.now() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone():
                return
    raise AssertionError("nobody waited")


@pytest.mark.django_db(transaction=True)
def test_two_rosters_at_once_make_everybody_once(course: Course, services: Services) -> None:
    services.members = [member(f"u{n}") for n in range(20)]
    problems: list[BaseException] = []

    def run() -> None:
        try:
            refresh(course_id=course.pk)
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert Identity.objects.count() == 20
    assert User.objects.filter(email__endswith=NO_ADDRESS).count() == 20


def test_what_fails_in_the_middle_leaves_nothing(
    course: Course, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.members = [member("u1")]

    def breaks(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("lti.roster.actions._placed", breaks)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        refresh(course_id=course.pk)
    assert not Identity.objects.exists()


def test_a_student_of_ours_who_is_in_the_list_too_stays_who_they_are(
    course: Course, cohort: Cohort, services: Services, northfield: Institution
) -> None:
    ada = person("adm@x.example", "Adm", northfield, Role.ADMINISTRATOR)
    known_as(ada, course.registration, "adm")
    services.members = [member("adm"), member("u1")]
    refresh(course_id=course.pk)
    assert Membership.objects.get(user=ada).role == Role.ADMINISTRATOR
    assert in_cohort(cohort)["Adm"] == CohortRole.STUDENT
