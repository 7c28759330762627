"""What is tidied when nobody came back, and what goes with a person."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import erase_person
from accounts.models import Institution, Purpose, User
from benchmarks.support.signals import messages
from sessions import actions
from sessions.actions import Taken, housekeeping, takes
from sessions.live.journal import Journal
from sessions.live.protocol import parse_signal
from sessions.models import Answer, AnswerResult, PracticeSession, ResultState, Scenario

SECONDS = 6


def hum(seconds: int = SECONDS) -> Any:
    """A tone, int16 at 16 kHz: something to store that is no speech."""
    at = np.arange(seconds * 16000) / 16000
    return (3000 * np.sin(2 * np.pi * 150 * at)).astype(np.int16)


def stream(answer: Answer, sound: Any, *, camera: bool = True) -> Path:
    """What a browser would have sent of this answer, in its take."""
    path = takes.path_of(answer)
    journal = Journal.open(path, epoch=1)
    made = messages(sound, answer=answer.position, seed=1, camera=camera)
    journal.append([parse_signal(message) for message in made])
    journal.close()
    return path


@pytest.fixture
def session(
    sam: User, northfield: Institution, scenario: Scenario, agree: Callable[..., None]
) -> PracticeSession:
    agree(sam, northfield, Purpose.CAMERA)
    session = actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="camera", record=False
    )
    actions.begin(session_id=session.pk, epoch=actions.claim_connection(session_id=session.pk))
    return session


def end(session: PracticeSession, sound: Any = None, **kind: Any) -> Answer:
    """End the open answer, of which `sound` was streamed."""
    answer = session.answers.get(state="open")
    if sound is not None:
        stream(answer, sound, **kind)
    session.refresh_from_db()
    actions.end_answer(session_id=session.pk, epoch=session.connection, taken=Taken(stream_ms=1000 * SECONDS))
    answer.refresh_from_db()
    return answer


def test_erasing_a_person_deletes_what_was_streamed_and_the_work_on_it(
    session: PracticeSession, sam: User, django_capture_on_commit_callbacks: Any
) -> None:
    path = stream(session.answers.get(), hum(1))
    takes.work_of(path).mkdir()
    (takes.work_of(path) / "piece").write_text("words")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=sam)
    assert not path.parent.exists()


# --- tidying ----------------------------------------------------------------------------------------


def test_a_session_that_was_left_is_ended_after_a_day(session: PracticeSession) -> None:
    answer = session.answers.get()
    stream(answer, hum(2))
    Answer.objects.update(speech_started_ms=300)
    assert housekeeping.close_abandoned() == 0
    long_ago = timezone.now() - timedelta(hours=25)
    PracticeSession.objects.update(created_at=long_ago)
    assert housekeeping.close_abandoned() == 0
    Answer.objects.update(asked_at=long_ago)
    assert housekeeping.close_abandoned() == 1
    session.refresh_from_db()
    answer.refresh_from_db()
    assert (session.state, answer.state, answer.stream_ms) == ("done", "saved", 2000)
    assert housekeeping.close_abandoned() == 0


def test_a_lobby_that_was_left_is_ended_too(session: PracticeSession) -> None:
    session.answers.all().delete()
    PracticeSession.objects.update(state="lobby", created_at=timezone.now() - timedelta(hours=25))
    assert housekeeping.close_abandoned() == 1
    session.refresh_from_db()
    assert session.state == "done"


def test_results_that_nobody_works_on_are_asked_for_again(session: PracticeSession) -> None:
    answer = end(session, hum(1))
    Answer.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    assert housekeeping.ask_again() == 0
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert housekeeping.ask_again() == 1
    assert ProcrastinateJob.objects.get().args == {"answer_id": str(answer.pk)}
    assert housekeeping.ask_again() == 0


def test_takes_that_nobody_will_read_go(session: PracticeSession) -> None:
    waiting, opened = end(session, hum(1)), session.answers.get(state="open")
    stream(opened, hum(1))
    stranger = takes.path_of(waiting).with_name(f"{uuid.uuid4()}.take")
    stranger.write_bytes(b"x")
    paths = [takes.path_of(waiting), takes.path_of(opened), stranger]
    assert takes.clean_orphans() == 0
    for path in paths:
        os.utime(path, (time.time() - 7200,) * 2)
    assert takes.clean_orphans() == 1
    assert [path.exists() for path in paths] == [True, True, False]
    for state in (ResultState.FAILED, ResultState.STOPPED):
        AnswerResult.objects.update(state=state)
        assert takes.clean_orphans() == 0
    assert takes.clean_orphans(now_s=time.time() + takes.FAILED_KEPT_S) == 1
    assert [path.exists() for path in paths] == [False, True, False]


def test_work_goes_with_its_take_and_when_it_was_left_alone(session: PracticeSession) -> None:
    waiting, opened = end(session, hum(1)), session.answers.get(state="open")
    wanted = takes.work_of(takes.path_of(waiting))
    stranger, left = wanted.with_name(f"{uuid.uuid4()}.work"), takes.work_of(takes.path_of(opened))
    for work in (wanted, stranger, left):
        work.mkdir()
        (work / "piece").write_text("words")
        os.utime(work, (time.time() - 7200,) * 2)
    os.utime(takes.path_of(waiting), (time.time() - 7200,) * 2)
    assert takes.clean_orphans() == 1
    assert [work.exists() for work in (wanted, stranger, left)] == [True, False, True]
    AnswerResult.objects.update(state=ResultState.READY)
    Answer.objects.update(state="saved")
    assert takes.clean_orphans() == 2
    assert not wanted.parent.exists()


@pytest.mark.parametrize("state", [ResultState.STOPPED, ResultState.FAILED, ResultState.READY])
def test_only_what_waits_is_asked_for_again(session: PracticeSession, state: ResultState) -> None:
    end(session, hum(1))
    Answer.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    AnswerResult.objects.update(state=state)
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert housekeeping.ask_again() == 0
