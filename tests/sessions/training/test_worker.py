"""A real worker that is killed, stopped, or told to stop the training: the next one goes on where it was."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import Institution, User
from greenroom.tasks import SILENT_S, retry_stalled_jobs
from scoring.models import ModelVersion, RunState, TrainingRun
from sessions.training import actions
from sessions.training.folder import WorkFolder

HERE = Path(__file__).parent
PIECES = 40

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def until(true: Callable[[], Any], *, s: float = 240.0) -> None:
    end = time.monotonic() + s
    while not true():
        assert time.monotonic() < end, f"it never came to that: {queued()}"
        time.sleep(0.05)


def queued() -> str:
    """What the queue says of jobs, their workers and the database's own waiting, to be read when a test fails."""
    found = []
    with connection.cursor() as cursor:
        for asked in (
            "SELECT id, status, attempts, worker_id, scheduled_at FROM procrastinate_jobs",
            "SELECT id, last_heartbeat FROM procrastinate_workers",
            "SELECT pid, state, wait_event, left(query, 80) FROM pg_stat_activity WHERE datname = current_database()",
        ):
            cursor.execute(asked)
            found.append(str(cursor.fetchall()))
    return "; ".join(found)


class Worker:
    """One at a time, on the test's own database and folders."""

    def __init__(self, data: Path) -> None:
        self.pieces = data / "pieces"
        self.pieces.touch()
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
        words = [sys.executable, "-W", "ignore", str(HERE / "slow_trainer.py")]
        self.process = subprocess.Popen(words, env=self.environment)
        return self.process

    def done(self) -> list[int]:
        return [int(line) for line in self.pieces.read_text().split()]

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def address() -> str:
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
def run(worker: Worker, northfield: Institution, ada: User, rated: Callable[..., None]) -> TrainingRun:
    rated(60)
    return actions.ask(institution=northfield, by=ada)


def state(run: TrainingRun) -> str:
    return TrainingRun.objects.get(pk=run.pk).state


def silence() -> None:
    """The worker that was killed has not been heard of for a while: its job goes back into the queue."""
    with connection.cursor() as cursor:
        ago = "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)"
        cursor.execute(ago, [SILENT_S + 1])
    async_to_sync(retry_stalled_jobs.func)(timestamp=0)


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_worker_that_ends_in_the_middle(worker: Worker, run: TrainingRun, how: str) -> None:
    process = worker.start()
    until(lambda: len(worker.done()) > 5)
    getattr(process, how)()
    process.wait()
    assert state(run) == RunState.RUNNING
    assert len(worker.done()) < PIECES
    if how == "kill":
        silence()
    worker.start()
    until(lambda: state(run) == RunState.DONE)
    assert worker.done() == list(range(PIECES)), "nothing was done twice, and nothing was left out"
    assert ModelVersion.objects.filter(run=run).count() == 1
    until(lambda: not WorkFolder(run.pk).path.exists())


def test_an_administrator_who_stops_it(worker: Worker, run: TrainingRun, ada: User) -> None:
    worker.start()
    until(lambda: len(worker.done()) > 5)
    assert actions.stop(run=run, by=ada)
    until(lambda: not WorkFolder(run.pk).path.exists())
    assert state(run) == RunState.STOPPED
    assert not ModelVersion.objects.filter(run=run).exists()
