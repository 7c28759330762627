"""Jitter, shimmer and harmonics-to-noise ratio from the periods of the waveform.

Each row is measured within its own 60 ms, around four pulses of the voice, so that no row depends on another and a
stream can be cut anywhere.

- Jitter: the mean difference of neighbouring periods in percent of the mean period (Praat's "local"), without the
  drift of the intonation: of three periods, how far they are from a line. A period is the lag at which the waveform
  around one pulse best fits the waveform around the next (waveform matching, Titze & Liang 1993).
- Shimmer: the mean difference of the amplitudes, peak to trough, of neighbouring periods in dB, without their drift.
- HNR: 10 log10(r / (1 - r)) dB, r the normalised correlation of 20 ms of sound with what is a period later
  (Boersma 1993).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from scoring.cues.history import Array

RATE = 16000
STEP = 320
FRAME = 960
"""Samples of a row: those from which openSMILE computes F0."""

AROUND = 12
"""Samples on each side of a pulse that are matched: 1.5 ms in all, less than a high voice's period."""

REACH = 3
"""Samples around the distance of two peaks in which their best match is sought."""

TOLERANCE = 0.15
"""A pulse is sought this share of a period around where F0 puts it; more is no perturbation but another pulse."""

HARMONIC = 320
"""Samples whose correlation with those one period later is the harmonic part."""

LEAST_MATCH = 0.8
"""Pulses that correlate less than this are not of one kind, and say nothing about periods."""

LOWEST_HNR_DB = -20.0

_Ints = NDArray[np.intp]
_Floats = NDArray[np.float32]


class Q(IntEnum):
    """The columns: percent, dB, dB."""

    JITTER = 0
    SHIMMER = 1
    HNR = 2


def quality(sound: NDArray[np.int16], f0_hz: Array) -> Array:
    """Jitter, shimmer and HNR of each row, (rows, 3); NaN where the row is not voiced or its pulses do not fit.

    Row i is `sound[STEP * i : STEP * i + FRAME]`, its F0 `f0_hz[i]` in Hz: 50..600, or NaN where it is not voiced.
    """
    table = np.full((len(f0_hz), len(Q)), np.nan)
    rows = np.flatnonzero(np.isfinite(f0_hz))
    if len(rows):
        table[rows] = _Voiced(sound.astype(np.float32), rows * STEP, RATE / f0_hz[rows]).table()
    return table


class _Voiced:
    """The voiced rows of a stretch: `starts` (m,) in samples and `periods` (m,) by F0."""

    def __init__(self, sound: _Floats, starts: _Ints, periods: Array) -> None:
        self._starts, self._periods = starts, periods
        self._whole = np.rint(periods).astype(np.intp)
        frames = sliding_window_view(sound, FRAME)[starts]
        # A microphone may be wired the wrong way round: the larger side is where the pulses are.
        sign = np.where(frames.max(axis=1) >= -frames.min(axis=1), 1, -1).astype(np.float32)
        self._frames = frames * sign[:, None]
        self._flat = self._frames.ravel()
        self._base = np.arange(len(starts), dtype=np.intp) * FRAME

    def table(self) -> Array:
        pulses, found = self._pulses()
        lags, match = self._matched(pulses)
        periods = np.diff(pulses, axis=1) + lags
        mean = periods.mean(axis=1)
        jitter = 100 * _unsteadiness(periods) / mean
        shimmer = 20 * _unsteadiness(np.log10(self._amplitudes(pulses[:, :-1])))
        fits = found & (match > LEAST_MATCH)
        return np.where(fits[:, None], np.stack([jitter, shimmer, self._hnr(mean)], axis=1), np.nan)

    def _pulses(self) -> tuple[_Ints, NDArray[np.bool_]]:
        """Four neighbouring pulses (m, 4) about the middle of each frame, and whether all lie far enough inside it."""
        period, margin = self._whole, AROUND + REACH
        reach = np.rint(TOLERANCE * self._periods).astype(np.intp)
        first = np.maximum(FRAME // 2 - 2 * period, margin)
        pulses = [self._highest(first, period)]
        for _ in range(3):
            pulses.append(self._highest(pulses[-1] + period - reach, 2 * reach + 1))
        inside = pulses[-1] < FRAME - margin
        return np.minimum(np.stack(pulses, axis=1), FRAME - margin - 1), inside

    def _highest(self, first: _Ints, length: _Ints) -> _Ints:
        """Where each frame is highest from `first` on, within `length` samples (m,)."""
        at = np.arange(int(length.max()))
        values = self._flat[np.minimum(first[:, None] + at, FRAME - 1) + self._base[:, None]]
        highest: _Ints = np.where(at < length[:, None], values, -np.inf).argmax(axis=1)
        return first + highest

    def _matched(self, pulses: _Ints) -> tuple[Array, Array]:
        """What the best match of each pulse with the next adds to their distance (m, 3), and the worst match (m,)."""
        wide = self._flat[(pulses + self._base[:, None])[..., None] + _WIDE]
        fit = _fit(wide[:, :-1, REACH:-REACH], wide[:, 1:])
        place, height = _top(fit.reshape(-1, 2 * REACH + 1))
        return place.reshape(-1, 3) - REACH, height.reshape(-1, 3).min(axis=1)

    def _amplitudes(self, pulses: _Ints) -> Array:
        """From the peak of each of `pulses` (m, n) to the trough after it, at least 1."""
        at = np.arange(int(self._whole.max() * TROUGH) + 1)
        values = self._flat[np.minimum(pulses[..., None] + at, FRAME - 1) + self._base[:, None, None]]
        within = at <= TROUGH * self._periods[:, None, None]
        troughs = np.where(within, values, np.inf).min(axis=2)
        amplitudes: Array = np.maximum(values[..., 0] - troughs, 1.0).astype(np.float64)
        return amplitudes

    def _hnr(self, periods: Array) -> Array:
        """(m,) in dB, from the correlation at the whole lags about the period."""
        lag = np.minimum(np.maximum(np.rint(periods), 1), FRAME - HARMONIC - 3).astype(np.intp)
        start = (FRAME - HARMONIC - lag) // 2 - 1 + self._base
        near = self._flat[start[:, None] + _HARMONIC]
        later = self._flat[(start + lag - 1)[:, None] + np.arange(HARMONIC + 2)]
        return _in_db(_top(_fit(near, later))[1])


def _fit(near: _Floats, wide: _Floats) -> Array:
    """Correlation (..., places) of `near` (..., n) with what begins at each place of `wide` (..., n + places - 1)."""
    others = sliding_window_view(wide, near.shape[-1], axis=-1)
    products = np.einsum("...l,...jl->...j", near, others)
    powers = np.einsum("...jl,...jl->...j", others, others)
    powers *= np.einsum("...l,...l->...", near, near)[..., None]
    fit: Array = products / np.sqrt(np.maximum(powers, 1e-9), dtype=np.float64)
    return fit


TROUGH = 0.5
"""Share of a period after a pulse in which its trough lies."""

_WIDE = np.arange(-AROUND - REACH, AROUND + REACH + 1)
_HARMONIC = np.arange(HARMONIC)


def _top(curves: Array) -> tuple[Array, Array]:
    """Place and height (m,) of the highest of (m, n) evenly spaced values, by a parabola through its neighbours."""
    flat, width = curves.ravel(), curves.shape[-1]
    at = np.minimum(np.maximum(curves.argmax(axis=-1), 1), width - 2)
    here = at + np.arange(0, len(flat), width)
    before, middle, after = flat[here - 1], flat[here], flat[here + 1]
    bend = np.minimum(before - 2 * middle + after, -1e-12)
    shift = np.minimum(np.maximum((before - after) / (2 * bend), -1.0), 1.0)
    return at + shift, middle - (before - after) * shift / 4


def _unsteadiness(values: Array) -> Array:
    """How far three neighbouring values (m, 3) are from a line, scaled to the mean difference of two neighbours.

    Independent values with a spread of 1 differ by 2 / sqrt(pi) on average, and by sqrt(3) times that from the line.
    """
    bend = values[:, 0] - 2 * values[:, 1] + values[:, 2]
    scaled: Array = np.abs(bend) / np.sqrt(3)
    return scaled


def _in_db(r: Array) -> Array:
    """Harmonic over noise power of a normalised correlation."""
    bounded = np.minimum(np.maximum(r, 1e-4), 1 - 1e-4)
    hnr: Array = 10 * np.log10(bounded / (1 - bounded))
    return np.maximum(hnr, LOWEST_HNR_DB)
