"""The visual cues on takes whose truth is known: as properties, whatever the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.support import truth_visual
from benchmarks.support.drawn import Scene
from benchmarks.support.truth_visual import CASES, bumps, count, events_of, scripted_cases, times, waves
from scoring.cues.catalogue import Cue
from scoring.cues.head_pose import head_pose

SLOW = settings(deadline=None, max_examples=25)
ANGLES = st.floats(-30, 30)
FPS = st.floats(10, 25)


@given(yaw=ANGLES, pitch=ANGLES, roll=ANGLES, cm=st.none() | st.floats(45, 150), focal=st.floats(0.9, 1.6))
def test_head_pose_within_three_degrees(
    yaw: float, pitch: float, roll: float, cm: float | None, focal: float
) -> None:
    """From afar and near, by any usual camera."""
    scene = Scene(
        times(0.08), yaw=yaw, pitch=pitch, roll=roll, distance_cm=cm, size=0.02 if cm is None else focal / cm
    )
    assert head_pose(scene.frames().face).angles[0] == pytest.approx([yaw, pitch, roll], abs=3)


@SLOW
@given(
    nods=st.integers(0, 4),
    shakes=st.integers(0, 3),
    depth=st.floats(8, 25),
    reach=st.floats(8, 18),
    length=st.floats(0.5, 0.8),
    fps=FPS,
    seed=st.integers(0, 1000),
)
def test_nods_and_shakes_are_counted(
    nods: int, shakes: int, depth: float, reach: float, length: float, fps: float, seed: int
) -> None:
    places = 2 + 2.0 * np.random.default_rng(seed).permutation(8)
    nodded, shook = places[:nods].tolist(), places[nods : nods + shakes].tolist()
    t = times(20, fps)
    pitch = bumps(nodded, -depth, length)(t / 1000)
    yaw = waves(shook, reach, 2 * length)(t / 1000)
    found = events_of(Scene(t, pitch=pitch, yaw=yaw, noise=0.0003).frames())
    assert (count(found, Cue.NOD), count(found, Cue.SHAKE)) == (nods, shakes)


@SLOW
@given(away=st.floats(2, 4), lasts=st.floats(1.2, 4), angle=st.floats(14, 40), up=st.booleans(), fps=FPS)
def test_gaze_away_and_back_within_two_tenths(
    away: float, lasts: float, angle: float, up: bool, fps: float
) -> None:
    t = times(10, fps)
    look = np.where((t >= 1000 * away) & (t < 1000 * (away + lasts)), angle, 0.0)
    signals: dict[str, Any] = {"look_y": np.minimum(look, 30)} if up else {"look_x": look}
    events = events_of(Scene(t, noise=0.0003, **signals).frames())
    assert [(event.code, event.phase) for event in events] == [
        (Cue.GAZE_AWAY, "start"),
        (Cue.GAZE_AWAY, "end"),
    ]
    assert [event.t_ms for event in events] == pytest.approx([1000 * away, 1000 * (away + lasts)], abs=200)


def test_every_scripted_case_is_right() -> None:
    """Arms crossed, hand to face, leans, smiles, glances: each where it is, and none where it is not."""
    cases = scripted_cases((12.5,))
    assert [name for name, right in cases.items() if not right] == []
    assert len(cases) == 2 * len(CASES)


def test_a_scripted_case_can_fail() -> None:
    """A person who does nothing is not right where a smile is asked for."""
    script, _ = CASES["still"]
    assert not truth_visual._is_right((script, ("SMILE",)), 0.012, 10.0)
    assert not truth_visual._is_right((CASES["smile"][0], ()), 0.012, 10.0)


def test_every_figure_that_is_held_against_something_exists() -> None:
    found = truth_visual._head_pose_figures() | truth_visual._elbow_figures() | truth_visual._gaze_figures()
    assert found["head_pose_mae_deg"] < 1
    assert found["head_pose_worst_deg"] < 3
    assert found["gaze_boundary_mae_ms"] < 100
    assert found["elbow_mae_deg"] < 1
    assert {name for name in found if name.startswith(("head", "elbow"))} <= {*truth_visual.LIMITS}
