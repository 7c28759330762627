"""A table of measurements in order of time: a ring of the last seconds while live, everything in the analysis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class History:
    """Rows of `columns` numbers with their times in ms. With `keep_ms`, rows older than that may be forgotten."""

    def __init__(self, columns: int, keep_ms: float | None = None) -> None:
        self._keep_ms = keep_ms
        self._times = np.empty(256)
        self._rows = np.empty((256, columns))
        self._first = 0
        self._end = 0

    def __len__(self) -> int:
        return self._end - self._first

    def append(self, times_ms: Array, rows: Array) -> None:
        """Add rows (n, columns) at times (n,), not before those already there."""
        if self._end + len(rows) > len(self._times):
            self._make_room(len(rows))
        end = self._end + len(rows)
        self._times[self._end : end] = times_ms
        self._rows[self._end : end] = rows
        self._end = end

    def between(self, start_ms: float, end_ms: float) -> Array:
        """The rows with start_ms <= time < end_ms, as a view."""
        first, end = np.searchsorted(self.times, (start_ms, end_ms), side="left") + self._first
        return self._rows[first:end]

    def times_between(self, start_ms: float, end_ms: float) -> Array:
        """The times of `between`."""
        first, end = np.searchsorted(self.times, (start_ms, end_ms), side="left") + self._first
        return self._times[first:end]

    @property
    def times(self) -> Array:
        return self._times[self._first : self._end]

    @property
    def rows(self) -> Array:
        return self._rows[self._first : self._end]

    def _make_room(self, wanted: int) -> None:
        if self._keep_ms is not None and len(self):
            self._first += int(np.searchsorted(self.times, self._times[self._end - 1] - self._keep_ms))
        times, rows, kept = self.times, self.rows, len(self)
        if kept + wanted > len(self._times) // 2:
            capacity = 2 * (kept + wanted)
            self._times, self._rows = np.empty(capacity), np.empty((capacity, rows.shape[1]))
        self._times[:kept], self._rows[:kept] = times, rows
        self._first, self._end = 0, kept
