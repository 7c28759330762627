"""Who is followed, and what a picture without a new find says: before anything is measured.

A frame may show another face than the one before, come from a camera that has just been pushed, be mirrored, or lack a
block only because that task did not run on this picture. All of it is decided here, frame by frame and looking only
back, so that a stream gives the same however it is cut.
"""

from __future__ import annotations

from dataclasses import replace
from math import hypot, isnan, log
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import FACE_AT, POSE_AT, Frames
from scoring.cues.head_pose import Array

Block = Literal["face", "pose", "left_hand", "right_hand"]

FURTHEST, FASTEST = 0.6, 3.0
"""Face widths that a face may be from where it was, and as many more for each second: farther is another face."""

GROWN, GROWING = 0.22, 0.8
"""The same for the logarithm of its width."""

OTHER_MS = 1000.0
"""Another face is followed when the one before was not seen for so long."""

GONE_MS = 3000.0
"""Who was away for so long may be somebody else: what was usual and neutral is learnt anew."""

CARRIED_MS = 600.0
"""A block is carried over pictures without it for as long as its finds are apart anyway, and at most so long."""

PUSHED = 0.3
PUSHED_PER_S = 3.5
"""Shoulder widths, and those per second, that all of a body jumps between two frames when the camera was pushed."""

PUSHED_ALIKE = 0.08
"""Share of the jump by which its points may differ from each other."""

_NOSE, _TEMPLES = FACE_AT[4], (FACE_AT[234], FACE_AT[454])
_JUMPING = np.array([POSE_AT[number] for number in (0, 7, 8, 11, 12)])
"""Nose, ears and shoulders: they never jump alike by themselves."""


class Followed(NamedTuple):
    """`frames` of the person followed.

    posed (n,): where the pose is this picture's own. anew (n,): where a person comes who may be another. pushed (n, 2):
    how far pushes of the camera have moved the picture so far.
    """

    frames: Frames
    posed: NDArray[np.bool_]
    anew: NDArray[np.bool_]
    pushed: Array


class _Place(NamedTuple):
    """Where a face was."""

    t_ms: float
    x: float
    y: float
    width: float

    def from_(self, before: _Place) -> float:
        """How far the face has come, in its widths; growing counts as well."""
        way = hypot(self.x - before.x, self.y - before.y) / max((self.width + before.width) / 2, 1e-9)
        return way + abs(self._grown(before))

    def is_far(self, before: _Place) -> bool:
        """Whether no face comes so far, or grows so much, in the time passed."""
        passed_s = min(self.t_ms - before.t_ms, OTHER_MS) / 1000
        grown = abs(self._grown(before))
        return (
            self.from_(before) - grown > FURTHEST + FASTEST * passed_s or grown > GROWN + GROWING * passed_s
        )

    def _grown(self, before: _Place) -> float:
        return log(max(self.width, 1e-9) / max(before.width, 1e-9))


class Follower:
    """Reads frames in order of time."""

    def __init__(self) -> None:
        self._face: _Place | None = None
        self._other: _Place | None = None
        self._carried: dict[Block, _Carried] = {
            name: _Carried() for name in ("pose", "left_hand", "right_hand")
        }
        self._jumping: tuple[float, Array] | None = None
        self._pushed = np.zeros(2)

    def follow(self, frames: Frames) -> Followed:
        """What of `frames` belongs to the person followed."""
        posed = np.isfinite(frames.pose[:, 0, 0])
        pushed = self._pushes(frames, posed)
        strange, anew = self._strange(frames, pushed)
        others = _others_body(frames, strange)
        if strange.any():
            frames = _without(frames, "face", strange)
        if others.any():
            frames, posed = _without(frames, "pose", others), posed & ~others
        for name, carried in self._carried.items():
            frames = carried.fill(frames, name)
        return Followed(frames, posed, anew, pushed)

    def _strange(self, frames: Frames, pushed: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which faces are not the one followed, and with which a person begins who may be another."""
        temples = frames.face[:, _TEMPLES, :].astype(np.float64)
        apart = temples[:, 0] - temples[:, 1]
        widths = np.sqrt((apart * apart).sum(axis=1)).tolist()
        places = (frames.face[:, _NOSE, :2] - pushed).tolist()
        strange, anew = np.zeros(len(frames), dtype=bool), np.zeros(len(frames), dtype=bool)
        for i, (t, (x, y), width) in enumerate(zip(frames.times_ms.tolist(), places, widths, strict=True)):
            if isnan(x) or isnan(width):
                continue
            face = _Place(t, x, y, width)
            other = self._is_other(face)
            if other and self._face is not None and t - self._face.t_ms <= OTHER_MS:
                strange[i], self._other = True, face
                continue
            anew[i] = other or (self._face is not None and t - self._face.t_ms >= GONE_MS)
            self._face, self._other = face, None
        return strange, anew

    def _is_other(self, face: _Place) -> bool:
        """Whether this face cannot be the one followed, or rather is the other that was seen last."""
        if self._face is None:
            return False
        if self._other is not None and not face.is_far(self._other):
            return face.from_(self._other) < face.from_(self._face)
        return face.is_far(self._face)

    def _pushes(self, frames: Frames, posed: NDArray[np.bool_]) -> Array:
        """How far the camera's pushes have moved the picture (n, 2), in picture heights."""
        pushed = np.broadcast_to(self._pushed, (len(frames), 2))
        own = np.flatnonzero(posed)
        if not len(own):
            return pushed
        points = frames.pose[own][:, _JUMPING, :2].astype(np.float64)
        times = frames.times_ms[own]
        if self._jumping is not None:
            times = np.concatenate([[self._jumping[0]], times])
            points = np.concatenate([self._jumping[1][None], points])
        self._jumping = (float(times[-1]), points[-1])
        jumps = _jumps(times, points)
        if jumps.any():
            steps = np.zeros((len(frames), 2))
            steps[own[-len(jumps) :]] = jumps
            pushed = pushed + np.cumsum(steps, axis=0)
            self._pushed = pushed[-1]
        return pushed


def _jumps(times_ms: Array, points: Array) -> Array:
    """For each pose but the first: the way (2,) that all its points jumped alike since the one before, else 0."""
    moved = points[1:] - points[:-1]
    way = moved.mean(axis=1)
    length = np.hypot(way[:, 0], way[:, 1])
    shoulders = points[:-1, 3] - points[:-1, 4]
    unit = np.hypot(shoulders[:, 0], shoulders[:, 1])
    least = np.maximum(PUSHED, PUSHED_PER_S * np.diff(times_ms) / 1000) * unit
    rest = moved - way[:, None]
    differ = np.sqrt((rest * rest).sum(axis=2)).max(axis=1)
    jumped = (length > least) & (differ <= PUSHED_ALIKE * length)
    return np.where(jumped[:, None], way, 0.0)


def _others_body(frames: Frames, strange: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the body that was found has its nose elsewhere than the face, or where a strange face has its nose."""
    apart = frames.pose[:, 0, :2] - frames.face[:, _NOSE, :2]
    temples = frames.face[:, _TEMPLES[0]] - frames.face[:, _TEMPLES[1]]
    apart, width = (apart * apart).sum(axis=1), (temples * temples).sum(axis=1)
    # Comparisons with NaN are false: without a face or a body there is nothing to contradict.
    others: NDArray[np.bool_] = np.where(strange, apart <= width, apart > width)
    return others


def _without(frames: Frames, block: Block, rows: NDArray[np.bool_]) -> Frames:
    kept = getattr(frames, block).copy()
    kept[rows] = np.nan
    return _with(frames, block, kept)


def _with(frames: Frames, block: Block, points: NDArray[np.float32]) -> Frames:
    changed: dict[str, Any] = {block: points}
    return replace(frames, **changed)


class _Carried:
    """One block, and for how long a picture without it still has that of the picture before.

    A slow machine looks for the body in every second or third picture only; a body that is found in every picture is
    gone when it is not found.
    """

    def __init__(self) -> None:
        self._block: NDArray[np.float32] | None = None
        self._ms, self._apart_ms = -np.inf, 0.0

    def fill(self, frames: Frames, name: Block) -> Frames:
        block: NDArray[np.float32] = getattr(frames, name)
        found = np.isfinite(block[:, 0, 0])
        if not found.any() and self._block is None:
            return frames
        filled = block
        for i, (t, own) in enumerate(zip(frames.times_ms.tolist(), found.tolist(), strict=True)):
            if own:
                self._apart_ms = t - self._ms if t - self._ms <= CARRIED_MS else 0.0
                self._block, self._ms = block[i], t
            elif self._block is not None and t - self._ms <= 0.9 * self._apart_ms:
                filled = block.copy() if filled is block else filled
                filled[i] = self._block
        if self._block is not None:
            self._block = self._block.copy()
        return frames if filled is block else _with(frames, name, filled)


def unflipped(frames: Frames, rows: NDArray[np.bool_]) -> Frames:
    """The frames with left and right of the picture exchanged at `rows` (n,)."""
    turned = Frames.concat([frames])
    for block in (turned.face, turned.pose, turned.left_hand, turned.right_hand):
        block[rows, :, 0] *= -1
    return replace(turned, dropped=frames.dropped)
