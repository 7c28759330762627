"""Drawn people with known truth: heads with known angles and faces, bodies with known joints.

What the camera would send of them is exact, so that what is measured can be held against it. The benchmarks and the
tests draw the same people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.frames import FACE_AT, FACE_POINTS, POSE_AT, Frames
from scoring.cues.head_pose import rotation_of

Array = NDArray[np.float64]
SHOULDERS_CM = 36.0
UPPER_ARM, FOREARM = 0.8, 0.72
"""Shoulder widths."""

# The eye of the drawn head: where the eyeball lies against the corners, and its radius to the iris (in cm).
_EYEBALL = np.array([0.0, 0.16, -0.5])
_EYES = {468: (33, 133), 473: (263, 362)}
_DRAWN_UP = {"corners": (61, 291), "cheeks": (50, 280, 205, 425), "brows": (70, 105, 107, 300, 334, 336)}
_LIDS = ((159, 145), (386, 374))


def _canonical() -> Array:
    points = np.array([CANONICAL_CM.get(number, (0.0, 0.0, 0.0)) for number in FACE_POINTS])
    for outer, inner in ((33, 133), (263, 362)):
        upper, lower = _LIDS[0] if outer == 33 else _LIDS[1]
        middle = (points[FACE_AT[upper]] + points[FACE_AT[lower]]) / 2
        width = np.linalg.norm(points[FACE_AT[outer]] - points[FACE_AT[inner]])
        points[FACE_AT[upper]] = middle + np.array([0, 0.16 * width, 0])
        points[FACE_AT[lower]] = middle - np.array([0, 0.16 * width, 0])
    return points


@dataclass(frozen=True)
class Scene:
    """A person in front of a camera. Each of the signals is a number or one number for each frame.

    yaw, pitch, roll: of the head, in degrees. look_x, look_y: of the eyes against the line to the camera, in degrees.
    smile: 0 at rest, 1 broad. corners, cheeks, brows: how far up those are drawn, in centimetres. eyes: 1 open, 0
    closed. x, y: of the head in picture heights; size: picture heights per centimetre. hand: where the right hand is
    against the chin, in shoulder widths (x, y), or None for out of sight. wrists: left and right, against the middle of
    the shoulders, in shoulder widths; x to the person's left, y down.
    """

    times_ms: Array
    yaw: Any = 0.0
    pitch: Any = 0.0
    roll: Any = 0.0
    look_x: Any = 0.0
    look_y: Any = 0.0
    smile: Any = 0.0
    corners: Any = 0.0
    cheeks: Any = 0.0
    brows: Any = 0.0
    eyes: Any = 1.0
    x: Any = 0.66
    y: Any = 0.35
    size: Any = 0.02
    hand: tuple[float, float] | None = None
    wrists: Any = None
    hips: bool = True
    pose: bool = True
    noise: float = 0.0
    distance_cm: float | None = None

    def frames(self) -> Frames:
        """The landmarks of the scene."""
        frames = Frames.empty(len(self.times_ms))
        frames.times_ms[:] = self.times_ms
        frames.faces[:] = 1
        frames.luma[:] = 120
        frames.face[:] = self._faces()
        if self.pose:
            frames.pose[:] = self._poses()
        if self.hand is not None:
            frames.right_hand[:] = self._hand()
        rng = np.random.default_rng(3)
        for block in (frames.face, frames.pose[..., :3], frames.right_hand):
            np.add(
                block,
                rng.normal(0, self.noise, block.shape) if self.noise else 0.0,
                out=block,
                casting="unsafe",
            )
        return frames

    def but(self, **changes: Any) -> Scene:
        return replace(self, **changes)

    def _each(self, name: str) -> Array:
        return np.broadcast_to(np.asarray(getattr(self, name), dtype=np.float64), (len(self.times_ms),))

    def _faces(self) -> Array:
        names = ("yaw", "pitch", "roll", "look_x", "look_y", "smile", "eyes", "x", "y", "size", *_DRAWN_UP)
        signals = np.stack([self._each(name) for name in names], axis=1)
        return np.stack([self._face(*row) for row in signals.tolist()])

    def _face(self, yaw: float, pitch: float, roll: float, *rest: float) -> Array:
        look_x, look_y, smile, eyes, x, y, size, *drawn_up = rest
        head = _canonical()
        for upper, lower in _LIDS:
            middle = (head[FACE_AT[upper]] + head[FACE_AT[lower]]) / 2
            for number in (upper, lower):
                head[FACE_AT[number]] = middle + eyes * (head[FACE_AT[number]] - middle)
        for number, side in ((61, -1), (291, 1)):
            head[FACE_AT[number]] += [side * 0.9 * smile, 1.4 * smile, 0]
        for numbers, way in zip(_DRAWN_UP.values(), drawn_up, strict=True):
            head[[FACE_AT[number] for number in numbers], 1] += way
        rotation = rotation_of(yaw, pitch, roll)
        points = head @ rotation.T
        line = np.array([np.sin(np.radians(look_x)), np.sin(np.radians(look_y))])
        for iris, corners in _EYES.items():
            middle = np.mean([points[FACE_AT[corner]] for corner in corners], axis=0)
            points[FACE_AT[iris]] = middle + rotation @ _EYEBALL + [*line, np.sqrt(max(0.0, 1 - line @ line))]
        if self.distance_cm is not None:
            points = points * (self.distance_cm / (self.distance_cm - points[:, 2:]))
        return np.array([x, y, 0.0]) + size * points * [1, -1, -1]

    def _poses(self) -> Array:
        shoulder_width = SHOULDERS_CM * self._each("size")
        at = {
            0: (0, -0.55),
            **dict(zip((2, 5, 7, 8), ((0.1, -0.65), (-0.1, -0.65), (0.2, -0.6), (-0.2, -0.6)), strict=True)),
            **dict(zip((9, 10, 11, 12), ((0.06, -0.45), (-0.06, -0.45), (0.5, 0), (-0.5, 0)), strict=True)),
            **dict(
                zip((13, 14, 23, 24), ((0.62, 0.8), (-0.62, 0.8), (0.3, 1.25), (-0.3, 1.25)), strict=True)
            ),
        }
        pose = np.zeros((len(self.times_ms), 21, 4))
        seen = {0, 2, 5, 7, 8, 9, 10, 11, 12} | ({23, 24} if self.hips else set())
        for number, place in at.items():
            pose[:, POSE_AT[number], :2] = place
        wrists = self._wrists()
        if wrists is not None:
            seen |= {13, 14, 15, 16}
            pose[:, [POSE_AT[15], POSE_AT[16]], :2] = wrists
        pose[:, [POSE_AT[number] for number in sorted(seen)], 3] = 0.95
        middle = np.stack([self._each("x"), self._each("y") + 0.55 * shoulder_width], axis=1)
        pose[..., :2] = middle[:, None] + shoulder_width[:, None, None] * pose[..., :2]
        hidden = pose[..., 3] == 0
        pose[hidden, 1] = 1.8
        return pose

    def _wrists(self) -> Array | None:
        if self.wrists is None:
            return None
        return np.broadcast_to(np.asarray(self.wrists, dtype=np.float64), (len(self.times_ms), 2, 2))

    def _hand(self) -> Array:
        assert self.hand is not None
        shoulder_width = SHOULDERS_CM * self._each("size")[:, None, None]
        chin = self._faces()[:, FACE_AT[152], :2]
        hand = np.zeros((len(self.times_ms), 21, 3))
        spread = np.linspace(0, 0.2, 21)[:, None] * [0.0, 1.0]
        hand[..., :2] = chin[:, None] + shoulder_width * (np.array(self.hand) + spread)
        return hand


@dataclass(frozen=True)
class Arm:
    """One arm's joint angles in degrees, in the body's own axes; left and right mean the same.

    raised: of the upper arm from hanging (0) over level (90). outward: where it is raised to, 0 ahead, 90 to the side.
    bend: of the elbow, 0 straight. twist: where the forearm goes, turning about the upper arm.
    """

    raised: float
    outward: float
    bend: float
    twist: float

    def vectors(self, side: int) -> tuple[Array, Array]:
        """Upper arm and forearm in shoulder widths: x to the own left, y up, z ahead. side: 1 left, -1 right."""
        raised, outward, bend, twist = np.radians([self.raised, self.outward, self.bend, self.twist])
        ahead = np.array([np.sin(outward) * side, 0.0, np.cos(outward)])
        upper = np.sin(raised) * ahead - np.cos(raised) * np.array([0.0, 1.0, 0.0])
        first = np.cos(raised) * ahead + np.sin(raised) * np.array([0.0, 1.0, 0.0])
        second = np.cross(upper, first) * side
        aside = np.cos(twist) * first + np.sin(twist) * second
        return UPPER_ARM * upper, FOREARM * (np.cos(bend) * upper + np.sin(bend) * aside)

    def inward(self, side: int) -> tuple[float, float]:
        """Degrees by which the forearm is turned inward about the vertical, and how level it lies (0..1)."""
        _, lower = self.vectors(side)
        level = float(np.hypot(lower[0], lower[2])) / FOREARM
        return float(np.degrees(np.arctan2(-side * lower[0], lower[2]))), level


def skeleton(
    arms: tuple[Arm, Arm],
    *,
    yaw: float = 0.0,
    roll: float = 0.0,
    size: float = 0.012,
    camera_cm: float | None = None,
) -> NDArray[np.float32]:
    """The pose (21, 4) of a body with these arms (left, right), turned by yaw and tilted by roll degrees.

    size: picture heights for each centimetre. camera_cm: distance of a camera with perspective; None is parallel.
    """
    places = {11: np.array([0.5, 0.0, 0.0]), 12: np.array([-0.5, 0.0, 0.0]), 0: np.array([0.0, 0.55, 0.3])}
    places |= {23: np.array([0.3, -1.3, 0.0]), 24: np.array([-0.3, -1.3, 0.0])}
    for arm, side, number in zip(arms, (1, -1), (11, 12), strict=True):
        upper, lower = arm.vectors(side)
        places[number + 2] = places[number] + upper
        places[number + 4] = places[number + 2] + lower
    turned = np.array(list(places.values())) @ rotation_of(yaw, 0.0, roll).T * SHOULDERS_CM
    if camera_cm is not None:
        turned[:, :2] *= camera_cm / (camera_cm - turned[:, 2:])
    pose = np.zeros((21, 4), dtype=np.float32)
    rows = [POSE_AT[number] for number in places]
    pose[rows, :3] = np.array([0.66, 0.45, 0.0]) + size * turned * [1, -1, -1]
    pose[rows, 3] = 0.95
    return np.round(pose * 8192) / np.float32(8192)
