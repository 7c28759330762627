"""Landmark frames as arrays: what the browser sends, decoded (docs/live-protocol.md gives the order of the points)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

FACE_POINTS: tuple[int, ...] = (
    *(
        0,
        1,
        2,
        4,
        5,
        6,
        10,
        13,
        14,
        17,
        33,
        50,
        58,
        61,
        70,
        78,
        93,
        98,
        105,
        107,
        127,
        133,
        136,
        145,
        152,
        159,
    ),
    *(
        168,
        172,
        195,
        197,
        205,
        234,
        263,
        280,
        288,
        291,
        300,
        308,
        323,
        327,
        334,
        336,
        356,
        362,
        365,
        374,
        386,
    ),
    *(397, 425, 454, 468, 473),
)
"""MediaPipe's numbers of the 52 face points, in the order in which they are sent."""

POSE_POINTS: tuple[int, ...] = (0, 2, 5, *range(7, 25))
"""MediaPipe's numbers of the 21 pose points, in the order in which they are sent."""

FACE_AT: dict[int, int] = {number: row for row, number in enumerate(FACE_POINTS)}
"""From MediaPipe's number of a face point to its row in `Frames.face`."""

POSE_AT: dict[int, int] = {number: row for row, number in enumerate(POSE_POINTS)}
"""From MediaPipe's number of a pose point to its row in `Frames.pose`."""

HAND_POINTS = 21

Rows = slice | NDArray[np.intp]
"""Which frames: a slice or their numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """`n` landmark frames in order of time.

    Coordinates are in picture heights (x, y, z; isotropic), y downwards, not mirrored; left and right are the
    person's own. A block that was not found is NaN throughout.

    times_ms: (n,) float64, stream time. face: (n, 52, 3) float32. pose: (n, 21, 4) float32, the fourth is the
    visibility 0..1. left_hand, right_hand: (n, 21, 3) float32. faces: (n,) uint8, faces seen (2 = two or more).
    luma: (n,) uint8, mean brightness 0..255. dropped: frames that were lost on the way.

    Raises:
        ValueError: the arrays do not fit together.
    """

    times_ms: NDArray[np.float64]
    face: NDArray[np.float32]
    pose: NDArray[np.float32]
    left_hand: NDArray[np.float32]
    right_hand: NDArray[np.float32]
    faces: NDArray[np.uint8]
    luma: NDArray[np.uint8]
    dropped: int = 0

    def __post_init__(self) -> None:
        n = len(self.times_ms)
        for name, shape in _SHAPES.items():
            if getattr(self, name).shape != (n, *shape):
                raise ValueError(f"{name} has the shape {getattr(self, name).shape}, not {(n, *shape)}")

    def __len__(self) -> int:
        return len(self.times_ms)

    @classmethod
    def empty(cls, n: int = 0) -> Frames:
        """`n` frames at time 0 in which nothing was found."""
        arrays: dict[str, Any] = {
            name: np.full((n, *shape), np.nan, dtype=np.float32)
            for name, shape in _SHAPES.items()
            if len(shape) == 2
        }
        zeros = np.zeros(n, dtype=np.uint8)
        return cls(times_ms=np.zeros(n), faces=zeros, luma=zeros.copy(), **arrays)

    @classmethod
    def concat(cls, parts: Iterable[Frames]) -> Frames:
        """All frames of `parts`, one after the other; what was dropped is added up."""
        parts = [part for part in parts if len(part) or part.dropped]
        if not parts:
            return cls.empty()
        arrays: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in _SHAPES
        }
        return cls(**arrays, dropped=sum(part.dropped for part in parts))

    def slice(self, start_ms: float, end_ms: float) -> Frames:
        """The frames with start_ms <= time < end_ms (views, not copies). `dropped` is not known for a part: 0."""
        first, last = np.searchsorted(self.times_ms, (start_ms, end_ms), side="left")
        return self.take(slice(int(first), int(last)))

    def take(self, rows: Rows) -> Frames:
        """The frames at `rows`; `dropped` is 0."""
        arrays: dict[str, Any] = {
            f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "dropped"
        }
        return Frames(**arrays)


_SHAPES: dict[str, tuple[int, ...]] = {
    "times_ms": (),
    "face": (len(FACE_POINTS), 3),
    "pose": (len(POSE_POINTS), 4),
    "left_hand": (HAND_POINTS, 3),
    "right_hand": (HAND_POINTS, 3),
    "faces": (),
    "luma": (),
}
