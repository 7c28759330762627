"""Where a training works: a folder of the spool, kept while the training goes on, gone when it has ended.

It holds what is learned from (`data`, in the interchange format), the checkpoints, and what was trained.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from scoring.models import RunState, TrainingRun
from sessions.analysis.slots import ASK_AGAIN_S, lock

FOLDER = "training"
LOCK, PLAN, DATA = "lock", "plan.json", "data"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is learned from, and which model it is compared with. `seen` are pseudonyms of people from whose ratings
    that model has learnt already: they cannot judge."""

    answers: tuple[UUID, ...]
    against: str
    seen: tuple[str, ...]


def root() -> Path:
    return Path(settings.SPOOL_DIR) / FOLDER


class WorkFolder:
    """`path` is there while it is held."""

    def __init__(self, run_id: UUID) -> None:
        self.path = root() / str(run_id)

    @contextmanager
    def held(self, should_stop: Callable[[], bool]) -> Iterator[bool]:
        """Hold it against another worker that was thought dead; False when `should_stop` ended the wait."""
        held = self._lock()
        while held is None and not should_stop():
            time.sleep(ASK_AGAIN_S)
            held = self._lock()
        try:
            yield held is not None
        finally:
            if held is not None:
                os.close(held)

    def _lock(self) -> int | None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return lock(self.path / LOCK)

    @property
    def data(self) -> Path:
        return self.path / DATA

    def plan(self) -> Plan | None:
        """None until everything has been written."""
        try:
            text = json.loads((self.path / PLAN).read_text())
        except FileNotFoundError:
            return None
        answers = tuple(UUID(key) for key in text["answers"])
        return Plan(answers, text["against"], tuple(text["seen"]))

    def keep_plan(self, plan: Plan) -> None:
        """Last of all: with it `data` counts as whole."""
        text = {"answers": [str(key) for key in plan.answers], "against": plan.against, "seen": plan.seen}
        part = self.path / f".{PLAN}.part"
        part.write_text(json.dumps(text))
        part.replace(self.path / PLAN)

    def begin_again(self) -> None:
        """Nothing of what was learned from may stay: not the data, nor what was made of it."""
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOCK:
                path.unlink()

    def clear(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def clean_orphans() -> int:
    """Delete the folders of trainings that have ended, or are no longer known; how many those were."""
    known = {str(key) for key in _going_on()}
    left = [path for path in root().glob("*") if path.name not in known]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _going_on() -> Sequence[UUID]:
    rows = TrainingRun.objects.filter(state__in=(RunState.WAITING, RunState.RUNNING))
    return list(rows.values_list("pk", flat=True))
