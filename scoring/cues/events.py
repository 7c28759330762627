"""From a signal over time to events: what lasts (a toggle with hysteresis) and what swings (nods and shakes).

Everything here takes one sample at a time and looks only back, so that a stream gives the same events however it
is cut.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import isnan

from scoring.cues.catalogue import Cue
from scoring.cues.values import CueEvent

Events = tuple[CueEvent, ...]
NOTHING: Events = ()

LOST_MS = 1500.0
"""After this long without a sample, what lasted has ended when it was last seen. A lost second is no end."""

GAP_MS = 600.0
"""Samples farther apart do not vouch for the time between them: what was about to turn has to begin anew."""


class Toggle:
    """Starts when the signal was at `on` or above for `hold_ms`, ends when it was below `off` for `release_ms`.

    The times given are those at which the signal crossed, not those at which it became certain.
    """

    def __init__(
        self, code: Cue, *, on: float, off: float, full: float, hold_ms: float, release_ms: float
    ) -> None:
        self._code = code
        self._on, self._off, self._full = on, off, full
        self._hold_ms, self._release_ms = hold_ms, release_ms
        self.active = False
        self._peak = 0.0
        self._since: float | None = None
        self._seen_ms = 0.0

    def take(self, t_ms: float, level: float) -> Events:
        """One sample; NaN means unknown and changes nothing unless it lasts."""
        if isnan(level):
            return self.finish() if t_ms - self._seen_ms > LOST_MS else NOTHING
        lost = NOTHING
        if t_ms - self._seen_ms > GAP_MS:
            self._since = None
            lost = self.finish() if t_ms - self._seen_ms > LOST_MS else NOTHING
        self._seen_ms = t_ms
        turning = level < self._off if self.active else level >= self._on
        if not turning:
            self._since = None
            self._peak = max(self._peak, level) if self.active else 0.0
            return lost
        self._since = t_ms if self._since is None else self._since
        self._peak = max(self._peak, level)
        if t_ms - self._since >= (self._release_ms if self.active else self._hold_ms):
            return (*lost, self._switch(self._since))
        return lost

    def finish(self) -> Events:
        """The signal has ended: so has what lasted, when it was last seen."""
        self._since = None
        return (self._switch(self._seen_ms),) if self.active else NOTHING

    def _switch(self, t_ms: float) -> CueEvent:
        self.active = not self.active
        strength = min(1.0, max(0.0, self._peak / self._full))
        event = CueEvent(self._code, round(t_ms), strength, "start" if self.active else "end")
        self._since = None
        self._peak = self._peak if self.active else 0.0
        return event


SWING_MS = 600.0
"""A half swing takes at most this long: slower movements are turns, not nods or shakes (about 0.8 Hz and up)."""

SMALLEST_SWING = 4.5
"""Degrees; the head's accompaniment of speech mostly stays below."""

LARGEST_SWING = 45.0
FULL_SWING = 15.0
"""Degrees of a swing that count as full strength."""

REST_MS = 700.0
"""Swings closer together than this belong to one nod or shake."""


@dataclass(slots=True)
class _Swing:
    """`reach` is the way there, which is complete when the way back makes the swing certain."""

    t_ms: float
    reach: float


class Swings:
    """Dips and peaks of one angle that come and go within `SWING_MS`.

    `dip` and `peak` are those of the last half swing, if any; `travel` is how far the angle moved in it.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque()
        self.dip: _Swing | None = None
        self.peak: _Swing | None = None
        self.travel = 0.0

    def take(self, t_ms: float, angle: float) -> None:
        samples = self._samples
        if samples and t_ms - samples[-1][0] > 300:
            self.forget()
        samples.append((t_ms, angle))
        while t_ms - samples[0][0] > 2 * SWING_MS:
            samples.popleft()
        recent = [angle for t, angle in samples if t_ms - t <= SWING_MS]
        self.travel = max(recent) - min(recent)
        moving = self.travel >= SMALLEST_SWING
        self.dip = self._turn(samples, 1.0) if moving else None
        self.peak = self._turn(samples, -1.0) if moving else None

    def forget(self) -> None:
        self._samples.clear()
        self.dip = self.peak = None

    @staticmethod
    def _turn(samples: deque[tuple[float, float]], sign: float) -> _Swing | None:
        """The lowest point (highest with sign -1) of the last half swing, if the angle rises on both sides."""
        now = samples[-1][0]
        low, at = min((sign * angle, t) for t, angle in samples if now - t <= SWING_MS)
        before = max((sign * angle for t, angle in samples if 0 <= at - t <= SWING_MS))
        after = max((sign * angle for t, angle in samples if 0 <= t - at <= SWING_MS))
        depth = min(before, after) - low
        return _Swing(at, before - low) if SMALLEST_SWING <= depth <= LARGEST_SWING else None


class HeadGestures:
    """Nods (the head goes down and comes back) and shakes (it turns to and fro at least once and a half).

    One event for each run of swings, at the time of the swing that made it certain.
    """

    def __init__(self) -> None:
        self._pitch, self._yaw = Swings(), Swings()
        self._nodded_ms = self._shook_ms = -1e9

    def take(self, t_ms: float, yaw: float, pitch: float) -> Events:
        if isnan(yaw) or isnan(pitch):
            return NOTHING
        self._pitch.take(t_ms, pitch)
        self._yaw.take(t_ms, yaw)
        return self._nod() + self._shake()

    def _nod(self) -> Events:
        dip = self._pitch.dip
        if dip is None or self._yaw.travel > self._pitch.travel:
            return NOTHING
        before, self._nodded_ms = self._nodded_ms, dip.t_ms
        return (_point(Cue.NOD, dip),) if dip.t_ms - before > REST_MS else NOTHING

    def _shake(self) -> Events:
        dip, peak = self._yaw.dip, self._yaw.peak
        if dip is None or peak is None or self._pitch.travel > self._yaw.travel:
            return NOTHING
        last = max(dip, peak, key=lambda swing: swing.t_ms)
        before, self._shook_ms = self._shook_ms, last.t_ms
        return (_point(Cue.SHAKE, last),) if last.t_ms - before > REST_MS else NOTHING


def _point(code: Cue, swing: _Swing) -> CueEvent:
    return CueEvent(code, round(swing.t_ms), min(1.0, swing.reach / FULL_SWING), "point")
