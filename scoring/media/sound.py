"""The sound of a file as 16 kHz mono PCM on its presentation time.

Sample k of the result sounds k / 16 ms after the beginning of the file: where the sound starts late or has holes there
are zeros, and what a broken clock sends twice is taken once. Decoded piece by piece: the memory is that of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.opening import Source, Stream, opened

RATE = 16_000
JITTER_S = 0.03
"""Recorders write times in whole milliseconds, somewhat late: only beyond this a hole or an overlap is believed."""
RESAMPLING = {"filter_size": "64", "cutoff": "0.95"}
"""Of libswresample: a longer filter than its default, whose stop band is reached before it folds back."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """sound: (n,) int16 at 16 kHz. undecodable: packets that were lost. holes_s: zeros put in for missing sound."""

    sound: NDArray[np.int16]
    undecodable: int
    holes_s: float


def read_sound(path: Path, limits: Limits) -> NDArray[np.int16]:
    """The sound of the file at `path`: (n,) int16, 16 kHz mono, sample 0 at presentation time 0.

    Raises:
        MediaError: no_sound (only pictures), empty (no samples), unreadable (nothing decodable), too_long, and what
            `opening.opened` raises.
    """
    return decode(path, limits).sound


def decode(path: Path, limits: Limits) -> Decoded:
    """As `read_sound`, with what was wrong on the way."""
    with opened(path, limits) as source:
        if source.sound is None:
            raise MediaError(MediaCode.NO_SOUND)
        line = _Line(limits.longest_s)
        undecodable = _decode_into(line, source, source.sound)
        if not line.heard:
            raise MediaError(_why_nothing(source, undecodable))
        return Decoded(line.result(), undecodable, line.holes / RATE)


def _why_nothing(source: Source, undecodable: int) -> MediaCode:
    if undecodable:
        return MediaCode.UNREADABLE
    return MediaCode.EMPTY if source.picture is None else MediaCode.NO_SOUND


def _decode_into(line: _Line, source: Source, stream: Stream) -> int:
    """Returns the number of packets that could not be decoded."""
    undecodable = 0
    for packet in source.packets(stream):
        try:
            frames = stream.codec_context.decode(packet)
        except av.error.FFmpegError:
            undecodable += 1
            continue
        for frame in frames:
            line.add(frame, source.zero_s)
    line.end_run()
    return undecodable


class _Line:
    """The result as it grows: runs of frames that follow each other, each resampled by itself and put at its time."""

    def __init__(self, longest_s: float) -> None:
        self.longest_s = longest_s
        self.samples = bytearray()
        self.heard = 0
        self.holes = 0
        self._run: _Run | None = None

    def add(self, frame: Any, zero_s: float) -> None:
        mono = _mono(frame)
        at_s = self._time_of(frame, zero_s)
        if at_s > self.longest_s:
            raise MediaError(MediaCode.TOO_LONG)
        if self._run is not None and not self._run.goes_on(frame.sample_rate, at_s):
            self.end_run()
        if self._run is None:
            mono, at_s = self._after_the_end(mono, at_s, frame.sample_rate)
            if not mono.size:
                return
            self._run = _Run(at_s, frame.sample_rate)
            self._make_room(at_s)
        self._put(self._run.resample(mono))

    def end_run(self) -> None:
        if self._run is not None:
            self._put(self._run.rest())
            self._run = None

    def result(self) -> NDArray[np.int16]:
        return np.frombuffer(self.samples, dtype=np.int16)

    def _time_of(self, frame: Any, zero_s: float) -> float:
        """The frame's presentation time in s; a frame without one follows the one before it."""
        if frame.pts is not None and frame.time_base is not None:
            return float(frame.pts * frame.time_base) - zero_s
        return self._run.end_s if self._run is not None else self._end_s

    @property
    def _end_s(self) -> float:
        return len(self.samples) / 2 / RATE

    def _after_the_end(
        self, mono: NDArray[np.float32], at_s: float, rate: int
    ) -> tuple[NDArray[np.float32], float]:
        """What of `mono` lies after all that is there already, and its time."""
        early = round((self._end_s - at_s) * rate)
        return (mono[early:], self._end_s) if early > 0 else (mono, at_s)

    def _make_room(self, at_s: float) -> None:
        missing = round(at_s * RATE) - len(self.samples) // 2
        if missing > 0:
            self.samples.extend(bytes(2 * missing))
            self.holes += missing

    def _put(self, samples: NDArray[np.int16]) -> None:
        self.samples.extend(samples.tobytes())
        self.heard += samples.size


class _Run:
    """Frames of one sampling rate without a hole between them."""

    def __init__(self, start_s: float, rate: int) -> None:
        self.start_s = start_s
        self.rate = rate
        self.taken = 0
        self._resampler = av.AudioResampler("flt", "mono", RATE, options=RESAMPLING) if rate != RATE else None

    @property
    def end_s(self) -> float:
        return self.start_s + self.taken / self.rate

    def goes_on(self, rate: int, at_s: float) -> bool:
        return rate == self.rate and abs(at_s - self.end_s) <= JITTER_S

    def resample(self, mono: NDArray[np.float32]) -> NDArray[np.int16]:
        self.taken += mono.size
        if self._resampler is None:
            return _to_int16([mono])
        frame = av.AudioFrame.from_ndarray(mono[np.newaxis], "flt", "mono")
        frame.sample_rate = self.rate
        return _to_int16([out.to_ndarray()[0] for out in self._resampler.resample(frame)])

    def rest(self) -> NDArray[np.int16]:
        if self._resampler is None:
            return _to_int16([])
        return _to_int16([out.to_ndarray()[0] for out in self._resampler.resample(None)])


def _mono(frame: Any) -> NDArray[np.float32]:
    """The mean of the channels as float32 in -1..1. Samples that are no numbers count as silence."""
    samples = frame.to_ndarray()
    planes = samples if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels).T
    mono: NDArray[np.float32] = _scaled(planes).mean(axis=0, dtype=np.float32)
    return mono


def _scaled(planes: NDArray[Any]) -> NDArray[np.floating[Any]]:
    if planes.dtype.kind == "f":
        return np.clip(np.where(np.isfinite(planes), planes, 0), -1.0, 1.0)
    whole = float(np.iinfo(planes.dtype).max) + 1
    return (planes.astype(np.float64) - 128) / 128 if planes.dtype == np.uint8 else planes / whole


def _to_int16(parts: list[NDArray[np.float32]]) -> NDArray[np.int16]:
    if not parts:
        return np.zeros(0, dtype=np.int16)
    samples: NDArray[np.int16] = np.clip(np.rint(np.concatenate(parts) * 32768), -32768, 32767).astype(
        np.int16
    )
    return samples
