"""Between the work and the database while an analysis runs: how far it is, and whether it should end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import Enum

from scoring.media.signals import Progress
from sessions.analysis.sources import Allowed, allowed_now
from sessions.models import Answer, AnswerResult, ResultState

STAGES = ("sound", "pictures", "words", "cues")
"""In this order; their names are stored and shown."""
EVERY_S = 1.0
"""How often the database is asked and told at most."""


class Ending(Enum):
    """Why the work should end before it is done."""

    SHUTDOWN = "shutdown"
    """The worker goes; another one goes on."""
    STOPPED = "stopped"
    """The student stopped it; the work done so far stays."""
    GONE = "gone"
    """The answer was deleted, or its result was made by somebody else."""
    CONSENT = "consent"
    """Something may no longer be read: the work begins again without it."""


class Watch:
    """Watches over one analysis. `ending` says why it should end, once `should_stop` has said that."""

    def __init__(
        self, answer: Answer, should_abort: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.answer = answer
        self.allowed = allowed_now(answer)
        self.ending: Ending | None = None
        self.stage = ""
        """The stage that was last heard of."""
        self._should_abort, self._clock = should_abort, clock
        self._asked = self._told = -math.inf
        self._reached = _reached(answer)
        self._stored = self._reached

    def should_stop(self) -> bool:
        """Cheap enough to be asked all the time."""
        if self.ending is None and self._should_abort():
            self.ending = Ending.SHUTDOWN
        if self.ending is None and self._clock() - self._asked >= EVERY_S:
            self._asked = self._clock()
            self.ending = self._why_end()
        return self.ending is not None

    def ended(self) -> bool:
        """As `should_stop`, and the database is asked in any case."""
        self._asked = -math.inf
        return self.should_stop()

    def _why_end(self) -> Ending | None:
        rows = AnswerResult.objects.filter(answer=self.answer).values_list("state", flat=True)
        state = rows.first()
        if state == ResultState.STOPPED:
            return Ending.STOPPED
        if state != ResultState.WAITING:
            return Ending.GONE
        return Ending.CONSENT if self.allowed.reaches_beyond(allowed_now(self.answer)) else None

    def begin_again(self) -> Allowed:
        """After a consent was withdrawn: what is still allowed."""
        self.ending = None
        self.allowed = allowed_now(self.answer)
        return self.allowed

    def report(self, progress: Progress) -> None:
        """Keep how far it is. What is shown never goes back, not even when a part of the work is done again."""
        if progress.stage not in STAGES or not math.isfinite(progress.share):
            return  # it comes from a process that reads what strangers made
        self.stage = progress.stage
        self._reached = max(self._reached, _place(progress.stage, progress.share))
        if self._reached > self._stored and self._clock() - self._told >= EVERY_S:
            self._told, self._stored = self._clock(), self._reached
            stage, share = self._reached
            rows = AnswerResult.objects.filter(answer=self.answer, state=ResultState.WAITING)
            rows.update(progress={"stage": STAGES[stage], "share": round(share, 3)})


def _place(stage: str, share: float) -> tuple[int, float]:
    return STAGES.index(stage), min(max(share, 0.0), 1.0)


def _reached(answer: Answer) -> tuple[int, float]:
    kept = AnswerResult.objects.filter(answer=answer).values_list("progress", flat=True).first() or {}
    return _place(kept["stage"], float(kept["share"])) if kept.get("stage") in STAGES else (0, -1.0)
