"""Landmarks: where the photograph's face is known to be, in the stream's units and sides, whatever the pieces."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage.data import astronaut

from greenroom import models_store
from scoring.cues.frames import FACE_AT, FACE_POINTS, POSE_AT, POSE_POINTS, Frames
from scoring.media.errors import MediaError
from scoring.media.landmarks import LandmarkFinder, Models, sides
from scoring.media.limits import Limits

Make = Callable[..., Path]
EYES = [225.0, 102.5]
"""The middle between the outer corners of the eyes in the photograph, in its pixels."""
ARRAYS = ("times_ms", "face", "pose", "left_hand", "right_hand", "faces", "luma")


def equal(one: Frames, other: Frames) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in ARRAYS)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, make: Make, moved: Callable) -> tuple[Path, Any]:
    truth = moved(4.0, 10)
    return make(tmp_path_factory.mktemp("film") / "a.webm", pictures=truth.film()), truth


@pytest.fixture(scope="module")
def found(film: tuple[Path, Any], finder: LandmarkFinder) -> Frames:
    return finder.find(film[0], Limits())


def test_there_is_one_face_and_one_body_in_every_picture(found: Frames) -> None:
    assert len(found) == 40
    assert found.dropped == 0
    assert (found.faces == 1).all()
    assert not np.isnan(found.face).any()
    assert not np.isnan(found.pose).any()


def test_the_face_moves_as_the_photograph_was_moved(found: Frames, film: tuple[Path, Any]) -> None:
    """Brought back into the photograph, every point stays where it is: within 0.5 % of the picture's height."""
    truth = film[1]
    back = truth.back(found.face[:, :, :2].astype(float) * 480)
    off = (back - back.mean(axis=0)) * truth.warps[:, 0, 0].mean() / 480
    assert np.sqrt(np.mean(off**2)) < 0.002
    assert np.abs(off).max() < 0.02


def test_the_face_turns_and_grows_as_much_as_it_was_turned_and_grown(
    found: Frames, film: tuple[Path, Any]
) -> None:
    points = (found.face[:, :, 0] + 1j * found.face[:, :, 1]).astype(complex)
    points -= points.mean(axis=1, keepdims=True)
    motion = (points * points[0].conj()).sum(axis=1) / (np.abs(points[0]) ** 2).sum()
    warps = film[1].warps[:, 0, 0] + 1j * film[1].warps[:, 1, 0]
    off = motion / (warps / warps[0])
    turned = np.degrees(np.abs(np.angle(off / off.mean())))
    assert np.percentile(turned, 90) < 1.5
    assert turned.max() < 4
    assert np.abs(np.abs(off) / np.abs(off).mean() - 1).max() < 0.03


def test_left_and_right_are_the_persons_own(found: Frames) -> None:
    """Somebody who looks into the camera has the left shoulder at the right of the picture."""
    for left, right in ((11, 12), (7, 8), (2, 5)):
        assert (found.pose[:, POSE_AT[left], 0] > found.pose[:, POSE_AT[right], 0]).all()
    assert (found.face[:, FACE_AT[263], 0] > found.face[:, FACE_AT[33], 0]).all()


def test_brightness_is_that_of_the_pictures(found: Frames, film: tuple[Path, Any]) -> None:
    weights = np.array([0.299, 0.587, 0.114])
    true = np.array([(rgb.mean(axis=(0, 1)) * weights).sum() for rgb in film[1].pictures])
    assert np.abs(found.luma - true).max() < 3


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (480, 480)])
def test_units_are_picture_heights_in_any_format(
    tmp_path: Path, make: Make, moved: Callable, finder: LandmarkFinder, size: tuple[int, int]
) -> None:
    """The same photograph in other formats: the eyes are as far apart as the warp says, across and along."""
    truth = moved(0.3, 10, size)
    frames = finder.find(make(tmp_path / "a.webm", pictures=truth.film()), Limits())
    xy = frames.face[:, [FACE_AT[33], FACE_AT[263]], :2].astype(float) * size[1]
    back = truth.back(xy).mean(axis=0)
    assert back[1, 0] - back[0, 0] == pytest.approx(59.4, abs=1.5)
    assert back.mean(axis=0) == pytest.approx(EYES, abs=2)


def test_pieces_in_order_are_the_whole_to_the_last_bit(
    found: Frames, film: tuple[Path, Any], finder: LandmarkFinder
) -> None:
    for length in (700, 1300):
        parts = [finder.find(film[0], Limits(), start, start + length) for start in range(0, 4000, length)]
        assert equal(Frames.concat(parts), found)


def test_begun_anew_the_numbers_are_the_same(film: tuple[Path, Any], finder: LandmarkFinder) -> None:
    models = Models(*(models_store.path(name) for name in ("face", "pose", "hand")))
    with LandmarkFinder(models) as another:
        there = another.find(film[0], Limits(), 2000, 3000)
    finder.find(film[0], Limits(), 0, 500)
    assert equal(finder.find(film[0], Limits(), 2000, 3000), there)


def test_gone_on_with_in_the_middle_it_is_nearly_the_same(
    found: Frames, film: tuple[Path, Any], finder: LandmarkFinder
) -> None:
    """Faces to the last bit; visible points of the body within 6 % of the picture's height, 1 % on average."""
    rest = finder.find(film[0], Limits(), 2000)
    before = found.slice(2000, 9000)
    assert np.array_equal(rest.times_ms, before.times_ms)
    assert np.array_equal(rest.face, before.face)
    seen = [POSE_AT[point] for point in (0, 2, 5, 7, 8, 9, 10, 11, 12)]
    off = np.abs(rest.pose[:, seen, :2] - before.pose[:, seen, :2])
    assert off.max() < 0.06
    assert off.mean() < 0.01


def test_beyond_the_end_there_is_nothing(film: tuple[Path, Any], finder: LandmarkFinder) -> None:
    assert len(finder.find(film[0], Limits(), 60_000, 70_000)) == 0


def test_two_faces_are_counted_and_the_larger_is_taken(
    tmp_path: Path, make: Make, finder: LandmarkFinder
) -> None:
    import cv2

    head = astronaut()[:300, 80:380]
    picture = np.full((480, 640, 3), 128, np.uint8)
    picture[60:360, 320:620] = head
    picture[100:360, 40:300] = cv2.resize(head, (260, 260))
    frames = finder.find(make(tmp_path / "a.webm", pictures=[(0, picture), (100, picture)]), Limits())
    assert (frames.faces == 2).all()
    assert (frames.face[:, FACE_AT[1], 0] * 480 > 330).all()


def test_nobody_is_nothing(tmp_path: Path, make: Make, numbered: Callable, finder: LandmarkFinder) -> None:
    frames = finder.find(make(tmp_path / "a.webm", pictures=numbered([0, 100, 200], 320, 240)), Limits())
    assert len(frames) == 3
    assert not frames.faces.any()
    for name in ("face", "pose", "left_hand", "right_hand"):
        assert np.isnan(getattr(frames, name)).all()


def test_lost_slots_are_counted(tmp_path: Path, make: Make, moved: Callable, finder: LandmarkFinder) -> None:
    kept = [(t, rgb) for t, rgb in moved(1.0, 10).film() if not 300 <= t < 600]
    frames = finder.find(make(tmp_path / "a.webm", pictures=kept), Limits())
    assert (len(frames), frames.dropped) == (7, 3)


def test_the_live_stream_would_have_carried_the_same(
    film: tuple[Path, Any], found: Frames, finder: LandmarkFinder
) -> None:
    """The models as the browser drives them (video mode from the first picture on, rounded to 1/8192), on the film."""
    live = as_streamed(film[1])
    assert np.abs(live.face - found.face).mean() < 0.002
    assert np.abs(live.face[..., :2] - found.face[..., :2]).max() < 0.02
    seen = [POSE_AT[point] for point in (0, 2, 5, 7, 8, 9, 10, 11, 12)]
    assert np.abs(live.pose[:, seen, :2] - found.pose[:, seen, :2]).mean() < 0.01
    assert (live.faces == found.faces).all()


def as_streamed(truth: Any) -> Frames:
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    def options(name: str) -> dict[str, Any]:
        base = BaseOptions(model_asset_path=str(models_store.path(name)))
        return {"base_options": base, "running_mode": vision.RunningMode.VIDEO}

    frames = Frames.empty(len(truth.pictures))
    with (
        vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(**options("face"), num_faces=2)
        ) as face,
        vision.PoseLandmarker.create_from_options(vision.PoseLandmarkerOptions(**options("pose"))) as pose,
    ):
        for k, (t_ms, rgb) in enumerate(truth.film()):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            faces = face.detect_for_video(image, round(t_ms)).face_landmarks
            body = pose.detect_for_video(image, round(t_ms)).pose_landmarks[0]
            aspect = rgb.shape[1] / rgb.shape[0]
            frames.face[k] = [
                (faces[0][i].x * aspect, faces[0][i].y, faces[0][i].z * aspect) for i in FACE_POINTS
            ]
            frames.pose[k] = [
                (body[i].x * aspect, body[i].y, body[i].z * aspect, body[i].visibility) for i in POSE_POINTS
            ]
            frames.times_ms[k], frames.faces[k] = t_ms, len(faces)
    frames.face[:], frames.pose[:] = (np.rint(values * 8192) / 8192 for values in (frames.face, frames.pose))
    return frames


# --- whose hand ---------------------------------------------------------------------------------------


def hand_at(x: float, y: float) -> Any:
    return np.tile([x, y, 0.0, 0.0], (21, 1))


def body_with(left: tuple[float, float, float], right: tuple[float, float, float]) -> Any:
    """A body of which only the wrists matter: x, y, visibility."""
    body = np.zeros((33, 4))
    for number, (x, y, seen) in ((15, left), (16, right)):
        body[number] = (x, y, 0.0, seen)
    return body


def test_the_nearer_visible_wrist_says_whose_hand_it_is() -> None:
    body = body_with((0.8, 0.5, 0.9), (0.2, 0.5, 0.9))
    hands = [hand_at(0.22, 0.52), hand_at(0.79, 0.5)]
    found = sides(hands, ["Left", "Right"], body)
    assert found["right"] is hands[0]
    assert found["left"] is hands[1]


@pytest.mark.parametrize(
    "body",
    [
        None,
        body_with((0.8, 0.5, 0.1), (0.2, 0.5, 0.1)),
        body_with((0.5, 0.5, 0.9), (0.55, 0.5, 0.9)),
        body_with((0.9, 0.9, 0.9), (0.1, 0.9, 0.9)),
    ],
    ids=["no body", "wrists unseen", "wrists together", "wrists far away"],
)
def test_else_the_models_label_does(body: Any) -> None:
    """The Tasks API names the person's own side of a picture that is not mirrored."""
    found = sides([hand_at(0.5, 0.5)], ["Left"], body)
    assert list(found) == ["left"]


def test_two_hands_with_one_label_are_two_and_one_found_twice_is_one() -> None:
    assert set(sides([hand_at(0.3, 0.5), hand_at(0.6, 0.5)], ["Left", "Left"], None)) == {"left", "right"}
    assert set(sides([hand_at(0.3, 0.5), hand_at(0.31, 0.5)], ["Left", "Right"], None)) == {"left", "right"}
    assert set(sides([hand_at(0.3, 0.5), hand_at(0.31, 0.5)], ["Left", "Left"], None)) == {"left"}
    assert sides([], [], None) == {}


# --- when something is missing ------------------------------------------------------------------------


def test_a_missing_or_foreign_model_is_said(tmp_path: Path) -> None:
    good = [models_store.path(name) for name in ("face", "pose", "hand")]
    with pytest.raises(MediaError, match=r"model_missing.*nowhere\.task"):
        LandmarkFinder(Models(tmp_path / "nowhere.task", *good[1:]))
    foreign = tmp_path / "foreign.task"
    foreign.write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(MediaError, match=r"model_missing.*face"):
        LandmarkFinder(Models(foreign, *good[1:]))


def test_missing_graphics_libraries_are_said_with_what_to_install(tmp_path: Path) -> None:
    """In a process of its own, in which the library that MediaPipe loads first cannot be found."""
    program = f"""
import ctypes
real = ctypes.CDLL.__init__
def refuse(self, name, *more, **named):
    if "mediapipe" in str(name):
        raise OSError("libGLESv2.so.2: cannot open shared object file: No such file or directory")
    real(self, name, *more, **named)
ctypes.CDLL.__init__ = refuse
from pathlib import Path
from scoring.media.errors import MediaError
from scoring.media.landmarks import LandmarkFinder, Models
try:
    LandmarkFinder(Models(*(Path(p) for p in {[str(models_store.path(n)) for n in ("face", "pose", "hand")]})))
except MediaError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "model_missing" in done.stdout
    assert "apt-get install -y libegl1 libgles2" in done.stdout


def test_a_file_that_breaks_off_leaves_the_finder_usable(
    tmp_path: Path, film: tuple[Path, Any], finder: LandmarkFinder
) -> None:
    (tmp_path / "a.webm").write_bytes(b"\x1a\x45\xdf\xa3" + bytes(1000))
    with pytest.raises(MediaError):
        finder.find(tmp_path / "a.webm", Limits())
    assert len(finder.find(film[0], Limits(), 0, 300)) == 3
    assert math.isclose(finder.find(film[0], Limits(), 300, 400).times_ms[0], 300)
