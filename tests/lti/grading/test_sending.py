"""Grades over real HTTP: what arrives, what waits, what fails and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Institution, Role, User
from lti import tasks
from lti.choosing.items import TAG
from lti.grading import columns, sending
from lti.grading.actions import send_again
from lti.grading.jobs import queue_later, queue_sending
from lti.grading.sending import PAUSES_S, send_waiting
from lti.grading.words import Problem, said
from lti.models import (
    Course,
    Grade,
    GradeSource,
    GradeState,
    Identity,
    Registration,
    RegistrationState,
    ResourceLink,
)
from lti.services import asking
from tests.conftest import person
from tests.lti.emulated_services import AGS, Services
from tests.lti.served import known_as

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, 0, 500_000, tzinfo=UTC)
SCORES = "/items/7/lineitem/scores"


def graded(link: ResourceLink, user: User, points: float = 10, **about: Any) -> Grade:
    fields = {"institution": link.institution, "source": GradeSource.COMPLETION, "most": 10, **about}
    return Grade.objects.create(link=link, user=user, points=points, **fields)


@pytest.fixture
def grade(link: ResourceLink, sams_identity: Identity) -> Grade:
    return graded(link, sams_identity.user)


def now_of(grade: Grade) -> tuple[str, str, int]:
    grade.refresh_from_db()
    return grade.state, grade.problem, grade.tries


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets what time it is where grades are stamped."""

    class Clock:
        now = staticmethod(timezone.now)

    monkeypatch.setattr(sending, "timezone", Clock)
    return lambda at: setattr(Clock, "now", staticmethod(lambda: at))


# --- what arrives ---------------------------------------------------------------------------------------


def test_a_grade_arrives(
    grade: Grade, services: Services, registration: Registration, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    assert send_waiting(link_id=grade.link_id) is None
    [asked] = services.scores
    assert asked.body == (
        b'{"userId":"subject-sam","scoreGiven":10.0,"scoreMaximum":10.0,"activityProgress":"Completed",'
        b'"gradingProgress":"FullyGraded","timestamp":"2026-11-20T12:00:00+00:00"}'
    )
    assert asked.query == "type_id=3"
    assert now_of(grade) == (GradeState.SENT, "", 0)
    assert grade.sent_at == NOON
    registration.refresh_from_db()
    assert (registration.last_grade_at, registration.last_error) == (NOON, "")


def test_a_whole_class_shares_one_token(
    link: ResourceLink, services: Services, northfield: Institution, registration: Registration
) -> None:
    for number in range(12):
        student = person(f"s{number}@x.example", "S", northfield, Role.STUDENT)
        known_as(student, registration, f"s{number}")
        graded(link, student)
    assert send_waiting(link_id=link.pk) is None
    assert len(services.grades) == 12
    assert services.count("POST", "/token") == 1


def test_more_than_a_handful_is_done_in_turns(
    link: ResourceLink,
    services: Services,
    northfield: Institution,
    registration: Registration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    for number in range(3):
        student = person(f"s{number}@x.example", "S", northfield, Role.STUDENT)
        known_as(student, registration, f"s{number}")
        graded(link, student)
    assert send_waiting(link_id=link.pk) == 0
    assert send_waiting(link_id=link.pk) is None
    assert len(services.grades) == 3


def test_nothing_is_asked_for_nothing(link: ResourceLink, services: Services, sam: User) -> None:
    graded(link, sam, state=GradeState.SENT)
    assert send_waiting(link_id=link.pk) is None
    assert send_waiting(link_id=0) is None
    assert services.asked == []


def test_of_two_identities_the_last_one_counts(grade: Grade, services: Services, sam: User) -> None:
    known_as(sam, grade.link.registration, "newer", last_launch_at=timezone.now())
    send_waiting(link_id=grade.link_id)
    assert list(services.grades) == [("7", "newer")]


def test_an_expired_token_is_renewed_on_the_way(
    link: ResourceLink, services: Services, northfield: Institution, registration: Registration
) -> None:
    services.token_uses = 2
    for number in range(5):
        student = person(f"s{number}@x.example", "S", northfield, Role.STUDENT)
        known_as(student, registration, f"s{number}")
        graded(link, student)
    assert send_waiting(link_id=link.pk) is None
    assert len(services.grades) == 5


# --- timestamps -----------------------------------------------------------------------------------------


def test_timestamps_rise_within_one_second_and_with_the_clock_turned_back(
    grade: Grade, services: Services, clock: Callable[[datetime], None]
) -> None:
    for at in (NOON, NOON, NOON - timedelta(hours=1)):
        clock(at)
        send_again(link=grade.link, grade_id=grade.pk)
        assert send_waiting(link_id=grade.link_id) is None
    assert services.grades["7", "subject-sam"]["at"] == NOON.replace(microsecond=0) + timedelta(seconds=2)
    assert len(services.scores) == 3


def test_what_the_platform_holds_newer_is_sent_again_later_with_a_later_time(
    grade: Grade, services: Services, clock: Callable[[datetime], None]
) -> None:
    there = NOON.replace(microsecond=0) + timedelta(seconds=20)
    services.grades["7", "subject-sam"] = {"given": 3, "most": 10, "at": there}
    clock(NOON)
    assert send_waiting(link_id=grade.link_id) == PAUSES_S[0]
    assert now_of(grade) == (GradeState.WAITING, Problem.NEWER_THERE, 1)
    clock(NOON + timedelta(seconds=PAUSES_S[0]))
    assert send_waiting(link_id=grade.link_id) is None
    assert services.grades["7", "subject-sam"]["given"] == 10
    assert now_of(grade) == (GradeState.SENT, "", 0)


def test_the_time_is_kept_before_anything_is_sent(
    grade: Grade, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(sending, "send_score", dies)
        with pytest.raises(KeyboardInterrupt):
            send_waiting(link_id=grade.link_id)
    grade.refresh_from_db()
    first = grade.stamped_at
    assert first is not None
    assert grade.state == GradeState.WAITING
    send_waiting(link_id=grade.link_id)
    assert services.grades["7", "subject-sam"]["at"] > first


def test_points_confirmed_while_others_are_on_their_way_wait_for_their_turn(
    grade: Grade, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sending.send_score

    def confirmed_meanwhile(*args: Any) -> None:
        real(*args)
        rows = Grade.objects.filter(pk=grade.pk, points=10)
        rows.update(source=GradeSource.RUBRIC, points=6, confirmed_at=timezone.now())

    monkeypatch.setattr(sending, "send_score", confirmed_meanwhile)
    assert send_waiting(link_id=grade.link_id) == 0
    assert now_of(grade) == (GradeState.WAITING, "", 0)
    assert send_waiting(link_id=grade.link_id) is None
    assert services.grades["7", "subject-sam"]["given"] == 6


# --- a platform that is away ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_platform_is_asked_once_and_later(
    grade: Grade,
    services: Services,
    northfield: Institution,
    registration: Registration,
    status: int,
) -> None:
    other = person("s@x.example", "S", northfield, Role.STUDENT)
    known_as(other, registration, "other")
    second = graded(grade.link, other)
    services.failures[SCORES] = [status]
    assert send_waiting(link_id=grade.link_id) == PAUSES_S[0]
    assert len(services.scores) == 1
    assert now_of(grade) == now_of(second) == (GradeState.WAITING, Problem.UNREACHABLE, 1)
    registration.refresh_from_db()
    assert registration.last_error == f"grades: the platform answered {status}"
    assert send_waiting(link_id=grade.link_id) is None
    assert len(services.grades) == 2


def test_a_slow_platform_is_given_up_for_now(
    grade: Grade, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx2

    monkeypatch.setattr("lti.http.TIMEOUT", httpx2.Timeout(0.2))
    services.slow_s[SCORES] = 1.0
    assert send_waiting(link_id=grade.link_id) == PAUSES_S[0]
    assert now_of(grade) == (GradeState.WAITING, Problem.UNREACHABLE, 1)


def test_a_platform_that_is_gone(grade: Grade, services: Services) -> None:
    services.close()
    assert send_waiting(link_id=grade.link_id) == PAUSES_S[0]
    assert now_of(grade) == (GradeState.WAITING, Problem.UNREACHABLE, 1)


def test_it_is_tried_longer_and_longer_and_given_up_after_a_day(grade: Grade, services: Services) -> None:
    services.failures[SCORES] = [-503]
    waited = [send_waiting(link_id=grade.link_id) for _ in range(len(PAUSES_S) + 2)]
    assert waited == [*PAUSES_S, PAUSES_S[-1], PAUSES_S[-1]]  # not within a day
    Grade.objects.update(made_at=timezone.now() - timedelta(days=2))
    assert send_waiting(link_id=grade.link_id) is None
    assert now_of(grade)[:2] == (GradeState.FAILED, Problem.UNREACHABLE)


# --- a platform that says no ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "problem"),
    [(400, "refused:400"), (403, Problem.NOT_ALLOWED), (422, "refused:422"), (302, "refused:302")],
)
def test_a_refusal_is_final_and_only_this_students(
    grade: Grade,
    services: Services,
    northfield: Institution,
    registration: Registration,
    status: int,
    problem: str,
) -> None:
    other = person("s@x.example", "S", northfield, Role.STUDENT)
    known_as(other, registration, "other")
    second = graded(grade.link, other)
    services.failures[SCORES] = [status]
    assert send_waiting(link_id=grade.link_id) is None
    assert now_of(grade)[:2] == (GradeState.FAILED, problem)
    assert now_of(second)[0] == GradeState.SENT
    assert said(problem)


def test_somebody_whom_the_platform_does_not_know(grade: Grade, services: Services) -> None:
    services.unknown_people = {"subject-sam"}
    send_waiting(link_id=grade.link_id)
    assert now_of(grade)[:2] == (GradeState.FAILED, "refused:404")
    assert list(services.items) == ["7"]  # no second column for that


def test_somebody_who_has_no_identity_there_any_more(
    grade: Grade, services: Services, sams_identity: Identity
) -> None:
    sams_identity.delete()
    send_waiting(link_id=grade.link_id)
    assert now_of(grade)[:2] == (GradeState.FAILED, Problem.UNKNOWN_PERSON)
    assert services.scores == []


def test_a_platform_that_is_switched_off_here_is_not_asked(
    grade: Grade, services: Services, registration: Registration
) -> None:
    Registration.objects.update(state=RegistrationState.DISABLED)
    send_waiting(link_id=grade.link_id)
    assert now_of(grade)[:2] == (GradeState.FAILED, Problem.SWITCHED_OFF)
    assert services.asked == []


def test_a_platform_that_does_not_know_us(
    grade: Grade, services: Services, registration: Registration
) -> None:
    services.tool_keys = []
    assert send_waiting(link_id=grade.link_id) is None
    assert now_of(grade)[:2] == (GradeState.FAILED, Problem.NO_ACCESS)
    registration.refresh_from_db()
    assert registration.last_error.startswith("access token: ")


def test_a_course_without_the_scope(grade: Grade, services: Services) -> None:
    Course.objects.update(scopes=[f"{AGS}lineitem"])
    send_waiting(link_id=grade.link_id)
    assert now_of(grade)[:2] == (GradeState.FAILED, Problem.NOT_OFFERED)
    assert services.scores == []


def test_every_problem_has_words_of_its_own() -> None:
    words = [said(problem) for problem in Problem]
    assert all(words)
    assert len(set(words)) == len(Problem)
    assert "422" in said("refused:422")
    assert said("") == said("unheard_of") == ""


# --- the column -----------------------------------------------------------------------------------------


@pytest.fixture
def untied(link: ResourceLink, services: Services, sams_identity: Identity) -> Grade:
    """A grade of a link for which the platform told no line item."""
    services.items.clear()
    ResourceLink.objects.update(line_item_url="")
    return graded(link, sams_identity.user)


def test_the_platforms_own_column_is_found(untied: Grade, services: Services) -> None:
    services.add_item("8", resourceLinkId="link-2")
    url = services.add_item("9", resourceLinkId="link-1")
    send_waiting(link_id=untied.link_id)
    assert list(services.grades) == [("9", "subject-sam")]
    assert ResourceLink.objects.get().line_item_url == url
    assert services.count("POST", "/items") == 0


def test_ours_is_found_by_assignment_and_tag(untied: Grade, services: Services) -> None:
    assignment = str(untied.link.assignment_id)
    services.add_item("8", resourceId=assignment, tag="another tool")
    services.add_item("9", resourceId=assignment, tag=TAG, resourceLinkId="link-2")
    services.add_item("10", resourceId=assignment, tag=TAG)
    send_waiting(link_id=untied.link_id)
    assert list(services.grades) == [("10", "subject-sam")]


def test_a_tag_means_the_same_to_whoever_picks_and_whoever_sends() -> None:
    assert columns.TAG == TAG


def test_one_is_made_where_there_is_none(untied: Grade, services: Services) -> None:
    send_waiting(link_id=untied.link_id)
    assert services.items["made1"] == {
        "label": "Practise",
        "scoreMaximum": 10.0,
        "resourceId": str(untied.link.assignment_id),
        "tag": TAG,
        "resourceLinkId": "link-1",
    }
    assert now_of(untied)[0] == GradeState.SENT


@pytest.mark.parametrize(
    "scopes", [[f"{AGS}score"], [f"{AGS}score", f"{AGS}lineitem.readonly"]], ids=["score", "read"]
)
def test_none_is_made_where_that_is_not_allowed(untied: Grade, services: Services, scopes: list[str]) -> None:
    Course.objects.update(scopes=scopes)
    send_waiting(link_id=untied.link_id)
    assert now_of(untied)[:2] == (GradeState.FAILED, Problem.NO_COLUMN)
    assert services.items == {}


def test_a_column_that_is_gone_is_made_again_once(grade: Grade, services: Services) -> None:
    services.items.clear()
    send_waiting(link_id=grade.link_id)
    assert list(services.items) == ["made1"]
    assert now_of(grade)[0] == GradeState.SENT


def test_a_column_that_is_gone_again_is_not_made_for_every_student(
    grade: Grade,
    services: Services,
    northfield: Institution,
    registration: Registration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services.items.clear()
    other = person("s@x.example", "S", northfield, Role.STUDENT)
    known_as(other, registration, "other")
    second = graded(grade.link, other)
    services.failures["/items/made1/lineitem/scores"] = [-404]
    send_waiting(link_id=grade.link_id)
    assert list(services.items) == ["made1"]
    assert now_of(grade)[:2] == now_of(second)[:2] == (GradeState.FAILED, Problem.COLUMN_GONE)


# --- jobs -----------------------------------------------------------------------------------------------


def jobs() -> list[tuple[int, bool]]:
    rows = ProcrastinateJob.objects.filter(task_name="lti.tasks.send_grades", status="todo").order_by("pk")
    return [(job.args["link_id"], job.scheduled_at is not None) for job in rows]


def test_the_job_puts_itself_off(grade: Grade, services: Services) -> None:
    services.failures[SCORES] = [503]
    tasks.send_grades(grade.link_id)
    assert jobs() == [(grade.link_id, True)]
    ProcrastinateJob.objects.all().delete()
    tasks.send_grades(grade.link_id)
    assert jobs() == []
    assert now_of(grade)[0] == GradeState.SENT


def test_whoever_asks_does_not_wait_for_what_was_put_off(link: ResourceLink) -> None:
    queue_later(link_id=link.pk, in_s=3600)
    queue_later(link_id=link.pk, in_s=30)
    assert jobs() == [(link.pk, True)]
    queue_sending(link_id=link.pk)
    queue_sending(link_id=link.pk)
    queue_later(link_id=link.pk, in_s=30)
    assert jobs() == [(link.pk, False)]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_platform_is_asked(
    grade: Grade, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, open_ones = asking.ask, []

    def watched(*args: Any, **named: Any) -> Any:
        open_ones.append(connection.in_atomic_block)
        return real(*args, **named)

    monkeypatch.setattr(asking, "ask", watched)
    monkeypatch.setattr("lti.services.token.ask", watched)
    services.items.clear()
    send_waiting(link_id=grade.link_id)
    assert now_of(grade)[0] == GradeState.SENT
    assert open_ones.count(False) == len(open_ones) >= 5
