"""Between a training and the database: how far it is, and whether it should end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from enum import Enum
from uuid import UUID

from scoring.models import RunState, TrainingRun
from sessions.training.material import answers_of

STAGES = ("data", "comparison", "engagement", "advice")
"""In this order; their names are stored and shown."""
EVERY_S = 1.0
"""How often the database is asked and told at most."""
MATERIAL_EVERY_S = 10.0
"""How often it is asked whether everything that is learned from may still be used."""


class Ending(Enum):
    """Why the work should end before it is done."""

    SHUTDOWN = "shutdown"
    """The worker goes; another one goes on."""
    STOPPED = "stopped"
    """Somebody stopped it, or the institution is gone."""
    MATERIAL = "material"
    """Somebody withdrew a consent or deleted an answer: the training begins again without it."""


class Stop(Exception):
    """The work ends here; the watch says why."""


class Watch:
    """Watches over one training. `ending` says why it should end, once `should_stop` has said that."""

    def __init__(
        self, run: TrainingRun, should_abort: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.run = run
        self.ending: Ending | None = None
        self._should_abort, self._clock = should_abort, clock
        self._asked = self._told = self._looked = -math.inf
        self._reached = _reached(run)
        self._answers: Sequence[UUID] = ()

    def learns_from(self, answers: Sequence[UUID]) -> None:
        self._answers, self._looked = answers, -math.inf

    def should_stop(self) -> bool:
        """Cheap enough to be asked all the time."""
        if self.ending is None and self._should_abort():
            self.ending = Ending.SHUTDOWN
        if self.ending is None and self._clock() - self._asked >= EVERY_S:
            self._asked = self._clock()
            self.ending = self._why_end()
        return self.ending is not None

    def check(self) -> None:
        """Raises Stop when the work should end."""
        if self.should_stop():
            raise Stop

    def check_all(self) -> None:
        """As `check`, and the database is asked for everything in any case."""
        self._asked = self._looked = -math.inf
        self.check()

    def _why_end(self) -> Ending | None:
        going_on = TrainingRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING)
        if not going_on.exists():
            return Ending.STOPPED
        if self._answers and self._clock() - self._looked >= MATERIAL_EVERY_S:
            self._looked = self._clock()
            return None if self._all_there() else Ending.MATERIAL
        return None

    def _all_there(self) -> bool:
        usable = answers_of(self.run.institution).filter(pk__in=self._answers)
        return usable.count() == len(self._answers)

    def begin_again(self) -> None:
        self.ending, self._answers, self._reached = None, (), (0, -1.0)

    def report(self, stage: str, share: float) -> None:
        """Keep how far it is, at most once a second. Raises Stop when the work should end.

        What is shown never goes back, not even when a part of the work is done again after a kill.
        """
        self.check()
        self._reached = max(self._reached, (STAGES.index(stage), min(max(share, 0.0), 1.0)))
        if self._clock() - self._told < EVERY_S:
            return
        self._told = self._clock()
        place, found = self._reached
        progress = {"stage": STAGES[place], "share": round(found, 3)}
        TrainingRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING).update(progress=progress)


def _reached(run: TrainingRun) -> tuple[int, float]:
    kept = run.progress
    return (STAGES.index(kept["stage"]), float(kept["share"])) if kept.get("stage") in STAGES else (0, -1.0)
