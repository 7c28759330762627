"""F0 and loudness from openSMILE, by a configuration of our own (`live_voice.conf`) and its C interface.

openSMILE computes a stretch of sound at a time. No descriptor depends on an earlier one, so that stretches which
overlap by `OVERLAP` samples give, put together, bit for bit what the whole sound gives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from opensmile.core.lib import OpenSMILE

from scoring.cues.history import Array

RATE = 16000
STEP = 320
"""Samples between two rows of descriptors: 20 ms."""

STEP_MS = 20.0
OVERLAP = 640
"""Samples at the end of a stretch that the next one needs again: the F0 window (60 ms) less one step."""

LONGEST = 2 * RATE
"""Samples that are handed to openSMILE at once."""

VOICED = 0.7
"""openSMILE's voicing probability from which a frame is voiced (GeMAPS)."""

LOUDNESS_EXPONENT = 0.66
"""Loudness grows with amplitude to this power (the compression 0.33 of the auditory power spectrum)."""

FULL_SCALE = 1.7502
"""openSMILE's loudness of a 1 kHz sine at full scale."""

QUIETEST_DB = -100.0

_CONFIG = Path(__file__).with_name("live_voice.conf")
_SINKS = ("f0", "loud")


class _Smile:
    """One openSMILE instance, to be used by one thread."""

    def __init__(self) -> None:
        self._smile = OpenSMILE()
        self._smile.initialize(str(_CONFIG), {}, loglevel=0)

    def run(self, sound: NDArray[np.int16]) -> list[Array]:
        """Rows of F0 and rows of loudness of `sound`."""
        rows: dict[str, list[Array]] = {sink: [] for sink in _SINKS}
        self._smile._callbacks.clear()
        for sink in _SINKS:
            self._smile.external_sink_set_callback_ex(sink, _keep_in(rows[sink]))
        if not self._smile.external_audio_source_write_data("source", sound.tobytes()):
            raise RuntimeError("openSMILE did not take the sound")
        self._smile.external_audio_source_set_eoi("source")
        self._smile.run()
        self._smile.reset()
        return [np.concatenate(rows[sink]) for sink in _SINKS]

    def __del__(self) -> None:
        self._smile.free()


def _keep_in(rows: list[Array]) -> Callable[[NDArray[np.float32], object], None]:
    def keep(data: NDArray[np.float32], _: object) -> None:
        rows.append(data.astype(np.float64))

    return keep


_of_thread = threading.local()
"""An instance holds nothing between two runs; one for each thread saves reading the configuration every second."""


def describe(sound: NDArray[np.int16]) -> Array:
    """Loudness in dB and F0 in semitones above 27.5 Hz (NaN where unvoiced), a row (2,) for each 20 ms.

    Row i describes the samples from `STEP * i` on: 32 ms of them for the loudness, 60 ms for F0. There are
    `(len(sound) - OVERLAP) // STEP` rows. The loudness is an auditory one in dB: it follows gain, but
    weighs the spectrum as hearing does; 0 dB is a 1 kHz sine at full scale.
    """
    rows = (len(sound) - OVERLAP) // STEP
    if rows <= 0:
        return np.empty((0, 2))
    stretches = range(0, rows * STEP, LONGEST)
    return np.concatenate([_describe(sound[start : start + LONGEST + OVERLAP]) for start in stretches])[:rows]


def _describe(sound: NDArray[np.int16]) -> Array:
    if not hasattr(_of_thread, "smile"):
        _of_thread.smile = _Smile()
    f0, loud = _of_thread.smile.run(sound)
    rows = (len(sound) - OVERLAP) // STEP
    return np.stack([_loudness_db(loud[:rows, 0]), _semitones(f0[:rows])], axis=1)


def _loudness_db(loudness: Array) -> Array:
    floor = FULL_SCALE * 10 ** (QUIETEST_DB * LOUDNESS_EXPONENT / 20)
    level: Array = 20 / LOUDNESS_EXPONENT * np.log10(np.maximum(loudness, floor) / FULL_SCALE)
    return level


def _semitones(f0: Array) -> Array:
    """Column 1 is the candidate in Hz, column 2 its voicing probability."""
    voiced = (f0[:, 2] >= VOICED) & (f0[:, 1] > 0)
    return np.where(voiced, 12 * np.log2(np.maximum(f0[:, 1], 1.0) / 27.5), np.nan)


def to_hz(semitones: float) -> float:
    """Semitones above 27.5 Hz to Hz."""
    hz: float = 27.5 * 2 ** (semitones / 12)
    return hz
