"""A real face with known motion: the public-domain portrait of scikit-image, turned in space and found by MediaPipe.

The face's own landmarks give its depth. They are turned by known angles, and the picture is bent smoothly so that every
landmark comes to lie where it then is: what a camera would see of that face, up to about 15 degrees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from greenroom import models_store
from scoring.cues.frames import FACE_POINTS, Frames
from scoring.cues.head_pose import rotation_of

Picture = NDArray[np.uint8]
Find = Callable[[Iterable[Picture]], Frames]
SIZE = 420
FRAME_MS = 80.0


class NoModel(Exception):
    """The face model or a library that MediaPipe needs is missing."""


def portrait() -> Picture:
    """(420, 420, 3): she looks into the camera and smiles."""
    data: Any = import_module("skimage.data")
    picture: Picture = data.astronaut()[:SIZE, 20 : 20 + SIZE]
    return picture


@contextmanager
def finder() -> Iterator[Find]:
    """`find(pictures)`: their frames, as a browser would send them, at 12.5 Hz. Raises NoModel."""
    try:
        file = models_store.verify("face")
        mediapipe: Any = import_module("mediapipe")
        tasks: Any = import_module("mediapipe.tasks.python")
        base = tasks.BaseOptions(model_asset_path=str(file))
        options = tasks.vision.FaceLandmarkerOptions(base_options=base)
        detector = tasks.vision.FaceLandmarker.create_from_options(options)
    except (models_store.ModelStoreError, OSError) as reason:
        raise NoModel(
            f"needs the face model and MediaPipe's libraries (libegl1, libgles2): {reason}"
        ) from reason

    def detect(picture: Picture) -> Any:
        data = np.ascontiguousarray(picture)
        return detector.detect(
            mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=data)
        ).face_landmarks

    with detector:
        yield lambda pictures: _frames(list(pictures), detect)


def _frames(pictures: list[Picture], detect: Callable[[Picture], Any]) -> Frames:
    frames = Frames.empty(len(pictures))
    frames.times_ms[:] = FRAME_MS * np.arange(len(pictures))
    for i, picture in enumerate(pictures):
        frames.luma[i] = round(float(picture.mean()))
        faces = detect(picture)
        frames.faces[i] = min(2, len(faces))
        if faces:
            aspect = picture.shape[1] / picture.shape[0]
            points = [(faces[0][k].x * aspect, faces[0][k].y, faces[0][k].z * aspect) for k in FACE_POINTS]
            frames.face[i] = np.round(np.array(points) * 8192) / 8192
    return frames


class Turning:
    """A picture whose face can be turned: `face` (52, 3) are its landmarks in the picture."""

    def __init__(self, picture: Picture, face: NDArray[np.float32]) -> None:
        self._picture = picture
        self._points = face.astype(np.float64)
        height, width = picture.shape[:2]
        edge = np.linspace(0, 1, 6)
        frame = [(x, y) for x in edge for y in edge if x in (0, 1) or y in (0, 1)]
        self._frame = np.array(frame) * [width / height, 1.0]
        # The middles of cells of 10 pixels: where cv2.resize takes a small picture's values to be.
        across, down = np.arange(4.5, width, 10), np.arange(4.5, height, 10)
        self._grid = np.stack(np.meshgrid(across, down), axis=-1) / height

    def at(self, yaw: float, pitch: float) -> Picture:
        """The picture with the head turned by so many degrees from where it is."""
        interpolate: Any = import_module("scipy.interpolate")
        cv2: Any = import_module("cv2")
        there = self._turned(yaw, pitch)
        targets = np.concatenate([there, self._frame])
        ways = np.concatenate([self._points[:, :2] - there, np.zeros_like(self._frame)])
        field = interpolate.RBFInterpolator(targets, ways, smoothing=1e-5)(self._grid.reshape(-1, 2))
        height, width = self._picture.shape[:2]
        came_from = (self._grid + field.reshape(self._grid.shape)) * height
        whole = cv2.resize(came_from.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        moved: Picture = cv2.remap(self._picture, whole[..., 0], whole[..., 1], cv2.INTER_LINEAR)
        return moved

    def _turned(self, yaw: float, pitch: float) -> NDArray[np.float64]:
        """Where the landmarks then lie (52, 2): turned about the middle of the face."""
        to_camera = np.array([1.0, -1.0, -1.0])
        middle = self._points.mean(axis=0)
        head = (self._points - middle) * to_camera
        turn = rotation_of(yaw, pitch, 0.0)
        turned: NDArray[np.float64] = (head @ turn.T * to_camera + middle)[:, :2]
        return turned
