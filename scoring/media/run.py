"""Reads media in a process of its own, watches it, and ends it when it takes too much or is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scoring.media.limits import Limits
from scoring.media.signals import Progress, Request, Signals


class Stopped(Exception):
    """`should_stop` said so. What is done lies in the folder, and the next `run` goes on from there."""


def run(
    request: Request,
    folder: Path,
    *,
    on_progress: Callable[[Progress], object],
    should_stop: Callable[[], bool],
    limits: Limits,
) -> Signals:
    """Read what `request` asks for; `folder` keeps finished pieces between calls.

    `should_stop` is asked several times a second; `on_progress` is told at least once a second, in this thread.

    Raises:
        MediaError: nothing can be read, or the process went beyond `limits`, or crashed.
        Stopped: `should_stop` said so.
    """
    raise NotImplementedError
