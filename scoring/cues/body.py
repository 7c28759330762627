"""What one body shows: its joints, how far the hands are from the face, whether the arms are crossed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.cues.arms import Arms, read_arms
from scoring.cues.frames import FACE_AT, POSE_AT, Frames
from scoring.cues.head_pose import Array

VISIBLE = 0.5
"""Visibility from which a pose point counts as in sight. It must also lie inside the picture's height."""

SHOULDERS_PER_FACE = 2.5
"""Shoulder width over face width, for pictures in which the shoulders are not seen."""

CROSSED_REACH = 0.6
"""Distance between a wrist and the other elbow, in shoulder widths, up to which the arms may be crossed."""

_EDGE = 0.15
"""Picture heights by which a point may lie above or below the picture: the model places shoulders just outside well."""

JOINTS = (0, 11, 12, 13, 14, 15, 16)
"""The joints whose movement is summed: nose, shoulders, elbows, wrists."""


def _row(*numbers: int) -> NDArray[np.intp]:
    return np.array([POSE_AT[number] for number in numbers])


_SHOULDERS, _ELBOWS, _WRISTS, _HIPS = _row(11, 12), _row(13, 14), _row(15, 16), _row(23, 24)
_HANDS = _row(17, 18, 19, 20, 21, 22)
_OUTLINE = np.array([FACE_AT[n] for n in (10, 356, 454, 323, 288, 397, 365, 152, 136, 172, 58, 93, 234, 127)])


class Body(NamedTuple):
    """Per frame: NaN where a point is not in sight.

    joints (n, 7, 2): x, y of `JOINTS`. shoulders (n,): shoulder width in picture heights. wrists (n, 2, 2): left and
    right. crossed (n,): 1.0 where the arms are crossed, 0.0 where they are not. beside, above (n, 2): how far the left
    and the right wrist are beside and above their hip, in picture heights. to_face (n,): distance of the nearest point
    of a hand from the face's outline in picture heights, 0 inside, infinite when no hand is in sight. arms: see there.
    """

    joints: Array
    shoulders: Array
    wrists: Array
    crossed: Array
    beside: Array
    above: Array
    to_face: Array
    arms: Arms


def read_bodies(frames: Frames) -> Body:
    """What the bodies of `frames` show, without regard to what came before."""
    seen = _in_sight(frames.pose)
    pose = np.where(seen[..., None], frames.pose[..., :2].astype(np.float64), np.nan)
    wrists = _wrists(pose, frames)
    apart = pose[:, _SHOULDERS[0]] - pose[:, _SHOULDERS[1]]
    shoulders = np.sqrt((apart * apart).sum(axis=1))
    joints = pose[:, _row(*JOINTS)]
    joints[:, -2:] = wrists
    hips = pose[:, _HIPS]
    return Body(
        joints=joints,
        shoulders=shoulders,
        wrists=wrists,
        crossed=_crossed(pose, shoulders),
        beside=np.abs(wrists[..., 0] - hips[..., 0]),
        above=hips[..., 1] - wrists[..., 1],
        to_face=_to_face(frames, pose),
        arms=read_arms(frames.pose, seen),
    )


def _in_sight(pose: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which pose points (n, 21) are neither hidden nor outside the picture."""
    seen: NDArray[np.bool_] = pose[..., 3] >= VISIBLE
    return seen & (pose[..., 1] >= -_EDGE) & (pose[..., 1] <= 1 + _EDGE)


def _wrists(pose: Array, frames: Frames) -> Array:
    """Wrists by the pose; where it does not see one, by the hand's own landmarks."""
    hands = np.stack([frames.left_hand[:, 0, :2], frames.right_hand[:, 0, :2]], axis=1)
    wrists = pose[:, _WRISTS]
    return np.where(np.isfinite(wrists), wrists, hands)


def _crossed(pose: Array, shoulders: Array) -> Array:
    """Each wrist beyond the body's midline and near the other elbow. The left shoulder may be on either side of the
    picture (a mirrored stream), so sides are measured along the line from the right to the left shoulder."""
    left, right = pose[:, _SHOULDERS[0]], pose[:, _SHOULDERS[1]]
    middle, axis = (left + right) / 2, left - right
    wrists, elbows = pose[:, _WRISTS], pose[:, _ELBOWS]
    along = ((wrists - middle[:, None]) * axis[:, None]).sum(axis=-1)
    to_other = np.sqrt(((wrists - elbows[:, ::-1]) ** 2).sum(axis=-1))
    near = (to_other <= CROSSED_REACH * shoulders[:, None]).all(axis=1)
    crossed = (along[:, 0] < 0) & (along[:, 1] > 0) & near
    known = np.isfinite(along).all(axis=1) & np.isfinite(to_other).all(axis=1)
    return np.where(known, crossed.astype(np.float64), np.nan)


def _to_face(frames: Frames, pose: Array) -> Array:
    """NaN without a face, or where neither a body nor a hand was looked for with success."""
    outline = frames.face[:, _OUTLINE, :2].astype(np.float64)
    hands = np.concatenate([pose[:, _HANDS], frames.left_hand[..., :2], frames.right_hand[..., :2]], axis=1)
    looked = np.isfinite(frames.pose[:, 0, 0]) | np.isfinite(hands[..., 0]).any(axis=1)
    known = np.isfinite(outline).all(axis=(1, 2)) & looked
    result = np.full(len(frames), np.nan)
    result[known] = np.inf
    # Points in sight of all frames together: a call for each frame would cost more than all the rest of the body.
    row, point = np.nonzero(np.isfinite(hands[..., 0]) & known[:, None])
    np.minimum.at(result, row, outline_distance(hands[row, point], outline[row]))
    return result


def outline_distance(points: Array, outlines: Array) -> Array:
    """Distance (p,) of points (p, 2), each from its own closed polygon (p, q, 2) or all from one (q, 2); 0 inside."""
    x, y = points[:, :1], points[:, 1:]
    start_x, start_y = outlines[..., 0], outlines[..., 1]
    end_x = np.concatenate((start_x[..., 1:], start_x[..., :1]), axis=-1)
    end_y = np.concatenate((start_y[..., 1:], start_y[..., :1]), axis=-1)
    edge_x, edge_y = end_x - start_x, end_y - start_y
    to_x, to_y = x - start_x, y - start_y
    length = np.maximum(edge_x * edge_x + edge_y * edge_y, 1e-12)
    along = np.clip((to_x * edge_x + to_y * edge_y) / length, 0.0, 1.0)
    gap_x, gap_y = to_x - along * edge_x, to_y - along * edge_y
    distance = np.sqrt((gap_x * gap_x + gap_y * gap_y).min(axis=1, initial=np.inf))
    # Even-odd rule: how many edges does a ray to the right cross?
    spans = (start_y > y) != (end_y > y)
    crossing = start_x + to_y * edge_x / np.where(edge_y == 0, 1.0, edge_y)
    inside = (spans & (x < crossing)).sum(axis=1) % 2 == 1
    return np.where(inside, 0.0, distance)
