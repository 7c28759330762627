"""Syllable nuclei from intensity and voicing, after de Jong & Wempe (2009), as the sound comes.

A nucleus is a peak of the intensity that is voiced and has a dip on both sides. A syllable without a vowel of its own,
or two vowels without a dip between them, are counted wrong: on average the errors are small, on one word they are not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.cues.history import Array, History

DIP_DB = 2.5
"""How far the intensity has to fall before and after a peak. The paper's 2 dB are for a smoother curve than ours."""


class NucleusReader:
    """Finds nuclei row after row. `found` has a row for each, at the time (of the stream's rows) when it was certain.

    The row's number is the time of the peak in ms.
    """

    def __init__(self, keep_ms: float | None = None) -> None:
        self.found = History(1, keep_ms)
        self._rising = True
        # Of the level: the highest since it began to rise, or the lowest since it began to fall.
        self._extreme = -np.inf
        self._peak_ms = 0.0
        self._voiced = False

    def push(self, times_ms: Array, levels: Array, voiced: NDArray[np.bool_]) -> None:
        """Read the next rows (n,): their times, intensities in dB, and whether somebody spoke with voice."""
        rows = zip(times_ms.tolist(), levels.tolist(), voiced.tolist(), strict=True)
        found = [(row[0], self._peak_ms) for row in rows if self._ends_nucleus(*row)]
        if found:
            table = np.array(found)
            self.found.append(table[:, 0], table[:, 1:])

    def _ends_nucleus(self, t_ms: float, level: float, voiced: bool) -> bool:
        """Whether the level has now fallen far enough from a voiced peak."""
        if self._rising:
            if level >= self._extreme:
                self._peak(t_ms, level, voiced)
            elif level < self._extreme - DIP_DB:
                self._rising, self._extreme = False, level
                return self._voiced
        elif level < self._extreme:
            self._extreme = level
        elif level > self._extreme + DIP_DB:
            self._rising = True
            self._peak(t_ms, level, voiced)
        return False

    def _peak(self, t_ms: float, level: float, voiced: bool) -> None:
        self._extreme, self._peak_ms, self._voiced = level, t_ms, voiced

    def between(self, start_ms: float, end_ms: float) -> int:
        """How many became certain in start_ms <= t < end_ms, of the rows' time."""
        return len(self.found.between(start_ms, end_ms))
