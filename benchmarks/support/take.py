"""A take with known words: a photograph that moves before a camera, and espeak-ng that says them, as a browser records.

640 x 480 at 30 pictures a second, VP8 and Opus in WebM.
"""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

from benchmarks.support.signals import NoSpeech

WIDTH, HEIGHT, FPS = 640, 480, 30
SOUND_RATE = 48_000
OPUS_FRAME = 960
PAUSE_S = 0.7
SENTENCES = (
    "I worked in a small shop for two years.",
    "On Saturdays it was full, and one day a customer was very angry because her parcel had not come.",
    "I listened first, and then I called the depot.",
    "In the evening she had it.",
    "What I learned is that people want to be heard.",
    "After that I led a team of four people, and we planned a new booking system before the summer.",
    "We met every morning and wrote down what each of us would do until the evening.",
    "When something did not work, we asked for help early.",
    "I would do the same here, and I would like to learn how you plan your week.",
    "My greatest weakness is that I sometimes spend too much time on small details.",
)


@dataclass(frozen=True)
class Take:
    path: Path
    words: tuple[str, ...]
    seconds: float


def make(path: Path, seconds: int) -> Take:
    """Writes the take to `path` (a .webm). Raises NoSpeech where espeak-ng is not installed."""
    sound, words = _speech(seconds)
    with av.open(str(path), "w", format="webm") as output:
        video = output.add_stream("libvpx", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.bit_rate, video.options = 1_000_000, {"deadline": "realtime", "cpu-used": "8"}
        audio = output.add_stream("libopus", rate=SOUND_RATE, layout="mono")
        packets = [*_encoded(video, _pictures(seconds)), *_encoded(audio, _frames(sound))]
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            output.mux(packet)
    return Take(path, tuple(words), seconds)


def _encoded(stream: Any, frames: Iterator[Any]) -> Iterator[Any]:
    for frame in frames:
        yield from stream.encode(frame)
    yield from stream.encode()


def _pictures(seconds: int) -> Iterator[Any]:
    photograph = astronaut()
    for k in range(seconds * FPS):
        rgb = cv2.warpAffine(photograph, _warp(k / FPS), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame.pts, frame.time_base = k, Fraction(1, FPS)
        yield frame


def _warp(t_s: float) -> NDArray[np.float64]:
    turn = 2 * math.pi * t_s
    scale = (1 + 0.04 * math.sin(0.1 * turn)) * HEIGHT / 512
    warp = cv2.getRotationMatrix2D((256, 128), 5 * math.sin(0.25 * turn), scale)
    warp[:, 2] += (
        WIDTH / 2 - 256 + 12 * math.sin(0.4 * turn),
        HEIGHT * 0.34 - 128 + 8 * math.sin(0.9 * turn),
    )
    return np.asarray(warp, dtype=np.float64)


def _speech(seconds: int) -> tuple[NDArray[np.int16], list[str]]:
    """(seconds * 48000,) int16 of whole sentences with pauses, silence at the end; and their words."""
    parts: list[NDArray[np.int16]] = []
    words: list[str] = []
    room = seconds * SOUND_RATE
    for number in range(10_000):
        sentence = SENTENCES[number % len(SENTENCES)]
        said = np.concatenate([_said(sentence), np.zeros(round(PAUSE_S * SOUND_RATE), np.int16)])
        if len(said) > room:
            break
        parts.append(said)
        words += spoken_words(sentence)
        room -= len(said)
    return np.concatenate([*parts, np.zeros(room, np.int16)]), words


def _said(text: str) -> NDArray[np.int16]:
    program = shutil.which("espeak-ng")
    if program is None:
        raise NoSpeech("espeak-ng is not installed (Debian: apt-get install espeak-ng)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run([program, "-v", "en-us", "-s", "150", "-w", str(path), text], check=True)
        resampler = av.AudioResampler("s16", "mono", SOUND_RATE)
        with av.open(str(path)) as source:
            out = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
        out += resampler.resample(None)
    return np.concatenate([part.to_ndarray()[0] for part in out]).astype(np.int16)


def _frames(sound: NDArray[np.int16]) -> Iterator[Any]:
    for start in range(0, len(sound), OPUS_FRAME):
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis, start : start + OPUS_FRAME], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        yield frame


def spoken_words(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()


def word_error_rate(said: Sequence[str], heard: Sequence[str]) -> float:
    """Words wrong, left out and put in, over the words said."""
    costs = list(range(len(heard) + 1))
    for row, word in enumerate(said, 1):
        diagonal, costs[0] = costs[0], row
        for column, other in enumerate(heard, 1):
            replaced = diagonal + (word != other)
            diagonal, costs[column] = costs[column], min(costs[column] + 1, costs[column - 1] + 1, replaced)
    return costs[-1] / len(said)
