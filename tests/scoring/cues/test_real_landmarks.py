"""Landmarks that MediaPipe finds on a real face: the public-domain portrait of skimage, moved by known warps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from greenroom import models_store
from scoring.cues.analysis import Analysis, analyse
from scoring.cues.catalogue import Cue
from scoring.cues.face import read_faces
from scoring.cues.frames import FACE_POINTS, Frames

# Untyped libraries, so that they are named here and nowhere else.
DATA: Any = import_module("skimage.data")
TRANSFORM: Any = import_module("skimage.transform")

SIZE = 420
Picture = NDArray[np.uint8]
Find = Callable[[list[Picture]], Frames]


@pytest.fixture(scope="module")
def portrait() -> Picture:
    picture: Picture = DATA.astronaut()[:SIZE, 20 : 20 + SIZE]
    return picture


@pytest.fixture(scope="module")
def find() -> Iterator[Find]:
    """`find(pictures)`: their frames, as a browser would send them, at 12.5 Hz."""
    try:
        file = models_store.verify("face")
        detector, image = _detector(str(file))
    except (models_store.ModelStoreError, OSError) as reason:
        pytest.skip(f"needs the face model and MediaPipe's libraries (libegl1, libgles2): {reason}")
    with detector:
        yield lambda pictures: _frames(pictures, lambda picture: detector.detect(image(picture)))


def _detector(file: str) -> tuple[Any, Callable[[Picture], Any]]:
    mediapipe: Any = import_module("mediapipe")
    tasks: Any = import_module("mediapipe.tasks.python")
    vision = tasks.vision
    options = vision.FaceLandmarkerOptions(base_options=tasks.BaseOptions(model_asset_path=file))
    kind = mediapipe.ImageFormat.SRGB
    return vision.FaceLandmarker.create_from_options(options), lambda picture: mediapipe.Image(
        image_format=kind, data=np.ascontiguousarray(picture)
    )


def _frames(pictures: list[Picture], detect: Callable[[Picture], Any]) -> Frames:
    frames = Frames.empty(len(pictures))
    frames.times_ms[:] = 80.0 * np.arange(len(pictures))
    for i, picture in enumerate(pictures):
        frames.luma[i] = round(float(picture.mean()))
        faces = detect(picture).face_landmarks
        frames.faces[i] = min(2, len(faces))
        if faces:
            aspect = picture.shape[1] / picture.shape[0]
            points = [(faces[0][k].x * aspect, faces[0][k].y, faces[0][k].z * aspect) for k in FACE_POINTS]
            frames.face[i] = np.round(np.array(points) * 8192) / 8192
    return frames


def moved(picture: Picture, *, x: float = 0, y: float = 0, turn: float = 0) -> Picture:
    """The picture shifted (pixels) and turned (degrees, clockwise) about the face."""
    centre = np.array([185.0, 130.0])
    made = TRANSFORM.AffineTransform
    there = made(translation=-centre) + made(rotation=np.radians(turn))
    there = there + made(translation=centre + np.array([x, y]))
    warped = TRANSFORM.warp(picture, there.inverse, mode="edge", preserve_range=True)
    return as_picture(warped)


def as_picture(values: Any) -> Picture:
    picture: Picture = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return picture


def seen(frames: Frames) -> Analysis:
    sound = np.zeros(len(frames) * 80 * 16, np.int16)
    return analyse(frames, sound, question_ended_ms=0, voice_only=False)


def test_a_portrait(portrait: Picture, find: Find) -> None:
    """She looks into the camera, head slightly lowered, and smiles broadly."""
    face = read_faces(find([portrait]))
    yaw, pitch, roll = face.angles[0]
    assert abs(yaw) < 6
    assert -12 < pitch < 6
    assert abs(roll) < 6
    assert face.gaze[0] < 10
    assert face.smile[0] > 0.7
    assert 0.2 < face.open[0] < 0.5


@pytest.mark.parametrize("turn", [-20, -10, 10, 20])
def test_roll_follows_the_pictures_turn(portrait: Picture, find: Find, turn: float) -> None:
    """Turned clockwise in the picture is tilted to the person's own left."""
    straight, turned = read_faces(find([portrait, moved(portrait, turn=turn)])).angles
    assert turned[2] - straight[2] == pytest.approx(turn, abs=3)
    assert turned[:2] == pytest.approx(straight[:2], abs=6)


def test_place_and_size_do_not_matter(portrait: Picture, find: Find) -> None:
    small = as_picture(TRANSFORM.resize(portrait, (280, 280), preserve_range=True))
    padded = np.pad(small, ((70, 70), (100, 40), (0, 0)), mode="edge")
    here, there = read_faces(find([portrait])), read_faces(find([padded]))
    assert there.angles == pytest.approx(here.angles, abs=4)
    assert there.gaze == pytest.approx(here.gaze, abs=5)
    assert there.smile == pytest.approx(here.smile, abs=0.15)


def test_a_still_person_makes_no_events_and_little_movement(portrait: Picture, find: Find) -> None:
    """40 pictures with the noise of a camera: no nod, no shake, and she smiles throughout."""
    rng = np.random.default_rng(1)
    noisy = [as_picture(portrait + rng.normal(0, 4, portrait.shape)) for _ in range(40)]
    found = seen(find(noisy))
    assert {event.code for event in found.events} <= {Cue.SMILE}
    activity = found.values[Cue.HD_AC].value
    assert activity is not None
    assert activity < 2
    assert found.quality.face_share == 1


def test_swaying_and_tilting_are_seen(portrait: Picture, find: Find) -> None:
    times = 0.08 * np.arange(40)
    swing = [moved(portrait, x=12 * np.sin(4 * t), turn=10 * np.sin(2 * np.pi * t / 1.6)) for t in times]
    values = seen(find(swing)).values
    assert values[Cue.HD_AC].value == pytest.approx(10 * 4 / 1.6, rel=0.25)


def test_no_face_in_the_dark_and_none_in_the_sky(portrait: Picture, find: Find) -> None:
    dark = (portrait * 0.1).astype(np.uint8)
    empty = np.full_like(portrait, 180)
    for picture in (dark, empty):
        found = seen(find([picture] * 13))
        assert found.values[Cue.GZ_DR].value is None
        assert found.values[Cue.SMILE_SHARE].value is None
