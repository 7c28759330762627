"""Links that were made by hand at the platform, and what a teacher says they open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from cohorts.models import Assignment, Cohort
from lti.message import claims as names
from lti.models import Course, Grade, GradeSource, Registration, ResourceLink
from sessions.models import PracticeSession, Scenario
from tests.lti.choosing.conftest import LEARNER, Person
from tests.lti.emulator import Platform

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
BY_HAND: dict[str, Any] = {names.RESOURCE_LINK: {"id": "link-1", "title": "By hand"}}


@pytest.fixture
def course(registration: Registration, cohort: Cohort) -> Course:
    return Course.objects.create(
        institution=cohort.institution, registration=registration, context_id="course-7", cohort=cohort
    )


@pytest.fixture
def link(course: Course) -> ResourceLink:
    return ResourceLink.objects.create(
        institution=course.institution,
        registration=course.registration,
        course=course,
        link_id="link-1",
        title="By hand",
    )


def page(link: ResourceLink) -> str:
    assert link.course is not None
    return reverse("lti:bind_link", args=[link.course.cohort_id, link.pk])


def all_links(course: Course) -> str:
    return reverse("lti:links", args=[course.cohort_id])


def test_a_link_made_by_hand_gets_its_assignment(
    platform: Platform, link: ResourceLink, assignment: Assignment, sign_in: SignIn, tia: User
) -> None:
    student = Person(platform, subject="sam-1", name="Sam Okafor", role=LEARNER)
    assert student.launches(**BY_HAND)["Location"] == reverse("practice:choose")
    assert link.course is not None
    teacher = sign_in(tia)
    assert "opens the choice of interviews" in teacher.get(all_links(link.course)).content.decode()
    saved = teacher.post(page(link), {"assignment": assignment.pk}, follow=True)
    assert "Saved." in saved.content.decode()
    assert "Shop assistant, due" in saved.content.decode()
    assert "/lobby/" in student.launches(**BY_HAND)["Location"]
    assert PracticeSession.objects.get().assignment == assignment
    entry = AuditEntry.objects.get(verb="bind_link")
    assert (entry.actor, entry.details["assignment"]) == (tia, str(assignment.pk))


def test_it_can_be_taken_away_again(
    link: ResourceLink, assignment: Assignment, sign_in: SignIn, tia: User
) -> None:
    teacher = sign_in(tia)
    teacher.post(page(link), {"assignment": assignment.pk})
    teacher.post(page(link), {"assignment": ""})
    link.refresh_from_db()
    assert link.assignment is None


def test_only_the_cohorts_own_standing_assignments(
    link: ResourceLink, assignment: Assignment, sign_in: SignIn, tia: User
) -> None:
    other = Cohort.objects.create(institution=link.institution, name="Winter")
    elsewhere = Assignment.objects.create(
        institution=link.institution,
        cohort=other,
        scenario=assignment.scenario,
        opens_at=assignment.opens_at,
        due_at=assignment.due_at,
    )
    Assignment.objects.filter(pk=assignment.pk).update(withdrawn_at=timezone.now())
    for wanted in (elsewhere.pk, assignment.pk, "x", "a\0b"):
        assert sign_in(tia).post(page(link), {"assignment": wanted}).status_code == 422
    link.refresh_from_db()
    assert link.assignment is None


def test_a_link_with_grades_stays_with_its_assignment(
    link: ResourceLink, assignment: Assignment, sign_in: SignIn, tia: User, sam: User
) -> None:
    link.assignment = assignment
    link.save()
    Grade.objects.create(
        institution=link.institution, link=link, user=sam, source=GradeSource.COMPLETION, points=1, most=1
    )
    refused = sign_in(tia).post(page(link), {"assignment": ""})
    assert refused.status_code == 422
    assert "stays with its assignment" in refused.content.decode()
    assert sign_in(tia).post(page(link), {"assignment": assignment.pk}).status_code == 302
    link.refresh_from_db()
    assert link.assignment == assignment


def test_a_link_of_another_cohort_is_not_there(link: ResourceLink, sign_in: SignIn, ada: User) -> None:
    other = Cohort.objects.create(institution=link.institution, name="Winter")
    address = reverse("lti:bind_link", args=[other.pk, link.pk])
    assert sign_in(ada).get(address).status_code == 404


def test_without_links_the_page_says_so(course: Course, sign_in: SignIn, tia: User) -> None:
    assert "No link was opened yet" in sign_in(tia).get(all_links(course)).content.decode()


def test_the_list_asks_no_more_for_more(
    course: Course, link: ResourceLink, assignment: Assignment, sign_in: SignIn, tia: User, scenario: Scenario
) -> None:
    client = sign_in(tia)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(all_links(course)).status_code == 200
        return len(captured)

    few = asked()
    for number in range(5):
        more = Assignment.objects.create(
            institution=course.institution,
            cohort=course.cohort,
            scenario=scenario,
            opens_at=timezone.now(),
            due_at=timezone.now() + timedelta(days=number + 1),
        )
        ResourceLink.objects.create(
            institution=course.institution,
            registration=course.registration,
            course=course,
            link_id=f"more-{number}",
            assignment=more,
        )
    assert asked() == few <= 8
