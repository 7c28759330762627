"""How right the visual cues are on people whose truth is known: drawn ones, and a real face turned by known angles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.support.drawn import Arm, Scene, skeleton
from benchmarks.support.portrait import FRAME_MS, Find, Turning, finder, portrait
from scoring.cues.arms import read_arms, turned_inward
from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.catalogue import Cue
from scoring.cues.frames import FACE_AT, Frames
from scoring.cues.head_pose import IMAGE_TO_CAMERA, RIGID, angles_of, head_pose
from scoring.cues.stream import Stream
from scoring.cues.values import CueEvent

Array = NDArray[np.float64]
Signal = Callable[[Array], Array]

HEADS = 400
TAKES = 24
FOCAL = (0.9, 1.6)
"""Focal lengths of drawn cameras in picture heights: vertical fields of view of 58 to 35 degrees, as webcams have."""

USUAL_FOCAL = 4 / 3
"""What one takes who does not know the camera: the picture's width."""

NOISE = 0.0008
"""Picture heights (half a pixel at 640 x 480): the jitter of MediaPipe's landmarks on a still face."""

CROSSED, APART = [[-0.4, 0.75], [0.4, 0.75]], [[0.8, 1.05], [-0.6, 1.1]]


def figures() -> dict[str, float]:
    """Every figure by its name. Peers and limits: `LIMITS`. Raises portrait.NoModel."""
    found = _head_pose_figures()
    found |= _gesture_figures() | _gaze_figures() | _elbow_figures()
    cases = scripted_cases()
    found["scripted_cases"] = float(len(cases))
    found["scripted_cases_right"] = sum(cases.values()) / len(cases)
    with finder() as find:
        found |= portrait_figures(find)
    return {name: round(value, 4) for name, value in found.items()}


LIMITS: dict[str, str] = {
    "head_pose_mae_deg": "limit 3; peer head_pose_peer_mae_deg",
    "head_pose_worst_deg": "limit 3 without the landmarks' noise",
    "head_pose_peer_mae_deg": "cv2.solvePnP (iterative) on the same landmarks, with the usual focal length",
    "head_pose_told_peer_mae_deg": "cv2.solvePnP on the same landmarks, told the true camera, which nobody knows",
    "head_pose_ratio": "ours over the peer's, less is better",
    "nod_count_error": "limit 0",
    "shake_count_error": "limit 0",
    "gaze_boundary_mae_ms": "limit 200",
    "elbow_mae_deg": "limit 5",
    "elbow_turn_mae_deg": "limit 5",
    "scripted_cases_right": "limit 1",
    "portrait_yaw_mae_deg": "limit 3; MediaPipe's own error is in it",
    "portrait_pitch_mae_deg": "limit 3; MediaPipe's own error is in it",
    "portrait_head_pose_mae_deg": "limit 3; peer portrait_head_pose_peer_mae_deg",
    "portrait_head_pose_peer_mae_deg": "cv2.solvePnP on the same landmarks, with the usual focal length",
    "portrait_head_pose_ratio": "ours over the peer's, less is better",
    "portrait_nod_count_error": "limit 0",
    "portrait_shake_count_error": "limit 0",
    "face_found_share": "limit 0.95",
}
"""What each figure is to be held against."""


def events_of(frames: Frames) -> list[CueEvent]:
    """The events of a whole take, in order of time."""
    stream = Stream(voice_only=False)
    events = [*stream.push(frames, np.zeros(0, np.int16)), *stream.visual.finish()]
    return sorted(events, key=lambda event: event.t_ms)


def times(seconds: float, fps: float = 12.5) -> Array:
    return np.arange(0, seconds * 1000, 1000 / fps)


# Head pose


def _head_pose_figures() -> dict[str, float]:
    """Heads up to 30 degrees at 45 to 100 cm, by us and by solvePnP, with and without the landmarks' noise."""
    rng = np.random.default_rng(11)
    errors, clean = [], []
    for _ in range(HEADS):
        truth = rng.uniform(-30, 30, 3)
        cm, focal = float(rng.uniform(45, 100)), float(rng.uniform(*FOCAL))
        yaw, pitch, roll = truth.tolist()
        scene = Scene(times(0.08), yaw=yaw, pitch=pitch, roll=roll, distance_cm=cm, size=focal / cm)
        face = scene.frames().face
        clean.append(np.abs(head_pose(face).angles[0] - truth).max())
        face = face + rng.normal(0, NOISE, face.shape).astype(np.float32)
        found = (
            head_pose(face).angles[0],
            *(solve_pnp(face[0], f, (0.66, 0.35)) for f in (focal, USUAL_FOCAL)),
        )
        errors.append([np.abs(angles - truth).mean() for angles in found])
    mae, told, guessing = np.mean(errors, axis=0).tolist()
    return {
        "head_pose_mae_deg": mae,
        "head_pose_peer_mae_deg": guessing,
        "head_pose_ratio": mae / guessing,
        "head_pose_told_peer_mae_deg": told,
        "head_pose_worst_deg": float(np.max(clean)),
    }


def solve_pnp(face: NDArray[np.float32], focal: float, middle: tuple[float, float]) -> Array:
    """Yaw, pitch, roll by OpenCV from the same points (52, 3) and the same model, told the camera."""
    cv2: Any = import_module("cv2")
    model = np.array([CANONICAL_CM[number] for number in RIGID]) * IMAGE_TO_CAMERA
    image = face[[FACE_AT[number] for number in RIGID], :2].astype(np.float64)
    camera = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1.0]])
    start = np.zeros((3, 1)), np.array([[0.0], [0.0], [60.0]])
    _, turn, _ = cv2.solvePnP(model, image, camera, None, *start, useExtrinsicGuess=True)
    rotation = cv2.Rodrigues(turn)[0]
    angles: Array = angles_of((IMAGE_TO_CAMERA[:, None] * rotation * IMAGE_TO_CAMERA)[None])[0]
    return angles


# Nods, shakes, gaze


def bumps(at: Sequence[float], depth: float, length: float) -> Signal:
    """To `depth` degrees and back within `length` seconds, at each of `at`."""

    def signal(t: Array) -> Array:
        waves = [
            np.where((t >= s) & (t <= s + length), np.sin(np.pi * (t - s) / length) ** 2, 0.0) for s in at
        ]
        return depth * np.sum(waves, axis=0) if waves else np.zeros_like(t)

    return signal


def waves(at: Sequence[float], reach: float, length: float) -> Signal:
    """Two swings to and fro of `reach` degrees, `length` seconds in all, at each of `at`."""

    def signal(t: Array) -> Array:
        parts = [
            np.where((t >= s) & (t <= s + length), np.sin(4 * np.pi * (t - s) / length), 0.0) for s in at
        ]
        return reach * np.sum(parts, axis=0) if parts else np.zeros_like(t)

    return signal


def count(found: Sequence[CueEvent], code: Cue) -> int:
    return sum(event.code is code and event.phase != "end" for event in found)


def _gesture_figures() -> dict[str, float]:
    """Takes of 20 s with a known number of nods and shakes, at 10 to 25 pictures a second, under noise."""
    rng = np.random.default_rng(12)
    nods = shakes = 0
    for take in range(TAKES):
        places = rng.permutation(np.arange(2, 18, 2.0))
        nodded, shook = places[: take % 5], places[5 : 5 + take % 3]
        t = times(20, float(rng.uniform(10, 25)))
        frames = Scene(
            t,
            pitch=bumps(nodded.tolist(), -float(rng.uniform(8, 25)), float(rng.uniform(0.5, 0.8)))(t / 1000),
            yaw=waves(shook.tolist(), float(rng.uniform(8, 18)), float(rng.uniform(1.0, 1.4)))(t / 1000),
            noise=0.0004,
        ).frames()
        found = events_of(frames)
        nods += abs(count(found, Cue.NOD) - len(nodded))
        shakes += abs(count(found, Cue.SHAKE) - len(shook))
    return {"nod_count_error": float(nods), "shake_count_error": float(shakes)}


def _gaze_figures() -> dict[str, float]:
    """Looks away and back at known times: how far off the boundaries are; one that is missed counts as a second."""
    rng = np.random.default_rng(13)
    errors = []
    for _ in range(TAKES):
        away, back = float(rng.uniform(2, 4)), float(rng.uniform(6, 8))
        t = times(10, float(rng.uniform(10, 25)))
        look = np.where((t >= 1000 * away) & (t < 1000 * back), float(rng.uniform(15, 35)), 0.0)
        frames = Scene(t, look_x=look, yaw=4 * np.sin(t / 700), noise=0.0003).frames()
        ends = [event.t_ms for event in events_of(frames) if event.code is Cue.GAZE_AWAY]
        right = len(ends) == 2
        errors += [abs(ends[0] - 1000 * away), abs(ends[1] - 1000 * back)] if right else [1000.0, 1000.0]
    return {"gaze_boundary_mae_ms": float(np.mean(errors)), "gaze_boundary_worst_ms": float(np.max(errors))}


# Elbows


def _elbow_figures() -> dict[str, float]:
    """Random arms of bodies turned by up to 45 degrees, tilted, near and far."""
    rng = np.random.default_rng(14)
    bends, turns = [], []
    for _ in range(HEADS):
        arms = (_arm(rng), _arm(rng))
        yaw, roll = float(rng.uniform(-45, 45)), float(rng.uniform(-15, 15))
        pose = skeleton(arms, yaw=yaw, roll=roll, size=float(rng.uniform(0.006, 0.02)))
        found = read_arms(pose[None], np.ones((1, 21), dtype=bool))
        for i, (arm, side) in enumerate(zip(arms, (1, -1), strict=True)):
            bends.append(abs(found.bend[0, i] - arm.bend))
            if np.isfinite(found.heading[0, i]).all():
                error = turned_inward(found.heading[0, i]) - arm.inward(side)[0]
                turns.append(abs((error + 180) % 360 - 180))
    return {"elbow_mae_deg": float(np.mean(bends)), "elbow_turn_mae_deg": float(np.mean(turns))}


def _arm(rng: np.random.Generator) -> Arm:
    raised, outward, bend, twist = rng.uniform((0, -20, 0, -90), (110, 90, 150, 90)).tolist()
    return Arm(raised, outward, bend, twist)


# Scripted cases


def scripted_cases(rates: Sequence[float] = (10.0, 25.0)) -> dict[str, bool]:
    """Each case by its name: a person who does one thing from 8 to 13 s, and whether just that is seen, in time.

    Every case is played large and small in the picture and at these rates, in pictures a second.
    """
    return {
        f"{name}, {size:g} of the picture a cm, {fps:g} a second": _is_right(case, size, fps)
        for name, case in CASES.items()
        for size in (0.009, 0.012)
        for fps in rates
    }


def _during(t: Array, over_ms: float = 400.0) -> Array:
    """0 before 8 s and after 13 s, 1 between, with ramps."""
    return np.clip((t - 8000) / over_ms, 0, 1) - np.clip((t - 13000) / over_ms, 0, 1)


def _wrists(there: list[list[float]], t: Array) -> Array:
    part = _during(t)[:, None, None]
    moved: Array = (1 - part) * np.array(APART) + part * np.array(there)
    return moved


Case = tuple[Callable[[Array, float], dict[str, Any]], tuple[str, ...]]

CASES: dict[str, Case] = {
    "arms crossed": (lambda t, _: {"wrists": _wrists(CROSSED, t)}, ("ARMS_CROSSED",)),
    "hands together": (lambda t, _: {"wrists": _wrists([[0.1, 1.0], [-0.1, 1.0]], t)}, ()),
    "one arm across": (lambda t, _: {"wrists": _wrists([[-0.4, 0.75], [-0.6, 1.1]], t)}, ()),
    "hand at the chin": (lambda _, __: {"hand": (0.0, 0.1)}, ("HAND_FACE",)),
    "hand beside the face": (lambda _, __: {"hand": (0.7, 0.1)}, ()),
    "smile": (lambda t, _: {"smile": 0.9 * _during(t)}, ("SMILE",)),
    "looking away": (lambda t, _: {"look_x": 25 * _during(t, 1)}, ("GAZE_AWAY",)),
    "looking at the keyboard": (
        lambda t, _: {"pitch": -25 * _during(t), "look_y": -28 * _during(t)},
        ("GAZE_AWAY",),
    ),
    "leaning in": (lambda t, size: {"size": size * (1 + 0.2 * _during(t, 800))}, ("LEAN_IN",)),
    "leaning back": (lambda t, size: {"size": size * (1 - 0.18 * _during(t, 800))}, ("LEAN_OUT",)),
    "still": (lambda _, __: {}, ()),
    "talking with the head": (lambda t, _: {"yaw": 6 * np.sin(t / 500), "pitch": 2 * np.sin(t / 300)}, ()),
}
"""What the person does, and the events that must start and end, once each."""


def _is_right(case: Case, size: float, fps: float) -> bool:
    script, codes = case
    t = times(20, fps)
    frames = Scene(t, **{"size": size, "wrists": APART, "noise": 0.0003, **script(t, size)}).frames()
    frames.right_hand[(t < 8000) | (t >= 13000)] = np.nan
    found = events_of(frames)
    wanted = [(code, phase) for code in codes for phase in ("start", "end")]
    if [(event.code.value, event.phase) for event in found] != wanted:
        return False
    return all(
        abs(event.t_ms - at) <= 900 for event, at in zip(found, (8000, 13000) * len(codes), strict=True)
    )


# A real face


def portrait_figures(find: Find) -> dict[str, float]:
    """The portrait turned by known angles, found by MediaPipe."""
    picture = portrait()
    turning = Turning(picture, find([picture]).face[0])
    yaws, pitches = np.linspace(-15, 15, 7), np.linspace(-12, 12, 7)
    yawed = find([turning.at(yaw, 0) for yaw in yaws])
    pitched = find([turning.at(0, pitch) for pitch in pitches])
    nods, shakes, takes = _portrait_takes(find, turning)
    shares = np.concatenate([np.isfinite(frames.face[:, 0, 0]) for frames in (yawed, pitched, *takes)])
    yaw = _error(head_pose(yawed.face).angles[:, 0], yaws)
    pitch = _error(head_pose(pitched.face).angles[:, 1], pitches)
    peer = (_error(_by_peer(yawed)[:, 0], yaws) + _error(_by_peer(pitched)[:, 1], pitches)) / 2
    return {
        "portrait_yaw_mae_deg": yaw,
        "portrait_pitch_mae_deg": pitch,
        "portrait_head_pose_mae_deg": (yaw + pitch) / 2,
        "portrait_head_pose_peer_mae_deg": peer,
        "portrait_head_pose_ratio": (yaw + pitch) / 2 / peer,
        "portrait_nod_count_error": float(nods),
        "portrait_shake_count_error": float(shakes),
        "face_found_share": float(shares.mean()),
    }


def _error(angles: Array, truth: Array) -> float:
    """Mean error of angles against those of the picture as it is."""
    return float(np.abs(angles - angles[len(angles) // 2] - truth).mean())


def _by_peer(frames: Frames) -> Array:
    """Angles (n, 3) by solvePnP with the usual focal length: of a square picture."""
    return np.stack([solve_pnp(face, 1.0, (0.5, 0.5)) for face in frames.face])


def _portrait_takes(find: Find, turning: Turning) -> tuple[int, int, list[Frames]]:
    """Three takes of 6 s: two nods; two shakes; one of each."""
    nods = shakes = 0
    takes = []
    for nodded, shook in (((1.2, 3.6), ()), ((), (1.0, 3.6)), ((1.2,), (3.6,))):
        frames = find(portrait_take(turning, bumps(nodded, -13, 0.64), waves(shook, 12, 1.2), seconds=6))
        found = events_of(frames)
        nods += abs(count(found, Cue.NOD) - len(nodded))
        shakes += abs(count(found, Cue.SHAKE) - len(shook))
        takes.append(frames)
    return nods, shakes, takes


def portrait_take(turning: Turning, pitch: Signal, yaw: Signal, *, seconds: float) -> list[NDArray[np.uint8]]:
    """The pictures of the portrait moving so, one every `FRAME_MS`."""
    t = np.arange(0, seconds * 1000, FRAME_MS) / 1000
    still = turning.at(0, 0)
    return [
        still if y == p == 0 else turning.at(y, p)
        for y, p in zip(yaw(t).tolist(), pitch(t).tolist(), strict=True)
    ]
