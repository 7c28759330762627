"""The wire: docs/live-protocol.md as code. Bytes and text in, typed messages out, and the server's own messages.

Parsing is a chain of named checks. Whatever arrives, the only thing ever raised is a `ProtocolError`.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import FACE_POINTS, HAND_POINTS, POSE_POINTS, Frames
from sessions.live.machine import Verb

SUBPROTOCOL: Final = "greenroom.live.v1"
VERSION: Final = 1
MAGIC: Final = 0x47
SIGNAL: Final = 1
MAX_BYTES: Final = 32 * 1024
MAX_TEXT: Final = 4096
MAX_SAMPLES: Final = 8000
MAX_FRAMES: Final = 16
SAMPLES_PER_MS: Final = 16
SCALE: Final = 8192.0
"""Landmarks are sent as round(value * SCALE)."""

HEADER: Final = struct.Struct("<BBHIIHBB")
FRAME: Final = struct.Struct("<hBBBB")
BLOCKS: Final[tuple[tuple[str, int, int], ...]] = (
    ("face", len(FACE_POINTS), 3),
    ("pose", len(POSE_POINTS), 4),
    ("left_hand", HAND_POINTS, 3),
    ("right_hand", HAND_POINTS, 3),
)
"""Name, points and numbers per point, by bit."""
_BLOCK_BYTES: Final = tuple(
    2 * sum(points * numbers for bit, (_, points, numbers) in enumerate(BLOCKS) if mask >> bit & 1)
    for mask in range(1 << len(BLOCKS))
)
"""Bytes of a frame's blocks, by mask."""
_DT_MS: Final = range(-1000, 5001)
"""A picture may come late, or early where the sound stalls; nothing may lie far outside its stream."""
_MAX_FACES: Final = 2
_LARGEST_NUMBER: Final = 2**53


class ProtocolError(Exception):
    """What the browser sent is not what the protocol says. `code` goes back to it in an `error`."""

    code = "malformed"


class Malformed(ProtocolError):
    """Wrong in itself."""


class Oversized(ProtocolError):
    """A frame over MAX_BYTES."""

    code = "too_large"


# --- signals ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """A signal message that passed every check; `data` is the whole of it as it came."""

    data: bytes
    answer: int
    seq: int
    t_ms: int
    n_samples: int
    n_frames: int
    dropped: int

    @property
    def sound(self) -> NDArray[np.int16]:
        """(n_samples,) int16 at 16 kHz, a read-only view."""
        return np.frombuffer(self.data, dtype="<i2", offset=len(self.data) - 2 * self.n_samples)


def parse_signal(data: bytes) -> Signal:
    """Raises ProtocolError."""
    if len(data) > MAX_BYTES:
        raise Oversized(f"a frame has at most {MAX_BYTES} bytes")
    signal = _header(data)
    end = _check_frames(data, signal.n_frames)
    if end + 2 * signal.n_samples != len(data):
        raise Malformed("the lengths do not add up")
    return signal


def trusted_signal(data: bytes) -> Signal:
    """A message that `parse_signal` has passed before (it comes from the journal). Raises ProtocolError."""
    return _header(data)


def _header(data: bytes) -> Signal:
    if len(data) < HEADER.size:
        raise Malformed("too short")
    magic, kind, answer, seq, t_ms, n_samples, n_frames, dropped = HEADER.unpack_from(data)
    if magic != MAGIC or kind != SIGNAL:
        raise Malformed("wrong magic or kind")
    if n_samples > MAX_SAMPLES or n_frames > MAX_FRAMES:
        raise Malformed("too many frames or samples")
    if n_samples == 0 and n_frames == 0:
        raise Malformed("nothing in it")
    return Signal(data, answer, seq, t_ms, n_samples, n_frames, dropped)


def _check_frames(data: bytes, n_frames: int) -> int:
    """Where the frames end."""
    at = HEADER.size
    for _ in range(n_frames):
        if at + FRAME.size > len(data):
            raise Malformed("the lengths do not add up")
        dt_ms, blocks, faces, _luma, reserved = FRAME.unpack_from(data, at)
        if dt_ms not in _DT_MS or blocks >= len(_BLOCK_BYTES) or faces > _MAX_FACES or reserved:
            raise Malformed("values out of range")
        at += FRAME.size + _BLOCK_BYTES[blocks]
    return at


def without_frames(signal: Signal) -> Signal:
    """Its sound alone: for a person who practises by voice, or no longer agrees to the camera."""
    if signal.n_frames == 0 and signal.dropped == 0:
        return signal
    header = HEADER.pack(MAGIC, SIGNAL, signal.answer, signal.seq, signal.t_ms, signal.n_samples, 0, 0)
    data = header + signal.data[len(signal.data) - 2 * signal.n_samples :]
    return replace(signal, data=data, n_frames=0, dropped=0)


def sound_of(signals: Iterable[Signal]) -> NDArray[np.int16]:
    """All their sound, one after the other: (n,) int16."""
    parts = [signal.sound for signal in signals]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)


def frames_of(signals: Iterable[Signal]) -> Frames:
    """All their landmark frames in order of time; what was not found is NaN.

    Frames with the same blocks have the same layout and are decoded together.
    """
    dropped, rows = 0, list[_Row]()
    for signal in signals:
        dropped += signal.dropped
        rows += _rows(signal)
    rows.sort(key=_time)
    times, masks, faces, luma, _ = zip(*rows, strict=True) if rows else ((),) * 5
    return Frames(
        times_ms=np.array(times, dtype=np.float64),
        faces=np.array(faces, dtype=np.uint8),
        luma=np.array(luma, dtype=np.uint8),
        dropped=dropped,
        **_blocks(rows, set(masks)),
    )


class _Row(NamedTuple):
    t_ms: int
    mask: int
    faces: int
    luma: int
    blocks: bytes


_time: Final = itemgetter(0)


def _rows(signal: Signal) -> list[_Row]:
    found, at = [], HEADER.size
    for _ in range(signal.n_frames):
        dt_ms, mask, faces, luma, _reserved = FRAME.unpack_from(signal.data, at)
        at += FRAME.size
        end = at + _BLOCK_BYTES[mask]
        found.append(_Row(max(0, signal.t_ms + dt_ms), mask, faces, luma, signal.data[at:end]))
        at = end
    return found


def _blocks(rows: Sequence[_Row], masks: set[int]) -> dict[str, Any]:
    arrays = {
        name: np.full((len(rows), points, size), np.nan, dtype=np.float32) for name, points, size in BLOCKS
    }
    for mask in masks:
        where = [number for number, row in enumerate(rows) if row.mask == mask]
        joined = b"".join([rows[number].blocks for number in where])
        numbers = np.frombuffer(joined, dtype="<i2").reshape(len(where), -1) * np.float32(1 / SCALE)
        at = 0
        for bit, (name, points, size) in enumerate(BLOCKS):
            if mask >> bit & 1:
                part = numbers[:, at : at + points * size]
                arrays[name][where] = part.reshape(len(where), points, size)
                at += points * size
    return arrays


# --- text from the browser --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Do:
    id: int
    verb: Verb
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Hints:
    id: int | None
    on: bool


@dataclass(frozen=True, slots=True)
class Ping:
    id: int | None


Request = Do | Hints | Ping


def parse_text(text: str) -> Request:
    """Raises ProtocolError."""
    if len(text) > MAX_TEXT:
        raise (Oversized if len(text) > MAX_BYTES else Malformed)("the text is too long")
    fields = _object(text)
    kind = fields.get("type")
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise Malformed("unknown type")
    return parse(fields)


def _object(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(fields, dict):
        raise Malformed("not an object")
    return fields


def _do(fields: dict[str, Any]) -> Do:
    number = _id(fields)
    verb = fields.get("verb")
    if number is None or not isinstance(verb, str) or verb not in set(Verb):
        raise Malformed("a do has an id and a known verb")
    return Do(number, Verb(verb), _at_ms(fields))


def _hints(fields: dict[str, Any]) -> Hints:
    on = fields.get("on")
    if not isinstance(on, bool):
        raise Malformed("hints are on or not")
    return Hints(_id(fields), on)


def _ping(fields: dict[str, Any]) -> Ping:
    return Ping(_id(fields))


def _id(fields: dict[str, Any]) -> int | None:
    number = fields.get("id")
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _LARGEST_NUMBER:
        raise Malformed("an id is a whole number")
    return number


def _at_ms(fields: dict[str, Any]) -> int | None:
    at_ms = fields.get("at_ms")
    if at_ms is None:
        return None
    if isinstance(at_ms, bool) or not isinstance(at_ms, int | float):
        raise Malformed("at_ms is a number")
    if not math.isfinite(at_ms) or not 0 <= at_ms < 2**32:
        raise Malformed("at_ms is out of range")
    return round(at_ms)


_PARSERS: Final[dict[str, Callable[[dict[str, Any]], Request]]] = {
    "do": _do,
    "hints": _hints,
    "ping": _ping,
}


# --- text to the browser ----------------------------------------------------------------------------


def message(type_: str, **fields: Any) -> str:
    """One of the server's messages as text."""
    return json.dumps({"type": type_, **fields}, ensure_ascii=False, separators=(",", ":"))


# --- for clients in Python --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FrameBytes:
    """A landmark frame ready to be sent: `blocks` in the order of the bits of `mask`."""

    dt_ms: int
    mask: int
    blocks: bytes
    faces: int = 1
    luma: int = 128


def pack_signal(
    *,
    answer: int,
    seq: int,
    t_ms: int,
    sound: NDArray[np.int16],
    frames: Sequence[FrameBytes] = (),
    dropped: int = 0,
) -> bytes:
    """A signal message as a browser sends it: what tests and benchmarks stream."""
    parts = [HEADER.pack(MAGIC, SIGNAL, answer, seq, t_ms, len(sound), len(frames), dropped)]
    for frame in frames:
        parts += (FRAME.pack(frame.dt_ms, frame.mask, frame.faces, frame.luma, 0), frame.blocks)
    parts.append(np.ascontiguousarray(sound, dtype="<i2").tobytes())
    return b"".join(parts)


def pack_blocks(**blocks: NDArray[np.float32]) -> tuple[int, bytes]:
    """Mask and bytes of a frame's `blocks` (face, pose, left_hand, right_hand), each of the shape in BLOCKS."""
    mask, parts = 0, []
    for bit, (name, points, numbers) in enumerate(BLOCKS):
        if name in blocks:
            scaled = np.rint(blocks[name].reshape(points * numbers) * SCALE)
            parts.append(np.clip(scaled, -32768, 32767).astype("<i2").tobytes())
            mask |= 1 << bit
    return mask, b"".join(parts)
