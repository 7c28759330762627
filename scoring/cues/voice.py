"""The descriptors of the voice: F0 and loudness by openSMILE (`live_voice.conf`), its quality by the waveform.

A stretch of sound is described at a time. No row depends on an earlier one, so that stretches which overlap by
`OVERLAP` samples give, put together, bit for bit what the whole sound gives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from opensmile.core.lib import OpenSMILE

from scoring.cues.history import Array
from scoring.cues.voice_quality import quality

RATE = 16000
STEP = 320
"""Samples between two rows of descriptors: 20 ms."""

STEP_MS = 20.0
OVERLAP = 640
"""Samples at the end of a stretch that the next one needs again: the F0 window (60 ms) less one step."""

AT_ONCE = 9 * RATE
"""Samples that openSMILE's buffers hold (live_voice.conf)."""

LONGEST = 2 * RATE
"""Samples that are handed to openSMILE at once."""

VOICED = 0.7
"""openSMILE's voicing probability from which a frame is voiced (GeMAPS), for voices above `HIGH_HZ`."""

VOICED_LOW = 0.6
"""The same at `LOW_HZ` and below; in between it rises evenly.

The harmonics of a low voice run into each other in a window of 60 ms: with one threshold for all, a voice of 75 Hz
was voiced for a third of the time that it is.
"""

LOW_HZ, HIGH_HZ = 70.0, 105.0
LOWEST_HZ = 50.0
"""Of F0; openSMILE gives 0 where it has no candidate."""

QUALITY_EVERY = 2
"""Jitter, shimmer and HNR are measured in every second row: neighbours share two thirds of their sound anyway."""

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


class D(IntEnum):
    """The columns of a description, a row for each 20 ms: dB, semitones above 27.5 Hz, percent, dB, dB."""

    LOUDNESS = 0
    SEMITONES = 1
    JITTER = 2
    SHIMMER = 3
    HNR = 4


def describe(sound: NDArray[np.int16], first: int = 0) -> Array:
    """Loudness, F0, jitter, shimmer and HNR (rows, 5), a row for each 20 ms; NaN where it is not voiced.

    `first` is the number of the first row in its stream. Row i describes the samples from `STEP * i` on: 32 ms of them
    for the loudness, 60 ms for the rest. There are `(len(sound) - OVERLAP) // STEP` rows. The loudness is an auditory
    one in dB: it follows gain, but weighs the spectrum as hearing does; 0 dB is a 1 kHz sine at full scale.
    Jitter, shimmer and HNR (`voice_quality`) are in every second row of the stream only.
    """
    return describe_together([(sound, first)])[0]


def describe_together(parts: Sequence[tuple[NDArray[np.int16], int]]) -> list[Array]:
    """`describe` of several streams' sounds (each with its first row), in less time than one after the other."""
    stretches = _extracted([stretch for part in parts for stretch in _stretches(*part)])
    tables = iter(_tables(stretches)) if stretches else iter(())
    return [
        np.concatenate([np.empty((0, len(D))), *(next(tables) for _ in _stretches(*part))]) for part in parts
    ]


def _stretches(sound: NDArray[np.int16], first: int) -> list[tuple[NDArray[np.int16], int]]:
    """The sound of at most `LONGEST` and what the next needs again, of whole rows, with the number of the first row."""
    end = (len(sound) - OVERLAP) // STEP * STEP
    starts = range(0, end, LONGEST)
    return [(sound[at : min(at + LONGEST, end) + OVERLAP], first + at // STEP) for at in starts]


class _Stretch:
    """What openSMILE finds in a stretch of sound, on rows that go on to the stretch's end."""

    def __init__(self, sound: NDArray[np.int16], first: int, f0: Array, loud: Array) -> None:
        self.sound = sound
        self.rows = (len(sound) - OVERLAP) // STEP
        self.hz = np.full(len(sound) // STEP, np.nan)
        self.hz[: self.rows] = _voiced_hz(f0[: self.rows])
        self.loudness = loud[: self.rows, 0]
        numbers = first + np.arange(len(self.hz))
        self.measured = np.where(numbers % QUALITY_EVERY == 0, self.hz, np.nan)


def _extracted(cut: Sequence[tuple[NDArray[np.int16], int]]) -> list[_Stretch]:
    """openSMILE over several stretches at a time, laid end to end: to begin anew costs it as much as half a second.

    Stretches are of whole rows, and rows that run from one into the next are not theirs: each gets what it would get
    alone.
    """
    stretches: list[_Stretch] = []
    while cut:
        ends = np.cumsum([len(sound) for sound, _ in cut])
        many = max(1, int(np.searchsorted(ends, AT_ONCE, side="right")))
        f0, loud = extract(np.concatenate([sound for sound, _ in cut[:many]]))
        for (sound, first), end in zip(cut[:many], ends.tolist(), strict=False):
            rows = slice((end - len(sound)) // STEP, end // STEP)
            stretches.append(_Stretch(sound, first, f0[rows], loud[rows]))
        cut = cut[many:]
    return stretches


def _tables(stretches: Sequence[_Stretch]) -> list[Array]:
    """The rows of each stretch. Their sounds are laid end to end; no row runs from one into the next."""
    sound = np.concatenate([stretch.sound for stretch in stretches])
    found = quality(sound, np.concatenate([stretch.measured for stretch in stretches]))
    tables = []
    for stretch in stretches:
        rows, found = found[: stretch.rows], found[len(stretch.hz) :]
        semitones = 12 * np.log2(stretch.hz[: stretch.rows] / 27.5)
        tables.append(np.column_stack([_loudness_db(stretch.loudness), semitones, rows]))
    return tables


def extract(sound: NDArray[np.int16]) -> tuple[Array, Array]:
    """What openSMILE makes of at most `AT_ONCE` samples: the sinks' rows of F0 and of loudness."""
    if not hasattr(_of_thread, "smile"):
        _of_thread.smile = _Smile()
    f0, loud = _of_thread.smile.run(sound)
    return f0, loud


def _loudness_db(loudness: Array) -> Array:
    floor = FULL_SCALE * 10 ** (QUIETEST_DB * LOUDNESS_EXPONENT / 20)
    level: Array = 20 / LOUDNESS_EXPONENT * np.log10(np.maximum(loudness, floor) / FULL_SCALE)
    return level


def _voiced_hz(f0: Array) -> Array:
    """F0 in Hz, NaN where unvoiced. Column 1 is the candidate in Hz, column 2 its voicing probability."""
    hz, probability = f0[:, 1], f0[:, 2]
    needed = np.interp(hz, (LOW_HZ, HIGH_HZ), (VOICED_LOW, VOICED))
    return np.where((probability >= needed) & (hz >= LOWEST_HZ), hz, np.nan)


def to_hz(semitones: float) -> float:
    """Semitones above 27.5 Hz to Hz."""
    hz: float = 27.5 * 2 ** (semitones / 12)
    return hz
