"""Where the analysis of an answer works: a folder beside its take, kept while it is stopped, gone when it is done."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from scoring.media.limits import Limits
from sessions.actions.takes import forget, path_of, work_of
from sessions.analysis.slots import ASK_AGAIN_S, lock
from sessions.models import Answer, Recording

LOCK, SOUND, RECORDING = "lock", "take.raw", "recording"
BLOCK = 1 << 20


class TooLarge(Exception):
    """The recording is larger than one analysis may take."""


class WorkFolder:
    """Its files; `path` is there while it is held."""

    def __init__(self, answer: Answer) -> None:
        self.take = path_of(answer)
        self.path = work_of(self.take)

    @contextmanager
    def held(self, should_stop: Callable[[], bool]) -> Iterator[bool]:
        """Hold it against another worker that was thought dead; False when `should_stop` ended the wait."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = lock(self.path / LOCK)
        while held is None and not should_stop():
            time.sleep(ASK_AGAIN_S)
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            held = lock(self.path / LOCK)
        try:
            yield held is not None
        finally:
            if held is not None:
                os.close(held)

    def sound(self, samples: NDArray[np.int16]) -> Path:
        """The take's sound as a file of little-endian int16 at 16 kHz."""
        return self._whole(self.path / SOUND, lambda file: samples.astype("<i2", copy=False).tofile(file))

    def recording(self, recording: Recording, bounds: Limits) -> Path:
        """The recording's file: where the storage has it, else a copy, which may take half of what the work may.

        Raises TooLarge, FileNotFoundError, OSError.
        """
        with suppress(NotImplementedError):
            path = Path(recording.file.path)
            if path.stat().st_size > bounds.largest_bytes:
                raise TooLarge
            return path
        # Named for the stored file, since a recording may be deleted and made anew while the work is stopped.
        name = f"{RECORDING}.{Path(str(recording.file.name)).name}"
        largest = min(bounds.largest_bytes, bounds.disk_bytes // 2)
        return self._whole(self.path / name, lambda file: _copy(recording, file, largest))

    def _whole(self, path: Path, write: Callable[[IO[bytes]], object]) -> Path:
        """`path`, which is there as a whole or not at all."""
        if not path.exists():
            part = path.with_name(f".{path.name}.part")
            try:
                with part.open("wb") as file:
                    write(file)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        return path

    def clear(self) -> None:
        """The work goes, the take stays."""
        shutil.rmtree(self.path, ignore_errors=True)

    def forget(self) -> None:
        """The work and the take go."""
        forget(self.take)


def _copy(recording: Recording, file: IO[bytes], largest_bytes: int) -> None:
    copied = 0
    with recording.file.storage.open(str(recording.file.name), "rb") as source:
        while block := source.read(BLOCK):
            copied += len(block)
            if copied > largest_bytes:
                raise TooLarge
            file.write(block)
