"""Friendly face, and leaning in and out, on drawn people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.cues.analysis import analyse
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import Cue
from scoring.cues.face import valence
from scoring.cues.frames import Frames
from scoring.cues.live import LiveCues
from scoring.cues.neutral import AVERAGE, Neutral
from scoring.cues.values import Absent

Person = Callable[..., Any]
CM = st.floats(-1.5, 1.5)


def seen(frames: Frames, seconds: float) -> Any:
    return analyse(frames, np.zeros(int(seconds * 16000), np.int16), question_ended_ms=0, voice_only=False)


def last_valence(person: Person, **drawn: float) -> float:
    """Of somebody at rest for 6 s and then for 2 s otherwise."""
    scene = person(
        8, noise=0.0003, **{name: lambda t, to=to: np.where(t < 6, 0.0, to) for name, to in drawn.items()}
    )
    return float(seen(scene.frames(), 8).track.columns[Cue.VAL_F][-1])


# Valence


def test_a_face_at_rest_is_zero(person: Person) -> None:
    column = seen(person(10, noise=0.0004).frames(), 10).track.columns[Cue.VAL_F]
    assert np.isnan(column[:4]).all()
    assert np.abs(column[8:]).max() < 0.15


@pytest.mark.parametrize(
    ("drawn", "low", "high"),
    [
        ({"corners": 1.4, "cheeks": 0.8}, 0.8, 1.0),
        ({"corners": 0.7}, 0.2, 0.45),
        ({"corners": -0.5}, -0.6, -0.3),
        ({"brows": -0.5}, -0.45, -0.15),
        ({"corners": -0.7, "brows": -0.6}, -1.0, -0.7),
        ({"brows": 0.8}, -0.1, 0.1),
        ({"cheeks": 0.6}, 0.15, 0.35),
        ({"cheeks": -0.6}, -0.1, 0.1),
        ({"smile": 1.0}, 0.45, 0.8),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_valence(person: Person, drawn: dict[str, float], low: float, high: float) -> None:
    assert low <= last_valence(person, **drawn) <= high


@given(corners=CM, cheeks=CM, brows=CM, more=st.floats(0, 1))
def test_valence_is_bounded_and_rises_with_all_three(
    corners: float, cheeks: float, brows: float, more: float
) -> None:
    base = valence(corners, cheeks, brows)
    assert -1 <= base <= 1
    for raised in ((more, 0, 0), (0, more, 0), (0, 0, more)):
        assert valence(corners + raised[0], cheeks + raised[1], brows + raised[2]) >= base


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(yaw=st.floats(-25, 25), pitch=st.floats(-20, 20), size=st.floats(0.01, 0.035))
def test_turning_the_head_and_the_distance_are_no_valence(
    person: Person, yaw: float, pitch: float, size: float
) -> None:
    scene = person(
        6, yaw=lambda t: np.where(t < 4, 0, yaw), pitch=lambda t: np.where(t < 4, 0, pitch), size=size
    )
    assert abs(seen(scene.frames(), 6).track.columns[Cue.VAL_F][-1]) < 0.12


def test_valence_is_against_the_persons_own_face(person: Person) -> None:
    """Somebody whose mouth always hangs a little is not unfriendly."""
    column = seen(person(10, corners=-0.5, brows=-0.3).frames(), 10).track.columns[Cue.VAL_F]
    assert abs(column[-1]) < 0.15


def test_who_smiles_all_the_time_looks_friendly(person: Person) -> None:
    column = seen(person(30, smile=1.0, cheeks=0.6).frames(), 30).track.columns[Cue.VAL_F]
    assert column[-1] > 0.3


def test_valence_needs_two_seconds_of_face(person: Person) -> None:
    """Of face, not of stream: at any frame rate, and a stored neutral is enough."""
    for fps in (5, 12.5, 25):
        frames = person(3, fps).frames()
        for seconds, absent in ((1.6, Absent.TOO_FEW_FRAMES), (3.0, None)):
            live = LiveCues()
            live.push(frames.slice(0, 1000 * seconds), np.zeros(int(16000 * seconds), np.int16))
            assert live.second().values[Cue.VAL_F].absent is absent
    known = LiveCues(baseline=Baseline(neutral=AVERAGE))
    known.push(person(1).frames(), np.zeros(16000, np.int16))
    assert known.second().values[Cue.VAL_F].value is not None


def test_a_neutral_stored_without_the_new_fields_is_read_and_completed(person: Person) -> None:
    old = Baseline.from_json({"neutral": {"smile": 0.1, "eyes_open": 0.3}})
    assert old.neutral == Neutral(0.1, 0.3)
    live = LiveCues(baseline=old)
    live.push(person(1).frames(), np.zeros(16000, np.int16))
    values = live.second().values
    assert values[Cue.SMILE_SHARE].value is not None
    assert values[Cue.VAL_F].absent is Absent.TOO_FEW_FRAMES
    found = seen(person(5).frames(), 5).neutral
    new = old.with_answer({}, found)
    assert new.neutral is not None
    assert new.neutral.features == found.features
    assert new.neutral.smile == pytest.approx(0.1 + 0.1 * (found.smile - 0.1))
    assert Baseline.from_json(new.to_json()) == new


# Leaning


def events(frames: Frames, seconds: float) -> list[tuple[str, str, int]]:
    return [(event.code.value, event.phase, event.t_ms) for event in seen(frames, seconds).events]


def ramp(at: float, by: float, until: float = 1e9, over: float = 0.8) -> Callable[[Any], Any]:
    """A size in which the person comes nearer by the share `by` from `at`, and back from `until`."""

    def size(t: Any) -> Any:
        there = np.clip((t - at) / over, 0, 1) - np.clip((t - until) / over, 0, 1)
        return 0.014 * (1 + by * there)

    return size


@pytest.mark.parametrize(
    ("by", "code"), [(0.25, "LEAN_IN"), (0.15, "LEAN_IN"), (-0.16, "LEAN_OUT"), (-0.25, "LEAN_OUT")]
)
@pytest.mark.parametrize("fps", [5, 12.5, 25])
def test_leans(person: Person, by: float, code: str, fps: float) -> None:
    found = events(person(20, fps, size=ramp(8, by, 13), noise=0.0004).frames(), 20)
    assert [event[:2] for event in found] == [(code, "start"), (code, "end")]
    assert [event[2] for event in found] == pytest.approx([8600, 13700], abs=450)


def test_leans_follow_each_other(person: Person) -> None:
    def size(t: Any) -> Any:
        return ramp(5, 0.2, 9)(t) + ramp(12, -0.2, 16)(t) - 0.014

    assert [event[:2] for event in events(person(20, size=size).frames(), 20)] == [
        *(("LEAN_IN", "start"), ("LEAN_IN", "end"), ("LEAN_OUT", "start"), ("LEAN_OUT", "end")),
    ]


STILL: dict[str, dict[str, Any]] = {
    "still": {},
    "breathing": {"size": lambda t: 0.014 * (1 + 0.02 * np.sin(2 * np.pi * t / 4))},
    "turning": {
        "yaw": lambda t: 28 * np.sin(t),
        "pitch": lambda t: 18 * np.cos(0.7 * t),
        "distance_cm": 60.0,
    },
    "swaying": {"x": lambda t: 0.66 + 0.1 * np.sin(t)},
    "a bob": {"size": ramp(8, 0.2, 8.4, over=0.2)},
    "creeping nearer": {"size": lambda t: 0.014 * (1 + 0.1 * t / 40)},
    "standing up": {
        "y": lambda t: 0.45 - 0.4 * np.clip(t - 10, 0, 1),
        "size": lambda t: 0.014 - 0.002 * np.clip(t - 10, 0, 1),
    },
    "talking and smiling": {"smile": lambda t: 0.5 + 0.5 * np.sin(2 * t)},
}


@pytest.mark.parametrize("signals", STILL.values(), ids=STILL)
def test_no_lean(person: Person, signals: dict[str, Any]) -> None:
    found = events(person(40, **{"size": 0.014, **signals}, noise=0.0004).frames(), 40)
    assert not [event for event in found if event[0].startswith("LEAN")]


def test_a_new_place_becomes_usual(person: Person) -> None:
    found = events(person(60, size=ramp(8, 0.25)).frames(), 60)
    assert [event[:2] for event in found] == [("LEAN_IN", "start"), ("LEAN_IN", "end")]
    assert 20_000 < found[1][2] - found[0][2] < 24_000


def test_the_first_seconds_have_no_lean(person: Person) -> None:
    assert events(person(2.5, size=ramp(1, 0.3)).frames(), 2.5) == []
