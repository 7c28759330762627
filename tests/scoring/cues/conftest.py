"""Made media with known truth: drawn people, tones and vowels, and speech from espeak-ng."""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.support.drawn import Scene

Array = NDArray[np.float64]
Sound = NDArray[np.int16]
RATE = 16_000
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.fixture
def person() -> Callable[..., Scene]:
    """`person(seconds, fps=12.5, ...)`: a scene; the other arguments are those of `Scene`."""

    def make(seconds: float, fps: float = 12.5, **signals: Any) -> Scene:
        times = np.arange(0, seconds * 1000, 1000 / fps)
        signals = {
            name: signal(times / 1000) if callable(signal) else signal for name, signal in signals.items()
        }
        return Scene(times, **signals)

    return make


# Sound


def _sound(wave_: Array, level: float = 8000.0) -> Sound:
    return np.clip(np.round(wave_ * level), -32768, 32767).astype(np.int16)


@pytest.fixture
def silence() -> Callable[[float], Sound]:
    return lambda seconds: np.zeros(int(seconds * RATE), dtype=np.int16)


@pytest.fixture
def hiss() -> Callable[[float, float], Sound]:
    """`hiss(seconds, rms)`: white noise."""

    def make(seconds: float, rms: float) -> Sound:
        return _sound(np.random.default_rng(5).normal(0, 1, int(seconds * RATE)), rms)

    return make


@pytest.fixture
def tone() -> Callable[..., Sound]:
    """`tone(hz)`: a sine; `hz` may be one number for each sample."""

    def make(hz: Any, seconds: float = 1.0, level: float = 8000.0) -> Sound:
        phase = np.cumsum(np.broadcast_to(np.asarray(hz, dtype=np.float64), (int(seconds * RATE),))) / RATE
        return _sound(np.sin(2 * np.pi * phase), level)

    return make


@pytest.fixture
def vowel() -> Callable[..., Sound]:
    """`vowel(hz)`: an [a] by harmonics under three formants; `hz` may be one number for each sample."""

    def make(hz: Any, seconds: float = 1.0, level: float = 8000.0) -> Sound:
        pitch = np.broadcast_to(np.asarray(hz, dtype=np.float64), (int(seconds * RATE),))
        phase = np.cumsum(pitch) / RATE
        total = np.zeros(len(pitch))
        for k in range(1, 60):
            f = k * pitch
            gain = np.where(f < 7500, 1.0 / k, 0.0)
            for formant, width in ((700, 80), (1200, 90), (2600, 120)):
                gain = gain * formant**2 / np.sqrt((formant**2 - f**2) ** 2 + (width * f) ** 2)
            total += gain * np.sin(2 * np.pi * k * phase)
        return _sound(total / np.abs(total).max(), level)

    return make


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sound]:
    """`say(text)`: espeak-ng's voice at 16 kHz, without the silence around it."""
    if shutil.which("espeak-ng") is None:
        if IN_CI:
            pytest.fail("espeak-ng is missing")
        pytest.skip("needs espeak-ng (apt-get install espeak-ng)")
    folder = tmp_path_factory.mktemp("speech")
    return lambda text, pitch=50: _trimmed(_spoken(folder / "said.wav", text, pitch))


def _spoken(path: Path, text: str, pitch: int) -> Sound:
    subprocess.run(["espeak-ng", "-p", str(pitch), "-w", str(path), text], check=True, timeout=30)
    with wave.open(str(path)) as file:
        rate, data = file.getframerate(), file.readframes(file.getnframes())
    sound = np.frombuffer(data, dtype=np.int16).astype(np.float64)
    times = np.arange(0, len(sound) / rate, 1 / RATE)
    return np.interp(times, np.arange(len(sound)) / rate, sound).astype(np.int16)


def _trimmed(sound: Sound) -> Sound:
    loud = np.flatnonzero(np.abs(sound) > 300)
    return sound[loud[0] : loud[-1] + 1]
