"""Where a link leads, and what it makes on the way."""

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

from accounts.models import Consent, Institution, Membership, Purpose, Role, User
from cohorts.actions import archive_cohort
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from lti.message import claims as names
from lti.models import Registration, ResourceLink
from sessions.models import Mode, PracticeSession, Scenario, State
from sessions.queries import open_assignments
from tests.lti.people.conftest import INSTRUCTOR, LEARNER, NO_COURSE, course, entered, led, registered

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


@pytest.fixture
def taught(registration: Registration) -> Cohort:
    """The cohort of the course that launches."""
    found = entered(registration, [INSTRUCTOR], sub="teacher").course
    assert found is not None
    return Cohort.objects.get(courses=found)


@pytest.fixture
def asked(taught: Cohort, scenario: Scenario) -> Assignment:
    now = timezone.now()
    return Assignment.objects.create(
        institution=taught.institution,
        cohort=taught,
        scenario=scenario,
        opens_at=now - timedelta(days=1),
        due_at=now + timedelta(days=6),
    )


def custom(assignment: Any, **more: Any) -> dict[str, Any]:
    return {names.CUSTOM: {"assignment": str(getattr(assignment, "pk", assignment)), **more}}


# --- a learner with an assignment -------------------------------------------------------------------


def test_an_open_assignment_leads_into_the_lobby_of_a_session_for_it(
    registration: Registration, asked: Assignment, sign_in: SignIn
) -> None:
    found, path = led(registration, **custom(asked, points="20"))
    (session,) = PracticeSession.objects.all()
    assert path == reverse("practice:lobby", args=[session.pk])
    assert (session.user, session.assignment, session.cohort) == (found.user, asked, asked.cohort)
    assert (session.scenario, session.mode, session.record) == (asked.scenario, Mode.VOICE, False)
    assert sign_in(found.user).get(path).status_code == 200
    link = ResourceLink.objects.get()
    assert (link.assignment, link.points, link.title, link.course) == (asked, 20, "Practise", found.course)


def test_what_was_begun_goes_on(registration: Registration, asked: Assignment) -> None:
    paths = {led(registration, **custom(asked))[1] for _ in range(3)}
    session = PracticeSession.objects.get()
    session.state, session.started_at = State.PAUSED, timezone.now()
    session.save()
    paths.add(led(registration, **custom(asked))[1])
    assert paths == {reverse("practice:lobby", args=[session.pk])}
    session.state = State.DONE
    session.save()
    paths.add(led(registration, **custom(asked))[1])
    assert (len(paths), PracticeSession.objects.count()) == (2, 2)


def test_what_is_done_by_a_launch_counts_for_the_assignment(
    registration: Registration, asked: Assignment, northfield: Institution
) -> None:
    found, _path = led(registration, **custom(asked))
    PracticeSession.objects.update(state=State.DONE)
    (counted,) = open_assignments(found.user, northfield)
    assert vars(counted)["finished"] == 1


def test_somebody_elses_session_and_a_drill_are_not_gone_on_with(
    registration: Registration, asked: Assignment
) -> None:
    led(registration, sub="person-2", **custom(asked))
    other = PracticeSession.objects.get()
    mine, _path = led(registration, **custom(asked))
    assert PracticeSession.objects.exclude(pk=other.pk).get().user == mine.user
    PracticeSession.objects.filter(user=mine.user).update(is_drill=True)
    led(registration, **custom(asked))
    assert PracticeSession.objects.filter(user=mine.user).count() == 2


def test_the_last_choices_are_kept_as_far_as_they_are_agreed_to(
    registration: Registration, asked: Assignment, agree: Callable[..., None], northfield: Institution
) -> None:
    found, _path = led(registration, **custom(asked))
    PracticeSession.objects.update(state=State.DONE, started_at=timezone.now(), mode=Mode.CAMERA)
    agree(found.user, northfield, Purpose.CAMERA)
    led(registration, **custom(asked))
    assert PracticeSession.objects.exclude(state=State.DONE).get().mode == Mode.CAMERA
    PracticeSession.objects.update(state=State.DONE)
    Consent.objects.update(withdrawn_at=timezone.now())
    led(registration, **custom(asked))
    assert PracticeSession.objects.exclude(state=State.DONE).get().mode == Mode.VOICE


def not_yet(asked: Assignment) -> None:
    now = timezone.now()
    Assignment.objects.update(opens_at=now + timedelta(days=1), due_at=now + timedelta(days=2))


def past(asked: Assignment) -> None:
    now = timezone.now()
    Assignment.objects.update(opens_at=now - timedelta(days=2), due_at=now - timedelta(days=1))


def withdrawn(asked: Assignment) -> None:
    Assignment.objects.update(withdrawn_at=timezone.now())


def archived(asked: Assignment) -> None:
    archive_cohort(cohort=asked.cohort, by=User.objects.get())


def without_an_interview(asked: Assignment) -> None:
    Scenario.objects.update(archived_at=timezone.now())


def without_a_question(asked: Assignment) -> None:
    asked.scenario.questions.update(retired_at=timezone.now())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (not_yet, "This is not open yet"),
        (past, "The last day of this has passed"),
        (withdrawn, "This was taken back"),
        (archived, "This was taken back"),
        (without_an_interview, "This cannot be practised at the moment"),
        (without_a_question, "This cannot be practised at the moment"),
    ],
    ids=["not-yet", "past", "withdrawn", "archived", "no-interview", "no-question"],
)
def test_an_assignment_that_cannot_be_practised_says_why(
    registration: Registration,
    asked: Assignment,
    sign_in: SignIn,
    change: Callable[[Assignment], None],
    says: str,
) -> None:
    change(asked)
    found, path = led(registration, **custom(asked))
    assert path == reverse("lti:not_now", args=[asked.pk])
    page = sign_in(found.user).get(path)
    assert page.status_code == 200
    assert f"<h1>{says}</h1>" in page.content.decode()
    assert reverse("practice:choose") in page.content.decode()
    assert not PracticeSession.objects.exists()


def test_that_page_is_for_whom_the_assignment_asks(
    registration: Registration, asked: Assignment, sign_in: SignIn, sam: User
) -> None:
    withdrawn(asked)
    mine = entered(registration).user
    path = reverse("lti:not_now", args=[asked.pk])
    assert [sign_in(user).get(path).status_code for user in (mine, sam)] == [200, 404]
    Enrolment.objects.filter(user=mine).update(left_at=timezone.now())
    assert sign_in(mine).get(path).status_code == 404


# --- which assignment it is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "points",
    ["0", "-3", "nan", "inf", "1e99", "many", "", "1" * 400],
    ids=["zero", "negative", "nan", "infinite", "huge", "word", "empty", "long"],
)
def test_points_that_are_none_are_not_kept(
    registration: Registration, asked: Assignment, points: str
) -> None:
    led(registration, **custom(asked, points=points))
    link = ResourceLink.objects.get()
    assert (link.assignment, link.points) == (asked, None)


def test_only_an_assignment_of_the_launching_courses_cohort_counts(
    registration: Registration, asked: Assignment, southport: Institution
) -> None:
    elsewhere = registered(southport, client_id="client-2")
    for launched, place in (
        (registration, course("copy")),
        (elsewhere, course("course-7")),
        (registration, NO_COURSE),
    ):
        _found, path = led(launched, **custom(asked), **place, **{names.RESOURCE_LINK: {"id": "link-2"}})
        assert path == reverse("practice:choose")
    assert {link.assignment for link in ResourceLink.objects.all()} == {None}
    assert not PracticeSession.objects.exists()


@pytest.mark.parametrize(
    "junk",
    ["", "7", "x" * 5000, "00000000-0000-0000-0000-000000000000", "\0"],
    ids=["empty", "number", "long", "nobodys", "nul"],
)
def test_junk_for_an_assignment_is_not_an_error(
    registration: Registration, taught: Cohort, junk: str
) -> None:
    assert led(registration, **custom(junk))[1] == reverse("practice:choose")


def test_a_link_keeps_what_a_launch_does_not_say(registration: Registration, asked: Assignment) -> None:
    said = {names.GRADES: {"lineitem": "https://moodle.example/items/7?type_id=1"}}
    led(registration, **custom(asked, points="20"), **said)
    _found, path = led(registration, sub="person-2", **{names.RESOURCE_LINK: {"id": "link-1"}})
    link = ResourceLink.objects.get()
    assert (link.assignment, link.points, link.title) == (asked, 20, "Practise")
    assert link.line_item_url == "https://moodle.example/items/7?type_id=1"
    assert path.endswith("/lobby/")
    # Without a course nobody has a place, but the link forgets nothing.
    assert led(registration, **NO_COURSE)[1] == reverse("practice:choose")
    link.refresh_from_db()
    assert link.assignment == asked


def test_a_link_that_moves_to_another_course_leaves_the_assignment_behind(
    registration: Registration, asked: Assignment
) -> None:
    led(registration, **custom(asked))
    found, path = led(registration, **custom(asked), **course("another", "Winter"))
    link = ResourceLink.objects.get()
    assert (link.course, link.assignment, path) == (found.course, None, reverse("practice:choose"))


def test_one_link_of_two_platforms_is_two(registration: Registration, southport: Institution) -> None:
    led(registration)
    led(registered(southport, client_id="client-2"))
    assert ResourceLink.objects.count() == 2


# --- everybody else ---------------------------------------------------------------------------------


@pytest.mark.parametrize("with_assignment", [True, False], ids=["assignment", "none"])
def test_who_teaches_comes_to_the_cohort(
    registration: Registration, asked: Assignment, sign_in: SignIn, with_assignment: bool
) -> None:
    found, path = led(registration, [INSTRUCTOR], **(custom(asked) if with_assignment else {}))
    assert path == reverse("analytics:cohort", args=[asked.cohort_id])
    assert sign_in(found.user).get(path).status_code == 200
    assert not PracticeSession.objects.exists()
    assert ResourceLink.objects.get().assignment == (asked if with_assignment else None)


@pytest.mark.parametrize(
    ("had", "roles", "place", "wanted"),
    [
        (Role.STUDENT, [LEARNER], {}, "practice:choose"),
        (Role.STUDENT, [LEARNER], NO_COURSE, "practice:choose"),
        (Role.STUDENT, [INSTRUCTOR], NO_COURSE, "practice:choose"),
        (Role.TEACHER, [LEARNER], {}, "practice:choose"),
        (Role.TEACHER, [INSTRUCTOR], NO_COURSE, "cohorts:list"),
        (Role.ADMINISTRATOR, [LEARNER], {}, "practice:choose"),
        (Role.ADMINISTRATOR, [LEARNER], NO_COURSE, "home"),
    ],
    ids=[
        "student",
        "student-no-course",
        "student-teaches-nowhere",
        "teacher-learns",
        "teacher-no-course",
        "administrator-learns",
        "administrator-no-course",
    ],
)
def test_a_link_without_an_assignment_opens_what_the_person_may_open(
    registration: Registration,
    sign_in: SignIn,
    had: Role,
    roles: list[str],
    place: dict[str, Any],
    wanted: str,
) -> None:
    user = entered(registration, **NO_COURSE).user
    Membership.objects.filter(user=user).update(role=had)
    _found, path = led(registration, roles, **place)
    assert path == reverse(wanted)
    assert sign_in(user).get(path, follow=True).status_code == 200


# --- teaching one course, learning in another -------------------------------------------------------


@pytest.fixture
def both(registration: Registration, asked: Assignment) -> User:
    """Somebody who teaches course A and learns in the course that `asked` belongs to."""
    entered(registration, [INSTRUCTOR], **course("a", "A"))
    found, path = led(registration, [LEARNER], **custom(asked))
    assert path.endswith("/lobby/")
    return found.user


def test_a_teacher_who_learns_elsewhere_can_do_all_that_a_learner_does(
    both: User, sign_in: SignIn, asked: Assignment
) -> None:
    client = sign_in(both)
    session = PracticeSession.objects.get(user=both)
    pages = [
        "practice:choose",
        "analytics:progress",
        "analytics:coach",
        "analytics:disputes",
        "analytics:accommodation",
    ]
    paths = [reverse(name) for name in pages] + [reverse("practice:lobby", args=[session.pk])]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    asked_for = {"scenario": str(asked.scenario_id), "assignment": str(asked.pk)}
    assert client.post(reverse("practice:start"), asked_for).url == reverse(
        "practice:lobby", args=[session.pk]
    )  # type: ignore[attr-defined]


def test_a_teacher_who_learns_elsewhere_sees_nobody_there(
    both: User, registration: Registration, sign_in: SignIn, asked: Assignment, agree: Callable[..., None]
) -> None:
    fellow, _path = led(registration, sub="fellow", **custom(asked))
    agree(fellow.user, registration.institution, Purpose.SHARE, Purpose.REVIEW)
    theirs = PracticeSession.objects.get(user=fellow.user)
    cohort = asked.cohort_id
    client = sign_in(both)
    closed = [
        reverse("analytics:cohort", args=[cohort]),
        reverse("cohorts:roster", args=[cohort]),
        reverse("practice:assign", args=[cohort]),
        reverse("practice:edit_assignment", args=[asked.pk]),
        reverse("analytics:student", args=[cohort, fellow.user.pk]),
        reverse("analytics:review", args=[cohort]),
        reverse("practice:lobby", args=[theirs.pk]),
        reverse("analytics:result", args=[theirs.pk]),
    ]
    assert {path: client.get(path).status_code for path in closed} == dict.fromkeys(closed, 404)
    # And they do see their own course.
    (own,) = Enrolment.objects.filter(user=both, role=CohortRole.TEACHER)
    assert client.get(reverse("analytics:cohort", args=[own.cohort_id])).status_code == 200


def test_a_teacher_who_learns_nowhere_has_nothing_to_practise(
    registration: Registration, taught: Cohort, sign_in: SignIn
) -> None:
    teacher = entered(registration, [INSTRUCTOR], sub="teacher").user
    assert sign_in(teacher).get(reverse("practice:choose")).status_code == 403


# --- what it costs ----------------------------------------------------------------------------------


def queries_of(launch: Callable[[], Any]) -> int:
    """How many queries a launch costs, without the savepoints that stand for the test's own transaction."""
    with CaptureQueriesContext(
        connection,
    ) as found:
        launch()
    return len([one for one in found.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_a_launch_costs_few_queries(registration: Registration, asked: Assignment) -> None:
    first = queries_of(lambda: led(registration, **custom(asked)))
    again = queries_of(lambda: led(registration, **custom(asked)))
    for number in range(5):
        led(registration, sub=f"other-{number}", **custom(asked))
    assert queries_of(lambda: led(registration, **custom(asked))) == again <= 14
    assert first <= 40
