"""How a long training is watched and stopped."""

from __future__ import annotations

from collections.abc import Callable

Watch = Callable[[int, int, str], None]
"""Told how much is done, of how much, and at what. It may raise: what was kept until then is gone on with."""

ONE_TRAINING = 100
"""What one training counts in the progress."""


class Stopped(Exception):
    """Somebody asked for it."""


def ignore(done: int, of: int, stage: str) -> None:
    """Nobody watches."""


def watched(tell: Watch, should_stop: Callable[[], bool]) -> Watch:
    """Tells, and raises Stopped at the next step once `should_stop` says so."""

    def watch(done: int, of: int, stage: str) -> None:
        if should_stop():
            raise Stopped(f"stopped at: {stage}")
        tell(done, of, stage)

    return watch


class Stage:
    """The training `number` of several: what it reports of itself becomes a part of the whole."""

    def __init__(self, watch: Watch, number: int, of: int, name: str) -> None:
        self._watch, self._before, self._of, self._name = (
            watch,
            number * ONE_TRAINING,
            of * ONE_TRAINING,
            name,
        )

    def __call__(self, done: int, of: int, loss: float = 0.0) -> None:
        self._watch(self._before + ONE_TRAINING * done // of, self._of, self._name)
