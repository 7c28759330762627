"""Head pose, gaze and head gestures on drawn heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.cues.analysis import analyse
from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.catalogue import Cue
from scoring.cues.face import read_faces
from scoring.cues.frames import FACE_AT, FACE_POINTS, POSE_POINTS, Frames
from scoring.cues.head_pose import head_pose

Person = Callable[..., Any]
ANGLES = st.floats(-30, 30)
FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def pose_of(scene: Any) -> Any:
    return head_pose(scene.frames().face).angles[0]


def seen(frames: Frames, seconds: float) -> Any:
    """The analysis of a picture with silence beside it."""
    return analyse(frames, np.zeros(int(seconds * 16000), np.int16), question_ended_ms=0, voice_only=False)


def codes(frames: Frames, seconds: float) -> list[tuple[str, str]]:
    return [(event.code.value, event.phase) for event in seen(frames, seconds).events]


def test_zero_is_looking_at_the_camera(person: Person) -> None:
    assert pose_of(person(0.08)) == pytest.approx([0, 0, 0], abs=0.1)


@FIXTURES
@given(yaw=ANGLES, pitch=ANGLES, roll=ANGLES)
def test_angles_under_parallel_projection(person: Person, yaw: float, pitch: float, roll: float) -> None:
    assert pose_of(person(0.08, yaw=yaw, pitch=pitch, roll=roll)) == pytest.approx(
        [yaw, pitch, roll], abs=0.5
    )


@FIXTURES
@given(yaw=ANGLES, pitch=ANGLES, roll=ANGLES, distance=st.floats(45, 100))
def test_angles_under_perspective(
    person: Person, yaw: float, pitch: float, roll: float, distance: float
) -> None:
    scene = person(0.08, yaw=yaw, pitch=pitch, roll=roll, distance_cm=distance)
    assert pose_of(scene) == pytest.approx([yaw, pitch, roll], abs=3)


@pytest.mark.parametrize(("signal", "sign"), [("yaw", [1, 0, 0]), ("pitch", [0, 1, 0]), ("roll", [0, 0, 1])])
def test_signs_are_the_persons_own(person: Person, signal: str, sign: list[int]) -> None:
    """Seen in the picture: own left is to the right, up is less y."""
    face = person(0.08, **{signal: 20}).frames().face[0]
    rest = person(0.08).frames().face[0]
    nose, forehead = FACE_AT[4], FACE_AT[10]
    if signal == "roll":
        assert face[forehead, 0] > rest[forehead, 0]
    else:
        moved = face[nose, :2] - rest[nose, :2]
        assert (moved[0] if signal == "yaw" else -moved[1]) > 0
    assert np.sign(np.round(pose_of(person(0.08, **{signal: 20})))).tolist() == sign


@FIXTURES
@given(
    yaw=ANGLES,
    look=st.floats(-20, 20),
    size=st.floats(0.009, 0.04),
    x=st.floats(0, 1.5),
    y=st.floats(0.2, 0.8),
)
def test_size_and_place_do_not_matter(
    person: Person, yaw: float, look: float, size: float, x: float, y: float
) -> None:
    scene = person(0.08, yaw=yaw, look_x=look, smile=0.4)
    here, there = read_faces(scene.frames()), read_faces(scene.but(size=size, x=x, y=y).frames())
    assert there.angles == pytest.approx(here.angles, abs=0.2)
    assert there.gaze == pytest.approx(here.gaze, abs=0.2)
    assert there.smile == pytest.approx(here.smile, abs=0.02)


def mirrored(frames: Frames) -> Frames:
    """The picture mirrored: x turns round, and every point takes its partner's place."""
    model = {number: np.array(place) for number, place in CANONICAL_CM.items()}
    partner = {
        number: min(model, key=lambda other: float(np.abs(model[other] - model[number] * [-1, 1, 1]).sum()))
        for number in model
    }
    partner |= {468: 473, 473: 468}
    face = frames.face[:, [FACE_AT[partner[number]] for number in FACE_POINTS]] * [-1, 1, 1]
    swap = {2: 5, 5: 2, 0: 0} | {n: n + 1 if n % 2 else n - 1 for n in POSE_POINTS if n > 5}
    pose = frames.pose[:, [POSE_POINTS.index(swap[number]) for number in POSE_POINTS]] * [-1, 1, 1, 1]
    return Frames(
        times_ms=frames.times_ms,
        face=(face + np.array([1.33, 0, 0])).astype(np.float32),
        pose=(pose + np.array([1.33, 0, 0, 0])).astype(np.float32),
        left_hand=(frames.right_hand * [-1, 1, 1] + np.array([1.33, 0, 0])).astype(np.float32),
        right_hand=(frames.left_hand * [-1, 1, 1] + np.array([1.33, 0, 0])).astype(np.float32),
        faces=frames.faces,
        luma=frames.luma,
    )


@FIXTURES
@given(yaw=ANGLES, pitch=ANGLES, roll=ANGLES)
def test_mirroring_turns_yaw_and_roll_round(person: Person, yaw: float, pitch: float, roll: float) -> None:
    frames = person(0.08, yaw=yaw, pitch=pitch, roll=roll).frames()
    assert head_pose(mirrored(frames).face).angles[0] == pytest.approx([-yaw, pitch, -roll], abs=0.5)


def test_mirroring_swaps_left_and_right(person: Person) -> None:
    frames = person(
        4, wrists=[[0.9, 1.0], [-0.5, 0.7]], size=0.012, look_x=14, yaw=lambda t: 10 * np.sin(6 * t)
    ).frames()
    here, there = seen(frames, 4).values, seen(mirrored(frames), 4).values
    for left, right in ((Cue.DIST_LW, Cue.DIST_RW), (Cue.FO_LW, Cue.FO_RW)):
        assert here[left].value == pytest.approx(there[right].value, abs=1e-3)
        assert here[right].value == pytest.approx(there[left].value, abs=1e-3)
        assert abs(here[left].value - here[right].value) > 0.2
    for code in (Cue.HD_AC, Cue.CONT_MOV, Cue.SMILE_SHARE, Cue.SDX_HD):
        assert here[code].value == pytest.approx(there[code].value, rel=0.02, abs=1e-3)


# Gaze


def live_gaze(frames: Frames, seconds: float) -> Any:
    """Share of the whole take, from the track's windows."""
    return float(np.nanmean(seen(frames, seconds).track.columns[Cue.GZ_DR]))


@pytest.mark.parametrize(
    ("look", "share"), [((0, 0), 1), ((7, 0), 1), ((0, -7), 1), ((14, 0), 0), ((0, -15), 0), ((9, 9), 0)]
)
def test_gaze_inside_and_outside_the_cone(person: Person, look: tuple[float, float], share: float) -> None:
    assert live_gaze(person(4, look_x=look[0], look_y=look[1]).frames(), 4) == share


def test_a_turned_head_whose_eyes_stay_on_the_camera_looks_at_it(person: Person) -> None:
    assert live_gaze(person(4, yaw=20, pitch=-10).frames(), 4) == 1
    assert live_gaze(person(4, yaw=20, pitch=-10, look_x=20, look_y=-10).frames(), 4) == 0


def test_gaze_away_starts_and_ends(person: Person) -> None:
    frames = person(10, look_x=lambda t: np.where((t > 3) & (t < 6), 20, 0)).frames()
    events = seen(frames, 10).events
    assert [(event.code, event.phase) for event in events] == [
        (Cue.GAZE_AWAY, "start"),
        (Cue.GAZE_AWAY, "end"),
    ]
    assert [event.t_ms for event in events] == pytest.approx([3040, 6000], abs=80)
    assert events[0].strength == pytest.approx(20 / 30, abs=0.05)


def test_a_glance_is_no_gaze_away(person: Person) -> None:
    assert codes(person(6, look_x=lambda t: np.where((t > 3) & (t < 3.5), 25, 0)).frames(), 6) == []


def test_blinks_are_not_looking_away_but_closed_eyes_are(person: Person) -> None:
    def blinking(t: Any) -> Any:
        return np.where((t % 2 > 1) & (t % 2 < 1.25), 0.05, 1.0)

    def look(t: Any) -> Any:
        return np.where(blinking(t) < 1, 30.0, 0.0)

    assert live_gaze(person(8, eyes=blinking, look_y=look).frames(), 8) == 1
    shut = seen(person(8, eyes=lambda t: np.where(t > 4, 0.05, 1.0)).frames(), 8)
    assert shut.track.columns[Cue.GZ_DR][-1] == 0
    assert (Cue.GAZE_AWAY, "start") in [(event.code, event.phase) for event in shut.events]


# Gestures


def bumps(at: list[float], depth: float, length: float) -> Callable[[Any], Any]:
    """A signal that goes to `depth` and back within `length` seconds, at each of `at`."""

    def signal(t: Any) -> Any:
        inside = [(t >= s) & (t <= s + length) for s in at]
        waves = [np.sin(np.pi * (t - s) / length) ** 2 for s in at]
        return depth * sum(np.where(i, w, 0.0) for i, w in zip(inside, waves, strict=True))

    return signal


@pytest.mark.parametrize("fps", [10, 12.5, 15, 25])
@pytest.mark.parametrize("depth", [-8, -15, -25])
def test_nods(person: Person, fps: float, depth: float) -> None:
    starts = [2.0, 4.0, 7.0]
    found = seen(person(10, fps, pitch=bumps(starts, depth, 0.6), noise=0.0004).frames(), 10).events
    assert [event.code for event in found] == [Cue.NOD] * 3
    assert [event.t_ms for event in found] == pytest.approx([1000 * s + 300 for s in starts], abs=120)
    assert all(event.phase == "point" and event.strength >= 0.3 for event in found)


def test_a_run_of_nods_is_one_nod(person: Person) -> None:
    assert codes(person(8, pitch=bumps([2, 2.5, 3.0], -10, 0.5)).frames(), 8) == [("NOD", "point")]


@pytest.mark.parametrize("fps", [10, 12.5, 15, 25])
def test_shakes(person: Person, fps: float) -> None:
    def shake(t: Any) -> Any:
        return np.where((t > 2) & (t < 3.2), 12 * np.sin(2 * np.pi * (t - 2) / 0.6), 0.0)

    assert codes(person(6, fps, yaw=shake, noise=0.0004).frames(), 6) == [("SHAKE", "point")]


@pytest.mark.parametrize(
    "signals",
    [
        {"yaw": lambda t: 25 * np.sin(2 * np.pi * t / 4)},
        {"yaw": bumps([2.0], 25, 0.9)},
        {"pitch": lambda t: 15 * np.sin(2 * np.pi * t / 5)},
        {"pitch": lambda t: np.where(t > 3, -12.0, 0.0)},
        {"pitch": lambda t: 1.2 * np.sin(9 * t), "yaw": lambda t: 1.5 * np.sin(7 * t)},
        {"x": lambda t: 0.66 + 0.02 * np.sin(9 * t)},
    ],
    ids=["slow turns", "one turn and back", "slow pitching", "looking down for good", "speaking", "swaying"],
)
def test_no_nod_and_no_shake(person: Person, signals: dict[str, Any]) -> None:
    found = codes(person(10, **signals, noise=0.0004).frames(), 10)
    assert not [event for event in found if event[0] in {"NOD", "SHAKE"}]


def test_head_activity(person: Person) -> None:
    """A triangle of 20 degrees/s; a head at rest under the landmarks' noise."""
    turning = seen(person(8, yaw=lambda t: 20 * np.abs((t + 1) % 2 - 1)).frames(), 8).values
    still = seen(person(8, noise=0.0006).frames(), 8).values
    assert turning[Cue.HD_AC].value == pytest.approx(17, abs=3)
    assert still[Cue.HD_AC].value < 2
    assert still[Cue.SDXROT_HD].value < 1


@pytest.mark.parametrize("fps", [8, 12.5, 25])
def test_head_activity_does_not_depend_on_the_frame_rate(person: Person, fps: float) -> None:
    values = seen(person(8, fps, yaw=lambda t: 15 * np.sin(2 * np.pi * t / 2)).frames(), 8).values
    assert values[Cue.HD_AC].value == pytest.approx(26, rel=0.15)


# Smiles


def test_smile_starts_ends_and_counts(person: Person) -> None:
    found = seen(person(12, smile=lambda t: np.where((t > 5) & (t < 8), 0.8, 0.0), noise=0.0004).frames(), 12)
    assert [(event.code, event.phase) for event in found.events] == [(Cue.SMILE, "start"), (Cue.SMILE, "end")]
    assert [event.t_ms for event in found.events] == pytest.approx([5100, 8200], abs=200)
    assert found.values[Cue.SMILE_SHARE].value == pytest.approx(0.3, abs=0.06)


def test_the_movements_of_speech_are_no_smile(person: Person) -> None:
    frames = person(
        10, smile=lambda t: 0.2 * np.sin(2 * np.pi * 4 * t), pitch=lambda t: 4 * np.sin(3 * t)
    ).frames()
    assert seen(frames, 10).values[Cue.SMILE_SHARE].value == 0


def test_who_smiles_throughout_is_smiling(person: Person) -> None:
    assert seen(person(20, smile=0.8).frames(), 20).values[Cue.SMILE_SHARE].value > 0.8


def test_turning_the_head_is_no_smile(person: Person) -> None:
    frames = person(8, yaw=lambda t: 25 * np.sin(t), pitch=lambda t: 15 * np.cos(t)).frames()
    assert seen(frames, 8).values[Cue.SMILE_SHARE].value == 0
