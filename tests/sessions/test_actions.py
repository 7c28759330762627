"""Starting a session and moving it from question to question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Consent, Institution, Membership, Purpose, User
from cohorts.models import Assignment, Cohort, Enrolment
from sessions import actions, queries
from sessions.actions import Taken
from sessions.errors import CannotStart, NotNow, TakenOver
from sessions.models import AnswerState, PracticeSession, Question, ResultState, Scenario

Agree = Callable[..., None]


@pytest.fixture
def session(sam: User, northfield: Institution, scenario: Scenario) -> PracticeSession:
    return actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="voice", record=False
    )


@pytest.fixture
def epoch(session: PracticeSession) -> int:
    return actions.claim_connection(session_id=session.pk)


def refused(**wishes: Any) -> str:
    with pytest.raises(CannotStart) as caught:
        actions.start_session(**{"mode": "voice", "record": False, **wishes})
    assert not PracticeSession.objects.exists()
    return caught.value.code


def test_starting_fixes_the_questions_and_their_order(session: PracticeSession, scenario: Scenario) -> None:
    assert [q.pk for q in queries.questions_in_order(session)] == list(
        scenario.questions.order_by("position").values_list("pk", flat=True)
    )
    assert session.state == "lobby"


def test_camera_and_recording_need_their_consents(
    sam: User, northfield: Institution, scenario: Scenario, agree: Agree
) -> None:
    wishes = {"user": sam, "institution": northfield, "scenario": scenario}
    assert refused(**wishes, mode="camera") == "camera_not_agreed"
    assert refused(**wishes, record=True) == "recording_not_agreed"
    agree(sam, northfield, Purpose.CAMERA, Purpose.RECORDING)
    session = actions.start_session(**wishes, mode="camera", record=True)
    assert (session.mode, session.record) == ("camera", True)


def test_who_has_left_or_belongs_elsewhere_cannot_start(
    sam: User, otto: User, northfield: Institution, scenario: Scenario
) -> None:
    assert refused(user=otto, institution=northfield, scenario=scenario) == "not_a_member"
    Membership.objects.filter(user=sam).update(left_at=timezone.now())
    assert refused(user=sam, institution=northfield, scenario=scenario) == "not_a_member"


def test_a_scenario_that_is_gone_foreign_or_empty_cannot_start(
    sam: User, northfield: Institution, southport: Institution, scenario: Scenario
) -> None:
    wishes = {"user": sam, "institution": northfield, "scenario": scenario}
    scenario.institution = southport
    assert refused(**wishes) == "scenario_gone"
    scenario.institution, scenario.archived_at = None, timezone.now()
    assert refused(**wishes) == "scenario_gone"
    scenario.archived_at = None
    Question.objects.update(retired_at=timezone.now())
    assert refused(**wishes) == "no_questions"


def test_an_assignment_counts_for_its_cohort(
    sam: User, northfield: Institution, scenario: Scenario, assignment: Assignment
) -> None:
    session = actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="voice", record=False, assignment=assignment
    )
    assert session.cohort == assignment.cohort


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"withdrawn_at": timezone.now()}, "assignment_closed"),
        ({"opens_at": timezone.now() + timedelta(hours=1)}, "assignment_closed"),
        ({"due_at": timezone.now() - timedelta(hours=1)}, "assignment_closed"),
    ],
)
def test_an_assignment_that_is_not_open(
    sam: User,
    northfield: Institution,
    scenario: Scenario,
    assignment: Assignment,
    change: dict[str, Any],
    code: str,
) -> None:
    for name, value in change.items():
        setattr(assignment, name, value)
    assert refused(user=sam, institution=northfield, scenario=scenario, assignment=assignment) == code


def test_an_assignment_of_another_cohort_or_scenario(
    sam: User, tia: User, northfield: Institution, scenario: Scenario, assignment: Assignment
) -> None:
    other = Scenario.objects.create(slug="x", language="en", title="x", job_title="x", summary="x")
    wishes = {"institution": northfield, "assignment": assignment}
    assert refused(user=sam, scenario=other, **wishes) == "assignment_other_scenario"
    assert refused(user=tia, scenario=scenario, **wishes) == "assignment_not_yours"
    Enrolment.objects.filter(user=sam).update(left_at=timezone.now())
    assert refused(user=sam, scenario=scenario, **wishes) == "assignment_not_yours"


def test_practice_of_ones_own_counts_for_the_only_cohort(
    sam: User, northfield: Institution, scenario: Scenario, cohort: Cohort
) -> None:
    wishes = {"user": sam, "institution": northfield, "scenario": scenario, "mode": "voice", "record": False}
    assert actions.start_session(**wishes).cohort == cohort
    second = Cohort.objects.create(institution=northfield, name="Evening")
    Enrolment.objects.create(institution=northfield, cohort=second, user=sam, role="student")
    assert actions.start_session(**wishes).cohort is None


def test_a_whole_session(session: PracticeSession, epoch: int) -> None:
    who = {"session_id": session.pk, "epoch": epoch}
    actions.begin(**who)
    for number in range(3):
        actions.question_asked(**who, at_ms=900)
        actions.begin_answer(**who, at_ms=1500, speech_started_ms=1400)
        taken = Taken(stream_ms=5000 + number, speech_started_ms=1400, frames_dropped=2, live={"seconds": 5})
        session = actions.end_answer(**who, taken=taken)
    answers = list(session.answers.all())
    assert session.state == "done"
    assert session.ended_at is not None
    assert session.used_ms == 15003
    assert [a.state for a in answers] == [AnswerState.SAVED] * 3
    assert {a.result.state for a in answers} == {ResultState.WAITING}
    assert answers[0].question_ended_ms == 900
    assert answers[0].speech_started_ms == 1400
    assert answers[0].live == {"seconds": 5}
    jobs = ProcrastinateJob.objects.filter(task_name="sessions.tasks.analyse_answer")
    assert sorted(job.args["answer_id"] for job in jobs) == sorted(str(a.pk) for a in answers)


def test_a_verb_out_of_place_changes_nothing(session: PracticeSession, epoch: int) -> None:
    with pytest.raises(NotNow):
        actions.question_asked(session_id=session.pk, epoch=epoch, at_ms=1)
    session.refresh_from_db()
    assert session.state == "lobby"


def test_a_window_that_was_taken_over_cannot_write(session: PracticeSession, epoch: int) -> None:
    newer = actions.claim_connection(session_id=session.pk)
    assert newer == epoch + 1
    with pytest.raises(TakenOver):
        actions.begin(session_id=session.pk, epoch=epoch)
    actions.begin(session_id=session.pk, epoch=newer)


def test_a_pause_goes_back_to_what_was(session: PracticeSession, epoch: int) -> None:
    who = {"session_id": session.pk, "epoch": epoch}
    actions.begin(**who)
    actions.question_asked(**who, at_ms=10)
    assert (actions.pause(**who).state, actions.resume(**who).state) == ("paused", "thinking")


def test_a_repeat_is_counted_and_moves_the_end_of_the_question(session: PracticeSession, epoch: int) -> None:
    who = {"session_id": session.pk, "epoch": epoch}
    actions.begin(**who)
    actions.question_asked(**who, at_ms=900)
    actions.repeat_question(**who)
    actions.question_asked(**who, at_ms=4000)
    answer = session.answers.get()
    assert (answer.repeats, answer.question_ended_ms) == (1, 4000)
    actions.begin_answer(**who, at_ms=5000, speech_started_ms=5000)
    actions.repeat_question(**who)
    actions.question_asked(**who, at_ms=9000)
    assert session.answers.get().question_ended_ms == 4000


def test_ending_saves_what_holds_speech_and_skips_the_rest(
    sam: User, northfield: Institution, scenario: Scenario
) -> None:
    states = []
    for speech_ms in (1200, None):
        session = actions.start_session(
            user=sam, institution=northfield, scenario=scenario, mode="voice", record=False
        )
        who = {"session_id": session.pk, "epoch": actions.claim_connection(session_id=session.pk)}
        actions.begin(**who)
        actions.end_session(**who, taken=Taken(stream_ms=4000, speech_started_ms=speech_ms))
        states.append(session.answers.get().state)
    assert states == [AnswerState.SAVED, AnswerState.SKIPPED]
    assert ProcrastinateJob.objects.count() == 1


def test_the_lobby_can_be_left(session: PracticeSession, epoch: int) -> None:
    ended = actions.end_session(session_id=session.pk, epoch=epoch)
    assert (ended.state, ended.answers.count()) == ("done", 0)


def test_withdrawal_takes_effect_at_the_next_step(
    sam: User, northfield: Institution, scenario: Scenario, agree: Agree
) -> None:
    agree(sam, northfield, Purpose.CAMERA, Purpose.RECORDING)
    session = actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="camera", record=True
    )
    epoch = actions.claim_connection(session_id=session.pk)
    Consent.objects.filter(purpose=Purpose.CAMERA).update(withdrawn_at=timezone.now())
    actions.begin(session_id=session.pk, epoch=epoch)
    session.refresh_from_db()
    assert (session.mode, session.record) == ("voice", True)
