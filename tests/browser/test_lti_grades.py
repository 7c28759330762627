"""Tia looks at the grades of a course: each state in words, points by her own levels, at any width, dark and light."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from analytics.demo import people
from cohorts.models import Assignment, Cohort
from lti.grading.words import Problem
from lti.models import Course, Grade, GradeSource, GradeState, Identity, Registration, ResourceLink
from sessions.models import PracticeSession, Rating, RatingKind, State
from tests.browser.test_disputes import looks_right

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Visit = Callable[..., None]


def course_of(cohort: Cohort) -> ResourceLink:
    """A course with a link that gives ten points for an assignment that Sam practised and Tia rated."""
    registration = Registration.objects.create(
        institution=cohort.institution,
        name="Moodle",
        issuer="https://moodle.example",
        client_id="demo",
        login_url="https://moodle.example/auth",
        token_url="https://moodle.example/token",
        keys_url="https://moodle.example/keys",
    )
    course = Course.objects.create(
        institution=cohort.institution,
        registration=registration,
        context_id="7",
        cohort=cohort,
        title="Applying for a first job",
        roster_url="https://moodle.example/members",
        roster_at=timezone.now(),
    )
    return ResourceLink.objects.create(
        institution=cohort.institution,
        registration=registration,
        course=course,
        link_id="1",
        title="Practise before the placement",
        assignment=rated_assignment(cohort),
        points=10,
    )


def rated_assignment(cohort: Cohort) -> Assignment:
    assignment = Assignment.objects.filter(cohort=cohort, withdrawn_at=None).earliest("due_at")
    rating = Rating.objects.filter(
        kind=RatingKind.TEACHER, rater__email=people.TIA, answer__session__user__email=people.SAM
    ).exclude(criteria=[])
    session = PracticeSession.objects.get(pk=rating.latest("updated_at").answer.session_id)
    PracticeSession.objects.filter(pk=session.pk).update(assignment=assignment, state=State.DONE)
    return assignment


def give_grades(link: ResourceLink, cohort: Cohort) -> None:
    students = User.objects.filter(enrolments__cohort=cohort, enrolments__role="student").order_by("name")
    states = [
        {"state": GradeState.SENT, "sent_at": timezone.now()},
        {"state": GradeState.FAILED, "problem": Problem.NO_COLUMN},
        {"state": GradeState.WAITING, "problem": Problem.UNREACHABLE, "tries": 1},
    ]
    for number, student in enumerate(students.exclude(email=people.SAM)[:3]):
        Identity.objects.create(
            institution=link.institution, registration=link.registration, subject=str(number), user=student
        )
        Grade.objects.create(
            institution=link.institution,
            link=link,
            user=student,
            source=GradeSource.COMPLETION,
            points=10,
            most=10,
            **states[number],
        )


def kept(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for it."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_teacher_sees_grades_and_confirms_points(visit: Visit) -> None:
    cohort = Cohort.objects.get(name=people.AUTUMN)
    link = course_of(cohort)
    give_grades(link, cohort)
    sam = User.objects.get(email=people.SAM)
    Identity.objects.create(
        institution=link.institution, registration=link.registration, subject="sam", user=sam
    )

    def looks(page: Page) -> None:
        page.get_by_text("Waiting to be sent").first.wait_for()
        looks_right(page)
        kept(page, "grades")
        page.get_by_role("link", name=f"By the rubric: points of {sam.name}").press("Enter")
        page.get_by_role("heading", name="How the points come about").wait_for()
        looks_right(page)
        kept(page, "confirm")
        page.get_by_role("spinbutton", name="Points").fill("6.5")
        page.get_by_role("button", name="Send these points").press("Enter")
        page.get_by_text("6.5 of 10").wait_for()
        page.get_by_role("button", name="Fetch the list now").press("Enter")
        page.get_by_text("The list is about to be fetched").wait_for()

    visit(people.TIA, reverse("lti:grades", args=[cohort.pk]), looks)
    grade = Grade.objects.get(link=link, user=sam)
    assert (grade.points, grade.source, grade.state) == (6.5, GradeSource.RUBRIC, GradeState.WAITING)
