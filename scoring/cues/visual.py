"""From frames to a table of visual measurements, one row for each frame, and the visual events.

What needs the past (speeds, neutral, hysteresis) looks only back, so that a stream gives the same rows however it
is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from math import isnan, nan
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.cues.body import SHOULDERS_PER_FACE, Body, read_bodies
from scoring.cues.catalogue import Cue
from scoring.cues.events import Events, HeadGestures, Toggle
from scoring.cues.face import USABLE, Face, read_faces
from scoring.cues.following import Followed, Follower, unflipped
from scoring.cues.frames import FACE_AT, Frames
from scoring.cues.head_pose import Array
from scoring.cues.history import History
from scoring.cues.lean import Leaning
from scoring.cues.neutral import Neutral
from scoring.cues.rest import FaceAtRest
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
    VALENCE = 16
    ARM_LEFT = 17
    ARM_RIGHT = 18
    BEND_LEFT = 19
    BEND_RIGHT = 20
    INWARD_LEFT = 21
    AHEAD_LEFT = 22
    INWARD_RIGHT = 23
    AHEAD_RIGHT = 24
    LAG = 25


class VisualReader:
    """Reads frames as they come. `table` keeps the rows, `neutral` the person's face at rest as known so far."""

    def __init__(self, neutral: Neutral | None = None, keep_ms: float | None = None) -> None:
        self.table = History(len(V), keep_ms)
        keep_ms = None if keep_ms is None else SPEED_LAG_MS[1] * 2
        self._turns, self._joints = History(3, keep_ms), History(_JOINTS, keep_ms)
        self._speeds = (-np.inf, np.full(2, np.nan))
        self._last_ms = -np.inf
        self._stored = neutral
        self._shoulders = nan
        self._flipped = False
        self._follower = Follower()
        self._head = HeadGestures()
        self._lean = Leaning()
        self._smiling = Toggle(Cue.SMILE, on=SMILE_ON, off=SMILE_OFF, full=1.0, hold_ms=300, release_ms=400)
        self._away = Toggle(Cue.GAZE_AWAY, on=GAZE_CONE, off=GAZE_CONE, full=30, hold_ms=800, release_ms=300)
        self._touch = Toggle(Cue.HAND_FACE, on=0.0, off=0.0, full=HAND_REACH, hold_ms=300, release_ms=400)
        self._crossed = Toggle(Cue.ARMS_CROSSED, on=0.5, off=0.5, full=1.0, hold_ms=1000, release_ms=500)
        self._forget()

    def _forget(self) -> None:
        """A person begins: nothing is usual or neutral but what was stored."""
        self._rest = FaceAtRest(self._stored)
        self._smile = self._valence = nan
        self._mouth_ms = -np.inf
        self._closed_since: float | None = None
        self._looking = False
        self._lean.forget()

    @property
    def neutral(self) -> Neutral | None:
        """The person's face at rest, or None while too little was seen."""
        return self._rest.neutral

    def push(self, frames: Frames) -> list[CueEvent]:
        """Read frames in order of time; those not later than the last are left out. Returns the events they bring."""
        return push_together([(self, frames)])[0]

    def _fresh(self, frames: Frames) -> Frames:
        fresh = (
            frames.times_ms > np.maximum.accumulate(np.concatenate([[self._last_ms], frames.times_ms]))[:-1]
        )
        if not fresh.all():
            frames = frames.take(np.flatnonzero(fresh))
        if len(frames):
            self._last_ms = float(frames.times_ms[-1])
        return frames

    def _read(self, followed: Followed, face: Face, body: Body) -> list[CueEvent]:
        rows = np.full((len(followed.frames), len(V)), np.nan)
        widths = self._shoulder_widths(face, body, followed.anew)
        self._measure_body(rows, body, widths)
        rows[:, V.HEAD_X] -= followed.pushed[:, 0] / widths
        self._measure_speeds(rows, followed, face, body, widths)
        rows[:, V.STATE] = face.state
        rows[:, V.PITCH] = face.angles[:, 1]
        events = self._follow(rows, followed, face, body, widths)
        self.table.append(followed.frames.times_ms, rows)
        return events

    def finish(self) -> list[CueEvent]:
        """The stream has ended: end what lasts."""
        toggles = (self._smiling, self._away, self._touch, self._crossed, self._lean)
        return [event for toggle in toggles for event in toggle.finish()]

    def _whom(self, frames: Frames, face: Face) -> tuple[Followed, Face]:
        """The person followed, with left and right where they belong, and their face; `face` is that of `frames`."""
        if self._flipped or (face.flipped == 1).any():
            rows = self._known_flipped(face.flipped)
            frames = unflipped(frames, rows)
            face = read_faces(frames)
        followed = self._follower.follow(frames)
        if followed.frames.face is not frames.face:
            face = read_faces(followed.frames)
        return followed, face

    def _known_flipped(self, flipped: Array) -> NDArray[np.bool_]:
        """Whether each frame is mirrored; where no face shows it, as the frame before."""
        rows = np.empty(len(flipped), dtype=bool)
        for i, now in enumerate(flipped.tolist()):
            self._flipped = self._flipped if isnan(now) else now == 1
            rows[i] = self._flipped
        return rows

    def _shoulder_widths(self, face: Face, body: Body, anew: NDArray[np.bool_]) -> Array:
        """The unit of length (n,), steadied over about ten frames; from the face where no shoulders were ever seen."""
        widths = np.empty(len(face.width))
        for i, (width, face_width, another) in enumerate(
            zip(body.shoulders.tolist(), face.width.tolist(), anew.tolist(), strict=True)
        ):
            self._shoulders = nan if another else self._shoulders
            if width >= NARROWEST:
                before = width if isnan(self._shoulders) else self._shoulders
                self._shoulders = before + 0.1 * (width - before)
            widths[i] = SHOULDERS_PER_FACE * face_width if isnan(self._shoulders) else self._shoulders
        widths[widths <= 0] = nan
        return widths

    def _measure_body(self, rows: Array, body: Body, widths: Array) -> None:
        rows[:, V.SHOULDERS] = np.isfinite(body.shoulders)
        rows[:, V.HEAD_X] = body.joints[:, 0, 0] / widths
        rows[:, V.CROSSED] = body.crossed
        rows[:, V.BESIDE_LEFT : V.BESIDE_RIGHT + 1] = body.beside / widths[:, None]
        rows[:, V.ABOVE_LEFT : V.ABOVE_RIGHT + 1] = body.above / widths[:, None]
        rows[:, V.ARM_LEFT : V.ARM_RIGHT + 1] = body.arms.seen
        rows[:, V.BEND_LEFT : V.BEND_RIGHT + 1] = body.arms.bend
        rows[:, V.INWARD_LEFT : V.AHEAD_RIGHT + 1] = body.arms.heading.reshape(-1, 4)

    def _measure_speeds(self, rows: Array, followed: Followed, face: Face, body: Body, widths: Array) -> None:
        """Speeds over `SPEED_LAG_MS`, with the landmarks' noise taken off."""
        times_ms = followed.frames.times_ms
        turned, lag_s = _moved(self._turns, times_ms, face.angles)
        angle = np.sqrt((turned * turned).sum(axis=1))
        rows[:, V.HEAD_SPEED] = np.maximum(angle - HEAD_NOISE, 0) / lag_s
        rows[:, V.LAG] = lag_s
        own = followed.posed
        joints = (body.joints - followed.pushed[:, None]).reshape(len(own), -1)
        if own.all():
            rows[:, V.MOVEMENT : V.HAND_SPEED_2 + 1] = self._joint_speeds(times_ms, joints, widths)
        elif own.any():
            found = self._joint_speeds(times_ms[own], joints[own], widths[own])
            rows[own, V.MOVEMENT : V.HAND_SPEED_2 + 1] = found
        self._carry_speeds(rows, times_ms, own)

    def _joint_speeds(self, times_ms: Array, joints: Array, widths: Array) -> Array:
        """Summed speed of the joints, and the summed squares of the hands' speeds (n, 2)."""
        n = len(times_ms)
        moved, lag_s = _moved(self._joints, times_ms, joints)
        shifted = np.sqrt((moved * moved).reshape(n, -1, 2).sum(axis=2)) / widths[:, None]
        speeds = np.maximum(shifted - JOINT_NOISE, 0) / lag_s[:, None]
        seen = np.isfinite(speeds)
        summed = np.where(seen, speeds, 0.0)
        movement = np.where(seen[:, 1] & seen[:, 2], summed.sum(axis=1), np.nan)
        hands = np.where(seen[:, -2:].any(axis=1), (summed[:, -2:] ** 2).sum(axis=1), np.nan)
        return np.stack([movement, hands], axis=1)

    def _carry_speeds(self, rows: Array, times_ms: Array, own: NDArray[np.bool_]) -> None:
        """Pictures in which the body was not looked for move as the one before."""
        if own.all():
            self._speeds = (float(times_ms[-1]), rows[-1, V.MOVEMENT : V.HAND_SPEED_2 + 1].copy())
            return
        for i, (t, known) in enumerate(zip(times_ms.tolist(), own.tolist(), strict=True)):
            part = rows[i, V.MOVEMENT : V.HAND_SPEED_2 + 1]
            if known:
                self._speeds = (t, part.copy())
            elif rows[i, V.SHOULDERS] and t - self._speeds[0] <= SPEED_LAG_MS[1]:
                part[:] = self._speeds[1]

    def _follow(
        self, rows: Array, followed: Followed, face: Face, body: Body, widths: Array
    ) -> list[CueEvent]:
        """What depends on what came before, frame by frame."""
        place = (followed.frames.face[:, _NOSE, :2] - followed.pushed) / widths[:, None]
        columns = (
            *(followed.frames.times_ms, followed.anew, face.state, face.gaze, face.open, face.smile),
            *(face.angles[:, 0], face.angles[:, 1], body.to_face / widths, face.features),
            *(face.scale, body.shoulders, place),
        )
        events: list[CueEvent] = []
        samples = zip(rows, *(column.tolist() for column in columns), strict=True)
        for row, t, anew, state, gaze, opened, smile, yaw, pitch, reach, features, *sizes in samples:
            if anew:
                self._forget()
            if state == USABLE:
                events += self._head.take(t, yaw, pitch)
            row[V.BLINK], shut = self._eyes(t, opened)
            away = shut or abs(yaw) > HEAD_AWAY or abs(pitch) > HEAD_AWAY
            seen = 90.0 if away else nan if row[V.BLINK] == 1 else gaze
            events += self._gaze(row, t, seen)
            events += self._mouth(row, t, smile, features)
            at_face = HAND_REACH - reach
            row[V.AT_FACE] = nan if isnan(at_face) else at_face >= 0
            events += self._touch.take(t, at_face)
            events += self._crossed.take(t, row[V.CROSSED])
            events += self._lean.take(t, *sizes)
        return events

    def _eyes(self, t_ms: float, opened: float) -> tuple[float, bool]:
        """Whether the eyes are closed (NaN unknown), and whether for so long that it is no blink."""
        if isnan(opened):
            self._closed_since = None
            return nan, False
        self._rest.open(opened)
        closed = opened < CLOSED * self._rest.eyes_open
        if not closed:
            self._closed_since = None
        elif self._closed_since is None:
            self._closed_since = t_ms
        since = self._closed_since
        return float(closed), since is not None and t_ms - since >= BLINK_MS

    def _gaze(self, row: Array, t_ms: float, angle: float) -> Events:
        if not isnan(angle):
            self._looking = angle <= GAZE_CONE + (GAZE_SLACK if self._looking else 0.0)
            row[V.LOOKING] = self._looking
            angle = max(angle, GAZE_CONE) if not self._looking else min(angle, GAZE_CONE - 1e-6)
        return self._away.take(t_ms, angle)

    def _mouth(self, row: Array, t_ms: float, smile: float, features: list[float]) -> Events:
        rest, known = self._rest, False
        if not isnan(smile):
            rest.take(t_ms, smile, features, smiling=self._smiling.active)
            known = rest.is_known
            weight = min(1.0, (t_ms - self._mouth_ms) / SMILE_SMOOTH_MS)
            self._smile = _nearer(self._smile, smile, weight)
            self._mouth_ms = t_ms
            if rest.knows_features:
                self._valence = row[V.VALENCE] = _nearer(self._valence, rest.valence(features), weight)
        level = self._smile - rest.smile if known else nan
        events = self._smiling.take(t_ms, level)
        row[V.SMILING] = self._smiling.active if known else nan
        return events


def push_together(pushes: Sequence[tuple[VisualReader, Frames]]) -> list[list[CueEvent]]:
    """Each reader's `push` of its frames (one push for a reader), in less time than one after the other.

    What does not depend on what came before is read for all at once: of a second's dozen frames most of the time would
    go into starting NumPy's functions.
    """
    events: list[list[CueEvent]] = [[] for _ in pushes]
    fresh = [(i, reader, reader._fresh(frames)) for i, (reader, frames) in enumerate(pushes)]
    fresh = [(i, reader, frames) for i, reader, frames in fresh if len(frames)]
    if not fresh:
        return events
    faces = _shared(read_faces, [frames for _, _, frames in fresh])
    whom = [reader._whom(frames, face) for (_, reader, frames), face in zip(fresh, faces, strict=True)]
    bodies = _shared(read_bodies, [followed.frames for followed, _ in whom])
    for (i, reader, _), (followed, face), body in zip(fresh, whom, bodies, strict=True):
        events[i] = reader._read(followed, face, body)
    return events


Seen = TypeVar("Seen", bound="Face | Body")


def _shared(read: Callable[[Frames], Seen], parts: Sequence[Frames]) -> list[Seen]:
    """`read` of each part, done for all in one go."""
    if len(parts) == 1:
        return [read(parts[0])]
    seen = read(Frames.concat(parts))
    ends = np.cumsum([len(part) for part in parts]).tolist()
    return [_part(seen, slice(end - len(part), end)) for part, end in zip(parts, ends, strict=True)]


def _part(seen: Any, rows: slice) -> Any:
    """Those rows of every array in a named tuple of arrays and named tuples."""
    return type(seen)(*(_part(item, rows) if isinstance(item, tuple) else item[rows] for item in seen))


def _moved(history: History, times_ms: Array, positions: Array) -> tuple[Array, Array]:
    """How far positions (n, k) are from where they were `SPEED_LAG_MS` before, and in how many seconds (n,)."""
    history.append(times_ms, positions)
    times, known = history.times, history.rows
    before = np.searchsorted(times, times_ms - SPEED_LAG_MS[0], side="right") - 1
    lag_s = (times_ms - times[np.maximum(before, 0)]) / 1000
    lag_s[(before < 0) | (lag_s * 1000 > SPEED_LAG_MS[1])] = np.nan
    return known[-len(times_ms) :] - known[np.maximum(before, 0)], lag_s


def _nearer(before: float, now: float, weight: float) -> float:
    return now if isnan(before) else before + weight * (now - before)


_JOINTS = 7 * 2
_NOSE = FACE_AT[4]
