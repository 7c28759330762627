"""A student deletes an interview: everything that was kept of it goes, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from sessions.actions import start_session
from sessions.models import Answer, AnswerResult, Mode, PracticeSession, Recording, Scenario, State

SignIn = Callable[[User | None], Client]


def practised(user: User, institution: Institution, scenario: Scenario) -> PracticeSession:
    """A finished session with one answer, its result and its recording."""
    session = start_session(
        user=user, institution=institution, scenario=scenario, mode=Mode.VOICE, record=False
    )
    session.state = State.DONE
    session.save()
    answer = Answer.objects.create(
        institution=institution,
        session=session,
        question_id=session.question_ids[0],
        position=0,
        question_text="What would you do?",
        state="saved",
    )
    result = AnswerResult.objects.create(answer=answer, institution=institution, state="ready")
    result.track.save("track.parquet", ContentFile(b"numbers"))
    recording = Recording.objects.create(
        answer=answer, institution=institution, mime="video/webm", state="ready"
    )
    recording.file.save("one.webm", ContentFile(b"picture"))
    return session


def test_an_interview_goes_with_everything_and_the_other_one_stays(
    sam: User, northfield: Institution, scenario: Scenario, sign_in: SignIn
) -> None:
    gone, stays = (practised(sam, northfield, scenario) for _ in range(2))
    response = sign_in(sam).post(reverse("practice:delete_session", args=[gone.pk]))
    assert response.status_code == 302
    assert list(PracticeSession.objects.values_list("pk", flat=True)) == [stays.pk]
    assert Recording.objects.count() == AnswerResult.objects.count() == 1


def test_one_that_is_going_on_is_ended_first(
    sam: User, northfield: Institution, scenario: Scenario, sign_in: SignIn
) -> None:
    session = practised(sam, northfield, scenario)
    PracticeSession.objects.filter(pk=session.pk).update(state=State.ANSWERING)
    response = sign_in(sam).post(reverse("practice:delete_session", args=[session.pk]), follow=True)
    assert PracticeSession.objects.filter(pk=session.pk).exists()
    assert "End it first" in response.content.decode()


def test_nobody_else_deletes_it(
    sam: User, tia: User, otto: User, northfield: Institution, scenario: Scenario, sign_in: SignIn
) -> None:
    session = practised(sam, northfield, scenario)
    for user in (tia, otto):
        assert sign_in(user).post(reverse("practice:delete_session", args=[session.pk])).status_code == 404
    assert PracticeSession.objects.filter(pk=session.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_files_are_deleted_by_a_job(
    sam: User, northfield: Institution, scenario: Scenario, sign_in: SignIn
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    session = practised(sam, northfield, scenario)
    sign_in(sam).post(reverse("practice:delete_session", args=[session.pk]))
    named = str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert "recordings/" in named
    assert "tracks/" in named
