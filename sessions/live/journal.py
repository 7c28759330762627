"""The journal of an answer: every signal message that arrived, appended to one *take* file.

A record is a length and a CRC-32, four bytes each, and a payload: a signal message, or a *fence*. A killed process
leaves at most one torn record at the end; whoever opens the file next cuts it off. A fence carries the epoch of the
window that went on with the answer. It makes the file longer than the former writer left it, and that one's next append
fails for it: only the newest window can write, without a lock that a dead process could hold.

Files in, messages out, no Django.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import Frames
from sessions.live.protocol import (
    MAX_BYTES,
    SAMPLES_PER_MS,
    ProtocolError,
    Signal,
    frames_of,
    sound_of,
    trusted_signal,
)

_RECORD: Final = struct.Struct("<II")
_FENCE: Final = struct.Struct("<BI")
_FENCE_MAGIC: Final = 0x46
SUFFIX: Final = ".take"


class JournalError(Exception):
    """The journal cannot be written or read."""


class Fenced(JournalError):
    """Another window went on with this answer."""


class Broken(JournalError):
    """There is no take, or it is not what it should be. `problem` names why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def take_path(spool: Path, *, institution: UUID, session: UUID, answer: UUID) -> Path:
    return spool / str(institution) / str(session) / f"{answer}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a take holds: the first message it does not have, its samples, and the bytes that are whole."""

    next_seq: int = 0
    samples: int = 0
    dropped: int = 0
    size: int = 0
    epoch: int = 0

    @property
    def stream_ms(self) -> int:
        return self.samples // SAMPLES_PER_MS


def scan(path: Path) -> Scan:
    """Of a file that does not exist: nothing."""
    try:
        return _scan(path.read_bytes())[0]
    except FileNotFoundError:
        return Scan()


def _scan(data: bytes) -> tuple[Scan, list[Signal]]:
    found: list[Signal] = []
    samples = dropped = size = epoch = 0
    for payload, end in _records(data):
        size = end
        if payload[0] == _FENCE_MAGIC and len(payload) == _FENCE.size:
            epoch = _FENCE.unpack(payload)[1]
            continue
        try:
            signal = trusted_signal(payload)
        except ProtocolError as error:
            raise Broken("unreadable") from error
        found.append(signal)
        samples += signal.n_samples
        dropped += signal.dropped
    return Scan(len(found), samples, dropped, size, epoch), found


def _records(data: bytes) -> Iterator[tuple[bytes, int]]:
    """What the whole records are about, each with the place where it ends."""
    at = 0
    while at + _RECORD.size <= len(data):
        length, crc = _RECORD.unpack_from(data, at)
        end = at + _RECORD.size + length
        payload = data[at + _RECORD.size : end]
        if not 0 < length <= MAX_BYTES or end > len(data) or zlib.crc32(payload) != crc:
            return
        yield payload, end
        at = end


def _record(payload: bytes) -> bytes:
    return _RECORD.pack(len(payload), zlib.crc32(payload)) + payload


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """The whole of an answer: frames in order of time, sound (n,) int16 at 16 kHz, frames lost on the way."""

    frames: Frames
    sound: NDArray[np.int16]
    dropped: int


def read_take(path: Path) -> Take:
    """Raises Broken (`missing`, `empty`, `unreadable`)."""
    try:
        _, signals = _scan(path.read_bytes())
    except FileNotFoundError as error:
        raise Broken("missing") from error
    if not signals:
        raise Broken("empty")
    if [signal.seq for signal in signals] != list(range(len(signals))):
        raise Broken("unreadable")
    frames = frames_of(signals)
    return Take(frames, sound_of(signals), frames.dropped)


@dataclass(slots=True)
class Journal:
    """The take of an open answer, ready to be appended to. Used by one thread at a time."""

    path: Path
    descriptor: int
    size: int
    held: Scan
    tail: list[Signal] = field(default_factory=list)
    """The last messages that were there when it was opened, about `TAIL_S` of them: what the live cues go on from."""

    @classmethod
    def open(cls, path: Path, *, epoch: int, tail_s: float = 0.0) -> Journal:
        """Cut off a torn end and fence out every earlier window. Raises Fenced, OSError."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            with _locked(descriptor):
                held, signals = _scan(path.read_bytes())
                if held.epoch > epoch:
                    raise Fenced
                os.ftruncate(descriptor, held.size)
                fence = _record(_FENCE.pack(_FENCE_MAGIC, epoch))
                _write_all(descriptor, fence)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor, held.size + len(fence), held, last_seconds(signals, tail_s))

    def append(self, signals: Iterable[Signal]) -> None:
        """Raises Fenced, OSError (a full disk); then nothing of it was kept."""
        data = b"".join(_record(signal.data) for signal in signals)
        with _locked(self.descriptor):
            if os.fstat(self.descriptor).st_size != self.size:
                raise Fenced
            try:
                _write_all(self.descriptor, data)
            except OSError:
                os.ftruncate(self.descriptor, self.size)
                raise
        self.size += len(data)

    def sync(self) -> None:
        """Safe against a power cut, too: before the answer is called saved."""
        os.fsync(self.descriptor)

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def last_seconds(signals: list[Signal], seconds: float) -> list[Signal]:
    """The last of these messages, as many as it takes to hold so many seconds of sound."""
    wanted = int(seconds * 1000 * SAMPLES_PER_MS)
    first = len(signals)
    while first > 0 and wanted > 0:
        first -= 1
        wanted -= signals[first].n_samples
    return signals[first:]


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
