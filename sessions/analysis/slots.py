"""How many analyses run on one machine at the same time, so that its memory is bounded whatever the number of workers.

A slot is a file of the data folder that is locked while it is used; the system frees it when its process dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

FOLDER = "slots"
ASK_AGAIN_S = 1.0


@contextmanager
def slot(should_stop: Callable[[], bool]) -> Iterator[bool]:
    """Wait for a free slot and hold it; False when `should_stop` ended the wait. Holds no transaction meanwhile."""
    folder = Path(settings.DATA_DIR) / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    places = [folder / f"analysis.{number}" for number in range(max(1, settings.ANALYSES_AT_ONCE))]
    held = _wait(places, should_stop)
    try:
        yield held is not None
    finally:
        if held is not None:
            os.close(held)


def _wait(places: list[Path], should_stop: Callable[[], bool]) -> int | None:
    while not should_stop():
        for place in places:
            held = lock(place)
            if held is not None:
                return held
        time.sleep(ASK_AGAIN_S)
    return None


def lock(path: Path) -> int | None:
    """The descriptor of the file, locked for this process until it is closed; None while another one has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
