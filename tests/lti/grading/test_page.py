"""The teacher's pages of grades: what stands there, what may be pressed, what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from accounts import data
from accounts.models import Institution, Purpose, Role, User
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from lti.grading.words import Problem, said
from lti.models import Course, Grade, GradeSource, GradeState, Identity, Registration, ResourceLink
from lti.templatetags.amounts import amount
from sessions.models import Answer, AnswerState
from sessions.ratings.actions import Said, rate
from tests.conftest import person
from tests.lti.served import known_as, practised

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


@pytest.fixture
def tias(sign_in: SignIn, tia: User) -> Client:
    return sign_in(tia)


def page_of(cohort: Cohort) -> str:
    return reverse("lti:grades", args=[cohort.pk])


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def graded(link: ResourceLink, user: User, **about: Any) -> Grade:
    fields = {"source": GradeSource.COMPLETION, "points": 10, "most": 10, **about}
    return Grade.objects.create(institution=link.institution, link=link, user=user, **fields)


def jobs(task: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=f"lti.tasks.{task}", status="todo").count()


# --- the list -------------------------------------------------------------------------------------------


def test_a_cohort_of_our_own_says_so(tias: Client, cohort: Cohort) -> None:
    assert "does not come from a learning platform" in text_of(tias, page_of(cohort))


def test_a_course_without_points_says_so(tias: Client, course: Course, cohort: Cohort) -> None:
    assert "No link gives points yet" in text_of(tias, page_of(cohort))


def test_opening_the_page_catches_up(
    tias: Client,
    link: ResourceLink,
    cohort: Cohort,
    sams_identity: Identity,
    assignment: Assignment,
    sam: User,
) -> None:
    assert "Nothing to send yet" in text_of(tias, page_of(cohort))
    practised(sam, assignment, 2)
    text = text_of(tias, page_of(cohort))
    assert "Waiting to be sent" in text
    assert "10 of 10" in text
    assert jobs("send_grades") == 1


def test_each_state_in_words(tias: Client, link: ResourceLink, cohort: Cohort, sam: User) -> None:
    assert "Has not come from the learning platform yet" in text_of(tias, page_of(cohort))
    grade = graded(link, sam, state=GradeState.SENT, sent_at=timezone.now())
    assert "1 sent, 0 waiting, 0 could not be sent." in text_of(tias, page_of(cohort))
    Grade.objects.filter(pk=grade.pk).update(state=GradeState.FAILED, problem="refused:422")
    text = text_of(tias, page_of(cohort))
    assert said("refused:422") in text
    assert "Send all again that could not be sent" in text


def test_a_second_link_is_chosen(tias: Client, link: ResourceLink, cohort: Cohort, sam: User) -> None:
    other = ResourceLink.objects.create(
        institution=link.institution,
        registration=link.registration,
        course=link.course,
        link_id="link-2",
        assignment=link.assignment,
        title="Second",
        points=4,
    )
    graded(other, sam, points=3, most=4, state=GradeState.SENT, sent_at=timezone.now())
    assert "3 of 4" not in text_of(tias, page_of(cohort))
    assert "3 of 4" in text_of(tias, f"{page_of(cohort)}?link={other.pk}")
    assert "Practise" in text_of(tias, f"{page_of(cohort)}?link=junk")


def test_links_of_another_cohort_are_not_there(
    tias: Client, link: ResourceLink, cohort: Cohort, northfield: Institution
) -> None:
    other = Cohort.objects.create(institution=northfield, name="Other")
    Course.objects.update(cohort=other)
    assert "Practise" not in text_of(tias, page_of(cohort))


def test_a_cohort_costs_as_many_queries_as_a_student(
    tias: Client,
    link: ResourceLink,
    cohort: Cohort,
    northfield: Institution,
    registration: Registration,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    text_of(tias, page_of(cohort))
    counts = []
    for size in (1, 40):
        for number in range(size):
            student = person(f"s{size}-{number}@x.example", f"S {number}", northfield, Role.STUDENT)
            Enrolment.objects.create(
                institution=northfield, cohort=cohort, user=student, role=CohortRole.STUDENT
            )
            known_as(student, registration, f"s{size}-{number}")
            graded(link, student, state=GradeState.SENT, sent_at=timezone.now())
        with django_assert_num_queries(25, exact=False) as queries:
            text_of(tias, page_of(cohort))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- who may --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMINISTRATOR])
def test_only_who_teaches_the_cohort_sees_its_grades(
    sign_in: SignIn, link: ResourceLink, cohort: Cohort, northfield: Institution, sam: User, role: Role
) -> None:
    other = person("other@x.example", "Other", northfield, role)
    addresses = [page_of(cohort), reverse("lti:confirm_grade", args=[cohort.pk, link.pk, sam.pk])]
    assert [sign_in(other).get(address).status_code for address in addresses] == [404, 404]
    Enrolment.objects.create(institution=northfield, cohort=cohort, user=other, role=CohortRole.TEACHER)
    assert [sign_in(other).get(address).status_code for address in addresses] == [200, 200]


# --- sending again --------------------------------------------------------------------------------------


def test_one_grade_and_all_that_failed_are_sent_again(
    tias: Client, link: ResourceLink, cohort: Cohort, sam: User, northfield: Institution
) -> None:
    other = person("s@x.example", "S", northfield, Role.STUDENT)
    failed = graded(link, sam, state=GradeState.FAILED, problem=Problem.UNREACHABLE, tries=7)
    fine = graded(link, other, state=GradeState.SENT, sent_at=timezone.now())
    address = reverse("lti:send_again", args=[cohort.pk])
    tias.post(address, {"link": link.pk})
    failed.refresh_from_db()
    fine.refresh_from_db()
    assert (failed.state, failed.tries, failed.problem) == (GradeState.WAITING, 0, "")
    assert fine.state == GradeState.SENT
    tias.post(address, {"link": link.pk, "grade": fine.pk})
    fine.refresh_from_db()
    assert fine.state == GradeState.WAITING
    assert jobs("send_grades") == 1


def test_a_grade_of_another_link_is_left_alone(
    tias: Client, link: ResourceLink, cohort: Cohort, sam: User, northfield: Institution
) -> None:
    grade = graded(link, sam, state=GradeState.FAILED, problem=Problem.UNREACHABLE)
    address = reverse("lti:send_again", args=[cohort.pk])
    for posted in ({}, {"link": "x"}, {"link": "9" * 30}, {"link": link.pk + 1}, {"link": "²"}):
        response = tias.post(address, {**posted, "grade": grade.pk})
        assert response.status_code == 302
    Course.objects.update(cohort=Cohort.objects.create(institution=northfield, name="Other"))
    tias.post(address, {"link": link.pk, "grade": grade.pk})
    grade.refresh_from_db()
    assert grade.state == GradeState.FAILED


# --- by the rubric --------------------------------------------------------------------------------------


@pytest.fixture
def rated(sam: User, tia: User, assignment: Assignment, agree: Callable[..., None]) -> None:
    agree(sam, assignment.institution, Purpose.REVIEW)
    [session] = practised(sam, assignment)
    answer = Answer.objects.create(
        institution=assignment.institution,
        session=session,
        question=assignment.scenario.questions.first(),
        position=0,
        question_text="?",
        state=AnswerState.SAVED,
        stream_ms=9000,
    )
    rate(answer=answer, by=tia, said=Said(levels={"answered": 4, "structure": 3}))


def test_how_the_points_come_about_is_shown_and_they_are_sent(
    tias: Client, link: ResourceLink, cohort: Cohort, sam: User, rated: None
) -> None:
    address = reverse("lti:confirm_grade", args=[cohort.pk, link.pk, sam.pk])
    text = text_of(tias, address)
    assert "Answered the question" in text
    assert "The mean of your criteria is 3.5 of 5. As a share of 10 points that is 7." in text
    assert 'value="7.0"' in text
    response = tias.post(address, {"points": "6.5"})
    assert response.headers["Location"] == f"{page_of(cohort)}?link={link.pk}"
    assert Grade.objects.get().points == 6.5
    assert jobs("send_grades") == 1
    assert "6.5 of 10" in text_of(tias, address)


@pytest.mark.parametrize("points", ["", "x", "-1", "10.5", "nan", "inf", "1e400"])
def test_points_that_cannot_be_come_back(
    tias: Client, link: ResourceLink, cohort: Cohort, sam: User, rated: None, points: str
) -> None:
    address = reverse("lti:confirm_grade", args=[cohort.pk, link.pk, sam.pk])
    response = tias.post(address, {"points": points})
    assert response.status_code == 422
    assert not Grade.objects.exists()


def test_without_a_rating_the_page_leads_to_the_answers(
    tias: Client, link: ResourceLink, cohort: Cohort, sam: User
) -> None:
    address = reverse("lti:confirm_grade", args=[cohort.pk, link.pk, sam.pk])
    text = text_of(tias, address)
    assert f"{reverse('analytics:review', args=[cohort.pk])}?student={sam.pk}" in text
    assert tias.post(address, {"points": "5"}).status_code == 422


def test_a_teacher_of_the_cohort_gets_no_points(
    tias: Client, link: ResourceLink, cohort: Cohort, tia: User
) -> None:
    address = reverse("lti:confirm_grade", args=[cohort.pk, link.pk, tia.pk])
    assert tias.get(address).status_code == 302


# --- the roster -----------------------------------------------------------------------------------------


def test_the_list_is_fetched_once_however_often_one_presses(
    tias: Client, course: Course, cohort: Cohort, ada: User, sign_in: SignIn
) -> None:
    address = reverse("lti:refresh_roster", args=[cohort.pk])
    assert "The list was not fetched yet" in text_of(tias, page_of(cohort))
    for client in (tias, tias, sign_in(ada)):
        assert client.post(address).status_code == 302
    assert jobs("refresh_roster") == 1
    assert "The list is about to be fetched" in text_of(tias, page_of(cohort))


def test_when_it_was_fetched_and_that_it_failed(tias: Client, course: Course, cohort: Cohort) -> None:
    Course.objects.update(roster_at=timezone.now())
    assert "List fetched on" in text_of(tias, page_of(cohort))
    Registration.objects.update(last_error="roster: x", last_error_at=timezone.now() + timedelta(minutes=1))
    assert "could not be fetched the last time" in text_of(tias, page_of(cohort))


def test_a_platform_without_a_list_says_so(tias: Client, course: Course, cohort: Cohort) -> None:
    Course.objects.update(roster_url="")
    assert "offers no list of people" in text_of(tias, page_of(cohort))
    tias.post(reverse("lti:refresh_roster", args=[cohort.pk]))
    assert jobs("refresh_roster") == 0


# --- elsewhere ------------------------------------------------------------------------------------------


def test_the_cohort_leads_there_where_it_has_a_course(
    tias: Client, cohort: Cohort, link: ResourceLink
) -> None:
    page = reverse("analytics:cohort", args=[cohort.pk])
    assert page_of(cohort) in text_of(tias, page)
    Course.objects.all().delete()
    assert page_of(cohort) not in text_of(tias, page)


def test_a_student_finds_the_grade_in_their_export(link: ResourceLink, sam: User) -> None:
    graded(link, sam, points=8)
    with ZipFile(BytesIO(b"".join(data.zip_of(sam)))) as archive:
        [row] = json.loads(archive.read("lti.grade.json"))
    assert (row["points"], row["most"], row["source"]) == (8, 10, "completion")


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        (7.0, "en", "7"),
        (6.5, "en", "6.5"),
        (6.5, "de", "6,5"),
        (100.0, "en", "100"),
        (3.333, "fr", "3,33"),
        (0.0, "en", "0"),
    ],
)
def test_amounts_have_no_idle_decimals(value: float, language: str, shown: str) -> None:
    with translation.override(language):
        assert amount(value) == shown
