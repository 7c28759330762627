"""Pieces of a recording as the browser uploads them: appended to one file a segment, resumable by offset.

A *segment* is one run of the browser's recorder. A reload in the middle of an answer begins a new one, because a second
recorder writes a header of its own. The file's size is the only truth about what was received, so that a killed
server or a repeated request can never disagree with it.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

MAX_SEGMENT_BYTES = 256 * 1024 * 1024
"""Ten minutes, the longest answer, at 3 Mbit/s and a little more."""
MAX_SEGMENTS = 20
MAX_PIECE_BYTES = 4 * 1024 * 1024
MIMES = {"video/webm": "webm", "audio/webm": "webm", "video/mp4": "mp4", "audio/mp4": "mp4"}
HEAD_BYTES = 8
"""By its first bytes a file is known as WebM or MP4."""
_WEBM = b"\x1a\x45\xdf\xa3"


class ReceiveError(Exception):
    """A piece that cannot be taken. `status` is the HTTP status, `code` names the reason."""

    status = 422
    code = "unusable"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class WrongOffset(ReceiveError):
    status = 409
    code = "offset"

    def __init__(self, offset: int) -> None:
        super().__init__("The upload goes on at another offset.")
        self.offset = offset


class TooLarge(ReceiveError):
    status = 413
    code = "too_large"


class WrongType(ReceiveError):
    status = 415
    code = "wrong_type"


@dataclass(frozen=True)
class SegmentPlace:
    """Where one segment lies in the spool."""

    spool: Path
    institution: UUID
    answer: UUID
    number: int

    @property
    def path(self) -> Path:
        return self.spool / str(self.institution) / "recordings" / f"{self.answer}.{self.number:02d}.part"


def container_of(mime: str) -> str:
    """`webm` or `mp4` for a recorder's type such as `video/webm;codecs=vp8,opus`. Raises WrongType."""
    container = MIMES.get(mime.partition(";")[0].strip().lower())
    if container is None:
        raise WrongType("Only WebM and MP4 recordings can be kept.")
    return container


def received(place: SegmentPlace) -> int:
    """Bytes that are safely here."""
    try:
        return place.path.stat().st_size
    except FileNotFoundError:
        return 0


def append(place: SegmentPlace, *, offset: int, piece: bytes, container: str) -> int:
    """Appends `piece` at `offset`; returns the new size. Raises ReceiveError; then nothing was written."""
    if len(piece) > MAX_PIECE_BYTES:
        raise TooLarge("One piece may have at most 4 MB.")
    place.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        _check(size, offset, piece, os.pread(descriptor, HEAD_BYTES, 0), container)
        _write_all(descriptor, piece)
        return size + len(piece)
    finally:
        os.close(descriptor)


def _check(size: int, offset: int, piece: bytes, before: bytes, container: str) -> None:
    if offset != size:
        raise WrongOffset(size)
    if size + len(piece) > MAX_SEGMENT_BYTES:
        raise TooLarge("The recording of one answer may have at most 256 MB.")
    if size < HEAD_BYTES and not _may_become(before + piece, container):
        raise WrongType("This is not a WebM or MP4 recording.")


def _may_become(begun: bytes, container: str) -> bool:
    """Whether `begun` is how such a file begins: a recorder on a slow machine hands out its very first byte alone."""
    wanted, found = (_WEBM, begun[:4]) if container == "webm" else (b"ftyp", begun[4:8])
    return wanted.startswith(found)


def _write_all(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]
