"""From a saved answer to its result: what is kept, what is used, and what happens on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import erase_person
from accounts.models import Consent, Purpose, User
from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.cues.track_file import from_bytes
from scoring.media.errors import MediaError
from scoring.models import Baseline
from sessions.actions import takes
from sessions.actions.deleting import delete_session
from sessions.analysis import asking, sources
from sessions.analysis.actions import GAVE_UP, Interrupted, analyse, give_up
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerTranscript,
    PracticeSession,
    RecordingState,
    ResultState,
)
from sessions.recordings.actions import prepare_received
from sessions.recordings.prepare import Prepared, Unusable
from sessions.tasks import KILLS, TRIES, GoOn, analyse_answer

End = Callable[..., Answer]
Made = Callable[..., Any]


def withdraw(purpose: Purpose) -> None:
    Consent.objects.filter(purpose=purpose).update(withdrawn_at=timezone.now())


def result_of(answer: Answer) -> AnswerResult:
    return AnswerResult.objects.get(answer=answer)


# --- what is kept -----------------------------------------------------------------------------------


def test_everything_is_kept_and_the_take_goes(
    session: PracticeSession, spoken: Any, end: End, reader: Any
) -> None:
    answer = end(session, spoken[: 6 * 16000])
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result, words = result_of(answer), AnswerTranscript.objects.get(answer=answer)
    assert result.catalogue_version == CATALOGUE_VERSION
    assert (result.quality["sound_s"], result.quality["problems"]) == (6, [])
    assert result.quality["frames_per_s"] > 10
    assert all(start < end for start, end in result.quality["speech"])
    assert set(result.cues["VOICE"]) == {"v"}
    assert {"code", "t_ms", "strength", "phase"} >= {key for event in result.events for key in event}
    assert result.made_by["recogniser"] == "1"
    assert result.made_by["opensmile"]
    assert result.made_by["landmarks_from"] == "stream"
    assert result.progress == {}
    assert " ".join(word[0] for word in words.words) == "I worked um in a small shop for two years"
    assert {"code": "FILLERS", "first": 2, "last": 2} in words.marks
    assert (words.language, words.model) == ("en", "stand-in")
    assert not takes.path_of(answer).parent.exists()


def test_the_track_is_stored_under_a_name_that_says_nothing(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    answer = end(session, hum())
    analyse(answer_id=answer.pk)
    result = result_of(answer)
    assert str(answer.pk) not in str(result.track.name)
    assert str(session.user_id) not in str(result.track.name)
    with result.track.open("rb") as file:
        assert from_bytes(file.read()).times_ms[-1] == pytest.approx(6000, abs=500)


def test_analysing_twice_changes_nothing(session: PracticeSession, hum: Made, end: End, reader: Any) -> None:
    answer = end(session, hum())
    analyse(answer_id=answer.pk)
    before, usual = AnswerResult.objects.values().get(), Baseline.objects.values().get()
    assert analyse(answer_id=answer.pk) is None
    assert (AnswerResult.objects.values().get(), Baseline.objects.values().get()) == (before, usual)
    assert len(reader.asked) == 1


def test_an_answer_moves_what_is_usual_once_even_when_it_is_analysed_again(
    session: PracticeSession, spoken: Any, end: End, stream: Made, reader: Any
) -> None:
    for count in (1, 2):
        answer = end(session, spoken)
        analyse(answer_id=answer.pk)
        assert Baseline.objects.get().stats["LOUD"]["n"] == count
    former = str(result_of(answer).track.name)
    AnswerResult.objects.filter(answer=answer).update(state=ResultState.WAITING)
    stream(answer, spoken)
    reader.transcript = None
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert Baseline.objects.get().stats["LOUD"]["n"] == 2
    assert result_of(answer).track.name != former
    assert ProcrastinateJob.objects.filter(task_name="accounts.tasks.forget_files").count() == 1
    assert not AnswerTranscript.objects.filter(answer=answer).exists()


@pytest.mark.django_db
def test_of_a_deleted_answer_nothing_is_done() -> None:
    assert analyse(answer_id=uuid.uuid4()) is None


def test_no_transaction_is_held_while_media_are_read(
    session: PracticeSession, hum: Made, end: End, reader: Any, django_db_blocker: Any
) -> None:
    from django.db import connection

    answer = end(session, hum(1))
    # The test's own transaction is the only one.
    depth = len(connection.savepoint_ids)
    seen: list[int] = []
    reader.on_the_way = lambda _: seen.append(len(connection.savepoint_ids))
    analyse(answer_id=answer.pk)
    assert seen == [depth]


# --- what is used -----------------------------------------------------------------------------------


def test_landmarks_come_from_the_recording_where_there_is_one(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recording = recorded(answer)
    analyse(answer_id=answer.pk)
    (request,) = reader.asked
    assert request.want_landmarks
    assert str(request.recording) == recording.file.path
    assert (request.recording_started_ms, request.stream_ms, request.language) == (200, 6000, "en")
    assert result_of(answer).made_by["landmarks_from"] == "recording"
    assert result_of(answer).quality["frames_per_s"] == pytest.approx(0.5)


@pytest.mark.parametrize("purpose", [Purpose.CAMERA, Purpose.RECORDING])
def test_without_its_consent_nothing_is_used(
    purpose: Purpose, session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer)
    withdraw(purpose)
    analyse(answer_id=answer.pk)
    (request,) = reader.asked
    assert not request.want_landmarks
    assert request.recording is None
    seen = result_of(answer).cues["GZ_DR"] != {"absent": "no_camera"}
    assert seen == (purpose == Purpose.RECORDING)


def test_by_voice_alone_no_picture_is_looked_at(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer)
    PracticeSession.objects.update(mode="voice")
    analyse(answer_id=answer.pk)
    assert reader.asked[0].recording is None
    assert "landmarks_from" not in result_of(answer).made_by


def test_by_voice_alone_no_recording_is_waited_for(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer, RecordingState.RECEIVING)
    PracticeSession.objects.update(mode="voice")
    assert analyse(answer_id=answer.pk) == ResultState.READY


@pytest.mark.parametrize("purpose", [Purpose.CAMERA, Purpose.RECORDING])
def test_a_consent_withdrawn_in_the_middle(
    purpose: Purpose, session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer)
    reader.on_the_way = lambda _: withdraw(purpose)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert [request.want_landmarks for request in reader.asked] == [True, False]
    assert reader.asked[1].recording is None
    seen = result_of(answer).cues["GZ_DR"] != {"absent": "no_camera"}
    assert seen == (purpose == Purpose.RECORDING)


@pytest.mark.parametrize("purpose", [Purpose.CAMERA, Purpose.RECORDING])
def test_a_consent_withdrawn_while_the_result_is_being_written(
    purpose: Purpose,
    session: PracticeSession,
    hum: Made,
    end: End,
    recorded: Made,
    reader: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def save(*given: Any, **named: Any) -> str:
        withdraw(purpose)
        return str(store(*given, **named))

    answer = end(session, hum())
    recorded(answer)
    store = default_storage.save
    monkeypatch.setattr(default_storage, "save", save)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert [request.want_landmarks for request in reader.asked] == [True, False]
    assert result_of(answer).made_by.get("landmarks_from") == (
        "stream" if purpose == Purpose.RECORDING else None
    )
    assert len(default_storage.listdir(f"tracks/{answer.institution_id}")[1]) == 1


def test_a_language_that_is_not_supported_is_said_once_for_all_words(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    answer = end(session, hum())
    session.scenario.language = "pt"
    session.scenario.save()
    reader.transcript = None
    analyse(answer_id=answer.pk)
    assert result_of(answer).cues["WPM"] == {"absent": "language"}
    assert not AnswerTranscript.objects.exists()


# --- the recording that is still on its way ---------------------------------------------------------


def jobs_of(answer: Answer) -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(args={"answer_id": str(answer.pk)}, status="todo"))


def test_a_recording_on_its_way_is_waited_for(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer, RecordingState.RECEIVING)
    ProcrastinateJob.objects.all()._raw_delete("default")  # the one that runs
    assert analyse(answer_id=answer.pk) == ResultState.WAITING
    assert not reader.asked
    (job,) = jobs_of(answer)
    assert answer.ended_at
    expected = answer.ended_at + sources.WAIT_FOR_RECORDING
    assert abs((job.scheduled_at - expected).total_seconds()) < 3


@pytest.mark.parametrize("broken", [True, False])
def test_its_completion_wakes_the_analysis_up_at_once(
    broken: bool,
    session: PracticeSession,
    hum: Made,
    end: End,
    recorded: Made,
    reader: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = end(session, hum())
    recording = recorded(answer, RecordingState.RECEIVING)
    ProcrastinateJob.objects.all()._raw_delete("default")
    analyse(answer_id=answer.pk)

    def prepare(_: Any, target: Path) -> Prepared:
        if broken:
            raise Unusable("empty")
        target.with_suffix(".webm").write_bytes(b"\x1a\x45\xdf\xa3")
        return Prepared(target.with_suffix(".webm"), "video/webm", 6000, 0)

    monkeypatch.setattr("sessions.recordings.actions.prepare", prepare)
    prepare_received(recording_id=recording.pk)
    (job,) = jobs_of(answer)
    assert job.scheduled_at is None


def test_after_three_minutes_it_goes_on_without(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer, RecordingState.RECEIVING)
    Answer.objects.filter(pk=answer.pk).update(ended_at=timezone.now() - timedelta(seconds=181))
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert reader.asked[0].recording is None


# --- what is broken ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "problem"), [(None, "missing"), (b"", "empty"), (b"rubbish", "empty")])
def test_an_answer_of_which_nothing_can_be_read(
    data: bytes | None, problem: str, session: PracticeSession, end: End, reader: Any
) -> None:
    answer = end(session)
    path = takes.path_of(answer)
    if data is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert analyse(answer_id=answer.pk) == ResultState.FAILED
    assert result_of(answer).problem == problem
    assert path.exists() == (data is not None)
    assert not takes.work_of(path).exists()


def test_a_missing_take_is_made_up_for_by_the_recording(
    session: PracticeSession, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session)
    recorded(answer)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert reader.asked[0].sound is None
    result = result_of(answer)
    assert result.quality["problems"] == ["take_missing"]
    assert result.quality["sound_s"] == 3
    assert AnswerTranscript.objects.exists()


def test_neither_take_nor_recording(session: PracticeSession, end: End, recorded: Made, reader: Any) -> None:
    answer = end(session)
    recorded(answer)

    def broken(_: Any) -> None:
        raise MediaError("unreadable")

    reader.on_the_way = broken
    assert analyse(answer_id=answer.pk) == ResultState.FAILED
    assert result_of(answer).problem == "unreadable"


def test_a_missing_take_without_the_camera_s_consent(
    session: PracticeSession, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session)
    recorded(answer)
    withdraw(Purpose.CAMERA)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert reader.asked[0].recording
    assert not reader.asked[0].want_landmarks
    assert result_of(answer).cues["GZ_DR"] == {"absent": "no_camera"}


def test_a_broken_recording_costs_nothing_but_itself(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer)

    def broken(request: Any) -> None:
        if request.recording:
            raise MediaError("unreadable")

    reader.on_the_way = broken
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result = result_of(answer)
    assert result.quality["problems"] == ["recording_unreadable"]
    assert result.made_by["landmarks_from"] == "stream"
    assert AnswerTranscript.objects.exists()


def test_without_words_everything_else_is_there(
    session: PracticeSession, spoken: Any, end: End, reader: Any
) -> None:
    answer = end(session, spoken)

    def broken(request: Any) -> None:
        if request.models.words:
            raise MediaError("out_of_memory")

    reader.on_the_way = broken
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result = result_of(answer)
    assert result.quality["problems"] == ["words_out_of_memory"]
    assert result.cues["WPM"] == {"absent": "no_transcript"}
    assert set(result.cues["LOUD"]) == {"v"}
    assert not AnswerTranscript.objects.exists()


def test_a_child_that_dies_over_the_words_costs_no_landmarks(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recorded(answer)

    def broken(request: Any) -> None:
        if request.models.words:
            raise MediaError("crashed")

    reader.on_the_way, reader.stage = broken, "words"
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result = result_of(answer)
    assert result.quality["problems"] == ["words_crashed"]
    assert result.made_by["landmarks_from"] == "recording"


def test_a_child_that_always_dies_costs_what_it_would_have_found(
    session: PracticeSession, spoken: Any, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, spoken)
    recorded(answer)

    def broken(_: Any) -> None:
        raise MediaError("out_of_time")

    reader.on_the_way = broken
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result = result_of(answer)
    assert result.quality["problems"] == [
        *("recording_out_of_time", "words_out_of_time", "sound_out_of_time"),
    ]
    assert set(result.cues["LOUD"]) == {"v"}


def test_a_recording_deleted_a_moment_ago(
    session: PracticeSession, hum: Made, end: End, recorded: Made, reader: Any
) -> None:
    answer = end(session, hum())
    recording = recorded(answer)
    recording.file.storage.delete(recording.file.name)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert result_of(answer).quality["problems"] == ["recording_missing"]


def test_a_fault_of_ours_leaves_everything_for_the_next_try(
    session: PracticeSession, hum: Made, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the storage is away")

    answer = end(session, hum())
    monkeypatch.setattr(default_storage, "save", fail)
    with pytest.raises(OSError, match="away"):
        analyse(answer_id=answer.pk)
    assert result_of(answer).state == ResultState.WAITING
    assert not Baseline.objects.exists()
    assert takes.path_of(answer).exists()
    monkeypatch.undo()
    monkeypatch.setattr("sessions.analysis.reading.run", reader)
    assert analyse(answer_id=answer.pk) == ResultState.READY


def test_a_transaction_that_fails_leaves_no_track(
    session: PracticeSession, hum: Made, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sessions.analysis import keeping

    def fail(**_: Any) -> None:
        raise OSError("a disk is full")

    answer = end(session, hum())
    monkeypatch.setattr(keeping, "refresh_baseline", fail)
    with pytest.raises(OSError, match="full"):
        analyse(answer_id=answer.pk)
    assert default_storage.listdir(f"tracks/{answer.institution_id}")[1] == []
    assert not AnswerTranscript.objects.exists()


# --- stopped, killed, deleted -----------------------------------------------------------------------


def test_stopped_in_the_middle_and_gone_on_with(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    answer = end(session, hum())
    work = takes.work_of(takes.path_of(answer))

    def stop(_: Any) -> None:
        (work / "a piece").write_text("done")
        asking.stop_analysis(answer=answer)

    reader.on_the_way = stop
    assert analyse(answer_id=answer.pk) == ResultState.STOPPED
    assert result_of(answer).state == ResultState.STOPPED
    assert result_of(answer).progress["stage"] == "sound"
    assert takes.path_of(answer).exists()
    assert (work / "a piece").exists()
    assert analyse(answer_id=answer.pk) is None
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert asking.go_on(answer=answer)
    assert not asking.go_on(answer=answer)
    assert len(jobs_of(answer)) == 1
    left: list[bool] = []
    reader.on_the_way = lambda _: left.append((work / "a piece").exists())
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert left == [True]
    assert not work.exists()


def test_stopping_what_is_done_changes_nothing(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    answer = end(session, hum())
    analyse(answer_id=answer.pk)
    assert not asking.stop_analysis(answer=answer)
    assert not asking.go_on(answer=answer)
    assert result_of(answer).state == ResultState.READY


def test_stopped_while_the_result_is_being_written(
    session: PracticeSession, hum: Made, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sessions.analysis import actions

    answer = end(session, hum())

    def cues(*given: Any, **named: Any) -> Any:
        asking.stop_analysis(answer=answer)
        return analyse_cues(*given, **named)

    analyse_cues = actions.analyse_cues
    monkeypatch.setattr(actions, "analyse_cues", cues)
    assert analyse(answer_id=answer.pk) == ResultState.STOPPED
    assert default_storage.listdir(f"tracks/{answer.institution_id}")[1] == []


def test_a_worker_that_ends_leaves_the_rest_to_the_next_one(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    answer = end(session, hum())
    with pytest.raises(Interrupted):
        analyse(answer_id=answer.pk, should_abort=lambda: bool(reader.asked))
    assert result_of(answer).state == ResultState.WAITING
    assert takes.work_of(takes.path_of(answer)).exists()
    assert analyse(answer_id=answer.pk) == ResultState.READY


@pytest.mark.parametrize("whole_account", [True, False])
def test_deleted_in_the_middle(
    whole_account: bool,
    session: PracticeSession,
    sam: User,
    hum: Made,
    end: End,
    reader: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    answer = end(session, hum())
    path = takes.path_of(answer)
    PracticeSession.objects.update(state="done")
    session.refresh_from_db()

    def delete(_: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            erase_person(user=sam) if whole_account else delete_session(session=session)
        assert not takes.work_of(path).exists()
        # As a child would that has not heard of it yet.
        takes.work_of(path).mkdir(parents=True)
        raise MediaError("crashed")

    reader.on_the_way = delete
    assert analyse(answer_id=answer.pk) is None
    assert not path.parent.exists()
    assert not AnswerResult.objects.exists()


def test_what_is_shown_of_the_progress_never_goes_back(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    from scoring.media.signals import Progress
    from sessions.analysis.watch import Watch

    answer = end(session, hum(1))
    watch = Watch(answer, lambda: False)
    shown = []
    for stage, share in [("sound", 0.4), ("sound", 0.2), ("words", 0.5), ("pictures", 0.9), ("words", 9.0)]:
        watch.report(Progress(stage, share))
        kept = result_of(answer).progress
        shown.append((kept["stage"], kept["share"]))
    assert shown == [("sound", 0.4), ("sound", 0.4), ("words", 0.5), ("words", 0.5), ("words", 1.0)]
    for stage, share in [("strange", 0.5), ("cues", float("nan"))]:
        watch.report(Progress(stage, share))
    assert result_of(answer).progress == {"stage": "words", "share": 1.0}
    again = Watch(answer, lambda: False)
    again.report(Progress("sound", 1.0))
    assert result_of(answer).progress == {"stage": "words", "share": 1.0}


def test_progress_is_stored_about_once_a_second(
    session: PracticeSession, hum: Made, end: End, django_assert_num_queries: Any
) -> None:
    from scoring.media.signals import Progress
    from sessions.analysis.watch import Watch

    now = [0.0]
    watch = Watch(end(session, hum(1)), lambda: False, clock=lambda: now[0])
    with django_assert_num_queries(2):
        for n in range(150):
            now[0] = n / 100
            watch.report(Progress("words", n / 150))


# --- the task ---------------------------------------------------------------------------------------


class Job:
    """What the task and its strategy ask of procrastinate."""

    def __init__(self, attempts: int) -> None:
        self.attempts, self.job = attempts, self

    def should_abort(self) -> bool:
        return False


def test_the_task_does_it(session: PracticeSession, hum: Made, end: End, reader: Any) -> None:
    answer = end(session, hum())
    analyse_answer(Job(0), answer_id=str(answer.pk))
    assert result_of(answer).state == ResultState.READY


def test_the_last_try_says_so(session: PracticeSession, hum: Made, end: End, reader: Any) -> None:
    answer = end(session, hum())

    def fail(_: Any) -> None:
        raise OSError("the disk is full")

    reader.on_the_way = fail
    for attempts in range(TRIES):
        with pytest.raises(OSError, match="full") as raised:
            analyse_answer(Job(attempts), answer_id=str(answer.pk))
        again = GoOn().get_retry_decision(exception=raised.value, job=Job(attempts))  # type: ignore[arg-type]
        last = attempts == TRIES - 1
        assert (again is None) == last
        assert result_of(answer).state == (ResultState.FAILED if last else ResultState.WAITING)
    assert result_of(answer).problem == GAVE_UP
    assert takes.path_of(answer).exists()


def test_the_end_of_a_worker_is_no_failed_try() -> None:
    from procrastinate.exceptions import JobAborted

    again = GoOn().get_retry_decision(exception=JobAborted(), job=Job(40))  # type: ignore[arg-type]
    assert again is not None
    assert again.retry_at is None


def test_a_job_that_kills_every_worker_is_given_up(
    session: PracticeSession, hum: Made, end: End, reader: Any
) -> None:
    answer = end(session, hum())
    analyse_answer(Job(KILLS), answer_id=str(answer.pk))
    assert (result_of(answer).state, result_of(answer).problem) == (ResultState.FAILED, GAVE_UP)
    assert not reader.asked
    give_up(answer_id=answer.pk)
