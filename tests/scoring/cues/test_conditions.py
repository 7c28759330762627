"""What becomes of every cue when the picture is not as it should be: `scoring.cues.conditions`, one test for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scoring.cues import conditions
from scoring.cues.analysis import Analysis, analyse
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.frames import FACE_AT, POSE_AT, Frames
from scoring.cues.live import LiveCues
from scoring.cues.values import Absent
from scoring.cues.visual_window import VISUAL

Person = Callable[..., Any]
WRISTS = [[0.8, 1.05], [-0.35, 1.1]]
SIZE = 0.012
FACES = {code for code in VISUAL if CATALOGUE[code].group == "face"} | {Cue.HD_TH}
BODIES = set(VISUAL) - FACES - {Cue.EN_HA}
HANDS = {
    Cue.AM_CR,
    Cue.DIST_LW,
    Cue.DIST_RW,
    Cue.FO_LW,
    Cue.FO_RW,
    Cue.XROT_LE,
    Cue.XROT_RE,
    Cue.YROT_LE,
    Cue.YROT_RE,
}


def seen(frames: Frames, seconds: float) -> Analysis:
    return analyse(frames, np.zeros(int(seconds * 16000), np.int16), question_ended_ms=0, voice_only=False)


def at_home(person: Person, seconds: float, fps: float = 12.5, **signals: Any) -> Frames:
    """Somebody who is wholly in the picture, talks with their head and moves a little."""
    usual = {
        "yaw": lambda t: 5 * np.sin(1.1 * t),
        "pitch": lambda t: 3 * np.sin(1.7 * t),
        "wrists": WRISTS,
        "size": SIZE,
        "noise": 0.0004,
    }
    frames: Frames = person(seconds, fps, **(usual | signals)).frames()
    return frames


def usual_gaze(found: Analysis) -> float:
    return float(np.nanmean(found.track.columns[Cue.GZ_DR]))


def names(found: Analysis) -> list[tuple[str, str]]:
    return [(event.code.value, event.phase) for event in found.events]


def numbers(found: Analysis, codes: set[Cue]) -> dict[Cue, float | None]:
    return {code: found.values[code].value for code in codes}


def reasons(found: Analysis, codes: set[Cue]) -> set[Absent | None]:
    return {found.values[code].absent for code in codes}


def alike(one: Analysis, other: Analysis, codes: set[Cue], rel: float, abs_: float = 0.06) -> None:
    """Both have a value, or both lack it for the same reason."""
    for code in codes:
        here, there = one.values[code], other.values[code]
        assert here.absent is there.absent, code
        assert here.value is None or here.value == pytest.approx(there.value, rel=rel, abs=abs_), code


def flipped(frames: Frames) -> Frames:
    """Every point where a mirror would put it, under the name that it has without the mirror."""
    turned = Frames.concat([frames])
    for block in (turned.face, turned.pose, turned.left_hand, turned.right_hand):
        block[..., 0] = 1.33 - block[..., 0]
    return turned


def lost(frames: Frames, start_ms: float, end_ms: float) -> Frames:
    """Without the frames in between."""
    return frames.take(np.flatnonzero((frames.times_ms < start_ms) | (frames.times_ms >= end_ms)))


def hidden(frames: Frames, block: str, rows: Any) -> Frames:
    changed = getattr(frames, block).copy()
    changed[rows] = np.nan
    return replace(frames, **{block: changed})


def between(frames: Frames, start_s: float, end_s: float) -> Any:
    return (frames.times_ms >= 1000 * start_s) & (frames.times_ms < 1000 * end_s)


# Left and right


def mirrored_after_naming(person: Person) -> None:
    """Seen in the face itself, and undone: every cue is what it is without the mirror."""
    frames = at_home(person, 8, yaw=8, roll=5, hand=(0.9, 0.8), smile=lambda t: np.where(t > 5, 0.8, 0.0))
    here, there = seen(frames, 8), seen(flipped(frames), 8)
    alike(there, here, set(VISUAL), rel=1e-4, abs_=1e-3)
    assert names(there) == names(here)


def mirrored_before_naming(person: Person) -> None:
    """Nothing shows it: a mirrored person is a person. Left and right are exchanged, nothing else is."""
    left = at_home(person, 8, yaw=10)
    right = at_home(person, 8, yaw=-10, wrists=[[0.35, 1.1], [-0.8, 1.05]])
    here, there = seen(left, 8), seen(right, 8)
    for one, other in ((Cue.DIST_LW, Cue.DIST_RW), (Cue.FO_LW, Cue.FO_RW), (Cue.XROT_LE, Cue.XROT_RE)):
        assert here.values[one].value == pytest.approx(there.values[other].value, abs=0.5)
    same = set(VISUAL) - HANDS - {Cue.EN_HA}
    alike(here, there, same, rel=0.15)


def flipped_and_lost_faces(person: Person) -> None:
    """A frame without a face is taken to be as mirrored as the one before."""
    frames = at_home(person, 8)
    gaps = hidden(frames, "face", np.arange(len(frames)) % 5 == 4)
    here, there = seen(gaps, 8).values, seen(flipped(gaps), 8).values
    for code in (Cue.SDX_HD, Cue.CONT_MOV, Cue.DIST_LW):
        assert here[code].value == pytest.approx(there[code].value, abs=1e-3)


# What the camera sees


def portrait_phone(person: Person) -> None:
    """The same person in a picture higher than wide: smaller against its height, and the same in every cue."""
    wide = seen(at_home(person, 8, noise=0), 8)
    high = seen(at_home(person, 8, size=0.008, x=0.28, y=0.3, noise=0), 8)
    alike(high, wide, set(VISUAL), rel=0.03, abs_=0.02)


def glasses_jitter(person: Person) -> None:
    """Irises that jump by 3 degrees: no glance away, and the share of gaze stays within 10 points."""
    rng = np.random.default_rng(2)
    frames = at_home(
        person,
        20,
        size=0.02,
        look_x=lambda t: rng.normal(0, 3, len(t)),
        look_y=lambda t: rng.normal(0, 3, len(t)),
    )
    found = seen(frames, 20)
    assert names(found) == []
    assert usual_gaze(found) > 0.9


def glasses_wrong_irises(person: Person) -> None:
    """Irises beside the eyes or in contradiction: gaze is absent with its reason, all else is measured."""
    for wrong in ("beside", "apart"):
        frames = at_home(person, 8, size=0.02)
        shift = 0.02 * (2.0 if wrong == "beside" else 0.7)
        frames.face[:, FACE_AT[468], 0] += shift
        frames.face[:, FACE_AT[473], 0] += shift if wrong == "beside" else -shift
        found = seen(frames, 8)
        assert np.isnan(found.track.columns[Cue.GZ_DR]).all()
        live = LiveCues()
        live.push(frames, np.zeros(128000, np.int16))
        assert live.second().values[Cue.GZ_DR].absent is Absent.EYES_UNCLEAR
        assert names(found) == []
        assert found.values[Cue.HD_AC].value is not None


def glasses_narrow_eyes(person: Person) -> None:
    """Rims that make the eyes look half closed are usual for this person: neither closed nor looking away."""
    found = seen(at_home(person, 10, size=0.02, eyes=0.45), 10)
    assert usual_gaze(found) > 0.95
    assert names(found) == []


def two_faces(person: Person) -> None:
    """The one followed stays the one followed while a second is now and then the largest in the picture."""
    here = at_home(person, 12)
    other = at_home(person, 12, x=0.25, size=0.018, yaw=30, smile=1.0)
    frames = Frames.concat([here])
    rows = np.flatnonzero((np.arange(len(frames)) % 6 < 2) & (frames.times_ms > 3000))
    frames.face[rows], frames.pose[rows], frames.faces[rows] = other.face[rows], other.pose[rows], 2
    found, alone = seen(frames, 12), seen(here, 12)
    assert names(found) == names(alone) == []
    alike(
        found,
        alone,
        {Cue.HD_AC, Cue.SMILE_SHARE, Cue.SDX_HD, Cue.CONT_MOV, Cue.VAL_F, Cue.DIST_LW},
        rel=0.15,
        abs_=0.06,
    )


def another_takes_the_place(person: Person) -> None:
    """After a second the other face is followed; what was neutral and usual is learnt anew."""
    frames = at_home(person, 14)
    other = at_home(person, 14, x=0.3, size=0.017, corners=-0.4)
    late = between(frames, 7, 14)
    frames.face[late], frames.pose[late] = other.face[late], other.pose[late]
    found = seen(frames, 14)
    assert names(found) == []
    track = found.track
    valence = dict(zip(track.times_ms.tolist(), track.columns[Cue.VAL_F].tolist(), strict=True))
    assert np.isnan(valence[9000.0])
    assert abs(valence[14000.0]) < 0.2
    activity = track.columns[Cue.HD_AC]
    assert np.nanmax(activity) < 25


def a_body_that_is_not_the_faces(person: Person) -> None:
    """The body of somebody behind is not taken for this person's."""
    frames = at_home(person, 6)
    frames.pose[:] = at_home(person, 6, x=0.2, size=0.006).pose
    found = seen(frames, 6)
    assert reasons(found, BODIES) == {Absent.NO_POSE}
    assert found.values[Cue.HD_AC].value is not None


def nobody(person: Person) -> None:
    frames = Frames.empty(75)
    frames.times_ms[:] = 80.0 * np.arange(75)
    frames.luma[:] = 120
    found = seen(frames, 6)
    assert reasons(found, FACES) == {Absent.NO_FACE}
    assert reasons(found, BODIES) == {Absent.NO_POSE}
    assert reasons(found, {Cue.EN_HA}) == {Absent.HANDS_OUT_OF_VIEW}
    assert names(found) == []


def face_too_small(person: Person) -> None:
    found = seen(at_home(person, 6, size=0.005), 6)
    assert reasons(found, FACES) == {Absent.FACE_TOO_SMALL}
    assert found.values[Cue.CONT_MOV].value is not None
    assert names(found) == []


def hands_out(person: Person) -> None:
    found = seen(at_home(person, 6, wrists=None), 6)
    assert reasons(found, {Cue.AM_CR, *(code for code in HANDS if "ROT" in code)}) == {
        Absent.HANDS_OUT_OF_VIEW
    }
    assert reasons(found, FACES - {Cue.GZ_DR}) == {None}
    assert found.values[Cue.HD_TH].value == 0


def hips_out(person: Person) -> None:
    found = seen(at_home(person, 6, hips=False), 6)
    assert reasons(found, {Cue.DIST_LW, Cue.DIST_RW, Cue.FO_LW, Cue.FO_RW}) == {Absent.HIPS_OUT_OF_VIEW}
    assert reasons(found, {Cue.XROT_LE, Cue.AM_CR, Cue.CONT_MOV}) == {None}


def low_light(person: Person) -> None:
    frames = at_home(person, 6)
    frames.luma[:] = 20
    found = seen(frames, 6)
    assert reasons(found, FACES) == {Absent.TOO_DARK}
    assert names(found) == []


def head_at_the_edge(person: Person) -> None:
    """Half a head is still a head as long as its landmarks are found; nothing jumps when they are lost and found."""
    frames = at_home(person, 12, x=0.02, y=0.05)
    gone = (frames.times_ms > 5000) & (np.arange(len(frames)) % 4 < 2)
    found = seen(hidden(frames, "face", gone), 12)
    assert names(found) == []
    assert reasons(found, {Cue.HD_AC, Cue.SDXROT_HD}) == {None}
    assert np.nanmax(found.track.columns[Cue.HD_AC]) < 25


# Time


def two_frames_a_second(person: Person) -> None:
    """Shares and places are measured over a second and more; speeds are absent; nothing is invented."""
    frames = at_home(person, 20, 2, pitch=lambda t: 6 * np.sin(9 * t), yaw=lambda t: 8 * np.sin(7 * t))
    found = seen(frames, 20)
    assert names(found) == []
    assert reasons(found, {Cue.HD_AC, Cue.CONT_MOV, Cue.EN_HA}) == {Absent.TOO_FEW_FRAMES}
    assert reasons(found, {Cue.SMILE_SHARE, Cue.VAL_F, Cue.SDX_HD, Cue.DIST_LW, Cue.XROT_LE}) == {None}
    assert np.isnan(found.track.columns[Cue.SMILE_SHARE]).all()
    live = LiveCues()
    live.push(frames, np.zeros(320000, np.int16))
    assert live.second().values[Cue.GZ_DR].value == 1


def five_frames_a_second(person: Person) -> None:
    """Everything is measured; slow movements give the same numbers, and lasting events come at the same times."""
    signals = {
        "smile": lambda t: np.where((t > 6) & (t < 10), 0.9, 0),
        "look_x": lambda t: np.where((t > 13) & (t < 16), 25, 0),
    }
    slow, fast = (seen(at_home(person, 20, fps, **signals), 20) for fps in (5, 12.5))
    assert names(slow) == names(fast)
    assert [e.t_ms for e in slow.events] == pytest.approx([e.t_ms for e in fast.events], abs=250)
    alike(slow, fast, set(VISUAL) - {Cue.HD_AC, Cue.CONT_MOV}, rel=0.15, abs_=0.06)
    alike(slow, fast, {Cue.HD_AC}, rel=0.15, abs_=1.0)


def a_lost_second(person: Person) -> None:
    """No event begins or ends for it, no speed leaps over it, whatever lasts goes on."""
    smiling = {
        "smile": lambda t: np.where((t > 5) & (t < 11), 0.9, 0),
        "x": lambda t: 0.66 + np.where(t > 8, 0.05, 0),
    }
    frames = at_home(person, 14, **smiling)
    whole, cut = seen(frames, 14), seen(lost(frames, 7500, 8500), 14)
    assert names(cut) == [("SMILE", "start"), ("SMILE", "end")]
    assert [e.t_ms for e in cut.events] == pytest.approx([e.t_ms for e in whole.events], abs=5)
    for code in (Cue.HD_AC, Cue.CONT_MOV):
        assert np.nanmax(cut.track.columns[code]) <= np.nanmax(whole.track.columns[code]) + 1e-6
    glances = at_home(person, 10, look_x=lambda t: np.where((t > 4.7) & (t < 6.3), 25, 0))
    assert names(seen(lost(glances, 5000, 6000), 10)) == []


def ten_lost_seconds(person: Person) -> None:
    """What lasted has ended when it was last seen."""
    frames = at_home(person, 25, smile=lambda t: np.where((t > 5) & (t < 22), 0.9, 0))
    found = seen(lost(frames, 8000, 18000), 25)
    assert names(found) == [("SMILE", "start"), ("SMILE", "end")] * 2 or names(found)[:2] == [
        ("SMILE", "start"),
        ("SMILE", "end"),
    ]
    assert found.events[1].t_ms == pytest.approx(7960, abs=90)


def body_in_every_third_picture(person: Person) -> None:
    """A slow machine looks for the body in every third picture and for hands in every fourth: as if in every one."""
    frames = at_home(person, 12, 10, wrists=_waving, hand=(0.3, 0.1))
    third, fourth = np.arange(len(frames)) % 3 != 0, np.arange(len(frames)) % 4 != 1
    found = seen(hidden(hidden(frames, "pose", third), "right_hand", fourth), 12)
    whole = seen(frames, 12)
    assert names(found) == names(whole)
    alike(found, whole, (BODIES | {Cue.HD_TH}) - {Cue.EN_HA}, rel=0.25, abs_=0.06)


def _waving(t: Any) -> Any:
    height = 1.0 - 0.2 * np.sin(2 * np.pi * t / 3)
    return np.stack([np.stack([0.7 + 0 * t, height], 1), np.stack([-0.4 + 0 * t, 1.05 + 0 * t], 1)], 1)


# The place


def camera_pushed(person: Person) -> None:
    """The whole picture jumps: no event, no speed, and the head has not swayed."""
    frames = at_home(person, 12)
    late = between(frames, 6, 12)
    for block in (frames.face, frames.pose):
        block[late, :, 0] += 0.2
        block[late, :, 1] += 0.08
    found, still = seen(frames, 12), seen(at_home(person, 12), 12)
    assert names(found) == []
    alike(found, still, {Cue.CONT_MOV, Cue.HD_AC, Cue.SDX_HD, Cue.VAL_F}, rel=0.05, abs_=0.02)


def camera_turned_slowly(person: Person) -> None:
    """Looks like a person who moves: movement rises, no event comes of it."""
    found = seen(at_home(person, 12, x=lambda t: 0.6 + 0.2 * np.clip((t - 6) / 1.5, 0, 1)), 12)
    assert names(found) == []
    assert np.nanmax(found.track.columns[Cue.CONT_MOV]) > 0.5


def leaves_and_another_returns(person: Person) -> None:
    """What lasted ends when it was last seen; the one who comes has an own neutral, size and place."""
    frames = at_home(person, 30, smile=lambda t: np.where((t > 6) & (t < 10), 0.9, 0))
    other = at_home(person, 30, size=0.017, corners=-0.4, brows=-0.4, eyes=0.6, x=0.8)
    away, late = between(frames, 8, 14), between(frames, 14, 30)
    frames.face[late], frames.pose[late] = other.face[late], other.pose[late]
    found = seen(hidden(hidden(frames, "face", away), "pose", away), 30)
    assert names(found) == [("SMILE", "start"), ("SMILE", "end")]
    assert found.events[1].t_ms == pytest.approx(7960, abs=120)
    track = found.track
    away_now = (track.times_ms > 9000) & (track.times_ms < 14000)
    assert all(np.isnan(track.columns[code][away_now]).all() for code in (Cue.GZ_DR, Cue.CONT_MOV, Cue.VAL_F))
    assert abs(track.columns[Cue.VAL_F][-1]) < 0.15
    assert track.columns[Cue.GZ_DR][-1] == 1


def comes_back_at_once(person: Person) -> None:
    """Away for a second and a half: still the same person, whose neutral stays."""
    frames = at_home(person, 12)
    away = between(frames, 6, 7.5)
    column = seen(hidden(frames, "face", away), 12).track
    back = column.columns[Cue.VAL_F][column.times_ms == 8250]
    assert np.isfinite(back).all()


TESTS: dict[str, Callable[[Person], None]] = {
    "mirrored after the points were named": mirrored_after_naming,
    "mirrored before the points were named": mirrored_before_naming,
    "mirrored, face now and then lost": flipped_and_lost_faces,
    "portrait phone": portrait_phone,
    "glasses: restless irises": glasses_jitter,
    "glasses: wrong irises": glasses_wrong_irises,
    "glasses: eyes look narrow": glasses_narrow_eyes,
    "two faces": two_faces,
    "another face takes the place": another_takes_the_place,
    "somebody else's body": a_body_that_is_not_the_faces,
    "nobody": nobody,
    "face too small": face_too_small,
    "hands out of the picture": hands_out,
    "hips out of the picture": hips_out,
    "low light": low_light,
    "head at the picture's edge": head_at_the_edge,
    "2 pictures a second": two_frames_a_second,
    "5 pictures a second": five_frames_a_second,
    "a lost second": a_lost_second,
    "ten lost seconds": ten_lost_seconds,
    "body in every third picture": body_in_every_third_picture,
    "camera pushed": camera_pushed,
    "camera turned slowly": camera_turned_slowly,
    "a person leaves and another returns": leaves_and_another_returns,
    "away for a moment": comes_back_at_once,
}


@pytest.mark.parametrize("name", TESTS)
def test_condition(person: Person, name: str) -> None:
    TESTS[name](person)


def test_every_condition_that_is_told_is_tested() -> None:
    assert [condition for condition, _ in conditions.CONDITIONS] == list(TESTS)
    assert all(outcome.endswith(".") for _, outcome in conditions.CONDITIONS)


def test_points_of_the_pose_are_those_that_are_sent() -> None:
    """The conditions above hide single points by name."""
    assert {11, 12, 13, 14, 15, 16, 23, 24} <= set(POSE_AT)
