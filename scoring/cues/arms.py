"""How the arms are bent and where the forearms point, from the pose's points with their depth.

MediaPipe models the depth of a point, it does not measure it: these angles are as good as that model. They are read as
from a distant camera; arms drawn as a camera at 1.5 m sees them come out about 5 (bend) and 7 degrees (heading) off on
average, at 1 m 8 and 12. What makes an arm impossible (too short or too long for the shoulders) is left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import POSE_AT
from scoring.cues.head_pose import IMAGE_TO_CAMERA, Array

LIMB = (0.25, 1.6)
"""Shoulder widths that an upper arm or a forearm can be long; both are about 0.7."""

LEVEL = 0.35
"""Share of the forearm that must lie level: nearer to upright than about 20 degrees, it points nowhere."""

_POINTS = np.array([POSE_AT[number] for number in (11, 12, 13, 14, 15, 16)])
_INWARD = np.array([-1.0, 1.0])
"""Towards the other arm, along the axis from the right to the left shoulder: for the left and the right arm."""


class Arms(NamedTuple):
    """Per frame, left and right; NaN where it is not known.

    seen (n, 2): 1.0 where shoulder, elbow and wrist are in sight, else 0.0. bend (n, 2): degrees between upper arm and
    forearm, 0 for a straight arm. heading (n, 2, 2): the forearm seen from above, as a unit vector: how far towards the
    other arm and how far ahead of the body. Turned inward by atan2 of the two: 0 is straight ahead, 90 across the body,
    negative outward, with the same meaning for left and right.
    """

    seen: Array
    bend: Array
    heading: Array


def read_arms(pose: NDArray[np.float32], in_sight: NDArray[np.bool_]) -> Arms:
    """The arms of poses (n, 21, 4), of whose points those in_sight (n, 21) count."""
    points = pose[:, _POINTS, :3] * IMAGE_TO_CAMERA
    seen = in_sight[:, _POINTS]
    shoulders, elbows, wrists = points[:, :2], points[:, 2:4], points[:, 4:]
    axes = _body_axes(shoulders)
    upper, lower = elbows - shoulders, wrists - elbows
    whole = seen[:, :2].all(axis=1, keepdims=True) & seen[:, 2:4] & seen[:, 4:]
    upper_length, lower_length = _length(upper), _length(lower)
    width = _length(shoulders[:, 0] - shoulders[:, 1])[:, None]
    real = whole & _is_limb(upper_length, width) & _is_limb(lower_length, width)
    cosine = (upper * lower).sum(axis=-1) / np.maximum(upper_length * lower_length, 1e-12)
    bend = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    heading = _heading(lower, axes)
    level = _length(heading)
    clear = real & (level >= LEVEL * lower_length)
    return Arms(
        seen=whole.astype(np.float64),
        bend=np.where(real, bend, np.nan),
        heading=np.where(clear[..., None], heading / np.maximum(level, 1e-12)[..., None], np.nan),
    )


def turned_inward(heading: Array) -> float:
    """Degrees of a heading (2,), or of a mean of them: 0 ahead, 90 across the body, negative outward."""
    return float(np.degrees(np.arctan2(heading[0], heading[1])))


def _body_axes(shoulders: Array) -> tuple[Array, Array]:
    """Across (to the person's own left) and ahead, each (n, 3); ahead is level, whatever the slope of the shoulders.

    The vertical is the picture's, made square to the shoulders: hips are seldom in a webcam's picture.
    """
    across = shoulders[:, 0] - shoulders[:, 1]
    across = across / np.maximum(_length(across), 1e-12)[:, None]
    # Across x up, with up = (0, 1, 0); the part of up along the shoulders falls out of the product.
    ahead = np.stack([-across[:, 2], np.zeros(len(across)), across[:, 0]], axis=1)
    return across, ahead / np.maximum(_length(ahead), 1e-12)[:, None]


def _heading(lower: Array, axes: tuple[Array, Array]) -> Array:
    inward = (lower * axes[0][:, None]).sum(axis=-1) * _INWARD
    return np.stack([inward, (lower * axes[1][:, None]).sum(axis=-1)], axis=-1)


def _length(vectors: Array) -> Array:
    length: Array = np.sqrt((vectors * vectors).sum(axis=-1))
    return length


def _is_limb(length: Array, width: Array) -> NDArray[np.bool_]:
    return (length >= LIMB[0] * width) & (length <= LIMB[1] * width)
