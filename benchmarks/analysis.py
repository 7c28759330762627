"""What the full analysis of an answer costs: a take from file to cues, as the product does it, against bare models.

Measured are the wall time over the take's length (`realtime_factor`), the memory of all its processes together
(`peak_mb`, proportional set size), and the wrong words in a hundred against those that were said. The baseline, in the
same run: the bare calls of the same models on the same pictures and samples, with as many threads
(`support/bare_models.py`). `limit_ratio` is our wall time over its; `limit_cpu_ratio` compares the CPU times. Ours has
in it what the baseline leaves out: the start of a process, decoding, pieces that can be resumed, all cues.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil

from benchmarks.support.signals import NoSpeech
from benchmarks.support.take import Take, make, spoken_words, word_error_rate
from greenroom import models_store

SAMPLE_S = 0.1


@dataclass(frozen=True)
class Figures:
    seconds: float
    realtime_factor: float
    cpu_factor: float
    peak_mb: float
    limit_ratio: float
    limit_cpu_ratio: float
    wer: float
    wall_s: float
    limit_wall_s: float
    runs: int
    cores: int
    load_before: float


def main(argv: Sequence[str] | None = None) -> int:
    wanted = _arguments(argv)
    if wanted.ours is not None:
        return _ours(wanted.ours)
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as name:
        folder = Path(name)
        try:
            take = make(folder / "take.webm", wanted.seconds)
        except NoSpeech as missing:
            sys.exit(str(missing))
        _prepare(folder, take)
        figures = _measure(folder, take, wanted.runs)
    if wanted.json:
        print(json.dumps(asdict(figures)))
    else:
        for key, value in asdict(figures).items():
            print(f"{key:>18}  {value}")
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.analysis", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--seconds", type=int, default=60, help="length of the take (default: %(default)s)")
    parser.add_argument(
        "--runs", type=int, default=3, help="of each; the median counts (default: %(default)s)"
    )
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _prepare(folder: Path, take: Take) -> None:
    """The decoded pictures and samples for the baseline, and where the models are for both."""
    from scoring.media.landmarks import FPS
    from scoring.media.limits import Limits
    from scoring.media.pictures import pictures
    from scoring.media.sound import read_sound

    np.save(folder / "sound.npy", read_sound(take.path, Limits()))
    with pictures(take.path, Limits(), fps=FPS) as found:
        np.save(folder / "pictures.npy", np.stack([picture.rgb for picture in found]))
    names = ("face", "pose", "hand", "words")
    (folder / "models.json").write_text(json.dumps({name: str(models_store.verify(name)) for name in names}))


def _measure(folder: Path, take: Take, runs: int) -> Figures:
    load = os.getloadavg()[0]
    ours, limits = [], []
    for _ in range(runs):
        # By turns: a machine that becomes slower meanwhile does so for both.
        limits.append(_watched(["benchmarks.support.bare_models", str(folder)]))
        ours.append(_watched(["benchmarks.analysis", "--ours", str(folder)]))
    wall_s, limit_s = median(run["wall_s"] for run in ours), median(run["wall_s"] for run in limits)
    cpu_s, limit_cpu_s = median(run["cpu_s"] for run in ours), median(run["cpu_s"] for run in limits)
    return Figures(
        seconds=take.seconds,
        realtime_factor=round(wall_s / take.seconds, 3),
        cpu_factor=round(cpu_s / take.seconds, 3),
        peak_mb=round(max(run["peak_mb"] for run in ours)),
        limit_ratio=round(wall_s / limit_s, 3),
        limit_cpu_ratio=round(cpu_s / limit_cpu_s, 3),
        wer=round(word_error_rate(take.words, spoken_words(" ".join(ours[-1]["words"]))), 4),
        wall_s=round(wall_s, 2),
        limit_wall_s=round(limit_s, 2),
        runs=runs,
        cores=len(os.sched_getaffinity(0)),
        load_before=round(load, 2),
    )


def _watched(module: list[str]) -> dict[str, Any]:
    """What `python -m MODULE ...` prints as its last line, and its `peak_mb` with all its children."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([sys.executable, "-m", *module], stdout=said, stderr=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _bytes_of(process.pid))
            time.sleep(SAMPLE_S)
        if process.returncode:
            sys.exit(f"{module[0]} ended with {process.returncode}")
        said.seek(0)
        return {**json.loads(said.read().splitlines()[-1]), "peak_mb": peak / 2**20}


def _bytes_of(pid: int) -> int:
    """The memory of a process and all below it; pages that they share are counted once."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for process in family:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue  # it has just ended
    return total


def _ours(folder: Path) -> int:
    """The analysis as the product's worker does it; prints its cost and the words it heard."""
    from scoring.cues.analysis import analyse
    from scoring.cues.frames import Frames
    from scoring.media.limits import Limits
    from scoring.media.run import run
    from scoring.media.signals import ModelFiles, Request

    models = {name: Path(path) for name, path in json.loads((folder / "models.json").read_text()).items()}
    request = Request(
        sound=None,
        recording=folder / "take.webm",
        recording_started_ms=0,
        language="en",
        want_landmarks=True,
        stream_ms=0,
        models=ModelFiles(**models),
    )
    wall_s = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as work:
        signals = run(
            request, Path(work), on_progress=lambda _: None, should_stop=lambda: False, limits=Limits()
        )
    frames = signals.frames if signals.frames is not None else Frames.empty()
    analyse(frames, signals.sound, question_ended_ms=0.0, voice_only=False, transcript=signals.transcript)
    wall_s = time.perf_counter() - wall_s
    used = os.times()
    heard = [word.text for word in signals.transcript.words] if signals.transcript else []
    if signals.problems:
        sys.exit(f"not everything was read: {', '.join(signals.problems)}")
    print(
        json.dumps(
            {
                "wall_s": wall_s,
                "cpu_s": used.user + used.system + used.children_user + used.children_system,
                "words": heard,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
