"""Landmarks of a recording, found as a browser finds them while it streams: the same models, options, units and sides.

Ten pictures a second go through MediaPipe's face, body and hand landmarkers (Tasks API, on the CPU). Each has a thread
of its own, for MediaPipe lets go of the interpreter while it works. What comes out are the very `Frames` that the live
stream carries (docs/live-protocol.md), not rounded to its 1/8192.

All three run in video mode, as in the browser. For the body this halves the cost: it is followed from picture to
picture. The face is looked for in every picture all the same, because a second one may come; its numbers are then
those of image mode. Following has a memory: where hands and hips are out of the picture, the body model can settle on
one of several shoulder widths and keep to it. So pieces of a film that are asked for in order are followed through, as
if they were one; only where somebody goes on with a film in the middle the models begin anew, with a run-up.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import FACE_POINTS, HAND_POINTS, POSE_POINTS, Frames
from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.pictures import Picture, Pictures

FPS = 10
RUN_UP = 10
"""Slots before a piece in the middle of a film whose pictures are only followed: the body is then in its stride."""
AHEAD = 4
"""Pictures that may be on their way through the models at once: bounds the memory, keeps every thread busy."""

MOST_FACES = 2
MOST_HANDS = 2
LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114])
LUMA_EVERY = 8
"""Brightness is the mean of every 8th pixel in both directions."""
WIRE_RANGE = 4.0
"""The stream's numbers end at 4 picture heights."""

FOREHEAD, CHIN = 10, 152
LEFT_WRIST, RIGHT_WRIST = 15, 16
PALM = 9
WRIST_VISIBLE = 0.5
WRIST_NEAR = 0.12
SAME_HAND = 0.05
ARMS = slice(15, 23)
"""MediaPipe's pose points from the wrists to the thumbs."""
NEAR_PICTURE = 0.2
"""Part of the picture's sides by which the body model may be wrong about where a hand is."""
SLOTS_BETWEEN_LOOKS = 3
"""While no hand is seen though an arm is near the picture, they are looked for in every third slot."""
SLOTS_BETWEEN_TRIES = 5
"""With no arm near the picture, only in every fifth: the body model can miss them."""

Points = NDArray[np.float64]
"""(points, 4): x, y, z, visibility as MediaPipe gives them: parts of the picture's width (x, z) and height (y)."""

SYSTEM_LIBRARIES = (
    "MediaPipe needs the system's libEGL and libGLESv2 (Debian: apt-get install -y libegl1 libgles2)"
)


@dataclass(frozen=True, slots=True)
class Models:
    """The .task files. Whoever names them has checked that they are what they should be."""

    face: Path
    pose: Path
    hand: Path


class LandmarkFinder:
    """Finds the landmarks of films, piece by piece. Close it, or use it as a context. For one thread at a time."""

    def __init__(self, models: Models) -> None:
        """Raises MediaError(model_missing) where a model, or a library of the system that it needs, is not there."""
        self._models = {
            name: _read(path)
            for name, path in (("face", models.face), ("pose", models.pose), ("hand", models.hand))
        }
        self._held = ExitStack()
        self._lanes = {name: self._held.enter_context(ThreadPoolExecutor(1)) for name in self._models}
        self._film: _Film | None = None
        self._following = self._held.enter_context(ExitStack())
        self._followed = _Followed(**self._loaded())

    def __enter__(self) -> LandmarkFinder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._leave()
        self._held.close()

    def find(self, path: Path, limits: Limits, start_ms: float = 0, end_ms: float = math.inf) -> Frames:
        """The landmarks of the pictures that belong to the slots (of 100 ms) from `start_ms` up to `end_ms`.

        A piece that begins where the last one ended goes on from it: together they are, to the last bit, what one
        piece gives. `dropped` counts the slots without a picture between the first and the last that had one.

        Raises:
            MediaError: as `pictures.Pictures`.
        """
        first, last = int(_slot(start_ms)), _slot(end_ms)
        film = self._film
        if film is None or film.path != path or film.next_slot != first:
            film = self._begin(path, limits, first - RUN_UP)
        try:
            rows = [row for row in self._through(film.pictures(last)) if row.slot >= first]
        except BaseException:
            self._leave()
            raise
        return _frames(rows)

    def _begin(self, path: Path, limits: Limits, slot: int) -> _Film:
        """Opens a film at a slot, and has models that followed nobody yet."""
        self._leave()
        self._following.close()
        self._followed = _Followed(**self._loaded())
        self._film = _Film(path, limits, max(0, slot))
        return self._film

    def _loaded(self) -> dict[str, Any]:
        return {
            name: self._following.enter_context(_task(name, model)) for name, model in self._models.items()
        }

    def _leave(self) -> None:
        if self._film is not None:
            self._film.close()
            self._film = None

    def _through(self, pictures: Iterator[tuple[int, Picture]]) -> Iterator[_Row]:
        """What was found in every picture, in order. The three models work on up to AHEAD pictures at once."""
        waiting: deque[tuple[int, Picture, list[Future[Any]]]] = deque()
        for slot, picture in pictures:
            waiting.append((slot, picture, self._start(slot, picture)))
            if len(waiting) >= AHEAD:
                yield _finished(*waiting.popleft())
        while waiting:
            yield _finished(*waiting.popleft())

    def _start(self, slot: int, picture: Picture) -> list[Future[Any]]:
        image = _image(picture)
        time_ms = slot * 1000 // FPS + 1000
        face = self._lanes["face"].submit(self._followed.find_faces, image, time_ms)
        pose = self._lanes["pose"].submit(self._followed.find_pose, image, time_ms)
        hands = self._lanes["hand"].submit(self._followed.find_hands, image, time_ms, slot, pose)
        return [face, pose, hands]


class _Film:
    """The pictures of one film, read forward once, piece by piece. `next_slot` is where the last piece ended."""

    def __init__(self, path: Path, limits: Limits, slot: int) -> None:
        self.path = path
        self.next_slot: float = slot
        self._reader = Pictures(path, limits, fps=FPS, from_ms=slot * 1000 / FPS)
        self._ahead: Picture | None = None

    def pictures(self, last: float) -> Iterator[tuple[int, Picture]]:
        """The pictures that come next, with their slots, up to that of `last`."""
        self.next_slot = last
        while (picture := self._ahead or next(self._reader, None)) is not None:
            slot = self._reader.slot_of(picture.t_ms)
            self._ahead = picture if slot >= last else None
            if self._ahead is not None:
                return
            yield slot, picture

    def close(self) -> None:
        self._reader.close()


class _Followed:
    """The models, and what they remember of whom they follow."""

    def __init__(self, face: Any, pose: Any, hand: Any) -> None:
        self._face = face
        self._pose = pose
        self._hand = hand
        self._saw_hands = False

    def find_faces(self, image: Any, time_ms: int) -> list[Points]:
        return [_points(face) for face in self._face.detect_for_video(image, time_ms).face_landmarks]

    def find_pose(self, image: Any, time_ms: int) -> Points | None:
        poses = self._pose.detect_for_video(image, time_ms).pose_landmarks
        return _points(poses[0]) if poses else None

    def find_hands(
        self, image: Any, time_ms: int, slot: int, pose: Future[Points | None]
    ) -> dict[str, Points]:
        """The hands by the side of the body; none, unseen, where it is not worth while to look."""
        body = pose.result()
        if not self._saw_hands and slot % (SLOTS_BETWEEN_LOOKS if _near(body) else SLOTS_BETWEEN_TRIES):
            return {}
        found = self._hand.detect_for_video(image, time_ms)
        self._saw_hands = bool(found.hand_landmarks)
        labels = [names[0].category_name for names in found.handedness]
        return sides([_points(hand) for hand in found.hand_landmarks], labels, body)


def _near(body: Points | None) -> bool:
    """Whether a hand of `body` is in the picture or near it."""
    if body is None:
        return False
    xy = body[ARMS, :2]
    return bool(((xy > -NEAR_PICTURE) & (xy < 1 + NEAR_PICTURE)).all(axis=1).any())


def sides(hands: Sequence[Points], labels: Sequence[str], body: Points | None) -> dict[str, Points]:
    """Which hand is whose: "left" and "right" are the person's own.

    A visible wrist of the body near the hand decides, else MediaPipe's label, which in the Tasks API is the person's
    own side when the picture is not mirrored. Two finds on top of each other are one hand.
    """
    found: dict[str, Points] = {}
    for hand, label in zip(hands[:MOST_HANDS], labels, strict=False):
        side = _side_by_wrist(hand, body) or label.lower()
        other = "right" if side == "left" else "left"
        if side not in found:
            found[side] = hand
        elif math.dist(hand[PALM, :2], found[side][PALM, :2]) > SAME_HAND:
            found[other] = hand
    return found


def _side_by_wrist(hand: Points, body: Points | None) -> str | None:
    if body is None:
        return None
    left, right = (_reach(hand, body[wrist]) for wrist in (LEFT_WRIST, RIGHT_WRIST))
    if min(left, right) > WRIST_NEAR or max(left, right) < 2 * WRIST_NEAR:
        return None
    return "left" if left < right else "right"


def _reach(hand: Points, wrist: NDArray[np.float64]) -> float:
    return math.dist(hand[0, :2], wrist[:2]) if wrist[3] >= WRIST_VISIBLE else math.inf


@dataclass(frozen=True, slots=True)
class _Row:
    """What was found in one picture; `aspect` is its width over its height."""

    t_ms: float
    slot: int
    aspect: float
    luma: float
    faces: int
    face: Points | None
    pose: Points | None
    hands: dict[str, Points]


def _finished(slot: int, picture: Picture, work: list[Future[Any]]) -> _Row:
    faces, pose, hands = (part.result() for part in work)
    height, width, _ = picture.rgb.shape
    return _Row(
        t_ms=picture.t_ms,
        slot=slot,
        aspect=width / height,
        luma=float((picture.rgb[::LUMA_EVERY, ::LUMA_EVERY].mean(axis=(0, 1)) * LUMA_WEIGHTS).sum()),
        faces=min(len(faces), MOST_FACES),
        face=max(faces, key=_height, default=None),
        pose=pose,
        hands=hands,
    )


def _height(face: Points) -> float:
    """The face that is largest in the picture is taken for the student's, as in the browser."""
    return abs(float(face[CHIN, 1] - face[FOREHEAD, 1]))


def _frames(rows: list[_Row]) -> Frames:
    frames = Frames.empty(len(rows))
    for k, row in enumerate(rows):
        frames.times_ms[k], frames.faces[k], frames.luma[k] = row.t_ms, row.faces, round(row.luma)
        _fill(frames.face[k], row.face, FACE_POINTS, row.aspect)
        _fill(frames.pose[k], row.pose, POSE_POINTS, row.aspect)
        _fill(frames.left_hand[k], row.hands.get("left"), range(HAND_POINTS), row.aspect)
        _fill(frames.right_hand[k], row.hands.get("right"), range(HAND_POINTS), row.aspect)
    lost = rows[-1].slot - rows[0].slot + 1 - len(rows) if rows else 0
    return replace(frames, dropped=lost)


def _fill(block: NDArray[np.float32], points: Points | None, which: Sequence[int], aspect: float) -> None:
    """Writes points into a block of a frame: x, y, z in heights of the picture, and the visibility if it takes one."""
    if points is not None:
        values = points[list(which)] * (aspect, 1, aspect, 1)
        block[:] = np.clip(values[:, : block.shape[1]], -WIRE_RANGE, WIRE_RANGE)


def _points(landmarks: Any) -> Points:
    return np.array([(point.x, point.y, point.z, point.visibility or 0.0) for point in landmarks])


def _slot(t_ms: float) -> float:
    return math.ceil(t_ms * FPS / 1000 - 1e-6) if math.isfinite(t_ms) else t_ms


# --- MediaPipe ----------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError(MediaCode.MODEL_MISSING, f"{path.name} cannot be read") from error


def _mediapipe() -> tuple[Any, Any]:
    """The package and its vision tasks. Imported late: it takes a second, and the system's graphics libraries."""
    try:
        import mediapipe
        from mediapipe.tasks.python import vision
    except (ImportError, OSError) as error:
        raise MediaError(MediaCode.MODEL_MISSING, SYSTEM_LIBRARIES) from error
    return mediapipe, vision


def _image(picture: Picture) -> Any:
    mediapipe, _ = _mediapipe()
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture.rgb)


@contextmanager
def _task(name: str, model: bytes) -> Iterator[Any]:
    """One of MediaPipe's landmarkers, loaded in video mode with the options that the browser gives it."""
    _, vision = _mediapipe()
    kind, options, most = {
        "face": (vision.FaceLandmarker, vision.FaceLandmarkerOptions, {"num_faces": MOST_FACES}),
        "pose": (vision.PoseLandmarker, vision.PoseLandmarkerOptions, {"num_poses": 1}),
        "hand": (vision.HandLandmarker, vision.HandLandmarkerOptions, {"num_hands": MOST_HANDS}),
    }[name]
    from mediapipe.tasks.python import BaseOptions

    base = BaseOptions(model_asset_buffer=model, delegate=BaseOptions.Delegate.CPU)
    try:
        with _quiet():
            task = kind.create_from_options(options(base, running_mode=vision.RunningMode.VIDEO, **most))
    except OSError as error:
        raise MediaError(MediaCode.MODEL_MISSING, SYSTEM_LIBRARIES) from error
    except (ValueError, RuntimeError) as error:
        raise MediaError(MediaCode.MODEL_MISSING, f"the {name} model cannot be loaded") from error
    try:
        yield task
    finally:
        task.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """MediaPipe greets every model with lines on stderr that no option of it turns off."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
