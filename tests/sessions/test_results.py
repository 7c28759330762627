"""From a saved answer to its result, and what is tidied when nobody came back."""

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
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import erase_person
from accounts.models import Consent, Institution, Purpose, User
from benchmarks.support.signals import messages
from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.cues.track_file import from_bytes
from scoring.models import Baseline
from sessions import actions
from sessions.actions import Taken, housekeeping, results, takes
from sessions.live.journal import Journal
from sessions.live.protocol import parse_signal
from sessions.models import Answer, AnswerResult, PracticeSession, ResultState, Scenario
from sessions.tasks import analyse_answer

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


def test_an_answer_is_analysed_kept_and_its_take_deleted(
    session: PracticeSession, spoken: Any, django_capture_on_commit_callbacks: Any
) -> None:
    answer = end(session, spoken[: SECONDS * 16000])
    with django_capture_on_commit_callbacks(execute=True):
        assert results.analyse(answer_id=answer.pk) == ResultState.READY
    result = AnswerResult.objects.get(answer=answer)
    assert result.catalogue_version == CATALOGUE_VERSION
    assert result.quality["sound_s"] == SECONDS
    assert result.quality["frames_per_s"] > 10
    assert set(result.cues["VOICE"]) == {"v"}
    assert result.cues["WPM"] == {"absent": "no_transcript"}
    assert {"code", "t_ms", "strength", "phase"} >= {key for event in result.events for key in event}
    assert not takes.path_of(answer).exists()
    assert not takes.path_of(answer).parent.exists()


def test_the_track_is_stored_under_a_name_that_says_nothing(session: PracticeSession) -> None:
    answer = end(session, hum())
    results.analyse(answer_id=answer.pk)
    result = AnswerResult.objects.get(answer=answer)
    name = str(result.track.name)
    assert str(answer.pk) not in name
    assert str(session.user_id) not in name
    with result.track.open("rb") as file:
        track = from_bytes(file.read())
    assert track.times_ms[-1] == pytest.approx(1000 * SECONDS, abs=500)


def test_analysing_twice_changes_nothing(session: PracticeSession) -> None:
    answer = end(session, hum())
    results.analyse(answer_id=answer.pk)
    before = AnswerResult.objects.values().get()
    baseline = Baseline.objects.values().get()
    assert results.analyse(answer_id=answer.pk) is None
    assert AnswerResult.objects.values().get() == before
    assert Baseline.objects.values().get() == baseline


def test_the_task_does_it(session: PracticeSession) -> None:
    answer = end(session, hum())
    analyse_answer(answer_id=str(answer.pk))
    assert AnswerResult.objects.get().state == ResultState.READY


@pytest.mark.django_db
def test_the_task_of_a_deleted_answer_does_nothing() -> None:
    assert results.analyse(answer_id=uuid.uuid4()) is None


def test_every_answer_moves_the_baseline_once(session: PracticeSession, spoken: Any) -> None:
    for count in (1, 2):
        results.analyse(answer_id=end(session, spoken).pk)
        assert Baseline.objects.get().stats["LOUD"]["n"] == count


def test_without_the_camera_s_consent_nothing_seen_is_used(session: PracticeSession) -> None:
    answer = end(session, hum())
    Consent.objects.update(withdrawn_at=timezone.now())
    results.analyse(answer_id=answer.pk)
    assert AnswerResult.objects.get().cues["GZ_DR"] == {"absent": "no_camera"}


@pytest.mark.parametrize(("data", "problem"), [(None, "missing"), (b"", "empty"), (b"rubbish", "empty")])
def test_a_take_that_cannot_be_read(session: PracticeSession, data: bytes | None, problem: str) -> None:
    answer = end(session)
    path = takes.path_of(answer)
    if data is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert results.analyse(answer_id=answer.pk) == ResultState.FAILED
    assert AnswerResult.objects.get().problem == problem
    assert path.exists() == (data is not None)


def test_a_fault_on_the_way_leaves_everything_for_the_next_try(
    session: PracticeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the storage is away")

    answer = end(session, hum())
    monkeypatch.setattr(default_storage, "save", fail)
    with pytest.raises(OSError, match="away"):
        results.analyse(answer_id=answer.pk)
    assert AnswerResult.objects.get().state == ResultState.WAITING
    assert not Baseline.objects.exists()
    assert takes.path_of(answer).exists()
    monkeypatch.undo()
    assert results.analyse(answer_id=answer.pk) == ResultState.READY


def test_erasing_a_person_deletes_what_was_streamed(
    session: PracticeSession, sam: User, django_capture_on_commit_callbacks: Any
) -> None:
    path = stream(session.answers.get(), hum(1))
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=sam)
    assert not path.exists()


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
    AnswerResult.objects.update(state=ResultState.FAILED)
    assert takes.clean_orphans() == 0
    assert takes.clean_orphans(now_s=time.time() + takes.FAILED_KEPT_S) == 1
    assert [path.exists() for path in paths] == [False, True, False]
