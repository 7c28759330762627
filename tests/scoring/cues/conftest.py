"""Made media with known truth: drawn heads and bodies, tones and vowels, and speech from espeak-ng."""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.frames import FACE_AT, FACE_POINTS, POSE_AT, Frames
from scoring.cues.head_pose import rotation_of

Array = NDArray[np.float64]
Sound = NDArray[np.int16]
RATE = 16_000
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# The eye of the drawn head: where the eyeball lies against the corners, and its radius to the iris (in cm).
_EYEBALL = np.array([0.0, 0.16, -0.5])
_EYES = {468: (33, 133), 473: (263, 362)}
_LIDS = ((159, 145), (386, 374))


def _canonical() -> Array:
    points = np.array([CANONICAL_CM.get(number, (0.0, 0.0, 0.0)) for number in FACE_POINTS])
    for outer, inner in ((33, 133), (263, 362)):
        upper, lower = _LIDS[0] if outer == 33 else _LIDS[1]
        middle = (points[FACE_AT[upper]] + points[FACE_AT[lower]]) / 2
        width = np.linalg.norm(points[FACE_AT[outer]] - points[FACE_AT[inner]])
        points[FACE_AT[upper]] = middle + np.array([0, 0.16 * width, 0])
        points[FACE_AT[lower]] = middle - np.array([0, 0.16 * width, 0])
    return points


@dataclass(frozen=True)
class Scene:
    """A person in front of a camera. Each of the signals is a number or one number for each frame.

    yaw, pitch, roll: of the head, in degrees. look_x, look_y: of the eyes against the line to the camera, in degrees.
    smile: 0 at rest, 1 broad. eyes: 1 open, 0 closed. x, y: of the head in picture heights; size: picture heights per
    centimetre. hand: where the right hand is against the chin, in shoulder widths (x, y), or None for out of sight.
    wrists: left and right, against the middle of the shoulders, in shoulder widths; x to the person's left, y down.
    """

    times_ms: Array
    yaw: Any = 0.0
    pitch: Any = 0.0
    roll: Any = 0.0
    look_x: Any = 0.0
    look_y: Any = 0.0
    smile: Any = 0.0
    eyes: Any = 1.0
    x: Any = 0.66
    y: Any = 0.35
    size: float = 0.02
    hand: tuple[float, float] | None = None
    wrists: Any = None
    hips: bool = True
    pose: bool = True
    noise: float = 0.0
    distance_cm: float | None = None

    def frames(self) -> Frames:
        """The landmarks of the scene."""
        frames = Frames.empty(len(self.times_ms))
        frames.times_ms[:] = self.times_ms
        frames.faces[:] = 1
        frames.luma[:] = 120
        frames.face[:] = self._faces()
        if self.pose:
            frames.pose[:] = self._poses()
        if self.hand is not None:
            frames.right_hand[:] = self._hand()
        rng = np.random.default_rng(3)
        for block in (frames.face, frames.pose[..., :3], frames.right_hand):
            np.add(
                block,
                rng.normal(0, self.noise, block.shape) if self.noise else 0.0,
                out=block,
                casting="unsafe",
            )
        return frames

    def but(self, **changes: Any) -> Scene:
        return replace(self, **changes)

    def _each(self, name: str) -> Array:
        return np.broadcast_to(np.asarray(getattr(self, name), dtype=np.float64), (len(self.times_ms),))

    def _faces(self) -> Array:
        names = ("yaw", "pitch", "roll", "look_x", "look_y", "smile", "eyes", "x", "y")
        signals = np.stack([self._each(name) for name in names], axis=1)
        return np.stack([self._face(*row) for row in signals.tolist()])

    def _face(self, yaw: float, pitch: float, roll: float, *rest: float) -> Array:
        look_x, look_y, smile, eyes, x, y = rest
        head = _canonical()
        for upper, lower in _LIDS:
            middle = (head[FACE_AT[upper]] + head[FACE_AT[lower]]) / 2
            for number in (upper, lower):
                head[FACE_AT[number]] = middle + eyes * (head[FACE_AT[number]] - middle)
        for number, side in ((61, -1), (291, 1)):
            head[FACE_AT[number]] += [side * 0.9 * smile, 1.4 * smile, 0]
        rotation = rotation_of(yaw, pitch, roll)
        points = head @ rotation.T
        line = np.array([np.sin(np.radians(look_x)), np.sin(np.radians(look_y))])
        for iris, corners in _EYES.items():
            middle = np.mean([points[FACE_AT[corner]] for corner in corners], axis=0)
            points[FACE_AT[iris]] = middle + rotation @ _EYEBALL + [*line, np.sqrt(max(0.0, 1 - line @ line))]
        if self.distance_cm is not None:
            points = points * (self.distance_cm / (self.distance_cm - points[:, 2:]))
        return np.array([x, y, 0.0]) + self.size * points * [1, -1, -1]

    def _poses(self) -> Array:
        shoulder_width = 36 * self.size
        at = {
            0: (0, -0.55),
            **dict(zip((2, 5, 7, 8), ((0.1, -0.65), (-0.1, -0.65), (0.2, -0.6), (-0.2, -0.6)), strict=True)),
            **dict(zip((9, 10, 11, 12), ((0.06, -0.45), (-0.06, -0.45), (0.5, 0), (-0.5, 0)), strict=True)),
            **dict(
                zip((13, 14, 23, 24), ((0.62, 0.8), (-0.62, 0.8), (0.3, 1.25), (-0.3, 1.25)), strict=True)
            ),
        }
        pose = np.zeros((len(self.times_ms), 21, 4))
        seen = {0, 2, 5, 7, 8, 9, 10, 11, 12} | ({23, 24} if self.hips else set())
        for number, place in at.items():
            pose[:, POSE_AT[number], :2] = place
        wrists = self._wrists()
        if wrists is not None:
            seen |= {13, 14, 15, 16}
            pose[:, [POSE_AT[15], POSE_AT[16]], :2] = wrists
        pose[:, [POSE_AT[number] for number in sorted(seen)], 3] = 0.95
        middle = np.stack([self._each("x"), self._each("y") + 0.55 * shoulder_width], axis=1)
        pose[..., :2] = middle[:, None] + shoulder_width * pose[..., :2]
        hidden = pose[..., 3] == 0
        pose[hidden, 1] = 1.8
        return pose

    def _wrists(self) -> Array | None:
        if self.wrists is None:
            return None
        return np.broadcast_to(np.asarray(self.wrists, dtype=np.float64), (len(self.times_ms), 2, 2))

    def _hand(self) -> Array:
        assert self.hand is not None
        shoulder_width = 36 * self.size
        chin = self._faces()[:, FACE_AT[152], :2]
        hand = np.zeros((len(self.times_ms), 21, 3))
        spread = np.linspace(0, 0.2, 21)[:, None] * [0.0, 1.0]
        hand[..., :2] = chin[:, None] + shoulder_width * (np.array(self.hand) + spread)
        return hand


@pytest.fixture
def person() -> Callable[..., Scene]:
    """`person(seconds, fps=12.5, ...)`: a scene; the other arguments are those of `Scene`."""

    def make(seconds: float, fps: float = 12.5, **signals: Any) -> Scene:
        times = np.arange(0, seconds * 1000, 1000 / fps)
        signals = {
            name: signal(times / 1000) if callable(signal) else signal for name, signal in signals.items()
        }
        return Scene(times, **signals)

    return make


# Sound


def _sound(wave_: Array, level: float = 8000.0) -> Sound:
    return np.clip(np.round(wave_ * level), -32768, 32767).astype(np.int16)


@pytest.fixture
def silence() -> Callable[[float], Sound]:
    return lambda seconds: np.zeros(int(seconds * RATE), dtype=np.int16)


@pytest.fixture
def hiss() -> Callable[[float, float], Sound]:
    """`hiss(seconds, rms)`: white noise."""

    def make(seconds: float, rms: float) -> Sound:
        return _sound(np.random.default_rng(5).normal(0, 1, int(seconds * RATE)), rms)

    return make


@pytest.fixture
def tone() -> Callable[..., Sound]:
    """`tone(hz)`: a sine; `hz` may be one number for each sample."""

    def make(hz: Any, seconds: float = 1.0, level: float = 8000.0) -> Sound:
        phase = np.cumsum(np.broadcast_to(np.asarray(hz, dtype=np.float64), (int(seconds * RATE),))) / RATE
        return _sound(np.sin(2 * np.pi * phase), level)

    return make


@pytest.fixture
def vowel() -> Callable[..., Sound]:
    """`vowel(hz)`: an [a] by harmonics under three formants; `hz` may be one number for each sample."""

    def make(hz: Any, seconds: float = 1.0, level: float = 8000.0) -> Sound:
        pitch = np.broadcast_to(np.asarray(hz, dtype=np.float64), (int(seconds * RATE),))
        phase = np.cumsum(pitch) / RATE
        total = np.zeros(len(pitch))
        for k in range(1, 60):
            f = k * pitch
            gain = np.where(f < 7500, 1.0 / k, 0.0)
            for formant, width in ((700, 80), (1200, 90), (2600, 120)):
                gain = gain * formant**2 / np.sqrt((formant**2 - f**2) ** 2 + (width * f) ** 2)
            total += gain * np.sin(2 * np.pi * k * phase)
        return _sound(total / np.abs(total).max(), level)

    return make


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sound]:
    """`say(text)`: espeak-ng's voice at 16 kHz, without the silence around it."""
    if shutil.which("espeak-ng") is None:
        if IN_CI:
            pytest.fail("espeak-ng is missing")
        pytest.skip("needs espeak-ng (apt-get install espeak-ng)")
    folder = tmp_path_factory.mktemp("speech")
    return lambda text, pitch=50: _trimmed(_spoken(folder / "said.wav", text, pitch))


def _spoken(path: Path, text: str, pitch: int) -> Sound:
    subprocess.run(["espeak-ng", "-p", str(pitch), "-w", str(path), text], check=True, timeout=30)
    with wave.open(str(path)) as file:
        rate, data = file.getframerate(), file.readframes(file.getnframes())
    sound = np.frombuffer(data, dtype=np.int16).astype(np.float64)
    times = np.arange(0, len(sound) / rate, 1 / RATE)
    return np.interp(times, np.arange(len(sound)) / rate, sound).astype(np.int16)


def _trimmed(sound: Sound) -> Sound:
    loud = np.flatnonzero(np.abs(sound) > 300)
    return sound[loud[0] : loud[-1] + 1]
