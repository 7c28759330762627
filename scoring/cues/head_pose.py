"""Where the head points: least squares of the face points against the canonical face.

Sign convention, seen from the person: yaw > 0 is turned to their own left, pitch > 0 is raised, roll > 0 is tilted to
their own left shoulder. All three are 0 for a face that looks into the camera; since what the camera sees of a face
depends on the line of sight, this also holds (nearly) for a face away from the middle of the picture.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.frames import FACE_AT

Array = NDArray[np.float64]

RIGID = (1, 2, 4, 5, 6, 10, 33, 93, 98, 127, 133, 168, 195, 197, 234, 263, 323, 327, 356, 362, 454)
"""The points that speech, smiles and blinks leave where they are: nose, eye corners, forehead, temples."""

IMAGE_TO_CAMERA = np.array([1.0, -1.0, -1.0])
"""From the picture's axes (x right, y down, z away) to ours (x right, y up, z towards the camera)."""

_ROWS = np.array([FACE_AT[number] for number in RIGID])
_MODEL = np.array([CANONICAL_CM[number] for number in RIGID])
_CENTRED = _MODEL - _MODEL.mean(axis=0)
_SQUARES = float((_CENTRED**2).sum())


class HeadPose(NamedTuple):
    """rotation (n, 3, 3): from the head's axes to the camera's. scale (n,): picture heights per centimetre.

    angles (n, 3): yaw, pitch, roll in degrees. NaN where there is no face. flipped (n,): 1.0 where the points are those
    of a face in a mirror (left and right changed places after the points were named), 0.0 where they are not.
    """

    rotation: Array
    scale: Array
    angles: Array
    flipped: Array


def head_pose(face: NDArray[np.float32]) -> HeadPose:
    """Rotation and scale of each face (n, 52, 3) by the orthogonal Procrustes fit (Kabsch 1976; Umeyama 1991)."""
    points = face[:, _ROWS].astype(np.float64) * IMAGE_TO_CAMERA
    found = np.isfinite(points).all(axis=(1, 2))
    points = np.where(found[:, None, None], points - points.mean(axis=1, keepdims=True), _CENTRED)
    u, singular, vt = np.linalg.svd(np.swapaxes(points, 1, 2) @ _CENTRED)
    signs = np.ones((len(face), 3))
    signs[:, 2] = np.sign(_determinants(u @ vt))
    rotation = (u * signs[:, None, :]) @ vt
    scale = (singular * signs).sum(axis=1) / _SQUARES
    rotation[~found] = np.nan
    scale[~found] = np.nan
    flipped = np.where(found, signs[:, 2] < 0, np.nan)
    return HeadPose(rotation, scale, angles_of(rotation), flipped)


def _determinants(matrices: Array) -> Array:
    """Of (n, 3, 3). For so few and so small ones numpy.linalg.det takes several times as long."""
    (a, b, c), (d, e, f), (g, h, i) = np.moveaxis(matrices, 0, -1)
    product: Array = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return product


def angles_of(rotation: Array) -> Array:
    """Yaw, pitch and roll in degrees (n, 3) of rotations (n, 3, 3)."""
    facing = rotation[:, :, 2]
    yaw = np.arctan2(facing[:, 0], facing[:, 2])
    pitch = np.arcsin(np.clip(facing[:, 1], -1.0, 1.0))
    roll = -np.arctan2(rotation[:, 1, 0], rotation[:, 1, 1])
    angles: Array = np.degrees(np.stack([yaw, pitch, roll], axis=1))
    return angles


def rotation_of(yaw: float, pitch: float, roll: float) -> Array:
    """The rotation (3, 3) of a head with these angles in degrees: the inverse of `angles_of`."""
    y, p, r = np.radians([yaw, pitch, roll])
    turn = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    raise_ = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    tilt = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    product: Array = turn @ raise_ @ tilt
    return product
