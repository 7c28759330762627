"""Hands, arms and movement on drawn bodies, and what is said when something is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.cues.analysis import analyse
from scoring.cues.body import outline_distance
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.frames import Frames
from scoring.cues.live import LiveCues
from scoring.cues.values import Absent
from scoring.cues.visual_window import VISUAL

Person = Callable[..., Any]
SQUARE = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2]])
CROSSED = [[-0.4, 0.75], [0.4, 0.75]]
DOWN = [[0.5, 1.3], [-0.5, 1.3]]


def seen(frames: Frames, seconds: float, sound: Any = None) -> Any:
    sound = np.zeros(int(seconds * 16000), np.int16) if sound is None else sound
    return analyse(frames, sound, question_ended_ms=0, voice_only=False)


@pytest.mark.parametrize(("point", "distance"), [((1, 1), 0), ((3, 1), 1), ((5, 6), 5), ((-0.5, 2), 0.5)])
def test_distance_from_an_outline(point: tuple[float, float], distance: float) -> None:
    assert outline_distance(np.array([point], dtype=float), SQUARE) == pytest.approx([distance])


@pytest.mark.parametrize(
    ("hand", "share"), [((0.0, 0.1), 1), ((0.0, -0.2), 1), ((0.0, 0.4), 0), ((1.2, 0.6), 0)]
)
def test_hand_to_face(person: Person, hand: tuple[float, float], share: float) -> None:
    for size in (0.012, 0.02, 0.03):
        assert seen(person(4, hand=hand, size=size).frames(), 4).values[Cue.HD_TH].value == share


def test_hand_to_face_is_an_event(person: Person) -> None:
    frames = person(9, hand=(0.0, 0.1)).frames()
    away = (frames.times_ms < 3000) | (frames.times_ms > 6000)
    frames.right_hand[away] = np.nan
    found = seen(frames, 9)
    assert [(e.code, e.phase) for e in found.events] == [(Cue.HAND_FACE, "start"), (Cue.HAND_FACE, "end")]
    assert [e.t_ms for e in found.events] == pytest.approx([3000, 6040], abs=100)
    assert found.values[Cue.HD_TH].value == pytest.approx(1 / 3, abs=0.03)


def test_hands_out_of_the_picture_are_not_at_the_face_but_unknown_without_a_body(person: Person) -> None:
    assert seen(person(3).frames(), 3).values[Cue.HD_TH].value == 0
    assert seen(person(3, pose=False).frames(), 3).values[Cue.HD_TH].absent is Absent.NO_POSE


def test_crossed_arms(person: Person) -> None:
    scene = person(6, size=0.012, wrists=CROSSED)
    found = seen(scene.frames(), 6)
    assert found.values[Cue.AM_CR].value == 1
    assert [(e.code, e.phase) for e in found.events] == [
        (Cue.ARMS_CROSSED, "start"),
        (Cue.ARMS_CROSSED, "end"),
    ]
    assert seen(scene.but(wrists=DOWN).frames(), 6).values[Cue.AM_CR].value == 0


def test_wrists_against_hips(person: Person) -> None:
    values = seen(person(3, size=0.012, wrists=[[0.9, 1.0], [-0.5, 0.7]]).frames(), 3).values
    measured = [values[code].value for code in (Cue.DIST_LW, Cue.DIST_RW, Cue.FO_LW, Cue.FO_RW)]
    assert measured == pytest.approx([0.6, 0.2, 0.25, 0.55], abs=0.01)


def test_hidden_hips_and_hands_make_cues_absent_not_zero(person: Person) -> None:
    no_hips = seen(person(3, hips=False, wrists=DOWN, size=0.012).frames(), 3).values
    no_hands = seen(person(3, size=0.012).frames(), 3).values
    assert no_hips[Cue.FO_LW].absent is Absent.HIPS_OUT_OF_VIEW
    assert no_hands[Cue.AM_CR].absent is Absent.HANDS_OUT_OF_VIEW
    assert no_hands[Cue.EN_HA].absent is Absent.HANDS_OUT_OF_VIEW
    assert no_hands[Cue.CONT_MOV].value is not None


def moving_wrists(t: Any, speed: float) -> Any:
    """Both wrists up and down at `speed` shoulder widths a second."""
    height = 1.0 - speed * np.abs((t + 0.5) % 1 - 0.5)
    return np.stack([np.stack([0.5 + 0 * t, height], 1), np.stack([-0.5 + 0 * t, height], 1)], 1)


def test_continuous_movement_and_gestures(
    person: Person, say: Callable[..., Any], silence: Callable[..., Any]
) -> None:
    words = say("I have always liked to work with my hands and I am never late for anything at all")
    sound = np.concatenate([silence(0.5), words])[: 4 * 16000]
    still = seen(person(4, size=0.012, wrists=DOWN, noise=0.0006).frames(), 4, sound).values
    moving = seen(person(4, size=0.012, wrists=lambda t: moving_wrists(t, 1.0)).frames(), 4, sound).values
    assert still[Cue.CONT_MOV].value < 0.15
    assert still[Cue.EN_HA].value < 0.1
    assert moving[Cue.CONT_MOV].value == pytest.approx(1.65, abs=0.35)
    assert moving[Cue.EN_HA].value == pytest.approx(1.2, abs=0.25)
    assert seen(person(4, wrists=DOWN, size=0.012).frames(), 4).values[Cue.EN_HA].absent is Absent.NO_VOICE


def test_head_sway_is_in_shoulder_widths(person: Person) -> None:
    def sway(size: float) -> float:
        scene = person(6, size=size, x=lambda t: 0.66 + 36 * size * 0.1 * np.sin(2 * np.pi * t / 3))
        return float(seen(scene.frames(), 6).values[Cue.SDX_HD].value)

    assert [sway(0.01), sway(0.03)] == pytest.approx([0.1 / np.sqrt(2)] * 2, rel=0.05)


# Absence


def reasons(frames: Frames, **how: Any) -> dict[Cue, Absent | None]:
    values = analyse(
        frames, np.zeros(64000, np.int16), question_ended_ms=0, **({"voice_only": False} | how)
    ).values
    return {code: values[code].absent for code in VISUAL}


def test_no_camera(person: Person) -> None:
    assert set(reasons(person(4).frames(), voice_only=True).values()) == {Absent.NO_CAMERA}


def test_no_frames() -> None:
    assert set(reasons(Frames.empty()).values()) == {Absent.TOO_FEW_FRAMES}


@pytest.mark.parametrize(
    ("block", "codes", "reason"),
    [
        ("face", (Cue.GZ_DR, Cue.HD_AC, Cue.SMILE_SHARE, Cue.HD_TH, Cue.SDXROT_HD), Absent.NO_FACE),
        ("pose", (Cue.CONT_MOV, Cue.SDX_HD, Cue.AM_CR, Cue.DIST_LW, Cue.FO_RW), Absent.NO_POSE),
    ],
)
def test_a_missing_block(person: Person, block: str, codes: tuple[Cue, ...], reason: Absent) -> None:
    frames = person(4, wrists=DOWN, size=0.012).frames()
    getattr(frames, block)[:] = np.nan
    found = reasons(frames)
    assert {found[code] for code in codes} == {reason}


def test_dark_and_small_faces(person: Person) -> None:
    dark = person(4).frames()
    dark.luma[:] = 12
    assert reasons(dark)[Cue.GZ_DR] is Absent.TOO_DARK
    assert reasons(person(4, size=0.004).frames())[Cue.GZ_DR] is Absent.FACE_TOO_SMALL


def test_half_of_the_frames_is_enough_and_less_is_not(person: Person) -> None:
    for lost, present in ((0.4, True), (0.6, False)):
        frames = person(4).frames()
        frames.face[np.arange(len(frames)) < lost * len(frames)] = np.nan
        assert (reasons(frames)[Cue.HD_AC] is None) == present


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(data=st.data())
def test_anything_in_the_blocks_gives_finite_values_or_reasons(person: Person, data: Any) -> None:
    """NaN anywhere, points on top of each other, times that stand still or run back: never an error, never a NaN."""
    frames = person(2, wrists=DOWN, hand=(0, 0.1)).frames()
    blocks = ("face", "pose", "left_hand", "right_hand")
    for _ in range(data.draw(st.integers(1, 5))):
        block = getattr(frames, data.draw(st.sampled_from(blocks)))
        rows = slice(data.draw(st.integers(0, 24)), data.draw(st.integers(0, 25)))
        points = slice(data.draw(st.integers(0, 51)), data.draw(st.integers(0, 52)))
        block[rows, points] = data.draw(st.sampled_from([np.nan, 0.0, 3.9997, -4.0]))
    frames.times_ms[data.draw(st.integers(0, 24))] = data.draw(st.floats(-1000, 4000))
    live = LiveCues(question_ended_ms=0)
    live.push(frames, np.zeros(32000, np.int16))
    values = live.second().values
    for code, value in values.items():
        spec = CATALOGUE[code]
        if value.value is not None:
            assert spec.low is None or value.value >= spec.low
            assert spec.high is None or value.value <= spec.high
