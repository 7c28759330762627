"""The cohort of a course: its own, named after it, and nobody else's."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry, Institution, User
from cohorts.actions import archive_cohort, mark_left, rename_cohort
from cohorts.models import Cohort, CohortRole, Enrolment
from lti.errors import Code, LaunchRefused
from lti.message import claims as names
from lti.models import Course, Registration
from tests.lti.people.conftest import INSTRUCTOR, course, entered, registered

pytestmark = pytest.mark.django_db
LONG = "Communication in the workplace " * 9


def named(registration: Registration, context_id: str, title: str = "Autumn") -> str:
    """What the course's cohort is called after a launch from it."""
    found = entered(registration, **course(context_id, title)).course
    assert found is not None
    return Cohort.objects.get(courses=found).name


def test_a_course_is_one_cohort_whoever_launches_first(registration: Registration) -> None:
    student = entered(registration)
    teacher = entered(registration, [INSTRUCTOR], sub="person-2")
    assert student.course == teacher.course
    (made,) = Cohort.objects.all()
    assert (made.name, made.institution) == ("Autumn", registration.institution)
    roles = Enrolment.objects.filter(cohort=made).values_list("role", flat=True)
    assert sorted(roles) == [CohortRole.STUDENT, CohortRole.TEACHER]
    (entry,) = AuditEntry.objects.filter(verb="create_cohort")
    assert entry.actor is None


def test_a_name_that_is_taken_gets_a_number_and_nobody_elses_cohort(
    registration: Registration, cohort: Cohort, southport: Institution
) -> None:
    """A platform that calls its course like a cohort here does not come into that cohort."""
    assert cohort.name == "Autumn"
    assert [named(registration, one) for one in ("7", "8", "9")] == ["Autumn (2)", "Autumn (3)", "Autumn (4)"]
    assert cohort.enrolments.count() == 2
    assert named(registered(southport, client_id="client-2"), "7") == "Autumn"


def test_one_course_of_two_platforms_is_two_cohorts(registration: Registration) -> None:
    twin = registered(registration.institution, client_id="client-3")
    assert {named(registration, "7"), named(twin, "7")} == {"Autumn", "Autumn (2)"}


@pytest.mark.parametrize(
    ("title", "name"), [("", "Course from Moodle"), ("\0 ", "Course from Moodle"), (LONG, LONG[:120].strip())]
)
def test_a_course_without_a_short_title_has_a_name_all_the_same(
    registration: Registration, title: str, name: str
) -> None:
    assert named(registration, "7", title) == name
    second = named(registration, "8", title)
    assert second.endswith(" (2)")
    assert len(second) <= 120
    # Both follow when the platform gives them a title.
    assert named(registration, "8", "Winter") == "Winter"
    assert named(registration, "7", "Winter") == "Winter (2)"


def test_a_cohort_follows_its_courses_title(registration: Registration) -> None:
    assert named(registration, "7") == "Autumn"
    assert named(registration, "7", "Winter") == "Winter"
    # What is not said any more stays.
    assert named(registration, "7", "") == "Winter"
    assert Course.objects.get().title == "Winter"


def test_a_cohort_that_was_renamed_here_keeps_its_name(registration: Registration, ada: User) -> None:
    named(registration, "7")
    rename_cohort(cohort=Cohort.objects.get(), name="My class", by=ada)
    assert named(registration, "7", "Winter") == "My class"
    assert named(registration, "7", "Spring") == "My class"


def test_a_number_in_a_title_is_not_ours(registration: Registration, ada: User) -> None:
    assert named(registration, "7", "Group (2)") == "Group (2)"
    rename_cohort(cohort=Cohort.objects.get(), name="Group", by=ada)
    assert named(registration, "7", "Group (3)") == "Group"


def test_an_archived_cohort_stays_archived(registration: Registration, ada: User) -> None:
    """Somebody decided that; a launch is not a decision about it."""
    found = entered(registration)
    cohort = Cohort.objects.get()
    archive_cohort(cohort=cohort, by=ada)
    assert entered(registration, [INSTRUCTOR]).course == found.course
    cohort.refresh_from_db()
    assert cohort.archived_at is not None


def test_who_was_taken_out_of_the_cohort_and_launches_again_is_back(
    registration: Registration, ada: User
) -> None:
    user = entered(registration).user
    mark_left(enrolment=Enrolment.objects.get(user=user), by=ada)
    entered(registration)
    assert Enrolment.objects.get(user=user).left_at is None


def test_services_are_kept_as_they_were_last_said(registration: Registration) -> None:
    scope = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    services = {
        names.ROSTER: {"context_memberships_url": "https://moodle.example/roster?id=7"},
        names.GRADES: {"scope": [scope], "lineitems": "https://moodle.example/items?a=B"},
    }
    entered(registration, **services)
    entered(registration)
    found = Course.objects.get()
    assert found.roster_url == "https://moodle.example/roster?id=7"
    assert (found.line_items_url, found.scopes) == ("https://moodle.example/items?a=B", [scope])


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://[", "/roster", "https://x/" + "y" * 3000, "https://x/\0"],
    ids=["script", "broken", "path", "long", "nul"],
)
def test_an_address_that_is_none_is_not_kept(registration: Registration, address: str) -> None:
    entered(registration, **{names.ROSTER: {"context_memberships_url": address}})
    assert Course.objects.get().roster_url == ""


@pytest.mark.parametrize("key", ["x" * 256, "a\0", "a\udc00"], ids=["long", "nul", "surrogate"])
def test_a_context_that_cannot_be_kept_is_refused(registration: Registration, key: str) -> None:
    with pytest.raises(LaunchRefused) as refused:
        entered(registration, **course(key))
    assert refused.value.code == Code.WRONG_TYPE
    assert not Course.objects.exists()
