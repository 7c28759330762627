"""What one face shows: where it looks, how open the eyes are, how much it smiles, how friendly it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import FACE_AT, Frames
from scoring.cues.head_pose import IMAGE_TO_CAMERA, Array, HeadPose, head_pose

SMALLEST_FACE = 0.10
"""Width of a face, in picture heights, below which irises and lips are a few pixels wide."""

DARKEST = 35
"""Mean brightness of the picture (0..255) below which landmarks are guesses."""

USABLE, NO_FACE, TOO_SMALL, TOO_DARK = 0.0, 1.0, 2.0, 3.0
"""What `Face.state` can be."""

# The eyeball against the middle of the eye's corners, in centimetres in the head's axes: the corners lie a little below
# the pupil of a person who looks straight ahead, and the eyeball's centre half a centimetre behind them. Read off faces
# that look into the camera; the iris's centre is about a centimetre from the eyeball's.
_EYEBALL = np.array([0.0, 0.16, -0.5])
_IRIS_RADIUS_CM = 1.0

_EYE_REACH_CM = 1.6
"""An iris farther than this from the middle of its eye's corners is a mistake (of glasses, mostly)."""

_EYES_APART = 0.9
"""How far the lines of sight of the two eyes (unit vectors in the picture) may be apart: they move together."""

# A closed mouth at rest against a broad smile, on faces scaled to the canonical one: width between the corners, and
# their height against the base of the nose (both in centimetres).
_MOUTH_WIDTH = (5.1, 6.9)
_MOUTH_HEIGHT = (-2.8, -1.4)

_JAW = 0.25
"""Centimetres by which the mouth's corners go down for each that the lips part: speech is no sadness."""

LIFTED_CM, DROPPED_CM, CHEEKS_CM, LOWERED_CM = 1.4, 0.7, 0.8, 0.6
"""A broad smile's lift of corners and cheeks; corners and brows drawn down as far as they go."""

LIFT_WEIGHT, CHEEK_WEIGHT, BROW_WEIGHT = 0.65, 0.35, 0.35
"""What the corners, the cheeks and the brows have in a face's valence; a broad smile is 1."""


def _row(*numbers: int) -> NDArray[np.intp]:
    return np.array([FACE_AT[number] for number in numbers])


_IRIS = _row(468, 473)
_OUTER, _INNER = _row(33, 263), _row(133, 362)
_UPPER, _LOWER = _row(159, 386), _row(145, 374)
_TEMPLES = _row(234, 454)
_MOUTH = _row(61, 291)
_NOSE_BASE = _row(2)
_HEIGHTS = _row(2, 61, 291, 13, 14, 50, 280, 205, 425, 107, 336, 33, 133, 263, 362)
"""The points whose heights make `Face.features`."""


class Face(NamedTuple):
    """Per frame (n,): NaN where there is no usable face.

    state: USABLE, NO_FACE, TOO_SMALL or TOO_DARK. angles (n, 3): yaw, pitch, roll. gaze: angle in degrees between the
    line of sight and the line to the camera, also NaN where the irises contradict each other. open: height of the eyes
    over their width. smile: 0 is an average mouth at rest, 1 a broad smile; not yet relative to the person. features
    (n, 3): how high the mouth's corners (against the nose), the cheeks and the inner brows (against the eyes) are, in
    centimetres of the canonical face. width: of the face, scale: picture heights for each of its centimetres. flipped:
    see `HeadPose`.
    """

    state: Array
    angles: Array
    gaze: Array
    open: Array
    smile: Array
    features: Array
    width: Array
    scale: Array
    flipped: Array


def read_faces(frames: Frames) -> Face:
    """What the faces of `frames` show, without regard to what came before."""
    width = _distance(frames.face[:, _TEMPLES[0]], frames.face[:, _TEMPLES[1]])
    state = _state(width, frames.luma)
    face = np.where((state == USABLE)[:, None, None], frames.face, np.float32(np.nan))
    pose = head_pose(face)
    points = face.astype(np.float64) * IMAGE_TO_CAMERA
    width = np.where(np.isfinite(width), width, np.nan)
    return Face(
        *(
            state,
            pose.angles,
            _gaze(points, pose),
            _open(points),
            _smile(points, pose),
            _features(points, pose),
        ),
        width=width,
        scale=pose.scale,
        flipped=pose.flipped,
    )


def _state(width: Array, luma: NDArray[np.uint8]) -> Array:
    state = np.where(np.isfinite(width), USABLE, NO_FACE)
    state = np.where((state == USABLE) & (width < SMALLEST_FACE), TOO_SMALL, state)
    return np.where(luma < DARKEST, TOO_DARK, state)


def _distance(a: NDArray[np.floating], b: NDArray[np.floating]) -> Array:
    difference = a.astype(np.float64) - b
    distance: Array = np.sqrt((difference * difference).sum(axis=-1))
    return distance


def _gaze(points: Array, pose: HeadPose) -> Array:
    """Angle to the camera. The iris's place in the picture alone gives it: its depth is not measured, only modelled."""
    middle = (points[:, _OUTER] + points[:, _INNER])[..., :2] / 2
    offset = (points[:, _IRIS, :2] - middle) / pose.scale[:, None, None]
    eyeball = pose.rotation[:, :2, :] @ _EYEBALL
    direction = (offset - eyeball[:, None, :]).mean(axis=1) / _IRIS_RADIUS_CM
    sine = np.minimum(np.sqrt((direction * direction).sum(axis=1)), 1.0)
    apart = offset[:, 0] - offset[:, 1]
    right = (offset * offset).sum(axis=2).max(axis=1) <= _EYE_REACH_CM**2
    right &= (apart * apart).sum(axis=1) <= _EYES_APART**2
    angle: Array = np.where(right, np.degrees(np.arcsin(sine)), np.nan)
    return angle


def _open(points: Array) -> Array:
    height = _distance(points[:, _UPPER], points[:, _LOWER])
    width = _distance(points[:, _OUTER], points[:, _INNER])
    openness: Array = (height / np.maximum(width, 1e-9)).mean(axis=1)
    return openness


def _smile(points: Array, pose: HeadPose) -> Array:
    """Corners apart and up, in the head's own axes, so that turning or nodding is no smile."""
    mouth = points[:, np.concatenate([_MOUTH, _NOSE_BASE])]
    right, left, nose = np.moveaxis(mouth @ pose.rotation / pose.scale[:, None, None], 1, 0)
    wide = _share(_distance(right[:, :2], left[:, :2]), _MOUTH_WIDTH)
    high = _share((right + left)[:, 1] / 2 - nose[:, 1], _MOUTH_HEIGHT)
    return np.clip((wide + high) / 2, -2.0, 3.0)


def _features(points: Array, pose: HeadPose) -> Array:
    up = pose.rotation[:, :, 1:2] / pose.scale[:, None, None]
    height = (points[:, _HEIGHTS] @ up)[:, :, 0]
    eyes = height[:, 11:].mean(axis=1)
    corners = height[:, 1:3].mean(axis=1) - height[:, 0] + _JAW * (height[:, 3] - height[:, 4])
    cheeks = height[:, 5:9].mean(axis=1) - eyes
    brows = height[:, 9:11].mean(axis=1) - eyes
    features: Array = np.clip(np.stack([corners, cheeks, brows], axis=1), -20.0, 20.0)
    return features


def valence(corners: float, cheeks: float, brows: float) -> float:
    """-1..1 of features as they differ from the person's neutral, in centimetres (see `Face.features`).

    Corners lifted and cheeks raised count up, corners dropped and brows lowered count down (facial action units 12, 6,
    15 and 4 of FACS); raised brows and lowered cheeks say nothing.
    """
    lift = corners / (LIFTED_CM if corners > 0 else DROPPED_CM)
    raised = max(cheeks, 0.0) / CHEEKS_CM
    lowered = max(-brows, 0.0) / LOWERED_CM
    return max(-1.0, min(1.0, LIFT_WEIGHT * lift + CHEEK_WEIGHT * raised - BROW_WEIGHT * lowered))


def _share(value: Array, between: tuple[float, float]) -> Array:
    low, high = between
    return (value - low) / (high - low)
