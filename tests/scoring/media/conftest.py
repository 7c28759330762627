"""Made media: films of drawn pictures and of a moved photograph, tones, and files of both as recorders write them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from greenroom import models_store
from scoring.media.landmarks import LandmarkFinder, Models
from scoring.media.limits import Limits

MS = Fraction(1, 1000)
Retime = Callable[[float], float | None]
Rgb = NDArray[np.uint8]


def write(
    path: Path,
    *,
    pictures: Iterable[tuple[float, Rgb]] = (),
    sound: NDArray[np.int16] | None = None,
    rate: int = 48_000,
    codecs: tuple[str, str] = ("libvpx", "libopus"),
    sound_at: Retime = lambda ms: ms,
    pixel_ratio: Fraction | None = None,
    keyframes: int = 30,
) -> Path:
    """A file of `pictures` (time in ms, rgb; all of one size) and `sound` (mono), in the container that the name says.

    `sound_at` gives for the time of a packet of sound, in ms, the time that is written; None leaves the packet out.
    """
    pictures = list(pictures)
    packets: list[Any] = []
    with av.open(str(path), "w") as output:
        video = _video(output, codecs[0], pictures[0][1], pixel_ratio, keyframes) if pictures else None
        audio = output.add_stream(codecs[1], rate=rate, layout="mono") if sound is not None else None
        if video is not None:
            packets += _picture_packets(video, pictures)
        if audio is not None and sound is not None:
            packets += _sound_packets(audio, sound, rate, sound_at)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            output.mux(packet)
    return path


def _video(output: Any, codec: str, first: Rgb, pixel_ratio: Fraction | None, keyframes: int) -> Any:
    stream = output.add_stream(codec, rate=30)
    stream.height, stream.width, stream.pix_fmt = first.shape[0], first.shape[1], "yuv420p"
    stream.bit_rate, stream.gop_size = 2_000_000, keyframes
    stream.codec_context.time_base = MS
    stream.codec_context.max_b_frames = 0
    if codec == "libvpx":
        stream.options = {"deadline": "good", "cpu-used": "5"}
    if pixel_ratio is not None:
        stream.codec_context.sample_aspect_ratio = pixel_ratio
    return stream


def _picture_packets(stream: Any, pictures: list[tuple[float, Rgb]]) -> list[Any]:
    packets = []
    for t_ms, rgb in pictures:
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame.pts, frame.time_base = round(t_ms), MS
        packets += stream.encode(frame)
    return packets + list(stream.encode())


def _sound_packets(stream: Any, sound: NDArray[np.int16], rate: int, sound_at: Retime) -> list[Any]:
    packets = []
    for start in range(0, len(sound), 960):
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis, start : start + 960], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        packets += stream.encode(frame)
    packets += stream.encode()
    kept = []
    for packet in packets:
        at_ms = sound_at(float(packet.pts * packet.time_base * 1000))
        if at_ms is not None:
            packet.pts = packet.dts = round(Fraction(at_ms) * MS / packet.time_base)
            kept.append(packet)
    return kept


@pytest.fixture(scope="session")
def make() -> Callable[..., Path]:
    """`make(path, pictures=..., sound=..., ...)`, see `write`."""
    return write


@pytest.fixture(scope="session")
def tone() -> Callable[..., NDArray[np.int16]]:
    """`tone(1000, seconds, rate)`: a sine at half of full scale."""

    def sine(hz: float, seconds: float, rate: int = 48_000) -> NDArray[np.int16]:
        times = np.arange(round(seconds * rate)) / rate
        return np.rint(16_384 * np.sin(2 * np.pi * hz * times)).astype(np.int16)

    return sine


@pytest.fixture(scope="session")
def numbered() -> Callable[..., Iterator[tuple[float, Rgb]]]:
    """`numbered(times_ms, width, height)`: grey pictures, the k-th of brightness 20 + 5 * (k % 40)."""

    def draw(times_ms: Iterable[float], width: int = 64, height: int = 48) -> Iterator[tuple[float, Rgb]]:
        for k, t_ms in enumerate(times_ms):
            yield t_ms, np.full((height, width, 3), 20 + 5 * (k % 40), dtype=np.uint8)

    return draw


@pytest.fixture
def limits() -> Limits:
    return Limits()


# --- the moved photograph -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """The photograph of an astronaut before a camera: `warps` (n, 2, 3) take its pixels to those of `pictures`."""

    times_ms: list[float]
    warps: NDArray[np.float64]
    pictures: list[Rgb]

    def film(self) -> list[tuple[float, Rgb]]:
        return list(zip(self.times_ms, self.pictures, strict=True))

    def back(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of each picture (n, points, 2) in its pixels -> where they lie in the photograph."""
        inverse = np.array([cv2.invertAffineTransform(warp) for warp in self.warps])
        moved: NDArray[np.float64] = (
            np.einsum("nij,npj->npi", inverse[:, :, :2], xy) + inverse[:, np.newaxis, :, 2]
        )
        return moved


@pytest.fixture(scope="session")
def moved() -> Callable[..., Moved]:
    """`moved(seconds, fps)`: the head sways, nods, tilts and comes nearer by known amounts; 640 x 480."""

    def film(seconds: float, fps: int = 10, size: tuple[int, int] = (640, 480)) -> Moved:
        photograph = astronaut()
        times = [1000 * k / fps for k in range(round(seconds * fps))]
        warps = np.array([_warp(t / 1000, size) for t in times])
        pictures = [cv2.warpAffine(photograph, warp, size, borderMode=cv2.BORDER_REPLICATE) for warp in warps]
        return Moved(times, warps, pictures)

    return film


def _warp(t_s: float, size: tuple[int, int]) -> NDArray[np.float64]:
    turn = 2 * math.pi * t_s
    scale = (1 + 0.04 * math.sin(0.1 * turn)) * min(size) / 512
    warp = cv2.getRotationMatrix2D((256, 128), 5 * math.sin(0.25 * turn), scale)
    warp[:, 2] += (
        size[0] / 2 - 256 + 12 * math.sin(0.4 * turn),
        size[1] * 0.34 - 128 + 8 * math.sin(0.9 * turn),
    )
    return np.asarray(warp, dtype=np.float64)


@pytest.fixture(scope="session")
def finder() -> Iterator[LandmarkFinder]:
    names = ("face", "pose", "hand")
    with LandmarkFinder(Models(*(models_store.verify(name) for name in names))) as loaded:
        yield loaded
