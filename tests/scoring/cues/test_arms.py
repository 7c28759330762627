"""Elbows on drawn skeletons whose joint angles are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.support.drawn import Arm, skeleton
from scoring.cues.analysis import analyse
from scoring.cues.arms import LEVEL, read_arms, turned_inward
from scoring.cues.catalogue import Cue
from scoring.cues.frames import POSE_AT, Frames
from scoring.cues.values import Absent

ARM = st.builds(Arm, st.floats(0, 110), st.floats(-20, 90), st.floats(0, 150), st.floats(-90, 90))
BENDS, TURNS = (Cue.XROT_LE, Cue.XROT_RE), (Cue.YROT_LE, Cue.YROT_RE)
HANGING = Arm(raised=0, outward=0, bend=0, twist=0)
ON_THE_TABLE = Arm(raised=20, outward=0, bend=70, twist=0)


def seen(*poses: Any) -> dict[Cue, Any]:
    """The values of one second in which the poses follow each other."""
    frames = Frames.empty(12)
    frames.times_ms[:] = 80.0 * np.arange(12)
    frames.luma[:] = 120
    frames.pose[:] = np.stack([poses[i % len(poses)] for i in range(12)])
    values = analyse(frames, np.zeros(16000, np.int16), question_ended_ms=0, voice_only=False).values
    return {code: values[code] for code in (*BENDS, *TURNS)}


def numbers(*poses: Any) -> list[float]:
    return [value.value for value in seen(*poses).values()]


@given(left=ARM, right=ARM, yaw=st.floats(-45, 45), roll=st.floats(-20, 20), size=st.floats(0.006, 0.02))
def test_elbows_within_five_degrees(left: Arm, right: Arm, yaw: float, roll: float, size: float) -> None:
    """Any arms, of a body turned and tilted, near and far: the angles of the body's own joints."""
    pose = skeleton((left, right), yaw=yaw, roll=roll, size=size)
    found = read_arms(pose[None], np.ones((1, 21), dtype=bool))
    for i, (arm, side) in enumerate(((left, 1), (right, -1))):
        assert found.bend[0, i] == pytest.approx(arm.bend, abs=5)
        inward, level = arm.inward(side)
        heading = found.heading[0, i]
        assert np.isfinite(heading).all() == (level >= LEVEL) or level == pytest.approx(LEVEL, abs=0.03)
        if np.isfinite(heading).all():
            assert abs((turned_inward(heading) - inward + 180) % 360 - 180) <= 5


def test_left_and_right_mean_the_same() -> None:
    across = Arm(raised=20, outward=0, bend=90, twist=60)
    both, left_only = numbers(skeleton((across, across))), numbers(skeleton((across, ON_THE_TABLE)))
    assert both[0] == pytest.approx(both[1], abs=0.5)
    assert both[2] == pytest.approx(both[3], abs=0.5)
    assert left_only[2] == pytest.approx(both[2], abs=0.5)
    assert abs(both[2]) > 30
    assert left_only[3] == pytest.approx(0, abs=1)


@pytest.mark.parametrize(
    ("place", "inward"),
    [((0.0, 0.5, 0.7), 0), ((-0.7, 0.5, 0.0), 90), ((0.7, 0.5, 0.0), -90), ((-0.5, 0.5, 0.5), 45)],
)
def test_zero_is_ahead_and_inward_is_positive(place: tuple[float, float, float], inward: float) -> None:
    """The left wrist ahead of its elbow, across the body, out to the side: seen by hand, not by the drawing."""
    pose = skeleton((HANGING, HANGING))
    shoulder_widths = 36 * 0.012
    elbow = pose[POSE_AT[13], :3]
    across, _, ahead = place
    pose[POSE_AT[15], :3] = elbow + shoulder_widths * np.array([across, 0.0, -ahead])
    assert numbers(pose)[:3:2] == pytest.approx([90, inward], abs=0.5)


def test_a_straight_arm_hanging_down_is_not_bent_and_points_nowhere() -> None:
    found = seen(skeleton((HANGING, ON_THE_TABLE)))
    assert found[Cue.XROT_LE].value == pytest.approx(0, abs=1)
    assert found[Cue.YROT_LE].absent is Absent.ARM_UNCLEAR
    assert found[Cue.XROT_RE].value == pytest.approx(70, abs=1)
    assert found[Cue.YROT_RE].value == pytest.approx(0, abs=1)


def test_impossible_arms_are_absent() -> None:
    """Depth that makes a forearm as long as a leg, or as short as a thumb."""
    for scale in (3.0, 0.1):
        pose = skeleton((ON_THE_TABLE, ON_THE_TABLE))
        elbow, wrist = pose[POSE_AT[13], :3], pose[POSE_AT[15], :3]
        pose[POSE_AT[15], :3] = elbow + scale * (wrist - elbow)
        pose[POSE_AT[15], 1] = min(pose[POSE_AT[15], 1], 1.0)
        found = seen(pose)
        assert found[Cue.XROT_LE].absent is Absent.ARM_UNCLEAR
        assert found[Cue.YROT_LE].absent is Absent.ARM_UNCLEAR
        assert found[Cue.XROT_RE].value is not None


@pytest.mark.parametrize("point", [13, 15])
def test_an_arm_out_of_the_picture_is_absent_and_the_other_is_not(point: int) -> None:
    hidden, below = (skeleton((ON_THE_TABLE, ON_THE_TABLE)) for _ in range(2))
    hidden[POSE_AT[point], 3] = 0.2
    below[POSE_AT[point], 1] = 1.4
    for pose in (hidden, below):
        found = seen(pose)
        assert {found[code].absent for code in (Cue.XROT_LE, Cue.YROT_LE)} == {Absent.HANDS_OUT_OF_VIEW}
        assert {found[code].absent for code in (Cue.XROT_RE, Cue.YROT_RE)} == {None}


def test_directions_are_averaged_as_directions() -> None:
    """170 and -170 degrees make 180, not 0; forearms that point everywhere make no number."""

    def pointing(inward: float) -> Any:
        pose = skeleton((HANGING, HANGING))
        way = np.array([-np.sin(np.radians(inward)), 0.0, -np.cos(np.radians(inward))])
        pose[POSE_AT[15], :3] = pose[POSE_AT[13], :3] + 36 * 0.012 * 0.7 * way
        return pose

    assert abs(numbers(pointing(170), pointing(-170))[2]) == pytest.approx(180, abs=1)
    assert (
        seen(pointing(0), pointing(90), pointing(180), pointing(-90))[Cue.YROT_LE].absent
        is Absent.ARM_UNCLEAR
    )


def test_without_shoulders_nothing_is_said() -> None:
    pose = skeleton((ON_THE_TABLE, ON_THE_TABLE))
    pose[POSE_AT[11], 3] = 0
    assert {value.absent for value in seen(pose).values()} == {Absent.NO_POSE}
