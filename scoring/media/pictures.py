"""The pictures of a file, ten a second by presentation time, upright and small enough for the landmark models.

Time is cut into slots of 1 / fps; the first picture shown in a slot is taken, with its own time. A slot in which the
recorder lost every picture gives none: a copy of an older one would claim that somebody sat still. Which picture a slot
gives does not depend on where reading began.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.opening import RECORDED, Source, Stream, opened

LONGER_SIDE = 640
"""Pixels: MediaPipe scales a face to 256 and a body to 224 pixels, a browser's camera gives 640."""
SMALLEST_SIDE = 16
SLACK = 0.1
"""Part of a slot by which a picture may come early and still belong to it: times are rounded to milliseconds."""
ROUNDING = 1e-9
MOST_OBLONG = 4
"""Pixel aspect ratios beyond this are taken for a mistake."""
SLOWEST_FPS, FASTEST_FPS = 1, 240
USUAL_STEP_MS = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """t_ms: presentation time. rgb: (height, width, 3) uint8, contiguous, upright, pixels square, not mirrored."""

    t_ms: float
    rgb: NDArray[np.uint8]


class Pictures(Iterator[Picture]):
    """The pictures of one file. Close it, or use it as a context, where it is left before its end.

    Raises, while it is read:
        MediaError: no_picture (only sound), empty, unreadable (nothing decodable), too_long, too_large, and what
            `opening.opened` raises. Errors in the middle are skipped and counted.
    """

    def __init__(self, path: Path, limits: Limits, *, fps: float = 10, from_ms: float = 0) -> None:
        self.path = path
        self.limits = limits
        self.fps = fps
        self.undecodable = 0
        """Packets that could not be decoded so far."""
        self.out_of_order = 0
        """Pictures so far whose time did not go on."""
        self.next_slot = max(0, math.ceil(from_ms * fps / 1000 - SLACK - ROUNDING))
        """The first slot that has not been given yet."""
        self._pixel_ratio = 1.0
        self._pictures = self._chosen()

    def __next__(self) -> Picture:
        return next(self._pictures)

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._pictures.close()

    def slot_of(self, t_ms: float) -> int:
        """The number of the slot to which a picture of that time belongs."""
        return math.floor(t_ms * self.fps / 1000 + SLACK + ROUNDING)

    def _chosen(self) -> Generator[Picture, None, None]:
        scaler = VideoReformatter()
        last_ms = -math.inf
        for frame, t_ms in self._shown(self.next_slot):
            if t_ms <= last_ms:
                self.out_of_order += 1
                continue
            last_ms = t_ms
            if t_ms > self.limits.longest_s * 1000:
                raise MediaError(MediaCode.TOO_LONG)
            if (slot := self.slot_of(t_ms)) >= self.next_slot:
                self.next_slot = slot + 1
                yield Picture(t_ms, self._upright(frame, scaler))

    def _shown(self, first_slot: int) -> Generator[tuple[Any, float], None, None]:
        """Decoded frames and their times in ms, from somewhere before `first_slot` on: sought, else all."""
        for seeks in (True, False) if first_slot > 1 else (False,):
            with opened(self.path, self.limits) as source:
                frames = self._decoded(source, first_slot - 1 if seeks else 0)
                first = next(frames, None)
                if seeks and (first is None or self.slot_of(first[1]) >= first_slot):
                    continue  # sought too far, or not at all
                if first is None:
                    raise MediaError(MediaCode.UNREADABLE if self.undecodable else MediaCode.EMPTY)
                yield first
                yield from frames
                return

    def _decoded(self, source: Source, from_slot: int) -> Iterator[tuple[Any, float]]:
        stream = source.picture
        if stream is None:
            raise MediaError(MediaCode.NO_PICTURE)
        if from_slot and not _sought(source, stream, from_slot / self.fps):
            return
        self._pixel_ratio = _pixel_ratio(stream)
        clock = _Clock(stream, source.zero_s)
        most = self.limits.max_fps * self.limits.longest_s
        for number, frame in enumerate(self._frames(source, stream)):
            if number > most:
                raise MediaError(MediaCode.TOO_LONG, "pictures")
            yield frame, clock.ms(frame)

    def _frames(self, source: Source, stream: Stream) -> Iterator[Any]:
        for packet in _and_none(source.packets(stream)):
            try:
                yield from stream.codec_context.decode(packet)
            except (av.error.FFmpegError, ValueError):
                self.undecodable += packet is not None

    def _upright(self, frame: Any, scaler: VideoReformatter) -> NDArray[np.uint8]:
        """RGB with square pixels, at most LONGER_SIDE, turned as the file says that it is shown."""
        if max(frame.width, frame.height) > self.limits.max_side:
            raise MediaError(MediaCode.TOO_LARGE, "side")
        width, height = _size(frame, self._pixel_ratio)
        scaled = scaler.reformat(frame, width, height, "rgb24", threads=1)
        return np.ascontiguousarray(_turned(scaled.to_ndarray(), _matrix(frame)), dtype=np.uint8)


def pictures(path: Path, limits: Limits, *, fps: float = 10, from_ms: float = 0) -> Pictures:
    """The pictures of the file at `path`, at most `fps` a second, from `from_ms` on; see `Pictures`."""
    return Pictures(path, limits, fps=fps, from_ms=from_ms)


def length_ms(path: Path, limits: Limits) -> float:
    """When the last picture of the file ends, by its packets alone: nothing is decoded.

    Raises:
        MediaError: no_picture, too_long, and what `opening.opened` raises.
    """
    with opened(path, limits) as source:
        if source.picture is None:
            raise MediaError(MediaCode.NO_PICTURE)
        clock = _Clock(source.picture, source.zero_s)
        end_ms = max(
            (clock.ms(packet) + clock.step_ms for packet in source.packets(source.picture)), default=0.0
        )
        if end_ms - clock.step_ms > limits.longest_s * 1000:
            raise MediaError(MediaCode.TOO_LONG)
        return end_ms


def _and_none(packets: Iterator[Any]) -> Iterator[Any]:
    """The packets, then None, which makes the decoder give what it holds back."""
    yield from packets
    yield None


def _sought(source: Source, stream: Stream, at_s: float) -> bool:
    """Moves to the keyframe before `at_s`. False where that is not possible or not exact."""
    if source.kind not in RECORDED:
        return False
    try:
        source.container.seek(int(at_s / stream.time_base), stream=stream, backward=True)
    except (av.error.FFmpegError, OSError):
        return False
    return True


class _Clock:
    """When each frame or packet is shown, in ms; one without a time follows the one before it."""

    def __init__(self, stream: Stream, zero_s: float) -> None:
        self.zero_s = zero_s
        rate = stream.guessed_rate or stream.average_rate
        self.step_ms = 1000 / float(rate) if rate and SLOWEST_FPS <= rate <= FASTEST_FPS else USUAL_STEP_MS
        self.last_ms = -self.step_ms

    def ms(self, frame: Any) -> float:
        known = frame.pts is not None and frame.time_base
        seconds = float(frame.pts * frame.time_base) - self.zero_s if known else 0.0
        self.last_ms = seconds * 1000 if known else self.last_ms + self.step_ms
        return self.last_ms


def _pixel_ratio(stream: Stream) -> float:
    """Width of a pixel over its height; 1 where the file says nothing or nonsense."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 1 / MOST_OBLONG <= ratio <= MOST_OBLONG else 1.0


def _size(frame: Any, ratio: float) -> tuple[int, int]:
    """Width and height for `frame` with square pixels, in which no side is too long or vanishes."""
    width, height = frame.width * max(ratio, 1), frame.height / min(ratio, 1)
    scale = min(1.0, LONGER_SIDE / max(width, height))
    return max(SMALLEST_SIDE, round(width * scale)), max(SMALLEST_SIDE, round(height * scale))


def _matrix(frame: Any) -> tuple[int, int, int, int]:
    """a, b, c, d of the display matrix: a point (x, y) is shown at (a x + c y, b x + d y)."""
    side_data = frame.side_data.get(SideDataType.DISPLAYMATRIX)
    if side_data is None:
        return 1, 0, 0, 1
    m = np.frombuffer(bytes(side_data), dtype=np.int32)
    return int(m[0]), int(m[1]), int(m[3]), int(m[4])


def _turned(rgb: NDArray[Any], matrix: tuple[int, int, int, int]) -> NDArray[Any]:
    """`rgb` as the matrix shows it, to the nearest quarter turn, mirrored where it mirrors."""
    a, b, c, d = matrix
    if abs(b) + abs(c) > abs(a) + abs(d):
        rgb, across, down = rgb.transpose(1, 0, 2), c, b
    else:
        across, down = a, d
    if across < 0:
        rgb = rgb[:, ::-1]
    return rgb[::-1] if down < 0 else rgb
