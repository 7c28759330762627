"""The limit that the analysis benchmark compares with: the same models on the same pictures and samples, nothing else.

`python -m benchmarks.support.bare_models FOLDER` reads `pictures.npy`, `sound.npy` and `models.json` from FOLDER, where
they lie decoded, loads each model once and calls it. No decoding, no pieces, no progress, no process of its own, no
cues. As many threads as the product: one for each landmark model, two for the words. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mediapipe
import numpy as np
import webrtcvad
from faster_whisper import WhisperModel
from mediapipe.tasks.python import BaseOptions, vision

from scoring.cues.voice import describe
from scoring.media.landmarks import FPS, MOST_FACES, MOST_HANDS

VAD_SAMPLES = 320
WORD_THREADS = 2
HANDS_EVERY = 1
"""The product looks less often while it sees no hand: that is its own saving, and part of the ratio."""


def main() -> int:
    folder = Path(sys.argv[1])
    pictures = np.load(folder / "pictures.npy", mmap_mode="r")
    sound = np.load(folder / "sound.npy")
    models = json.loads((folder / "models.json").read_text())
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    parts = {}
    for name, work in (
        ("landmarks", lambda: _landmarks(pictures, models)),
        ("words", lambda: _words(sound, models["words"])),
        ("voice", lambda: _voice(sound)),
    ):
        began = time.perf_counter()
        work()
        parts[name] = round(time.perf_counter() - began, 3)
    print(
        json.dumps(
            {"wall_s": time.perf_counter() - wall_s, "cpu_s": time.process_time() - cpu_s, "parts": parts}
        )
    )
    return 0


def _landmarks(pictures: Any, models: dict[str, str]) -> None:
    """The face, the body and the hands in every picture."""
    tasks = [
        (_load(vision.FaceLandmarker, vision.FaceLandmarkerOptions, models["face"], num_faces=MOST_FACES), 1),
        (_load(vision.PoseLandmarker, vision.PoseLandmarkerOptions, models["pose"], num_poses=1), 1),
        (
            _load(vision.HandLandmarker, vision.HandLandmarkerOptions, models["hand"], num_hands=MOST_HANDS),
            HANDS_EVERY,
        ),
    ]
    with ThreadPoolExecutor(len(tasks)) as lanes:
        for done in [lanes.submit(_all, task, pictures, every) for task, every in tasks]:
            done.result()
    for task, _ in tasks:
        task.close()


def _load(kind: Any, options: Any, path: str, **more: int) -> Any:
    base = BaseOptions(model_asset_path=path, delegate=BaseOptions.Delegate.CPU)
    return kind.create_from_options(options(base, running_mode=vision.RunningMode.VIDEO, **more))


def _all(task: Any, pictures: Any, every: int) -> None:
    for k in range(0, len(pictures), every):
        image = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pictures[k])
        )
        task.detect_for_video(image, k * 1000 // FPS)


def _words(sound: Any, folder: str) -> None:
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=WORD_THREADS)
    samples = sound.astype(np.float32) / 32768
    segments, _ = model.transcribe(
        samples, language="en", beam_size=1, word_timestamps=True, condition_on_previous_text=False
    )
    for _ in segments:
        pass


def _voice(sound: Any) -> None:
    describe(sound)
    vad = webrtcvad.Vad(2)
    for start in range(0, len(sound) - VAD_SAMPLES, VAD_SAMPLES):
        vad.is_speech(sound[start : start + VAD_SAMPLES].tobytes(), 16_000)


if __name__ == "__main__":
    sys.exit(main())
