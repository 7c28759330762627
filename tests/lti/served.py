"""A course of a platform whose services really answer: what the tests of grades and rosters share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Institution, User
from cohorts.models import Assignment, Cohort
from lti.keys import own
from lti.models import Course, Identity, Registration, ResourceLink
from lti.services import token
from sessions.models import PracticeSession, State
from tests.lti.conftest import CLIENT, ISSUER
from tests.lti.emulated_services import AGS, Services

GRADES = [f"{AGS}lineitem", f"{AGS}score"]


@pytest.fixture
def services(northfield: Institution) -> Iterator[Services]:
    made = Services(own.public_keys(), CLIENT)
    token.forget_all()
    yield made
    made.close()


@pytest.fixture
def registration(northfield: Institution, services: Services) -> Registration:
    return Registration.objects.create(
        institution=northfield,
        name="Moodle",
        issuer=ISSUER,
        client_id=CLIENT,
        login_url=f"{services.origin}/auth",
        token_url=services.token_url,
        keys_url=f"{services.origin}/keys",
    )


@pytest.fixture
def course(registration: Registration, cohort: Cohort, services: Services) -> Course:
    return Course.objects.create(
        institution=registration.institution,
        registration=registration,
        context_id="course-7",
        cohort=cohort,
        title="Autumn",
        roster_url=services.roster_url,
        line_items_url=services.items_url,
        scopes=GRADES,
    )


@pytest.fixture
def link(course: Course, assignment: Assignment, services: Services) -> ResourceLink:
    """Ten points, and a line item that the platform told."""
    return ResourceLink.objects.create(
        institution=course.institution,
        registration=course.registration,
        course=course,
        link_id="link-1",
        assignment=assignment,
        title="Practise",
        line_item_url=services.add_item("7", resourceLinkId="link-1"),
        points=10,
    )


def known_as(user: User, registration: Registration, subject: str = "subject-sam", **about: Any) -> Identity:
    return Identity.objects.create(
        institution=registration.institution,
        registration=registration,
        subject=subject,
        user=user,
        name=user.name,
        **about,
    )


@pytest.fixture
def sams_identity(sam: User, registration: Registration) -> Identity:
    return known_as(sam, registration)


def practised(
    user: User, assignment: Assignment | None, times: int = 1, **about: Any
) -> list[PracticeSession]:
    """Finished sessions, made behind the back of whoever listens."""
    cohort = assignment.cohort if assignment else Cohort.objects.get(name="Autumn")
    scenario = about.pop("scenario", None) or (assignment.scenario if assignment else None)
    assert scenario is not None
    fields = {"state": State.DONE, "question_ids": [], **about}
    made = [
        PracticeSession(
            institution=cohort.institution,
            user=user,
            scenario=scenario,
            cohort=cohort,
            assignment=assignment,
            **fields,
        )
        for _ in range(times)
    ]
    return PracticeSession.objects.bulk_create(made)
