"""From the end of an interview to the platform's gradebook, by the queue's own worker."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Institution, User
from cohorts.models import Assignment
from lti.models import Grade, GradeState, Identity, ResourceLink
from lti.roster.jobs import queue_refresh
from sessions.actions import begin, claim_connection, end_session, start_session
from tests.lti.emulated_services import Services

pytestmark = pytest.mark.django_db(transaction=True)


@async_to_sync
async def work() -> None:
    """Everything that waits is done, and what that queued too; tasks run in this thread, on the test's connection."""
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(
            queues=["house"], wait=False, install_signal_handlers=False, listen_notify=False
        )


def test_a_finished_interview_arrives_in_the_gradebook(
    link: ResourceLink,
    sams_identity: Identity,
    services: Services,
    assignment: Assignment,
    sam: User,
    northfield: Institution,
) -> None:
    for _ in range(assignment.sessions_needed):
        session = start_session(
            user=sam,
            institution=northfield,
            scenario=assignment.scenario,
            mode="voice",
            record=False,
            assignment=assignment,
        )
        epoch = claim_connection(session_id=session.pk)
        begin(session_id=session.pk, epoch=epoch)
        end_session(session_id=session.pk, epoch=epoch)
    work()
    assert services.grades["7", "subject-sam"]["given"] == 10
    assert Grade.objects.get().state == GradeState.SENT
    statuses = ProcrastinateJob.objects.filter(task_name__startswith="lti.").values_list("status", flat=True)
    assert set(statuses) == {"succeeded"}


def test_a_roster_is_fetched(link: ResourceLink, services: Services) -> None:
    services.members = [{"user_id": "u1", "roles": ["Learner"], "name": "Ann"}]
    assert link.course is not None
    queue_refresh(course_id=link.course.pk)
    work()
    assert Identity.objects.get(subject="u1").user.name == "Ann"
