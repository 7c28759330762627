"""From frames to a table of visual measurements, one row for each frame, and the visual events.

What needs the past (speeds, neutral, hysteresis) looks only back, so that a stream gives the same rows however it
is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from math import isnan

import numpy as np

from scoring.cues.body import SHOULDERS_PER_FACE, Body, read_bodies
from scoring.cues.catalogue import Cue
from scoring.cues.events import HeadGestures, Toggle
from scoring.cues.face import USABLE, Face, read_faces
from scoring.cues.frames import Frames
from scoring.cues.head_pose import Array
from scoring.cues.history import History
from scoring.cues.neutral import AVERAGE, Neutral, RunningQuantile
from scoring.cues.values import CueEvent

GAZE_CONE = 10.0
"""Degrees around the camera that count as looking at it."""

GAZE_SLACK = 2.0
"""Who looked at the camera is believed to go on doing so up to this much outside the cone (hysteresis)."""

HEAD_AWAY = 40.0
"""Degrees of yaw or pitch from which the head itself is turned away: irises are hardly seen there."""

BLINK_MS = 500.0
"""Eyes closed for less are a blink, which says nothing about gaze; for longer, they do not look."""

CLOSED = 0.5
"""Share of the person's usual openness below which the eyes are closed."""

HAND_REACH = 0.25
"""Shoulder widths from the face's outline within which a hand is at the face."""

SMILE_ON, SMILE_OFF = 0.35, 0.2
"""Smile above the person's neutral at which a smile starts and ends (1 is a broad smile)."""

SMILE_SMOOTH_MS = 250.0
"""Time constant that takes the movements of speech out of the mouth."""

NEUTRAL_SPREAD = 0.25
"""A person's neutral smile stays this near the average face: who smiles all the time is smiling."""

NEUTRAL_FRAMES = 20
"""Usable frames after which the person's neutral is known (about 2 s at 10 Hz)."""

NARROWEST = 0.05
"""Shoulders narrower than this, in picture heights, are seen from the side or are a mistake."""

SPEED_LAG_MS = (150.0, 450.0)
"""Speeds are taken over at least and at most this long: the frame rate drops out, and most of the landmarks' noise."""

HEAD_NOISE = 0.6
"""Degrees within `SPEED_LAG_MS` that a head at rest seems to move."""

JOINT_NOISE = 0.012
"""Shoulder widths within `SPEED_LAG_MS` that a joint at rest seems to move."""


class V(IntEnum):
    """The columns of the table. Shares are 0 or 1; NaN is unknown."""

    STATE = 0
    LOOKING = 1
    HEAD_SPEED = 2
    PITCH = 3
    SMILING = 4
    AT_FACE = 5
    HEAD_X = 6
    MOVEMENT = 7
    HAND_SPEED_2 = 8
    CROSSED = 9
    BESIDE_LEFT = 10
    BESIDE_RIGHT = 11
    ABOVE_LEFT = 12
    ABOVE_RIGHT = 13
    SHOULDERS = 14
    BLINK = 15


class VisualReader:
    """Reads frames as they come. `table` keeps the rows, `neutral` the person's face at rest as known so far."""

    def __init__(self, neutral: Neutral | None = None, keep_ms: float | None = None) -> None:
        self.table = History(len(V), keep_ms)
        self._positions = History(_POSITIONS, None if keep_ms is None else SPEED_LAG_MS[1] * 2)
        self._last_ms = -np.inf
        start = neutral or AVERAGE
        seen = NEUTRAL_FRAMES if neutral else 0
        self._rest = RunningQuantile(0.4, start.smile, 0.05, seen)
        self._open = RunningQuantile(0.5, start.eyes_open, 0.03, seen)
        self._shoulders = np.nan
        self._smile, self._smile_ms = np.nan, 0.0
        self._closed_since: float | None = None
        self._looking = False
        self._head = HeadGestures()
        self._smiling = Toggle(Cue.SMILE, on=SMILE_ON, off=SMILE_OFF, full=1.0, hold_ms=300, release_ms=400)
        self._away = Toggle(Cue.GAZE_AWAY, on=GAZE_CONE, off=GAZE_CONE, full=30, hold_ms=800, release_ms=300)
        self._touch = Toggle(Cue.HAND_FACE, on=0.0, off=0.0, full=HAND_REACH, hold_ms=300, release_ms=400)
        self._crossed = Toggle(Cue.ARMS_CROSSED, on=0.5, off=0.5, full=1.0, hold_ms=1000, release_ms=500)

    @property
    def neutral(self) -> Neutral | None:
        """The person's face at rest, or None while too little was seen."""
        return Neutral(self._at_rest, self._open.value) if self._rest.n >= NEUTRAL_FRAMES else None

    def push(self, frames: Frames) -> list[CueEvent]:
        """Read frames in order of time; those not later than the last are left out. Returns the events they bring."""
        fresh = (
            frames.times_ms > np.maximum.accumulate(np.concatenate([[self._last_ms], frames.times_ms]))[:-1]
        )
        if not fresh.all():
            frames = frames.take(np.flatnonzero(fresh))
        if not len(frames):
            return []
        self._last_ms = float(frames.times_ms[-1])
        face, body = read_faces(frames), read_bodies(frames)
        rows = np.full((len(frames), len(V)), np.nan)
        widths = self._shoulder_widths(face, body)
        self._measure_body(rows, body, widths)
        self._measure_speeds(rows, frames.times_ms, face, body, widths)
        rows[:, V.STATE] = face.state
        rows[:, V.PITCH] = face.angles[:, 1]
        events = list(self._follow(rows, frames.times_ms, face, body.to_face / widths))
        self.table.append(frames.times_ms, rows)
        return events

    def finish(self) -> list[CueEvent]:
        """The stream has ended: end what lasts."""
        toggles = (self._smiling, self._away, self._touch, self._crossed)
        return [event for toggle in toggles for event in toggle.finish()]

    def _shoulder_widths(self, face: Face, body: Body) -> Array:
        """The unit of length (n,), steadied over about ten frames; from the face where no shoulders were ever seen."""
        widths = np.empty(len(face.width))
        for i, (width, face_width) in enumerate(
            zip(body.shoulders.tolist(), face.width.tolist(), strict=True)
        ):
            if width >= NARROWEST:
                before = width if isnan(self._shoulders) else self._shoulders
                self._shoulders = before + 0.1 * (width - before)
            widths[i] = SHOULDERS_PER_FACE * face_width if isnan(self._shoulders) else self._shoulders
        return widths

    def _measure_body(self, rows: Array, body: Body, widths: Array) -> None:
        rows[:, V.SHOULDERS] = np.isfinite(body.shoulders)
        rows[:, V.HEAD_X] = body.joints[:, 0, 0] / widths
        rows[:, V.CROSSED] = body.crossed
        rows[:, V.BESIDE_LEFT : V.BESIDE_RIGHT + 1] = body.beside / widths[:, None]
        rows[:, V.ABOVE_LEFT : V.ABOVE_RIGHT + 1] = body.above / widths[:, None]

    def _measure_speeds(self, rows: Array, times_ms: Array, face: Face, body: Body, widths: Array) -> None:
        """Speeds over `SPEED_LAG_MS`, with the landmarks' noise taken off."""
        n = len(times_ms)
        self._positions.append(times_ms, np.concatenate([face.angles, body.joints.reshape(n, -1)], axis=1))
        times, positions = self._positions.times, self._positions.rows
        before = np.searchsorted(times, times_ms - SPEED_LAG_MS[0], side="right") - 1
        lag_s = (times_ms - times[np.maximum(before, 0)]) / 1000
        lag_s[(before < 0) | (lag_s * 1000 > SPEED_LAG_MS[1])] = np.nan
        moved = positions[-n:] - positions[np.maximum(before, 0)]
        turned = np.sqrt((moved[:, :3] ** 2).sum(axis=1))
        rows[:, V.HEAD_SPEED] = np.maximum(turned - HEAD_NOISE, 0) / lag_s
        shifted = np.sqrt((moved[:, 3:].reshape(n, -1, 2) ** 2).sum(axis=2)) / widths[:, None]
        speeds = np.maximum(shifted - JOINT_NOISE, 0) / lag_s[:, None]
        seen = np.isfinite(speeds)
        summed = np.where(seen, speeds, 0.0)
        shoulders = seen[:, 1] & seen[:, 2]
        rows[:, V.MOVEMENT] = np.where(shoulders, summed.sum(axis=1), np.nan)
        rows[:, V.HAND_SPEED_2] = np.where(
            seen[:, -2:].any(axis=1), (summed[:, -2:] ** 2).sum(axis=1), np.nan
        )

    def _follow(self, rows: Array, times_ms: Array, face: Face, to_face: Array) -> Iterator[CueEvent]:
        """What depends on what came before, frame by frame."""
        columns = (
            face.state,
            face.gaze,
            face.open,
            face.smile,
            face.angles[:, 0],
            face.angles[:, 1],
            to_face,
        )
        samples = zip(times_ms.tolist(), *(column.tolist() for column in columns), strict=True)
        for row, (t, state, gaze, opened, smile, yaw, pitch, reach) in zip(rows, samples, strict=True):
            if state == USABLE:
                yield from self._head.take(t, yaw, pitch)
            row[V.BLINK], shut = self._eyes(t, opened)
            away = shut or abs(yaw) > HEAD_AWAY or abs(pitch) > HEAD_AWAY
            seen = 90.0 if away else np.nan if row[V.BLINK] == 1 else gaze
            yield from self._gaze(row, t, seen)
            yield from self._mouth(row, t, smile)
            at_face = HAND_REACH - reach
            row[V.AT_FACE] = np.nan if isnan(at_face) else at_face >= 0
            yield from self._touch.take(t, at_face)
            yield from self._crossed.take(t, row[V.CROSSED])

    def _eyes(self, t_ms: float, opened: float) -> tuple[float, bool]:
        """Whether the eyes are closed (NaN unknown), and whether for so long that it is no blink."""
        if isnan(opened):
            self._closed_since = None
            return np.nan, False
        closed = opened < CLOSED * self._open.value
        if not closed:
            self._open.take(opened)
            self._closed_since = None
        elif self._closed_since is None:
            self._closed_since = t_ms
        since = self._closed_since
        return float(closed), since is not None and t_ms - since >= BLINK_MS

    def _gaze(self, row: Array, t_ms: float, angle: float) -> Iterator[CueEvent]:
        if not isnan(angle):
            self._looking = angle <= GAZE_CONE + (GAZE_SLACK if self._looking else 0.0)
            row[V.LOOKING] = self._looking
            angle = max(angle, GAZE_CONE) if not self._looking else min(angle, GAZE_CONE - 1e-6)
        yield from self._away.take(t_ms, angle)

    def _mouth(self, row: Array, t_ms: float, smile: float) -> Iterator[CueEvent]:
        if not isnan(smile):
            self._rest.take(smile)
            before = smile if isnan(self._smile) else self._smile
            weight = min(1.0, (t_ms - self._smile_ms) / SMILE_SMOOTH_MS)
            self._smile, self._smile_ms = before + weight * (smile - before), t_ms
        known = not isnan(smile) and self._rest.n >= NEUTRAL_FRAMES
        level = self._smile - self._at_rest if known else np.nan
        yield from self._smiling.take(t_ms, level)
        row[V.SMILING] = self._smiling.active if known else np.nan

    @property
    def _at_rest(self) -> float:
        return min(max(self._rest.value, AVERAGE.smile - NEUTRAL_SPREAD), AVERAGE.smile + NEUTRAL_SPREAD)


_POSITIONS = 3 + 7 * 2
