"""The gates: owner, sharing teacher, and the same 404 for everyone else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from accounts.models import Consent, Institution, Membership, Purpose, User
from cohorts.models import Assignment, Cohort, Enrolment
from sessions import actions, queries
from sessions.models import Answer, PracticeSession, Question, Recording, Scenario


@pytest.fixture
def recording(sam: User, northfield: Institution, cohort: Cohort, scenario: Scenario) -> Recording:
    session = actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="voice", record=False
    )
    actions.begin(session_id=session.pk, epoch=actions.claim_connection(session_id=session.pk))
    return Recording.objects.create(answer=session.answers.get(), institution=northfield, mime="video/webm")


def sees(gate: Callable[..., Any], user: Any, key: uuid.UUID) -> bool:
    try:
        return bool(gate(user, key).pk == key)
    except Http404:
        return False


def test_only_the_owner_reaches_session_answer_and_recording(
    recording: Recording, sam: User, tia: User, ada: User, otto: User, agree: Callable[..., None]
) -> None:
    agree(sam, recording.institution, Purpose.SHARE)
    gates = (
        (queries.get_session_for, recording.answer.session_id),
        (queries.get_answer_for, recording.answer_id),
        (queries.get_recording_for, recording.pk),
    )
    for gate, key in gates:
        assert sees(gate, sam, key)
        assert not any(sees(gate, user, key) for user in (tia, ada, otto, AnonymousUser()))
        assert not sees(gate, sam, uuid.uuid4())


def test_who_was_shut_out_reaches_nothing(recording: Recording, sam: User) -> None:
    sam.is_active = False
    assert not sees(queries.get_session_for, sam, recording.answer.session_id)


def shared(recording: Recording, user: Any) -> bool:
    return sees(queries.get_shared_session_for, user, recording.answer.session_id)


def test_a_teacher_sees_what_is_shared_while_it_is_shared(
    recording: Recording, sam: User, tia: User, ada: User, otto: User, agree: Callable[..., None]
) -> None:
    assert shared(recording, sam)
    assert not shared(recording, tia)
    agree(sam, recording.institution, Purpose.SHARE)
    assert shared(recording, tia)
    assert not any(shared(recording, user) for user in (ada, otto, AnonymousUser()))
    Consent.objects.update(withdrawn_at=timezone.now())
    assert not shared(recording, tia)


@pytest.mark.parametrize("who", ["teacher_left_cohort", "student_left_cohort", "teacher_left_institution"])
def test_sharing_ends_with_the_teaching(
    recording: Recording, sam: User, tia: User, agree: Callable[..., None], who: str
) -> None:
    agree(sam, recording.institution, Purpose.SHARE)
    now = timezone.now()
    match who:
        case "teacher_left_cohort":
            Enrolment.objects.filter(user=tia).update(left_at=now)
        case "student_left_cohort":
            Enrolment.objects.filter(user=sam).update(left_at=now)
        case _:
            Membership.objects.filter(user=tia).update(left_at=now)
    assert not shared(recording, tia)


def test_a_teacher_of_another_institution_with_the_same_student(
    recording: Recording, sam: User, tia: User, southport: Institution, agree: Callable[..., None]
) -> None:
    """Sam and Tia also meet at Southport and Sam shares there: what was practised at Northfield stays private."""
    Enrolment.objects.all().delete()
    cohort = Cohort.objects.create(institution=southport, name="Evening")
    for user, role in ((sam, "student"), (tia, "teacher")):
        Membership.objects.create(institution=southport, user=user, role=role)
        Enrolment.objects.create(institution=southport, cohort=cohort, user=user, role=role)
    agree(sam, southport, Purpose.SHARE)
    agree(sam, recording.institution, Purpose.SHARE)
    assert not shared(recording, tia)


def test_lists(
    recording: Recording, sam: User, northfield: Institution, southport: Institution, assignment: Assignment
) -> None:
    session = recording.answer.session
    assert queries.sessions_of(sam, northfield) == [session]
    assert queries.sessions_of(sam, northfield, before=session.created_at) == []
    assert queries.unfinished_session(sam, northfield) == session
    assert queries.unfinished_session(sam, southport) is None
    assert [a.finished for a in queries.open_assignments(sam, northfield)] == [0]
    assert [a.pk for a in queries.answers_of(session)] == [recording.answer_id]
    assert [s.questions_count for s in queries.scenarios_for(northfield)] == [3]


def test_scenarios_of_another_institution_are_not_offered(
    scenario: Scenario, northfield: Institution, southport: Institution
) -> None:
    Scenario.objects.update(institution=southport)
    assert queries.scenarios_for(northfield) == []
    assert not sees(queries.get_scenario_for, northfield, scenario.pk)
    assert sees(queries.get_scenario_for, southport, scenario.pk)


def test_a_retired_question_stays_in_a_session_that_has_it(recording: Recording) -> None:
    Question.objects.update(retired_at=timezone.now())
    session = PracticeSession.objects.get()
    assert len(queries.questions_in_order(session)) == 3
    assert Answer.objects.get().question_id == session.question_ids[0]
