"""Scoring a history anew: every answer once, earlier rows kept, and going on after whatever ended the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted

from accounts.models import AuditEntry, Institution, ModelKind, User
from scoring.models import ModelVersion
from scoring.registry import files
from sessions.listener import actions, rescoring, tasks
from sessions.listener.errors import AlreadyRunning, DoesNotRun, Interrupted, NotLeading
from sessions.models import Advice, Answer, AnswerResult, AnswerScore, Rescoring, ResultState
from sessions.retrying import KILLS
from sessions.tracks import track_of

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
Answered = Callable[..., Answer]


def rate(answer: Answer) -> None:
    with transaction.atomic():
        actions.keep(answer, actions.prepare(answer, track_of(answer.result)))


def current(answers: list[Answer]) -> set[str]:
    rows = AnswerScore.objects.filter(answer__in=answers, kind="engagement", current=True)
    return set(rows.values_list("version", flat=True))


@pytest.fixture
def history(sam: User, northfield: Institution, answered: Answered) -> list[Answer]:
    answers = [answered(sam, northfield, seed=n) for n in range(4)]
    for answer in answers:
        rate(answer)
    return answers


@pytest.fixture
def version(northfield: Institution, register: Any) -> ModelVersion:
    version: ModelVersion = register(northfield, "northfield-1")
    register(northfield, "northfield-advice", against="northfield-1")
    return version


def ask(northfield: Institution, version: ModelVersion, ada: User) -> Rescoring:
    return rescoring.ask_rescoring(institution=northfield, version=version, by=ada)


def test_every_answer_with_a_track_is_scored_and_the_old_rows_stay(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    row = ask(northfield, version, ada)
    assert (row.state, row.total, row.done) == ("waiting", 4, 0)
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done, row.problem) == ("done", 4, "")
    assert row.ended_at is not None
    assert current(history) == {"northfield-1"}
    assert AnswerScore.objects.filter(kind="engagement").count() == 8
    advice = Advice.objects.filter(answer__in=history, current=True)
    assert {(one.version, one.engagement_version) for one in advice} == {
        ("northfield-advice", "northfield-1")
    }


def test_what_is_not_ready_has_no_track_or_is_a_drill_is_left_alone(
    sam: User,
    northfield: Institution,
    southport: Institution,
    otto: User,
    ada: User,
    answered: Answered,
    version: ModelVersion,
) -> None:
    waiting, bare = answered(sam, northfield), answered(sam, northfield)
    AnswerResult.objects.filter(answer=waiting).update(state=ResultState.WAITING)
    AnswerResult.objects.filter(answer=bare).update(track="")
    answered(sam, northfield, is_drill=True)
    answered(otto, southport)
    row = ask(northfield, version, ada)
    assert row.total == 0
    rescoring.rescore(rescoring_id=row.pk)
    assert not AnswerScore.objects.exists()


def test_interrupted_it_goes_on_with_the_next_answer(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    row = ask(northfield, version, ada)
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        rescoring.rescore(rescoring_id=row.pk, should_abort=lambda: next(asked))
    row.refresh_from_db()
    assert (row.state, row.done) == ("running", 2)
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == ("done", 4)
    assert AnswerScore.objects.filter(version="northfield-1").count() == 4


def test_stopped_it_ends_and_keeps_what_is_scored(
    northfield: Institution,
    ada: User,
    history: list[Answer],
    version: ModelVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row, prepare, calls = ask(northfield, version, ada), actions.prepare, []

    def stopping(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            assert rescoring.stop_rescoring(rescoring_id=row.pk)
        return prepare(*args, **more)

    monkeypatch.setattr(actions, "prepare", stopping)
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == ("stopped", 1)
    assert AnswerScore.objects.filter(version="northfield-1").count() == 1
    assert not rescoring.stop_rescoring(rescoring_id=row.pk)
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert row.done == 1


def test_asked_again_only_what_is_left_is_scored(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    first = ask(northfield, version, ada)
    asked = iter([False, True])
    with pytest.raises(Interrupted):
        rescoring.rescore(rescoring_id=first.pk, should_abort=lambda: next(asked))
    rescoring.stop_rescoring(rescoring_id=first.pk)
    again = ask(northfield, version, ada)
    rescoring.rescore(rescoring_id=again.pk)
    again.refresh_from_db()
    assert again.done == 4
    assert AnswerScore.objects.filter(version="northfield-1").count() == 4


def test_an_answer_that_goes_meanwhile_does_not_stop_it(
    northfield: Institution,
    ada: User,
    history: list[Answer],
    version: ModelVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row, prepare = ask(northfield, version, ada), actions.prepare

    def deleting(answer: Answer, *args: Any, **more: Any) -> Any:
        made = prepare(answer, *args, **more)
        if answer.pk == gone:
            Answer.objects.filter(pk=gone).delete()
        return made

    gone = sorted(answer.pk for answer in history)[1]
    monkeypatch.setattr(actions, "prepare", deleting)
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == ("done", 4)
    assert AnswerScore.objects.filter(version="northfield-1").count() == 3


def test_where_the_policy_is_switched_off_meanwhile_it_stops(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    row = ask(northfield, version, ada)
    northfield.models_allowed = []
    northfield.save()
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.problem, row.done) == ("stopped", "policy", 0)
    assert not AnswerScore.objects.filter(version="northfield-1").exists()


# --- asking -----------------------------------------------------------------------------------------------


def test_asking_queues_one_job_and_is_on_record(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    row = ask(northfield, version, ada)
    with pytest.raises(AlreadyRunning):
        ask(northfield, version, ada)
    job = ProcrastinateJob.objects.get(args={"rescoring_id": str(row.pk)})
    assert (job.queue_name, job.lock) == ("training", f"rescoring:{row.pk}")
    entry = AuditEntry.objects.get(verb="rescore_history")
    assert (entry.actor, entry.details) == (ada, {"version": "northfield-1", "answers": 4})


def test_only_an_engagement_model_of_ones_own_or_shipped_scores(
    northfield: Institution, southport: Institution, ada: User, version: ModelVersion, register: Any
) -> None:
    other = register(southport, "southport-1")
    advice = ModelVersion.objects.get(name="northfield-advice")
    for wrong in (other, advice):
        with pytest.raises(NotLeading):
            ask(northfield, wrong, ada)
    northfield.models_allowed = [ModelKind.ADVICE.value]
    northfield.save()
    with pytest.raises(DoesNotRun):
        ask(northfield, version, ada)


# --- the job ----------------------------------------------------------------------------------------------


class Job:
    """Stands for procrastinate's context."""

    def __init__(self, attempts: int = 0, *, aborts: bool = False) -> None:
        self.job, self.attempts, self.aborts = self, attempts, aborts

    def should_abort(self) -> bool:
        return self.aborts


def test_the_end_of_a_worker_leaves_the_job_to_the_next_one(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    row = ask(northfield, version, ada)
    with pytest.raises(JobAborted):
        tasks.rescore_history(Job(aborts=True), rescoring_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == "running"
    tasks.rescore_history(Job(), rescoring_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == "done"


def test_a_model_that_cannot_be_read_ends_it_with_a_reason(
    northfield: Institution,
    ada: User,
    history: list[Answer],
    version: ModelVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: ModelVersion) -> None:
        raise files.NoWeights("northfield-1")

    monkeypatch.setattr(files, "engagement", fail)
    row = ask(northfield, version, ada)
    with pytest.raises(files.NoWeights):
        tasks.rescore_history(Job(), rescoring_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == "running"
    with pytest.raises(files.NoWeights):
        tasks.rescore_history(Job(attempts=5), rescoring_id=str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.problem, row.done) == ("failed", "gave_up", 0)


def test_a_job_that_keeps_ending_its_worker_is_given_up(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    row = ask(northfield, version, ada)
    tasks.rescore_history(Job(attempts=KILLS), rescoring_id=str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.done) == ("failed", 0)


def test_each_answer_costs_the_same(
    northfield: Institution, ada: User, history: list[Answer], version: ModelVersion
) -> None:
    def queries(stop_after: int) -> int:
        row = ask(northfield, version, ada)
        asked = iter([*[False] * stop_after, True])
        with CaptureQueriesContext(connection) as found, pytest.raises(Interrupted):
            rescoring.rescore(rescoring_id=row.pk, should_abort=lambda: next(asked))
        AnswerScore.objects.filter(version="northfield-1").delete()
        rescoring.stop_rescoring(rescoring_id=row.pk)
        return len(found)

    one, two, three = queries(1), queries(2), queries(3)
    assert three - two == two - one


# --- kill -9 ----------------------------------------------------------------------------------------------


def address() -> str:
    found = connection.settings_dict
    place = quote(found["HOST"], safe="") + (f":{found['PORT']}" if found["PORT"] else "")
    password = f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else ""
    return f"postgresql://{quote(found['USER'], safe='')}{password}@{place}/{found['NAME']}"


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_after_the_last_answer_it_finished(
    transactional_db: None,
    settings: Any,
    northfield: Institution,
    ada: User,
    history: list[Answer],
    version: ModelVersion,
) -> None:
    row = ask(northfield, version, ada)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "platform")]),
        "DJANGO_SETTINGS_MODULE": "greenroom.settings",
        "GREENROOM_ENV": "development",
        "SECRET_KEY": "of this test alone",
        "DATABASE_URL": address(),
        "MEDIA_ROOT_OF_TEST": str(settings.MEDIA_ROOT),
    }
    words = [sys.executable, "-W", "ignore", str(HERE / "slow_rescoring.py"), str(row.pk)]
    process = subprocess.Popen(words, env=environment)
    try:
        _wait_until(lambda: Rescoring.objects.get(pk=row.pk).done >= 2, process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    row.refresh_from_db()
    assert row.state == "running"
    assert 2 <= row.done < 4
    assert AnswerScore.objects.filter(version="northfield-1").count() == row.done
    rescoring.rescore(rescoring_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.done) == ("done", 4)
    for answer in history:
        assert AnswerScore.objects.filter(answer=answer, version="northfield-1").count() == 1
        assert AnswerScore.objects.filter(answer=answer, current=True, kind="engagement").count() == 1
        assert Advice.objects.filter(answer=answer, version="northfield-advice").count() == 1


def _wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, "the work ended by itself"
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.05)
