"""Landmarks that MediaPipe finds on a real face: the public-domain portrait of skimage, moved by known warps."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from benchmarks.support.portrait import Find, NoModel, Picture, Turning, finder
from benchmarks.support.portrait import portrait as made_portrait
from benchmarks.support.truth_visual import bumps, count, portrait_take, waves
from scoring.cues.analysis import Analysis, analyse
from scoring.cues.catalogue import Cue
from scoring.cues.face import read_faces
from scoring.cues.frames import FACE_AT, Frames

TRANSFORM: Any = import_module("skimage.transform")  # untyped


@pytest.fixture(scope="module")
def portrait() -> Picture:
    return made_portrait()


@pytest.fixture(scope="module")
def find() -> Iterator[Find]:
    """`find(pictures)`: their frames, as a browser would send them, at 12.5 Hz."""
    try:
        with finder() as found:
            yield found
    except NoModel as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def turning(portrait: Picture, find: Find) -> Turning:
    return Turning(portrait, find([portrait]).face[0])


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


@pytest.mark.parametrize(("yaw", "pitch"), [(-15, 0), (-8, 0), (8, 0), (15, 0), (0, -12), (0, 10), (10, -8)])
def test_a_turned_face_has_turned_so_far(
    portrait: Picture, find: Find, turning: Turning, yaw: float, pitch: float
) -> None:
    """Within 3 degrees of yaw and 4 of pitch: MediaPipe's own error on a bent photograph is in it."""
    straight, turned = read_faces(find([turning.at(0, 0), turning.at(yaw, pitch)])).angles
    assert turned[0] - straight[0] == pytest.approx(yaw, abs=3)
    assert turned[1] - straight[1] == pytest.approx(pitch, abs=4)


@pytest.mark.parametrize(("nods", "shakes"), [((1.2, 3.4), ()), ((), (0.8, 3.2)), ((1.0,), (3.2,)), ((), ())])
def test_nods_and_shakes_of_a_real_face_are_counted(
    find: Find, turning: Turning, nods: tuple[float, ...], shakes: tuple[float, ...]
) -> None:
    frames = find(portrait_take(turning, bumps(nods, -13, 0.64), waves(shakes, 12, 1.2), seconds=5))
    found = seen(frames)
    assert (count(found.events, Cue.NOD), count(found.events, Cue.SHAKE)) == (len(nods), len(shakes))
    assert {event.code for event in found.events} <= {Cue.NOD, Cue.SHAKE, Cue.SMILE}
    assert found.quality.face_share == 1


def test_a_real_face_at_the_edge_comes_and_goes_without_events(portrait: Picture, find: Find) -> None:
    """Shifted to the left until it is gone, and back: what is found of it is right, and nothing is made of the rest."""
    shifts = -260 * np.sin(np.linspace(0, np.pi, 50)) ** 2
    frames = find([moved(portrait, x=float(x)) for x in shifts])
    angles = read_faces(frames).angles
    inside = frames.face[:, FACE_AT[4], 0] > 0.12
    assert inside.sum() > 15
    assert np.isnan(angles[np.abs(shifts) > 250]).all()
    assert np.nanmax(np.abs(angles[inside] - angles[0])) < 12
    assert {event.code for event in seen(frames).events} <= {Cue.SMILE}


def test_a_real_mouth_drawn_down_is_less_friendly(portrait: Picture, find: Find) -> None:
    """She smiles all the time, which is friendly; with her corners bent down by a known warp she is less so."""
    points = find([portrait]).face[0]
    sad = _bent(portrait, points, (61, 291), down=8.0)
    found = seen(find([portrait] * 50 + [sad] * 25))
    column, times = found.track.columns[Cue.VAL_F], found.track.times_ms
    rest, then = column[(times > 3000) & (times < 3900)], column[times > 5000]
    assert rest.min() > 0.45
    assert np.ptp(rest) < 0.1
    assert then.max() < rest.min() - 0.1


def _bent(picture: Picture, face: Any, numbers: tuple[int, ...], down: float) -> Picture:
    """The picture around some landmarks pulled down by so many pixels."""
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(float)
    pull = np.zeros(picture.shape[:2])
    for number in numbers:
        x, y = face[FACE_AT[number], :2] * picture.shape[0]
        pull += np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 12.0**2))
    where = np.stack([rows - down * np.minimum(pull, 1), columns])
    return as_picture(
        np.stack(
            [TRANSFORM.warp(picture[..., c], where, preserve_range=True, mode="edge") for c in range(3)], -1
        )
    )
