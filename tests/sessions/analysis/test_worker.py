"""A real worker that is stopped, killed, or told to stop one answer: the next one goes on where it was."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from greenroom.tasks import SILENT_S, retry_stalled_jobs
from sessions.actions import takes
from sessions.analysis import asking
from sessions.models import Answer, AnswerResult, PracticeSession, ResultState

HERE = Path(__file__).parent
PIECES = 40

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def until(true: Callable[[], Any], *, s: float = 120.0) -> None:
    end = time.monotonic() + s
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


class Worker:
    """One at a time, on the test's own database and folders."""

    def __init__(self, data: Path) -> None:
        self.pieces = data / "pieces"
        self.pieces.touch()
        # The tests' own settings are those of the process that runs them: the worker gets them by its environment.
        self.environment = {
            **os.environ,
            "DATABASE_URL": address(),
            "DJANGO_SETTINGS_MODULE": "greenroom.settings",
            "GREENROOM_DATA": str(data),
            "GREENROOM_ENV": "development",
            "GREENROOM_SPOOL": str(django_settings.SPOOL_DIR),
            "MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
            "PIECES": str(self.pieces),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "SECRET_KEY": "of this test alone",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-W", "ignore", str(HERE / "slow_worker.py")]
        self.process = subprocess.Popen(words, env=self.environment)
        return self.process

    def done(self) -> list[int]:
        return [int(line) for line in self.pieces.read_text().split()]

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def address() -> str:
    from urllib.parse import quote

    found = connection.settings_dict
    place = quote(found["HOST"], safe="") + (f":{found['PORT']}" if found["PORT"] else "")
    password = f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else ""
    return f"postgresql://{quote(found['USER'], safe='')}{password}@{place}/{found['NAME']}"


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    one = Worker(tmp_path)
    yield one
    one.end()


@pytest.fixture
def answer(worker: Worker, session: PracticeSession, hum: Any, end: Callable[..., Answer]) -> Answer:
    return end(session, hum(2))


def result_of(answer: Answer) -> AnswerResult:
    return AnswerResult.objects.get(answer=answer)


def job_of(answer: Answer) -> ProcrastinateJob:
    return ProcrastinateJob.objects.get(args={"answer_id": str(answer.pk)})


def some_is_done(worker: Worker) -> Callable[[], bool]:
    return lambda: len(worker.done()) > 5


def everything_once(worker: Worker) -> bool:
    return worker.done() == list(range(PIECES))


def test_a_worker_killed_in_the_middle(worker: Worker, answer: Answer) -> None:
    process = worker.start()
    until(some_is_done(worker))
    process.kill()
    process.wait()
    assert result_of(answer).state == ResultState.WAITING
    assert len(worker.done()) < PIECES
    with connection.cursor() as cursor:
        silence = "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)"
        cursor.execute(silence, [SILENT_S + 1])
    async_to_sync(retry_stalled_jobs.func)(timestamp=0)
    worker.start()
    until(lambda: result_of(answer).state == ResultState.READY)
    assert everything_once(worker)
    until(lambda: not takes.path_of(answer).parent.exists())


def test_a_worker_that_is_stopped_hands_its_job_back(worker: Worker, answer: Answer) -> None:
    process = worker.start()
    until(some_is_done(worker))
    process.terminate()
    process.wait()
    assert len(worker.done()) < PIECES
    assert job_of(answer).status == "todo"
    assert result_of(answer).progress["stage"] == "words"
    worker.start()
    until(lambda: result_of(answer).state == ResultState.READY)
    assert everything_once(worker)


def test_a_student_who_stops_it_and_lets_it_go_on(worker: Worker, answer: Answer) -> None:
    worker.start()
    until(some_is_done(worker))
    asking.stop_analysis(answer=answer)
    until(lambda: job_of(answer).status == "succeeded")
    before = len(worker.done())
    assert before < PIECES
    assert result_of(answer).state == ResultState.STOPPED
    asking.go_on(answer=answer)
    until(lambda: result_of(answer).state == ResultState.READY)
    assert everything_once(worker)


def test_an_answer_deleted_in_the_middle(worker: Worker, answer: Answer) -> None:
    worker.start()
    until(some_is_done(worker))
    folder = takes.path_of(answer).parent
    answer.session.delete()
    until(lambda: job_of(answer).status == "succeeded")
    assert not folder.exists()
    assert len(worker.done()) < PIECES
