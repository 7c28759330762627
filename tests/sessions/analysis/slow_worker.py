"""A real worker for analyses in a process of its own, whose reader of media does one small piece after the other.

Started by test_worker.py. Every piece that is done is a file in the work folder and a line in the file that the
environment's PIECES names.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

PIECES = 40


def run(
    request: Any,
    folder: Path,
    *,
    on_progress: Callable[[Any], object],
    should_stop: Callable[[], bool],
    limits: Any,
) -> Any:
    import numpy as np

    from scoring.media.run import Stopped
    from scoring.media.signals import Progress, Signals

    for number in range(PIECES):
        piece = folder / f"piece.{number}"
        if should_stop():
            raise Stopped
        if not piece.exists():
            time.sleep(0.1)
            piece.touch()
            with Path(os.environ["PIECES"]).open("a") as done:
                done.write(f"{number}\n")
        on_progress(Progress("words", (number + 1) / PIECES))
    return Signals(None, np.fromfile(request.sound, "<i2"), None, {}, ())


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    from sessions.analysis import reading

    reading.run = run
    call_command("procrastinate", "worker", "--queues", "analysis", "--shutdown-graceful-timeout", "0")
