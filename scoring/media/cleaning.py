"""Prepares sound for the recogniser: hum and rumble below the voice are taken out, and it is levelled.

Cues are always measured on the original, which is not touched. Denoising was measured to cost words rather than to give
them, and is left out: docs/decisions/0008-no-denoiser-before-the-recogniser.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from scoring.media.sound import RATE

FRAME = RATE // 40
BLOCK = 4 * RATE
FULL_SCALE = 32768.0

RUMBLE = ("highpass", "f=80")
"""12 dB an octave below 80 Hz: the hum of the mains and what a table carries into a microphone."""

SILENT_DB = -60.0
"""Speech weaker than this (dB against full scale) is taken for none: it is not made louder."""
TARGET_DB = -23.0
MOST_GAIN_DB = 30.0
PEAK_DB = -1.0
PEAK_SHARE = 99.95
"""Percentile of the samples that counts as the peak: a click must not keep a quiet voice quiet."""
LOUDEST_SHARE = 98
GATE_DB = 20.0
"""Frames this far below the loudest do not count as speech."""


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """sound: (n,) int16, 16 kHz, as long as what came in and on its time.

    gain_db: by how much it was made louder (or, negative, softer). noise_reduced_db: by how much its quietest tenth was
    lowered before that.
    """

    sound: NDArray[np.int16]
    gain_db: float
    noise_reduced_db: float


def clean(sound: NDArray[np.int16]) -> Cleaned:
    """`sound` (n,) int16 at 16 kHz, prepared. What is silent, or shorter than 50 ms, comes back as it is."""
    original = _frame_levels(sound)
    if original.size < 2 or _speech_db(original) < SILENT_DB:
        return Cleaned(sound, 0.0, 0.0)
    plain = _filtered(sound, [RUMBLE])
    levels = _frame_levels(plain)
    gain_db = _gain_db(plain, levels)
    return Cleaned(_amplified(plain, gain_db), gain_db, max(0.0, _floor_db(original) - _floor_db(levels)))


def _floor_db(levels: NDArray[np.float64]) -> float:
    return float(np.percentile(levels, 10))


def _frame_levels(sound: NDArray[np.int16]) -> NDArray[np.float64]:
    """The level of each 25 ms, in dB against full scale; never below -100."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / FRAME
    return np.asarray(10 * np.log10(power / FULL_SCALE**2 + 1e-10))


def _speech_db(levels: NDArray[np.float64]) -> float:
    """The mean level of the frames that are not far below the loudest. A click cannot raise it."""
    loudest = float(np.percentile(levels, LOUDEST_SHARE))
    speech = np.minimum(levels[levels > loudest - GATE_DB], loudest)
    return float(10 * np.log10(np.mean(10 ** (speech / 10))))


def _gain_db(sound: NDArray[np.int16], levels: NDArray[np.float64]) -> float:
    peak = max(float(np.percentile(np.abs(sound.astype(np.float32)), PEAK_SHARE)), 1.0)
    room_db = PEAK_DB - 20 * np.log10(peak / FULL_SCALE)
    return float(np.clip(min(TARGET_DB - _speech_db(levels), room_db), -MOST_GAIN_DB, MOST_GAIN_DB))


def _amplified(sound: NDArray[np.int16], gain_db: float) -> NDArray[np.int16]:
    louder = np.rint(sound.astype(np.float32) * np.float32(10 ** (gain_db / 20)))
    samples: NDArray[np.int16] = np.clip(louder, -32768, 32767).astype(np.int16)
    return samples


def _filtered(sound: NDArray[np.int16], chain: list[tuple[str, str]]) -> NDArray[np.int16]:
    """`sound` through FFmpeg's filters; as long as it came."""
    graph = _graph(chain)
    parts = []
    for start in range(0, len(sound), BLOCK):
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis, start : start + BLOCK], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        graph.push(frame)
        parts += list(_pulled(graph))
    graph.push(None)
    parts += list(_pulled(graph))
    out = np.concatenate(parts)[: len(sound)]
    return np.pad(out, (0, len(sound) - len(out)))


def _graph(chain: list[tuple[str, str]]) -> Graph:
    graph = Graph()
    source = graph.add(
        "abuffer", sample_rate=str(RATE), sample_fmt="s16", channel_layout="mono", time_base=f"1/{RATE}"
    )
    sink = graph.add("abuffersink")
    last = source
    for name, arguments in [*chain, ("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono")]:
        following = graph.add(name, arguments)
        last.link_to(following)
        last = following
    last.link_to(sink)
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[NDArray[np.int16]]:
    with suppress(av.error.BlockingIOError, av.error.EOFError):
        while True:
            yield graph.pull().to_ndarray()[0]
