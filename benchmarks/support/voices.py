"""Voices with known truth: pulse trains with known periods, amplitudes and noise, vowels, and espeak-ng."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.support.signals import RATE, NoSpeech

Sound = NDArray[np.int16]
Array = NDArray[np.float64]

FORMANTS = ((700.0, 80.0), (1200.0, 90.0), (2600.0, 120.0))
"""Of an [a]: frequencies and widths in Hz."""

_FINE = 8
"""Pulses are placed on a grid so many times finer than the sound's."""


@dataclass(frozen=True)
class Voice:
    """A made voice: jitter is the mean difference of neighbouring periods in percent, shimmer that of pulses in dB."""

    sound: Sound
    jitter: float
    shimmer: float


def pulses(
    hz: float,
    seconds: float = 4.0,
    *,
    jitter: float = 0.0,
    shimmer: float = 0.0,
    noise_db: float | None = None,
    gaps_s: Sequence[tuple[float, float]] = (),
    seed: int = 0,
) -> Voice:
    """Pulses of a voice. `jitter` and `shimmer` are the spreads of periods and amplitudes as shares of their means.

    `noise_db` is the voice's power over that of white noise. No pulse is in `gaps_s`.
    """
    random = np.random.default_rng(seed)
    count = int(seconds * hz)
    periods = np.maximum(1 + jitter * random.standard_normal(count), 0.5) / hz
    amplitudes = np.maximum(1 + shimmer * random.standard_normal(count), 0.1)
    places = np.rint(np.cumsum(periods) * RATE * _FINE).astype(np.intp)
    times = places / (RATE * _FINE)
    heard = (times < seconds - 0.01) & ~np.any(
        [(times >= a) & (times < b) for a, b in gaps_s or [(0, 0)]], axis=0
    )
    fine = np.zeros(int(seconds * RATE) * _FINE)
    fine[places[heard]] = amplitudes[heard]
    lengths = np.diff(times)
    return Voice(
        _scaled(_sung(fine), noise_db, random),
        jitter=float(100 * np.abs(np.diff(lengths)).mean() / lengths.mean()),
        shimmer=float(np.abs(20 * np.diff(np.log10(amplitudes))).mean()),
    )


def _sung(fine: Array) -> Array:
    """Pulses through throat and mouth, at the sound's own rate."""
    frequencies = np.fft.rfftfreq(len(fine), 1 / (RATE * _FINE))
    wanted = len(fine) // _FINE // 2 + 1
    s = 2j * np.pi * frequencies[:wanted]
    response = s / (s + 2 * np.pi * 100) ** 2
    for formant, width in FORMANTS:
        pole = -np.pi * width + 2j * np.pi * formant
        response = response / ((s - pole) * (s - pole.conjugate()))
    sung: Array = np.fft.irfft(np.fft.rfft(fine)[:wanted] * response, len(fine) // _FINE)
    return sung


def _scaled(sound: Array, noise_db: float | None, random: np.random.Generator) -> Sound:
    sound = 12_000 * sound / np.abs(sound).max()
    if noise_db is not None:
        noise = random.standard_normal(len(sound)) * np.sqrt((sound**2).mean()) / 10 ** (noise_db / 20)
        sound = sound + noise
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def vowel(hz: float | Array, seconds: float = 1.0, level: float = 8000.0) -> Sound:
    """An [a] by its harmonics; `hz` may be one number for each sample."""
    pitch = np.broadcast_to(np.asarray(hz, dtype=np.float64), (int(seconds * RATE),))
    phase = np.cumsum(pitch) / RATE
    total = np.zeros(len(pitch))
    for k in range(1, 60):
        f = k * pitch
        gain = np.where(f < 7500, 1.0 / k, 0.0)
        for formant, width in FORMANTS:
            gain = gain * formant**2 / np.sqrt((formant**2 - f**2) ** 2 + (width * f) ** 2)
        total += gain * np.sin(2 * np.pi * k * phase)
    sound: Sound = np.rint(total / np.abs(total).max() * level).astype(np.int16)
    return sound


def spoken(text: str, *, words_per_minute: int = 150, pitch: int = 50, voice: str = "en") -> Sound:
    """What espeak-ng says, without the silence around it. Raises NoSpeech."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise NoSpeech("espeak-ng is not installed (Debian: apt-get install espeak-ng)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        options = ("-s", str(words_per_minute), "-p", str(pitch), "-v", voice, "-w", str(path))
        subprocess.run([program, *options, text], check=True, timeout=60)
        with wave.open(str(path)) as file:
            rate, data = file.getframerate(), file.readframes(file.getnframes())
    said = np.frombuffer(data, dtype="<i2").astype(np.float64)
    sound = np.interp(np.arange(0, len(said) / rate, 1 / RATE), np.arange(len(said)) / rate, said)
    loud = np.flatnonzero(np.abs(sound) > 300)
    return sound[loud[0] : loud[-1] + 1].astype(np.int16)


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def hiss(samples: int, rms: float, seed: int = 5) -> Sound:
    """White noise."""
    return np.rint(np.random.default_rng(seed).normal(0, rms, samples)).astype(np.int16)


SENTENCES: tuple[tuple[str, int], ...] = (
    ("I worked in a small shop for two years and then I moved to the city", 17),
    ("Good morning, my name is Sam and I would like to talk about the job", 17),
    ("People want to be heard, and I listen before I answer them", 16),
    ("On Saturdays it was full, and one day a customer was very angry because her parcel had not come", 27),
    ("Communication and organisation are important abilities in a university", 26),
    ("She sells big red cars at the old farm near the lake", 12),
    ("My manager asked me to plan a meeting with seven new members of the team", 20),
    ("We made a table of the numbers and showed it to the others on Monday", 19),
)
"""Sentences and how many syllables they have, counted by hand."""
