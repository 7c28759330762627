"""Signals as a browser sends them: speech from espeak-ng, and landmarks of a drawn person who moves a little."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.cues.canonical_face import CANONICAL_CM
from scoring.cues.frames import FACE_POINTS, HAND_POINTS, POSE_POINTS
from sessions.live.protocol import FrameBytes, pack_blocks, pack_signal

RATE = 16_000
MESSAGE_SAMPLES = 4_000
MESSAGE_MS = 250
FRAMES_PER_S = 12.5
WORDS = (
    "I worked in a small shop for two years. On Saturdays it was full, and one day a customer was very angry "
    "because her parcel had not come. I listened first, then I called the depot. In the evening she had it. "
    "What I learned is that people want to be heard. I would do the same here, and ask for help in time. "
)


class NoSpeech(Exception):
    """espeak-ng is not installed."""


def speech(seconds: float, *, words: str = WORDS, words_per_minute: int = 150) -> NDArray[np.int16]:
    """(seconds * 16000,) int16 of spoken `words`, said again and again. Raises NoSpeech."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise NoSpeech("espeak-ng is not installed (Debian: apt-get install espeak-ng)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run([program, "-s", str(words_per_minute), "-w", str(path), words], check=True)
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)
    at = np.arange(0, len(sound), rate / RATE)
    once = np.interp(at, np.arange(len(sound)), sound)
    return np.resize(once, round(seconds * RATE)).astype(np.int16)


class Person:
    """Landmarks of somebody in front of a camera: looks around a little, nods, moves a hand."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._head = np.array([CANONICAL_CM.get(number, (0.0, 2.6, 3.2)) for number in FACE_POINTS])
        self._pose = self._random.uniform(0.2, 0.9, (len(POSE_POINTS), 4))
        self._hand = self._random.uniform(0.5, 0.8, (HAND_POINTS, 3))

    def frame(self, t_ms: float, message_ms: int) -> FrameBytes:
        """The landmarks at `t_ms`, for a message that begins at `message_ms`. Every third has a hand."""
        angle = 0.15 * np.sin(t_ms / 900)
        turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        face = np.array([0.66, 0.4, 0.0]) + 0.02 * (self._head @ turn.T) * [1, -1, -1]
        blocks = {"face": face + self._noise(face.shape), "pose": self._pose + self._noise(self._pose.shape)}
        if int(t_ms / 80) % 3 == 0:
            blocks["right_hand"] = self._hand + self._noise(self._hand.shape)
        mask, data = pack_blocks(**blocks)
        return FrameBytes(round(t_ms - message_ms), mask, data)

    def _noise(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return self._random.normal(0, 0.001, shape)


def messages(sound: NDArray[np.int16], *, answer: int, seed: int, camera: bool = True) -> list[bytes]:
    """The signal messages of one answer, each of a quarter of a second, with 12.5 frames a second."""
    person = Person(seed)
    times = np.arange(0, len(sound) / RATE * 1000, 1000 / FRAMES_PER_S)
    made = []
    for seq in range(len(sound) // MESSAGE_SAMPLES):
        t_ms = seq * MESSAGE_MS
        seen = times[(times >= t_ms) & (times < t_ms + MESSAGE_MS)] if camera else ()
        frames = [person.frame(float(at), t_ms) for at in seen]
        part = sound[seq * MESSAGE_SAMPLES : (seq + 1) * MESSAGE_SAMPLES]
        made.append(pack_signal(answer=answer, seq=seq, t_ms=t_ms, sound=part, frames=frames))
    return made
