"""Who has done an assignment gets full points, once, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from accounts.models import Institution, Role, User
from cohorts.models import Assignment
from lti import tasks
from lti.grading.actions import grade_completions, heed_link
from lti.grading.jobs import job_name
from lti.grading.words import Problem
from lti.models import Course, Grade, GradeSource, GradeState, Identity, RegistrationState, ResourceLink
from sessions.actions import begin, claim_connection, end_session, start_session
from sessions.models import PracticeSession, State
from tests.conftest import person
from tests.lti.served import known_as, practised

pytestmark = pytest.mark.django_db


def queued(name: str) -> list[dict[str, Any]]:
    jobs = ProcrastinateJob.objects.filter(task_name=f"lti.tasks.{name}", status="todo").order_by("pk")
    return [job.args for job in jobs]


def test_whoever_is_done_gets_full_points(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    practised(sam, assignment)
    assert grade_completions() == 0  # two are asked for
    practised(sam, assignment)
    assert grade_completions() == 1
    grade = Grade.objects.get()
    assert (grade.user, grade.link, grade.points, grade.most) == (sam, link, 10, 10)
    assert (grade.source, grade.state) == (GradeSource.COMPLETION, GradeState.WAITING)
    assert queued("send_grades") == [{"link_id": link.pk}]


def test_doing_it_again_changes_nothing(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    practised(sam, assignment, 2)
    grade_completions()
    Grade.objects.update(state=GradeState.SENT)
    practised(sam, assignment, 2)
    assert grade_completions() == 0
    assert Grade.objects.get().state == GradeState.SENT


def test_what_does_not_count(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    practised(sam, assignment, 1)
    practised(sam, assignment, 3, is_drill=True)
    practised(sam, assignment, 3, state=State.PAUSED)
    practised(sam, None, 3, scenario=assignment.scenario)
    assert grade_completions() == 0


@pytest.mark.parametrize(
    "lack", ["points", "identity", "assignment", "registration", "withdrawn", "other registration"]
)
def test_without_this_nothing_is_graded(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User, lack: str
) -> None:
    practised(sam, assignment, 2)
    if lack == "points":
        ResourceLink.objects.update(points=None)
    elif lack == "identity":
        sams_identity.delete()
    elif lack == "assignment":
        ResourceLink.objects.update(assignment=None)
    elif lack == "registration":
        type(link.registration).objects.update(state=RegistrationState.DISABLED)
    elif lack == "withdrawn":
        Assignment.objects.update(withdrawn_at=timezone.now())
    else:
        other = type(link.registration).objects.create(
            institution=link.institution, name="Other", issuer="https://o.example", client_id="o"
        )
        Identity.objects.update(registration=other)
    assert grade_completions() == 0


def test_points_that_come_later_are_caught_up(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    ResourceLink.objects.update(points=None)
    ProcrastinateJob.objects.all().delete()
    practised(sam, assignment, 2)
    link.refresh_from_db()
    link.points = 4
    link.save(update_fields=["points"])
    assert queued("note_link") == [{"link_id": link.pk}]
    tasks.note_link(link.pk)
    assert Grade.objects.get().points == 4


def test_a_link_that_is_opened_for_the_first_time_catches_up(
    course: Course, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    practised(sam, assignment, 2)
    made = ResourceLink.objects.create(
        institution=course.institution,
        registration=course.registration,
        course=course,
        link_id="new",
        assignment=assignment,
        points=5,
    )
    assert queued("note_link") == [{"link_id": made.pk}]
    tasks.note_link(made.pk)
    assert Grade.objects.get().link == made


def test_what_lacked_a_column_is_sent_when_there_is_one(link: ResourceLink, sam: User) -> None:
    fields = {"institution": link.institution, "points": 1, "most": 1, "source": GradeSource.COMPLETION}
    lacking = Grade.objects.create(
        link=link, user=sam, state=GradeState.FAILED, problem=Problem.NO_COLUMN, tries=3, **fields
    )
    heed_link(link_id=link.pk)
    lacking.refresh_from_db()
    assert (lacking.state, lacking.problem, lacking.tries) == (GradeState.WAITING, "", 0)
    Grade.objects.update(state=GradeState.FAILED, problem="refused:422")
    heed_link(link_id=link.pk)
    assert Grade.objects.get().state == GradeState.FAILED


def test_a_late_identity_is_found_by_the_hour(link: ResourceLink, assignment: Assignment, sam: User) -> None:
    practised(sam, assignment, 2)
    tasks.note_completions(0)
    assert not Grade.objects.exists()
    known_as(sam, link.registration)
    tasks.note_completions(0)
    assert Grade.objects.get().user == sam


def test_a_grade_whose_job_was_lost_is_queued_by_the_hour(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    practised(sam, assignment, 2)
    grade_completions()
    tasks.note_completions(0)
    assert len(queued("send_grades")) == 1
    ProcrastinateJob.objects.filter(lock=job_name(link.pk)).update(status="failed")
    tasks.note_completions(0)
    assert len(queued("send_grades")) == 1


def test_every_link_of_an_assignment_has_its_own_grade(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User
) -> None:
    practised(sam, assignment, 2)
    ResourceLink.objects.create(
        institution=link.institution,
        registration=link.registration,
        course=link.course,
        link_id="link-2",
        assignment=assignment,
        points=3,
    )
    assert grade_completions() == 2
    assert sorted(Grade.objects.values_list("points", flat=True)) == [3, 10]


def test_a_class_costs_as_many_queries_as_one(
    link: ResourceLink,
    assignment: Assignment,
    northfield: Institution,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    counts = []
    for size in (1, 30):
        for number in range(size):
            student = person(f"s{size}-{number}@x.example", "S", northfield, Role.STUDENT)
            known_as(student, link.registration, f"s{size}-{number}")
            practised(student, assignment, 2)
        ProcrastinateJob.objects.all().delete()
        with django_assert_num_queries(12, exact=False) as queries:
            assert grade_completions() == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- from practice --------------------------------------------------------------------------------------


def ended(
    user: User, institution: Institution, assignment: Assignment | None, scenario: Any
) -> PracticeSession:
    session = start_session(
        user=user,
        institution=institution,
        scenario=scenario,
        mode="voice",
        record=False,
        assignment=assignment,
    )
    epoch = claim_connection(session_id=session.pk)
    begin(session_id=session.pk, epoch=epoch)
    return end_session(session_id=session.pk, epoch=epoch)


def test_the_end_of_an_interview_is_heeded(
    link: ResourceLink, sams_identity: Identity, assignment: Assignment, sam: User, northfield: Institution
) -> None:
    for _ in range(assignment.sessions_needed):
        ended(sam, northfield, assignment, assignment.scenario)
    asked = {"assignment_id": str(assignment.pk), "user_id": str(sam.pk)}
    assert queued("note_completion") == [asked, asked]
    tasks.note_completion(**asked)
    assert Grade.objects.get().user == sam


def test_an_interview_that_nobody_asked_for_is_not(
    link: ResourceLink, sams_identity: Identity, scenario: Any, sam: User, northfield: Institution
) -> None:
    ended(sam, northfield, None, scenario)
    assert queued("note_completion") == []


def test_an_assignment_without_a_graded_link_queues_nothing(
    assignment: Assignment, sam: User, northfield: Institution
) -> None:
    ended(sam, northfield, assignment, assignment.scenario)
    assert queued("note_completion") == []


def test_a_session_that_is_saved_again_is_not_heeded_again(
    link: ResourceLink, assignment: Assignment, sam: User
) -> None:
    [session] = practised(sam, assignment, created_at=timezone.now() - timedelta(days=1))
    session.save(update_fields=["self_rating"])
    assert queued("note_completion") == []
